// An observer that keeps what it was told and can be waited on. Safe to use from several threads.
#pragma once

#include "base/guarded.hpp"
#include "engine/observer.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace civitai::test {

class RecordingObserver final : public engine::Observer {
 public:
  struct Told {
    std::vector<engine::ScanProgress> scans;
    std::map<std::size_t, std::vector<engine::Phase>> phases;  // by item
    std::map<std::size_t, std::uint64_t> here;                 // by item: the last word
    std::map<std::size_t, std::uint64_t> total;
    std::vector<std::size_t> done;
    std::map<std::size_t, Error> failed;
  };

  void on_scan(const engine::ScanProgress& progress) override {
    told_.with([&](Told& told) { told.scans.push_back(progress); });
  }
  void on_phase(std::size_t item, engine::Phase phase) override {
    told_.with([&](Told& told) { told.phases[item].push_back(phase); });
  }
  void on_bytes(std::size_t item, ByteCount here, ByteCount total) override {
    told_.with([&](Told& told) {
      told.here[item] = here.value;
      told.total[item] = total.value;
    });
  }
  void on_done(std::size_t item) override {
    told_.with([&](Told& told) { told.done.push_back(item); });
  }
  void on_failed(std::size_t item, const Error& error) override {
    told_.with([&](Told& told) { told.failed.emplace(item, error); });
  }

  [[nodiscard]] Told told() const {
    return told_.read([](const Told& told) { return told; });
  }
  // Blocks until so many bytes of the item are here; false when that takes too long.
  [[nodiscard]] bool wait_for_bytes(std::size_t item, std::uint64_t at_least) {
    constexpr Milliseconds limit{20'000};
    return told_.wait_for({}, limit, [&](Told& told) { return told.here[item] >= at_least; });
  }
  // The same until it is done.
  [[nodiscard]] bool wait_for_done(std::size_t item) {
    constexpr Milliseconds limit{20'000};
    return told_.wait_for(
        {}, limit, [&](Told& told) { return std::find(told.done.begin(), told.done.end(), item) != told.done.end(); });
  }

 private:
  Guarded<Told> told_;
};

}  // namespace civitai::test

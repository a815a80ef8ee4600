// A file system for a process that is to die: it works on the real one until the given call, then kills the process.
//
// It first does what a power cut may do. With Loss::unflushed the worst: bytes that were never flushed become zeros,
// and renames whose directory was never flushed did not happen. With Loss::some_unflushed chance decides: the kernel
// may have written this and not that.
//
// After a power cut the machine has started anew: cache_lifetime names another time than the next process will find.
// With Marks::outlive_it it does not, and of what was not flushed just the journal has come through: so fares a program
// that believes its marks whatever happened.
//
// With FlushOrder::too_late it is a file system as a program would have it that renames first and flushes afterwards:
// what that program would lose shows that the tests would notice. Safe to use from several threads.
#pragma once

#include "base/format.hpp"
#include "base/guarded.hpp"
#include "os/file.hpp"
#include "support/truth.hpp"

#include <csignal>
#include <fstream>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace civitai::test {

enum class Loss { none, unflushed, some_unflushed };
enum class FlushOrder { as_called, too_late };
enum class Marks { end_with_it, outlive_it };

class CrashingFileSystem final : public os::FileSystem {
 public:
  // When and how the process dies: instead of making the `nth` changing call. Whoever gives the same seed gets the same
  // losses.
  struct Death {
    int nth = 0;
    Loss loss = Loss::none;
    FlushOrder order = FlushOrder::as_called;
    unsigned seed = 0;
    Marks marks = Marks::end_with_it;
  };
  explicit CrashingFileSystem(Death death) : death_(death), dice_(death.seed) {
    state_.with([&](State& state) { state.calls_left = death.nth; });
  }
  CrashingFileSystem(int nth, Loss loss) : CrashingFileSystem(Death{.nth = nth, .loss = loss}) {}

 private:
  using Writes = std::vector<std::pair<std::uint64_t, std::size_t>>;
  struct Rename {
    os::Path from;
    os::Path to;
    std::optional<std::string> replaced;
    Writes unflushed;  // of what was replaced
  };
  struct State {
    int calls_left = 0;
    std::map<os::Path, Writes> unflushed = {};
    std::vector<Rename> renames = {};
    std::set<os::Path> late = {};  // flushed by the program, and not yet by this file system
  };

  template <class Call>
  auto step(Call call) {
    return state_.with([&](State& state) {
      if (--state.calls_left == 0) die(state);
      return call(state);
    });
  }

 public:
  Result<os::FileHandle> open(const os::Path& path, os::OpenMode mode) override {
    return step([&](State&) { return real_.open(path, mode); });
  }
  Status write_at(const os::FileHandle& file, const os::Path& path, std::uint64_t offset,
                  std::span<const std::byte> data) override {
    return step([&](State& state) {
      state.unflushed[path].emplace_back(offset, data.size());
      return real_.write_at(file, path, offset, data);
    });
  }
  Status flush(const os::FileHandle& file, const os::Path& path) override {
    return step([&](State& state) {
      if (death_.order == FlushOrder::too_late) {
        state.late.insert(path);
      } else {
        state.unflushed.erase(path);
      }
      return real_.flush(file, path);
    });
  }
  Status flush_directory(const os::Path& directory) override {
    return step([&](State& state) {
      std::erase_if(state.renames, [&](const Rename& one) { return one.to.parent_path() == directory; });
      std::erase_if(state.late, [&](const os::Path& path) {
        const bool flushed_now = path.parent_path() == directory;
        if (flushed_now) state.unflushed.erase(path);
        return flushed_now;
      });
      return real_.flush_directory(directory);
    });
  }
  Status rename(const os::Path& from, const os::Path& to, Replace replace) override {
    return step([&](State& state) {
      std::optional<std::string> replaced;
      if (std::filesystem::exists(to)) replaced = content_of(to);
      auto done = real_.rename(from, to, replace);
      if (done) {
        state.renames.push_back({from, to, std::move(replaced), std::exchange(state.unflushed[to], {})});
        state.unflushed.erase(to);
        if (auto bytes = state.unflushed.extract(from)) {
          bytes.key() = to;
          state.unflushed.insert(std::move(bytes));
        }
        if (state.late.erase(from) > 0) state.late.insert(to);
      }
      return done;
    });
  }
  Status remove(const os::Path& path) override {
    return step([&](State& state) {
      state.unflushed.erase(path);
      return real_.remove(path);
    });
  }
  Status reserve(const os::FileHandle& file, const os::Path& path, ByteCount size) override {
    return real_.reserve(file, path, size);
  }
  Result<ByteCount> free_space(const os::Path& path) override { return real_.free_space(path); }
  std::string cache_lifetime(const os::Path& path) override {
    const bool goes_on = death_.loss == Loss::none || death_.marks == Marks::outlive_it;
    return goes_on ? real_.cache_lifetime(path) : format("until-the-power-cut-of-{}", ::getpid());
  }

 private:
  void die(const State& state) {
    if (death_.loss != Loss::none) {
      for (const auto& [path, ranges] : state.unflushed) {
        const bool mark = death_.marks == Marks::outlive_it && path.native().ends_with(".state.tmp");
        if (!mark && is_lost()) lose(path, ranges);
      }
      // Of the renames the later ones are undone: a file system does not write the second one before the first.
      for (auto one = state.renames.rbegin(); one != state.renames.rend() && is_lost(); ++one) undo(*one);
    }
    std::raise(SIGKILL);
  }

  bool is_lost() { return death_.loss == Loss::unflushed || std::bernoulli_distribution(0.5)(dice_); }

  static void lose(const os::Path& path, const Writes& ranges) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    for (const auto& [offset, size] : ranges) {
      file.seekp(static_cast<std::streamoff>(offset));
      file << std::string(size, '\0');
    }
  }

  static void undo(const Rename& one) {
    std::filesystem::rename(one.to, one.from);
    if (!one.replaced) return;
    std::ofstream(one.to, std::ios::binary) << *one.replaced;
    lose(one.to, one.unflushed);
  }

  os::RealFileSystem real_;
  Death death_;
  std::mt19937 dice_;  // touched once, by the dying thread
  Guarded<State> state_;
};

}  // namespace civitai::test

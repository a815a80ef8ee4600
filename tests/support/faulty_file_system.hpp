// A file system that works on the real one, remembers the order of calls, and fails where a test says so.
//
// `fail` arms a fault: the nth call from now of one operation gives the error number and does nothing. A fault that was
// armed and never met fails the test. Safe to use from several threads.
#pragma once

#include "base/format.hpp"
#include "base/guarded.hpp"
#include "os/file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace civitai::test {

enum class FileOperation { open, write, flush, flush_directory, rename, remove, reserve, free_space };

inline std::string_view to_string(FileOperation operation) {
  constexpr std::array<std::string_view, 8> names = {"open",   "write",  "flush",   "flush_directory",
                                                     "rename", "remove", "reserve", "free_space"};
  return names.at(static_cast<std::size_t>(operation));
}

class FaultyFileSystem final : public os::FileSystem {
 public:
  FaultyFileSystem() = default;
  FaultyFileSystem(const FaultyFileSystem&) = delete;
  FaultyFileSystem& operator=(const FaultyFileSystem&) = delete;
  ~FaultyFileSystem() override {
    for (const Fault& fault : state_.read([](const State& state) { return state.faults; })) {
      ADD_FAILURE() << "the fault armed for " << to_string(fault.operation) << " was never met";
    }
  }

  // The `nth` call of `operation` from now on (1 is the next one) fails with `error_number`; later ones work again.
  void fail(FileOperation operation, int error_number, int nth = 1) {
    state_.with([&](State& state) { state.faults.push_back({operation, error_number, nth}); });
  }

  // Called after each `open` that succeeded: what somebody else does in that moment. To be set before it is in use.
  void after_open(std::function<void(const os::Path&)> call) { after_open_ = std::move(call); }

  // What `free_space` answers from now on.
  void set_free_space(ByteCount bytes) {
    state_.with([&](State& state) { state.free_space = bytes; });
  }

  // Until when what is not flushed is there, as the machine would tell; empty: it tells nothing.
  void set_cache_lifetime(std::string lifetime) {
    state_.with([&](State& state) { state.cache_lifetime = std::move(lifetime); });
  }

  // Every call so far in order, failed ones too: "open a.tmp", "flush a.tmp", "rename a.tmp a". Last path parts only;
  // the write calls of one file that follow each other are told once.
  [[nodiscard]] std::vector<std::string> calls() const {
    return state_.read([](const State& state) { return state.calls; });
  }

  // Where the call stands in `calls()`; -1 when it never happened.
  [[nodiscard]] int position_of(std::string_view call) const {
    return state_.read([&](const State& state) {
      const auto found = std::find(state.calls.begin(), state.calls.end(), call);
      return found == state.calls.end() ? -1 : static_cast<int>(found - state.calls.begin());
    });
  }

  Result<os::FileHandle> open(const os::Path& path, os::OpenMode mode) override {
    if (const int error = enter(FileOperation::open, name_of(path))) return failure(error, path);
    auto file = real_.open(path, mode);
    if (file && after_open_) after_open_(path);
    return file;
  }
  Status write_at(const os::FileHandle& file, const os::Path& path, std::uint64_t offset,
                  std::span<const std::byte> data) override {
    if (const int error = enter(FileOperation::write, name_of(path))) return failure(error, path);
    return real_.write_at(file, path, offset, data);
  }
  Status flush(const os::FileHandle& file, const os::Path& path) override {
    if (const int error = enter(FileOperation::flush, name_of(path))) return failure(error, path);
    return real_.flush(file, path);
  }
  Status flush_directory(const os::Path& directory) override {
    if (const int error = enter(FileOperation::flush_directory, name_of(directory))) return failure(error, directory);
    return real_.flush_directory(directory);
  }
  Status rename(const os::Path& from, const os::Path& to, Replace replace) override {
    const std::string names = name_of(from) + " " + name_of(to);
    if (const int error = enter(FileOperation::rename, names)) return failure(error, from);
    return real_.rename(from, to, replace);
  }
  Status remove(const os::Path& path) override {
    if (const int error = enter(FileOperation::remove, name_of(path))) return failure(error, path);
    return real_.remove(path);
  }
  Status reserve(const os::FileHandle& file, const os::Path& path, ByteCount size) override {
    if (const int error = enter(FileOperation::reserve, name_of(path))) return failure(error, path);
    return real_.reserve(file, path, size);
  }
  Result<ByteCount> free_space(const os::Path& path) override {
    if (const int error = enter(FileOperation::free_space, name_of(path))) return failure(error, path);
    const auto told = state_.read([](const State& state) { return state.free_space; });
    return told ? Result<ByteCount>(*told) : real_.free_space(path);
  }
  std::string cache_lifetime(const os::Path& /*path*/) override {
    return state_.read([](const State& state) { return state.cache_lifetime; });
  }

 private:
  struct Fault {
    FileOperation operation;
    int error_number;
    int calls_left;
  };
  struct State {
    std::vector<Fault> faults;
    std::vector<std::string> calls;
    std::optional<ByteCount> free_space;
    std::string cache_lifetime = "this-start";
  };

  static std::string name_of(const os::Path& path) { return path.filename().native(); }

  static tl::unexpected<Error> failure(int error_number, const os::Path& path) {
    return civitai::fail(system_error(error_number, format("cannot use {}", path.native())));
  }

  // Writes the call down; the error number it has to fail with, or 0.
  int enter(FileOperation operation, const std::string& names) {
    return state_.with([&](State& state) {
      const std::string call = format("{} {}", to_string(operation), names);
      const bool repeated = operation == FileOperation::write && !state.calls.empty() && state.calls.back() == call;
      if (!repeated) state.calls.push_back(call);
      int error = 0;
      for (Fault& fault : state.faults) {
        if (fault.operation == operation && --fault.calls_left == 0) error = fault.error_number;
      }
      std::erase_if(state.faults, [](const Fault& fault) { return fault.calls_left == 0; });
      return error;
    });
  }

  os::RealFileSystem real_;
  std::function<void(const os::Path&)> after_open_;
  Guarded<State> state_;
};

}  // namespace civitai::test

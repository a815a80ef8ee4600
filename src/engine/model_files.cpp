#include "engine/model_files.hpp"

#include "base/format.hpp"
#include "base/guarded.hpp"
#include "base/text.hpp"
#include "engine/digest_file.hpp"
#include "engine/transfer.hpp"
#include "engine/verdict.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>

namespace civitai::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 17> model_extensions = {
    ".safetensors", ".sft", ".ckpt", ".pt",  ".pth", ".bin", ".gguf", ".onnx", ".pkl",
    ".pickle",      ".zip", ".7z",   ".rar", ".tar", ".gz",  ".yaml", ".yml"};

constexpr Milliseconds save_interval{500};

// Whether the walk goes into the folder.
bool is_entered(const fs::directory_entry& folder) {
  std::error_code ignored;
  return !folder.path().filename().native().starts_with('.') && !folder.is_symlink(ignored);
}

using store::CachedHash;

// What the workers have done since it was last looked at.
struct Read {
  std::vector<CachedHash> hashes = {};
  std::vector<std::string> notices = {};
  ByteCount bytes = {};
  std::size_t running = 0;
};

class Hashing {
 public:
  Hashing(std::vector<FoundFile>& found, const HashTools& tools, std::vector<std::string>& notices,
          const std::stop_token& stop)
      : found_(found), tools_(tools), notices_(notices), stop_(stop) {}

  Status run() {
    progress_.of_files = found_.size();
    if (auto done = take_from_cache(); !done) return done;
    const std::size_t count = std::min(wanted_.size(), static_cast<std::size_t>(std::max(1, tools_.workers)));
    read_.with([&](Read& read) { read.running = count; });
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < count; ++i) workers.emplace_back([this] { work(); });
    Status saved = save_until_done();
    workers.clear();
    if (saved && stop_.stop_requested()) return fail(ErrorKind::cancelled, "interrupted");
    return saved;
  }

 private:
  Status take_from_cache() {
    for (std::size_t i = 0; i < found_.size(); ++i) {
      const auto known = tools_.cache == nullptr ? Result<Hashes>() : tools_.cache->find(found_[i].stamp);
      if (!known) return fail(known.error());
      if (known->has(HashKind::sha256)) {
        found_[i].sha256 = known->get(HashKind::sha256);
        ++progress_.files;
      } else {
        wanted_.push_back(i);
        progress_.of_bytes += found_[i].stamp.size;
      }
    }
    return {};
  }

  void work() {
    for (std::size_t next = next_++; next < wanted_.size() && !stop_.stop_requested() && !failed_; next = next_++) {
      hash(found_[wanted_[next]]);
    }
    read_.with([](Read& read) { --read.running; });
  }

  void hash(FoundFile& file) {
    ByteCount before;
    const auto count = [&](ByteCount so_far) {
      read_.with([&](Read& read) { read.bytes += so_far - before; });
      before = so_far;
    };
    const auto digests = digest_file(file.path, hash::Kinds::sha256, tools_.files, count, stop_);
    if (!digests && digests.error().kind == ErrorKind::cancelled) return;
    const auto stamp = os::stamp_of(file.path);
    const bool same = digests && stamp && *stamp == file.stamp;
    read_.with([&](Read& read) {
      if (same) {
        read.hashes.push_back({file.stamp, to_hashes(*digests)});
      } else {
        read.notices.push_back(digests ? format("{} changed while it was read", printable(file.path.native()))
                                       : printable(digests.error().message));
      }
    });
    if (same) file.sha256 = digests->sha256;
  }

  Status save_until_done() {
    for (bool done = false; !done;) {
      read_.wait_for({}, save_interval, [](const Read& read) { return read.running == 0; });
      Read news = read_.with([&](Read& read) {
        done = read.running == 0;
        progress_.bytes = read.bytes;
        return Read{.hashes = std::exchange(read.hashes, {}), .notices = std::exchange(read.notices, {})};
      });
      progress_.files += news.hashes.size() + news.notices.size();
      std::move(news.notices.begin(), news.notices.end(), std::back_inserter(notices_));
      if (!news.hashes.empty() && tools_.cache != nullptr) {
        if (auto saved = tools_.cache->remember(news.hashes); !saved) {
          failed_ = true;
          return saved;
        }
      }
      if (tools_.progress) tools_.progress(progress_);
    }
    return {};
  }

  std::vector<FoundFile>& found_;
  const HashTools& tools_;
  std::vector<std::string>& notices_;
  const std::stop_token& stop_;
  std::vector<std::size_t> wanted_;  // in found_
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> failed_{false};
  HashProgress progress_;
  Guarded<Read> read_;
};

}  // namespace

bool is_model_name(const os::Path& path) {
  const std::string extension = to_lower(path.extension().native());
  return std::find(model_extensions.begin(), model_extensions.end(), extension) != model_extensions.end();
}

Result<std::vector<FoundFile>> find_model_files(const os::Path& folder, std::vector<std::string>& notices) {
  std::error_code code;
  if (!fs::is_directory(folder, code)) {
    return fail(ErrorKind::not_found, format("{} is no folder", printable(folder.native())));
  }
  std::vector<FoundFile> found;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, code);
  for (const fs::recursive_directory_iterator end; !code && at != end; at.increment(code)) {
    std::error_code ignored;
    if (at->is_directory(ignored)) {
      if (!is_entered(*at)) at.disable_recursion_pending();
      continue;
    }
    if (!is_model_name(at->path()) || !at->is_regular_file(ignored)) continue;
    const auto stamp = os::stamp_of(at->path());
    if (!stamp) {
      notices.push_back(printable(stamp.error().message));
    } else if (stamp->size.value > 0) {
      found.push_back({at->path(), *stamp, {}, at->is_symlink(ignored)});
    }
  }
  if (code) return fail(system_error(code.value(), format("cannot read {}", printable(folder.native()))));
  std::sort(found.begin(), found.end(), [](const FoundFile& a, const FoundFile& b) {
    return std::tie(a.is_link, a.path) < std::tie(b.is_link, b.path);
  });
  return found;
}

Status hash_files(std::vector<FoundFile>& found, const HashTools& tools, std::vector<std::string>& notices,
                  const std::stop_token& stop) {
  return Hashing(found, tools, notices, stop).run();
}

}  // namespace civitai::engine

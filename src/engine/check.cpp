#include "engine/check.hpp"

#include "base/format.hpp"
#include "engine/digest_file.hpp"

#include <filesystem>

namespace civitai::engine {
namespace {

class FileChecker {
 public:
  FileChecker(const CheckJob& job, os::FileSystem& files, const std::function<void(ByteCount)>& on_progress,
              const std::stop_token& stop)
      : job_(job), entry_(job.entry), files_(files), on_progress_(on_progress), stop_(stop) {}

  Result<FileCheck> run() {
    const auto size = os::file_size(entry_.path);
    if (!size) return absent(size.error());
    check_.size = *size;
    const bool other_length = entry_.size.value > 0 && *size != entry_.size;
    if (other_length) return refuted(format("promised {} bytes, found {}", entry_.size.value, size->value));
    if (job_.depth == Depth::length) return state(job_.was_here ? FileState::found : FileState::unfinished);
    return hashed();
  }

 private:
  FileCheck absent(const Error& error) {
    std::error_code code;
    const bool nothing = entry_.path.empty() || std::filesystem::symlink_status(entry_.path, code).type() ==
                                                    std::filesystem::file_type::not_found;
    if (!nothing) {
      check_.detail = error.message;
      return state(FileState::unreadable);
    }
    const bool wanted = !job_.was_here && entry_.status == EntryStatus::pending;
    // Why a download failed says more than that nothing is there.
    check_.detail = !job_.was_here && !entry_.error.empty() ? entry_.error : "";
    return state(wanted ? FileState::unfinished : FileState::missing);
  }

  // Of a file that never was here, what lies there is somebody else's.
  FileCheck refuted(std::string why) {
    check_.detail = std::move(why);
    if (job_.was_here) return state(FileState::wrong);
    check_.detail = "another file has its name";
    return state(entry_.status == EntryStatus::pending ? FileState::unfinished : FileState::missing);
  }

  Result<FileCheck> hashed() {
    const Promise promise{entry_.size.value > 0 ? std::optional(entry_.size) : std::nullopt, entry_.hashes};
    hash::Kinds kinds = kinds_to_prove(promise.hashes);
    const auto before = os::stamp_of(entry_.path);
    for (;;) {
      const auto digests = digest_file(
          entry_.path, kinds, files_, [this](ByteCount here) { tell(here); }, stop_);
      if (!digests && digests.error().kind == ErrorKind::cancelled) return fail(digests.error());
      if (!digests) {
        check_.detail = digests.error().message;
        return state(FileState::unreadable);
      }
      const Verdict verdict = judge(promise, *digests, kinds);
      if (verdict.kind == Verdict::Kind::needs_more) {
        kinds = kinds | verdict.more;
        told_ = {};
        continue;
      }
      const auto after = os::stamp_of(entry_.path);
      if (before && after && *before == *after) check_.stamp = *after;
      return judged(verdict, to_hashes(*digests));
    }
  }

  FileCheck judged(const Verdict& verdict, Hashes computed) {
    const bool proven = verdict.kind == Verdict::Kind::proven;
    if (!proven && verdict.kind != Verdict::Kind::unproven) {
      return refuted(format("promised {}, found {}", verdict.promised, verdict.found));
    }
    // Without any promise that bytes can be held to, a file that never was here could be anything.
    if (!proven && !job_.was_here) return refuted("");
    check_.proof = proven ? store::Proof{std::string(to_string(verdict.by)), computed.get(verdict.by)}
                          : store::Proof{"length", ""};
    check_.computed = std::move(computed);
    return state(FileState::proven);
  }

  FileCheck state(FileState state) {
    check_.state = state;
    return std::move(check_);
  }

  void tell(ByteCount here) {
    if (on_progress_) on_progress_(here - told_);
    told_ = here;
  }

  const CheckJob& job_;
  const LibraryEntry& entry_;
  os::FileSystem& files_;
  const std::function<void(ByteCount)>& on_progress_;
  const std::stop_token& stop_;
  FileCheck check_;
  ByteCount told_;
};

}  // namespace

std::string_view to_string(FileState state) {
  switch (state) {
    case FileState::proven: return "ok";
    case FileState::found: return "found";
    case FileState::missing: return "missing";
    case FileState::wrong: return "wrong";
    case FileState::unreadable: return "unreadable";
    case FileState::unreachable: return "unreachable";
    case FileState::unfinished: return "unfinished";
  }
  return "";
}

Result<FileCheck> check_file(const CheckJob& job, os::FileSystem& files,
                             const std::function<void(ByteCount)>& on_progress, const std::stop_token& stop) {
  return FileChecker(job, files, on_progress, stop).run();
}

}  // namespace civitai::engine

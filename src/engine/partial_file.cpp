#include "engine/partial_file.hpp"

#include "base/format.hpp"
#include "os/mount.hpp"
#include "os/publish.hpp"

#include <utility>

namespace civitai::engine {
namespace {

constexpr ByteCount largest_journal = mebibytes(1);
constexpr int most_replacements = 10;

os::Path with_suffix(os::Path path, std::string_view suffix) {
  path += suffix;
  return path;
}

// A journal without its file does no harm. Most small files never had one: looking costs less than removing, for which
// the folder is locked.
void forget_journal_of(const os::Path& partial) {
  std::error_code ignored;
  for (const os::Path& journal : {journal_path(partial), next_journal_path(partial)}) {
    if (std::filesystem::exists(journal, ignored)) std::filesystem::remove(journal, ignored);
  }
}

}  // namespace

os::Path partial_path(const os::Path& final_path, FileId file) {
  return partial_path(final_path, format("{}", file.value));
}

os::Path partial_path(const os::Path& final_path, std::string_view identity) {
  return with_suffix(final_path, format(".{}.tmp", identity));
}

os::Path journal_path(const os::Path& partial) {
  os::Path path = partial;
  path.replace_extension(".state.tmp");
  return path;
}

os::Path next_journal_path(const os::Path& partial) {
  os::Path path = partial;
  path.replace_extension(".next.tmp");
  return path;
}

os::Path rejected_path(const os::Path& final_path, FileId file) {
  return with_suffix(final_path, format(".{}.rejected.tmp", file.value));
}

os::Path replaced_path(const os::Path& final_path, FileId file) {
  return with_suffix(final_path, format(".{}.wrong", file.value));
}

std::optional<ByteCount> bytes_here(const os::Path& path) {
  const auto size = os::file_size(path);
  if (!size) return std::nullopt;
  if (path.extension() != ".tmp") return *size;
  const auto text = os::read_text(journal_path(path), largest_journal);
  const auto journal = text ? decode_journal(*text, os::cache_lifetime(path)) : std::nullopt;
  return journal ? ByteCount{journal->have.total()} : ByteCount{};
}

Result<PartialFile> PartialFile::open(os::FileSystem& files, os::Path path, std::string identity, std::string promise) {
  if (auto status = os::make_directories(files, path.parent_path()); !status) return fail(status.error());
  PartialFile partial(files, std::move(path), Journal{std::move(identity), std::move(promise), 0, {}});
  if (auto status = partial.take_handle(); !status) return fail(status.error());
  partial.adopt_journal();
  if (partial.here_.ranges().empty()) {
    if (auto status = partial.start_over(); !status) return fail(status.error());
  }
  return partial;
}

Status PartialFile::take_handle() {
  for (int attempt = 0; attempt < most_replacements; ++attempt) {
    auto handle = files_->open(path_, os::OpenMode::write);
    if (!handle) return fail(handle.error());
    const auto locked = os::try_lock(*handle, path_);
    if (!locked) return fail(locked.error());
    if (!*locked) {
      return fail(ErrorKind::busy, format("{}: another process is downloading this file", path_.string()),
                  "wait until it has finished");
    }
    // Who had the lock may have given the file its final name between our opening and locking it: hands off.
    if (!os::is_at(*handle, path_)) continue;
    handle_ = std::move(*handle);
    return {};
  }
  return fail(ErrorKind::io, format("{}: is replaced again and again by somebody else", path_.string()));
}

// Believes the journal only when it speaks of this file and promise and the bytes it claims are there.
void PartialFile::adopt_journal() {
  const auto text = os::read_text(journal_path(path_), largest_journal);
  const auto claims = text ? decode_journal(*text) : std::nullopt;
  const auto size = os::file_size(path_);
  if (!claims || !size || claims->file != journal_.file || claims->promise != journal_.promise) return;
  const auto is_there = [&](const Journal& journal) {
    const auto& ranges = journal.have.ranges();
    return ranges.empty() || ranges.back().end <= size->value;
  };
  const auto all = decode_journal(*text, files_->cache_lifetime(path_));
  if (!all || !is_there(*all)) return;
  journal_ = *claims;
  here_ = all->have;
  end_of_claims_ = end_of_claims(*text);
}

void PartialFile::mark_writes(const Clock& clock) {
  marks_ = std::make_unique<WrittenMarks>(*files_, clock, journal_path(path_));
  marks_->begin(journal_, end_of_claims_, here_);
}

Status PartialFile::write(std::uint64_t offset, std::span<const std::byte> data) const {
  auto status = files_->write_at(handle_, path_, offset, data);
  if (status && marks_) marks_->wrote({offset, offset + data.size()});
  return status;
}

Result<std::size_t> PartialFile::read(std::uint64_t offset, std::span<std::byte> buffer) const {
  return os::read_at(handle_, path_, offset, buffer);
}

Status PartialFile::reserve(ByteCount length) const { return files_->reserve(handle_, path_, length); }

Status PartialFile::checkpoint(const RangeSet& written, std::uint64_t length) {
  if (written == journal_.have && length == journal_.length) return {};
  if (auto status = files_->flush(handle_, path_); !status) return status;
  Journal next = journal_;
  next.have = written;
  next.length = length;
  const std::string claims = encode(next);
  const std::string mark = marks_ ? marks_->beyond(written) : std::string();
  const auto published = os::publish_text_by(*files_, next_journal_path(path_), journal_path(path_), claims + mark);
  if (!published) return published;
  journal_ = std::move(next);
  here_ = written;
  if (marks_) marks_->follow(journal_, claims.size());
  return {};
}

Status PartialFile::start_over() {
  journal_.have = {};
  journal_.length = 0;
  here_ = {};
  end_of_claims_ = 0;
  if (marks_) marks_->begin(journal_, 0, {});
  std::error_code ignored;
  if (std::filesystem::exists(journal_path(path_), ignored)) {
    if (auto status = files_->remove(journal_path(path_)); !status) return status;
  }
  const auto size = os::file_size(path_);
  if (size && size->value == 0) return {};
  if (auto status = files_->remove(path_); !status) return status;
  return take_handle();
}

Result<PartialFile::Outcome> PartialFile::give_name(const os::Path& final_path) const {
  if (auto status = files_->rename(path_, final_path, os::FileSystem::Replace::no); !status) {
    std::error_code ignored;
    if (std::filesystem::exists(std::filesystem::symlink_status(final_path, ignored))) return Outcome::name_taken;
    return fail(status.error());
  }
  return Outcome::published;
}

Result<PartialFile::Outcome> PartialFile::publish(const os::Path& final_path) {
  if (auto status = files_->flush(handle_, path_); !status) return fail(status.error());
  const auto outcome = give_name(final_path);
  if (!outcome || *outcome == Outcome::name_taken) return outcome;
  if (auto status = files_->flush_directory(final_path.parent_path()); !status) return fail(status.error());
  forget_journal();
  return outcome;
}

Status PartialFile::keep_whole(std::uint64_t length) {
  std::error_code ignored;
  if (!std::filesystem::exists(path_, ignored)) return {};
  RangeSet whole;
  whole.add({0, length});
  return checkpoint(whole, length);
}

Status PartialFile::set_aside(const os::Path& path) {
  if (auto status = files_->rename(path_, path, os::FileSystem::Replace::yes); !status) return status;
  forget_journal();
  return {};
}

Status PartialFile::discard() {
  forget_journal();
  return files_->remove(path_);
}

void PartialFile::remove_remains(os::FileSystem& files, const os::Path& path) {
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) {
    const auto handle = files.open(path, os::OpenMode::write);
    const auto locked = handle ? os::try_lock(*handle, path) : Result<bool>(false);
    if (!locked || !*locked || !files.remove(path)) return;
  }
  forget_journal_of(path);
}

Status PartialFile::remove_traces(os::FileSystem& files, const os::Path& final_path, FileId file) {
  std::error_code ignored;
  const os::Path partial = partial_path(final_path, file);
  if (!std::filesystem::exists(partial, ignored)) forget_journal_of(partial);
  const os::Path replaced = replaced_path(final_path, file);
  return std::filesystem::exists(replaced, ignored) ? files.remove(replaced) : Status{};
}

void PartialFile::forget_journal() const { forget_journal_of(path_); }

}  // namespace civitai::engine

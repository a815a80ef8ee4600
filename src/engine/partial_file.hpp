// A file on its way: `<final name>.<fileId>.tmp` beside its target, with a journal of what of it is here.
//
// Locked while open, so that no second process writes to it and `clean` leaves it alone. Writing at different offsets
// from several threads is safe; everything else belongs to one thread. Destroying it keeps both files for the next run.
#pragma once

#include "domain/ids.hpp"
#include "engine/journal.hpp"
#include "engine/written_marks.hpp"
#include "os/file.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace civitai::engine {

// The names beside a final path.
[[nodiscard]] os::Path partial_path(const os::Path& final_path, FileId file);
[[nodiscard]] os::Path partial_path(const os::Path& final_path, std::string_view identity);
[[nodiscard]] os::Path journal_path(const os::Path& partial);
// Where the next journal is written before it takes the place of that one.
[[nodiscard]] os::Path next_journal_path(const os::Path& partial);
// Where bytes that are not what was promised are kept for inspection; no program takes it for a model.
[[nodiscard]] os::Path rejected_path(const os::Path& final_path, FileId file);
// Where a file that turned out to be wrong waits while the right one takes its name.
[[nodiscard]] os::Path replaced_path(const os::Path& final_path, FileId file);

// The size of a regular file; of a partial file the bytes that its journal vouches for, wherever in it they lie.
// nullopt when there is none.
[[nodiscard]] std::optional<ByteCount> bytes_here(const os::Path& path);

class PartialFile {
 public:
  // Opens or creates the partial file. What an earlier run left is kept when it was begun for the same file (by its
  // identity, one word) and the same promise; otherwise it starts empty. Error of kind busy when another process is
  // writing it.
  [[nodiscard]] static Result<PartialFile> open(os::FileSystem& files, os::Path path, std::string identity,
                                                std::string promise);

  [[nodiscard]] const os::Path& path() const { return path_; }
  // From now on the journal tells what was written before it is flushed, too (engine/written_marks.hpp): to be called
  // before the first write, for a file whose content can be proven in the end. `clock` must outlive this.
  void mark_writes(const Clock& clock);

  // What the journal vouches for; grows with each checkpoint.
  [[nodiscard]] const RangeSet& proven() const { return here_; }
  [[nodiscard]] std::uint64_t length() const { return journal_.length; }  // 0 = not known yet

  [[nodiscard]] Status write(std::uint64_t offset, std::span<const std::byte> data) const;
  [[nodiscard]] Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> buffer) const;
  // Reserves room for the whole file, where the file system can.
  [[nodiscard]] Status reserve(ByteCount length) const;
  // Flushes the data, then lets the journal claim `written`. May run beside `write` and `read`.
  [[nodiscard]] Status checkpoint(const RangeSet& written, std::uint64_t length);
  // Forgets every byte.
  [[nodiscard]] Status start_over();

  enum class Outcome { published, name_taken };
  // Flushes, renames to `final_path` and flushes the directory; the journal goes. When something is already there, it
  // stays untouched and so does the partial file.
  [[nodiscard]] Result<Outcome> publish(const os::Path& final_path);
  // The steps of `publish`, for many files at once: flush `open_file`, `give_name`, flush the directory,
  // `forget_journal`.
  [[nodiscard]] os::OpenFile open_file() const { return {&handle_, &path_}; }
  [[nodiscard]] Result<Outcome> give_name(const os::Path& final_path) const;
  void forget_journal() const;
  // Every byte is here, but something else went wrong: the journal claims them all, so that the next run need not fetch
  // them again. Does nothing when the file has got its final name.
  [[nodiscard]] Status keep_whole(std::uint64_t length);
  // Moves the bytes to `path`, replacing what an earlier run left there; the journal goes.
  [[nodiscard]] Status set_aside(const os::Path& path);
  // Removes it, and its journal.
  [[nodiscard]] Status discard();
  // Removes what earlier runs left at `path`, journal included, unless another process is writing it.
  static void remove_remains(os::FileSystem& files, const os::Path& path);
  // For a file that is proven at `final_path`: removes what a crash may have left behind when it took the place of a
  // wrong one, the wrong one and a journal without its partial file.
  [[nodiscard]] static Status remove_traces(os::FileSystem& files, const os::Path& final_path, FileId file);

 private:
  PartialFile(os::FileSystem& files, os::Path path, Journal journal)
      : files_(&files), path_(std::move(path)), journal_(std::move(journal)) {}

  [[nodiscard]] Status take_handle();
  void adopt_journal();

  os::FileSystem* files_;
  os::Path path_;
  Journal journal_;  // claims only
  RangeSet here_;
  std::size_t end_of_claims_ = 0;  // in the journal as it was found
  os::FileHandle handle_;
  std::unique_ptr<WrittenMarks> marks_;  // may be null
};

}  // namespace civitai::engine

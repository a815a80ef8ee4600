// Several processes on one library, and a process that dies. Children share no open library with their parent.
#include "unit/store/support.hpp"

#include <gtest/gtest.h>

#include <array>
#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

namespace civitai::store::test {
namespace {

class Pipe {
 public:
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
    reading_ = ends[0];
    writing_ = ends[1];
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    ::close(reading_);
    close_writing();
  }
  void close_writing() {
    if (writing_ >= 0) ::close(writing_);
    writing_ = -1;
  }
  void send(std::int64_t number) const { EXPECT_EQ(::write(writing_, &number, sizeof number), 8); }
  // 0 at the end, when nobody can write any more.
  [[nodiscard]] std::int64_t receive() const {
    std::int64_t number = 0;
    return ::read(reading_, &number, sizeof number) == sizeof number ? number : 0;
  }

 private:
  int reading_ = -1;
  int writing_ = -1;
};

bool record_range(const Path& database, std::int64_t first, std::int64_t last) {
  Library library = open_library(database);
  for (std::int64_t id = first; id <= last; ++id) {
    if (!library.record_pending(record_of(id))) return false;
    if (!library.record_downloaded(FileId{id}, "/f", ByteCount{1}, {}, {"length", ""})) return false;
  }
  return true;
}

TEST(Processes, TwoOfThemWriteAtOnceAndLoseNothing) {
  const TempDir directory;
  const Path database = directory / "library.db";
  const pid_t child = start_process([&] { return record_range(database, 1, 500); });
  EXPECT_TRUE(record_range(database, 501, 1000));
  EXPECT_TRUE(ended_well(child));

  Library library = open_library(database);
  const auto entries = library.entries();
  ASSERT_TRUE(entries.has_value());
  EXPECT_EQ(entries->size(), 1000U);
  for (const LibraryEntry& entry : *entries) EXPECT_EQ(entry.status, EntryStatus::downloaded);
}

TEST(Processes, OneReadsWhileTheOtherWrites) {
  const TempDir directory;
  const Path database = directory / "library.db";
  { const Library created = open_library(database); }
  const pid_t child = start_process([&] { return record_range(database, 1, 200); });
  auto library = Library::open(database, Library::Mode::read_only);
  ASSERT_TRUE(library.has_value());
  std::size_t seen = 0;
  while (seen < 200) {
    const auto entries = library->entries();
    ASSERT_TRUE(entries.has_value()) << entries.error().message;
    ASSERT_GE(entries->size(), seen);
    seen = entries->size();
  }
  EXPECT_TRUE(ended_well(child));
}

TEST(Processes, SeveralCreateOneLibraryInTheSameMoment) {
  for (int round = 0; round < 20; ++round) {
    const TempDir directory;
    const Path database = directory / "library.db";
    std::array<pid_t, 4> children{};
    Pipe start;
    for (std::size_t i = 0; i < children.size(); ++i) {
      children.at(i) = start_process([&] {
        start.close_writing();
        static_cast<void>(start.receive());  // returns when the parent closes its end: all start together
        const auto id = static_cast<std::int64_t>(i) + 1;
        return record_range(database, id, id);
      });
    }
    start.close_writing();
    for (const pid_t child : children) EXPECT_TRUE(ended_well(child));
    EXPECT_EQ(look(database, "SELECT count(*) FROM files"), "4");
    EXPECT_EQ(look(database, "SELECT max(number) = count(*) FROM migrations"), "1");
    EXPECT_EQ(look(database, "PRAGMA journal_mode"), "wal");
  }
}

// Writes until killed, and says each number once the library has taken it.
bool write_and_tell(const Path& database, std::int64_t first, const Pipe& told) {
  Library library = open_library(database);
  for (std::int64_t id = first;; ++id) {
    if (!library.record_pending(record_of(id))) return false;
    if (!library.record_downloaded(FileId{id}, "/f", ByteCount{1}, {}, {"length", ""})) return false;
    told.send(id);
  }
}

TEST(Processes, WhatWasAcknowledgedSurvivesAKill) {
  const TempDir directory;
  const Path database = directory / "library.db";
  std::int64_t last = 0;
  for (int round = 1; round <= 5; ++round) {
    Pipe told;
    const pid_t child = start_process([&] { return write_and_tell(database, last + 1, told); });
    told.close_writing();
    const std::int64_t enough = last + 20 * round;
    while (last < enough) {
      const std::int64_t number = told.receive();
      ASSERT_GT(number, last);
      last = number;
    }
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    while (const std::int64_t number = told.receive()) last = number;
    EXPECT_FALSE(ended_well(child));

    Library library = open_library(database);
    for (std::int64_t id = 1; id <= last; ++id) EXPECT_EQ(entry_of(library, id).status, EntryStatus::downloaded) << id;
    EXPECT_EQ(look(database, "PRAGMA integrity_check"), "ok");
  }
}

TEST(Processes, AKilledBatchIsThereWholeOrNotAtAll) {
  const TempDir directory;
  const Path database = directory / "library.db";
  { const Library created = open_library(database); }
  Pipe told;
  const pid_t child = start_process([&] {
    Library library = open_library(database);
    for (std::int64_t batch = 1;; ++batch) {
      std::vector<Record> records;
      for (std::int64_t id = 1; id <= 100; ++id) records.emplace_back(record_of(batch * 100 + id));
      if (!library.record_all(records)) return false;
      told.send(batch);
    }
  });
  told.close_writing();
  std::int64_t last = 0;
  while (last < 5) last = told.receive();
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  while (const std::int64_t number = told.receive()) last = number;
  EXPECT_FALSE(ended_well(child));

  Library library = open_library(database);
  const std::size_t count = library.entries()->size();
  EXPECT_EQ(count % 100, 0U);
  EXPECT_GE(count, static_cast<std::size_t>(last) * 100);
}

}  // namespace
}  // namespace civitai::store::test

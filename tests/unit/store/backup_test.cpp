// Copies of the library: asked for, and before a migration. And where the file system is shared with other machines.
#include "store/backup.hpp"

#include "store/library_view.hpp"
#include "store/migrations.hpp"
#include "store/open.hpp"
#include "unit/store/support.hpp"

#include <gmock/gmock.h>

namespace civitai::store::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

void fill(const Path& database) {
  Library library = open_library(database);
  ASSERT_TRUE(library.record_pending(record_of(1)).has_value());
}

// A library as the first version of the program made it.
void make_old_library(const Path& database) {
  auto connection = Connection::open(database, Connection::Access::create);
  ASSERT_TRUE(connection.has_value());
  ASSERT_TRUE(migrate(*connection, migrations().first(1)).has_value());
  ASSERT_TRUE(connection
                  ->execute("INSERT INTO models VALUES (1, 'Old Lantern', 'LORA', 'someone', 'light');"
                            "INSERT INTO versions VALUES (2, 1, 'v1', 'SDXL 1.0', '');"
                            "INSERT INTO files VALUES (3, 2, 'lantern.safetensors', 'Model', 9, 'Pending', '', 1, 1,"
                            " NULL, NULL, NULL, NULL, NULL, NULL)")
                  .has_value());
}

TEST(Backup, IsAWholeLibraryOfItsOwn) {
  const TempDir directory;
  fill(directory / "library.db");
  Library writing = open_library(directory / "library.db");
  auto view = LibraryView::open(directory / "library.db");
  ASSERT_TRUE(view.has_value());
  const Status done = view->back_up(directory / "deep/copy.db");
  ASSERT_TRUE(done.has_value()) << done.error().message;
  ASSERT_TRUE(writing.record_pending(record_of(2)).has_value());
  EXPECT_THAT(ids_of(open_library(directory / "deep/copy.db").entries()), ElementsAre(1));
  EXPECT_FALSE(directory.has("deep/copy.db.tmp"));
}

TEST(Backup, OverwritesNothing) {
  const TempDir directory;
  fill(directory / "library.db");
  directory.write("taken", "mine");
  auto view = LibraryView::open(directory / "library.db");
  const Status refused = view->back_up(directory / "taken");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::usage);
  EXPECT_EQ(directory.read("taken"), "mine");
}

TEST(Backup, IsMadeBeforeAMigration) {
  const TempDir directory;
  make_old_library(directory / "library.db");
  { const Library updated = open_library(directory / "library.db"); }
  const Path copy = copy_before_migration(directory / "library.db", 1);
  EXPECT_EQ(look(copy, "SELECT max(number) FROM migrations"), "1");
  EXPECT_EQ(look(copy, "SELECT name FROM models"), "Old Lantern");
  EXPECT_EQ(look(directory / "library.db", "SELECT max(number) FROM migrations"),
            format("{}", migrations().back().number));
}

TEST(Backup, ThatCannotBeMadeHoldsTheMigrationBack) {
  const TempDir directory;
  make_old_library(directory / "library.db");
  std::filesystem::create_directories(copy_before_migration(directory / "library.db", 1) / "in the way");
  const auto refused = Library::open(directory / "library.db", read_write);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("cannot be copied"));
  EXPECT_EQ(look(directory / "library.db", "SELECT max(number) FROM migrations"), "1");
}

TEST(OlderLibrary, IsBroughtUpToDateByLookingIntoIt) {
  const TempDir directory;
  make_old_library(directory / "library.db");
  auto view = LibraryView::open(directory / "library.db");
  ASSERT_TRUE(view.has_value()) << view.error().message;
  const auto found = view->search("lantern light", 10);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->entries.size(), 1U);
}

// As if the folder were shared with other machines.
const Surroundings network{.is_shared = [](const Path&) { return true; }};

TEST(SharedFileSystem, GetsARollbackJournal) {
  const TempDir directory;
  auto connection = open_database(directory / "library.db", read_write, network);
  ASSERT_TRUE(connection.has_value()) << connection.error().message;
  EXPECT_EQ(look(directory / "library.db", "PRAGMA journal_mode"), "delete");
  auto strength = connection->query("PRAGMA synchronous");
  ASSERT_TRUE(strength.has_value());
  ASSERT_TRUE(strength->next().value_or(false));
  EXPECT_EQ(strength->integer(0), 3) << "a rollback journal survives a power cut only so";
}

TEST(SharedFileSystem, TakesALibraryThatCameWithWalOutOfIt) {
  const TempDir directory;
  fill(directory / "library.db");
  EXPECT_EQ(look(directory / "library.db", "PRAGMA journal_mode"), "wal");
  { ASSERT_TRUE(open_database(directory / "library.db", read_write, network).has_value()); }
  EXPECT_EQ(look(directory / "library.db", "PRAGMA journal_mode"), "delete");
  EXPECT_THAT(ids_of(open_library(directory / "library.db").entries()), ElementsAre(1));
}

TEST(SharedFileSystem, ReadsALibraryInWalModeWithoutSharedMemory) {
  const TempDir directory;
  fill(directory / "library.db");
  auto connection = open_database(directory / "library.db", read_only, network);
  ASSERT_TRUE(connection.has_value()) << connection.error().message;
  EXPECT_FALSE(directory.has("library.db-shm"));
}

TEST(SharedFileSystem, IsWrittenByTwoProcessesAtOnce) {
  const TempDir directory;
  const Path database = directory / "library.db";
  { ASSERT_TRUE(open_database(database, read_write, network).has_value()); }
  const auto write = [&](std::int64_t first) {
    Library library = open_library(database);
    for (std::int64_t id = first; id < first + 30; ++id) {
      if (!library.record_pending(record_of(id))) return false;
    }
    return true;
  };
  const pid_t child = start_process([&] { return write(1); });
  EXPECT_TRUE(write(101));
  EXPECT_TRUE(ended_well(child));
  EXPECT_EQ(look(database, "SELECT count(*) FROM files"), "60");
  EXPECT_EQ(look(database, "PRAGMA journal_mode"), "delete");
}

}  // namespace
}  // namespace civitai::store::test

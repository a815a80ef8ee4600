#include "store/open.hpp"

#include "unit/store/support.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include <sys/stat.h>

namespace civitai::store::test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The error of an opening that must not succeed.
Error refusal(const Path& database, Library::Mode mode = read_write) {
  const auto library = Library::open(database, mode);
  if (!library) return library.error();
  ADD_FAILURE() << "opened " << database;
  return {};
}

void make_library_with_one_entry(const Path& database) {
  Library library = open_library(database);
  ASSERT_TRUE(library.record_pending(record_of(1)).has_value());
}

// Both modes refuse the file `name`, and neither leaves a trace on it or beside it.
void expect_refused_untouched(const TempDir& directory, std::string_view name, std::string_view why) {
  const std::string before = directory.read(name);
  const std::size_t files = directory.count();
  for (const Library::Mode mode : {read_write, read_only}) {
    const Error error = refusal(directory / name, mode);
    EXPECT_EQ(error.kind, ErrorKind::usage);
    EXPECT_THAT(error.message, AllOf(HasSubstr(why), HasSubstr(name)));
    EXPECT_FALSE(error.hint.empty());
  }
  EXPECT_EQ(directory.read(name), before);
  EXPECT_EQ(directory.count(), files);
}

TEST(OpenLibrary, CreatesTheFileAndTheFoldersAboveIt) {
  const TempDir directory;
  const Path database = directory / "a/b/library.db";
  { const Library library = open_library(database); }
  EXPECT_EQ(look(database, "SELECT max(number) = count(*) FROM migrations"), "1");
  EXPECT_EQ(look(database, "SELECT applied_at > 1600000000000 FROM migrations"), "1");
  EXPECT_EQ(look(database, "PRAGMA application_id"), format("{}", 0x4356444C));
  EXPECT_EQ(look(database, "PRAGMA journal_mode"), "wal");
  EXPECT_EQ(look(database, "PRAGMA integrity_check"), "ok");
}

TEST(OpenLibrary, LeavesOneFileBehindWhenClosed) {
  const TempDir directory;
  make_library_with_one_entry(directory / "library.db");
  EXPECT_EQ(directory.count(), 1U);
}

TEST(OpenLibrary, MakesEveryTableStrict) {
  const TempDir directory;
  make_library_with_one_entry(directory / "library.db");
  EXPECT_EQ(look(directory / "library.db",
                 "SELECT group_concat(name) FROM pragma_table_list WHERE type = 'table' AND NOT strict "
                 "AND name NOT LIKE 'sqlite%'"),
            "");
}

TEST(OpenLibrary, WritesSoThatACommitSurvivesAPowerCut) {
  const TempDir directory;
  auto connection = open_database(directory / "library.db", read_write);
  ASSERT_TRUE(connection.has_value());
  const auto setting = [&](std::string_view pragma) {
    auto query = connection->query(pragma);
    return query && query->next() ? query->integer(0) : -1;
  };
  EXPECT_EQ(setting("PRAGMA synchronous"), 2);
  EXPECT_EQ(setting("PRAGMA foreign_keys"), 1);
  EXPECT_EQ(setting("PRAGMA trusted_schema"), 0);
}

TEST(OpenLibrary, TakesAnEmptyFileForANewLibrary) {
  const TempDir directory;
  directory.write("library.db", "");
  EXPECT_EQ(refusal(directory / "library.db", read_only).kind, ErrorKind::not_found);
  make_library_with_one_entry(directory / "library.db");
}

TEST(OpenLibrary, TakesAnyNameLiterally) {
  const TempDir directory;
  const Path before = fs::current_path();
  fs::current_path(directory.path());
  for (const std::string name : {":memory:", "file:x?mode=memory", "blank and é %41#?.db"}) {
    make_library_with_one_entry(name);
    EXPECT_TRUE(directory.has(name)) << name;
    EXPECT_THAT(ids_of(Library::open(name, read_only)->entries()), ElementsAre(1));
  }
  fs::current_path(before);
}

TEST(OpenLibrary, ReadOnlyNeverCreates) {
  const TempDir directory;
  const Error error = refusal(directory / "sub/library.db", read_only);
  EXPECT_EQ(error.kind, ErrorKind::not_found);
  EXPECT_THAT(error.message, HasSubstr("sub/library.db"));
  EXPECT_EQ(directory.count(), 0U);
}

TEST(OpenLibrary, ReadOnlyReadsAndCannotWrite) {
  const TempDir directory;
  make_library_with_one_entry(directory / "library.db");
  auto library = Library::open(directory / "library.db", read_only);
  ASSERT_TRUE(library.has_value());
  EXPECT_THAT(ids_of(library->entries()), ElementsAre(1));
  const Status refused = library->record_pending(record_of(2));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::io);
  EXPECT_THAT(refused.error().message, HasSubstr("cannot be written"));
}

TEST(OpenLibrary, RefusesWhatIsNotADatabase) {
  const TempDir directory;
  directory.write("long.txt", std::string(10'000, 'x'));
  directory.write("short.txt", "hello");
  expect_refused_untouched(directory, "long.txt", "not a database");
  expect_refused_untouched(directory, "short.txt", "not a database");
}

TEST(OpenLibrary, RefusesTheDatabaseOfAnotherProgram) {
  const TempDir directory;
  change(directory / "rollback.db", "CREATE TABLE models (x); INSERT INTO models VALUES (1)");
  change(directory / "wal.db", "PRAGMA journal_mode = WAL; CREATE TABLE models (x); INSERT INTO models VALUES (1)");
  change(directory / "marked.db", "PRAGMA application_id = 7; PRAGMA user_version = 3");
  for (const std::string_view name : {"rollback.db", "wal.db", "marked.db"}) {
    expect_refused_untouched(directory, name, "not a library");
  }
}

TEST(OpenLibrary, RefusesALibraryOfANewerVersion) {
  const TempDir directory;
  make_library_with_one_entry(directory / "noted.db");
  change(directory / "noted.db", "INSERT INTO migrations VALUES (99, 'future', 0)");
  expect_refused_untouched(directory, "noted.db", "newer version");
  make_library_with_one_entry(directory / "marked.db");
  change(directory / "marked.db", "PRAGMA user_version = 99");
  expect_refused_untouched(directory, "marked.db", "newer version");
}

TEST(OpenLibrary, TellsADamagedLibrary) {
  const TempDir directory;
  make_library_with_one_entry(directory / "library.db");
  std::string bytes = directory.read("library.db");
  std::fill(bytes.begin() + 4096, bytes.end(), '\xFF');
  directory.write("library.db", bytes);
  const Error error = refusal(directory / "library.db");
  EXPECT_EQ(error.kind, ErrorKind::io);
  EXPECT_THAT(error.message, HasSubstr("damaged"));
  EXPECT_THAT(error.hint, HasSubstr("backup"));
}

TEST(OpenLibrary, RefusesADirectoryAndSaysWhatItIs) {
  const TempDir directory;
  fs::create_directory(directory / "folder");
  EXPECT_EQ(refusal(directory / "folder").kind, ErrorKind::usage);
  EXPECT_THAT(refusal(directory / "folder").message, HasSubstr("is a directory"));
}

TEST(OpenLibrary, BesideADirectoryOfTheOriginalProgramIsOneOfItsOwn) {
  const TempDir directory;
  directory.write("old/000000000.data", "x");
  EXPECT_EQ(refusal(directory / "old", read_only).kind, ErrorKind::not_found);
  make_library_with_one_entry(directory / "old");
  EXPECT_TRUE(directory.has("old.sqlite"));
  make_library_with_one_entry(directory / "old/");
  EXPECT_EQ(directory.read("old/000000000.data"), "x");
  EXPECT_FALSE(directory.has("old/.sqlite"));
}

TEST(OpenLibrary, RefusesWhatIsNeitherFileNorDirectory) {
  const TempDir directory;
  ASSERT_EQ(::mkfifo((directory / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(refusal(directory / "pipe").message, HasSubstr("not a regular file"));
  EXPECT_EQ(refusal("").kind, ErrorKind::usage);
}

TEST(OpenLibrary, TellsAFolderThatCannotBeMade) {
  const TempDir directory;
  directory.write("file", "x");
  EXPECT_EQ(refusal(directory / "file/library.db").kind, ErrorKind::io);
}

TEST(OpenLibrary, DoesWithoutWalWhereItCannotWork) {
  const TempDir directory;
  const Path database = directory / "library.db";
  // WAL's shared memory lives in this file; SQLite refuses to follow a link there.
  fs::create_symlink("nowhere/at-all", directory / "library.db-shm");
  make_library_with_one_entry(database);
  Library library = open_library(database);
  ASSERT_TRUE(library.record_pending(record_of(2)).has_value());
  EXPECT_EQ(library.entries()->size(), 2U);
  EXPECT_EQ(look(database, "PRAGMA journal_mode"), "delete");
}

// Runs `work` as a user without rights on the files of this one.
template <class Work>
void expect_true_without_rights(Work&& work) {
  const pid_t child = start_process([&] { return (::geteuid() != 0 || ::setuid(65534) == 0) && work(); });
  EXPECT_TRUE(ended_well(child));
}

TEST(OpenLibrary, ReadsFromAFolderThatCannotBeWritten) {
  const TempDir directory;
  make_library_with_one_entry(directory / "library.db");
  fs::permissions(directory.path(), fs::perms(0555));
  fs::permissions(directory / "library.db", fs::perms(0444));
  expect_true_without_rights([&] {
    auto library = Library::open(directory / "library.db", read_only);
    return library && library->entries() && library->entries()->size() == 1;
  });
  expect_true_without_rights([&] {
    const Error error = refusal(directory / "library.db", read_write);
    return error.kind == ErrorKind::io && !error.hint.empty();
  });
  EXPECT_EQ(directory.count(), 1U);
  fs::permissions(directory.path(), fs::perms(0755));
}

}  // namespace
}  // namespace civitai::store::test

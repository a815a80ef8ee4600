// What the tests of the store share: records to put in, raw access to look behind the scenes, processes of their own.
#pragma once

#include "base/format.hpp"
#include "store/gzip.hpp"
#include "store/library.hpp"
#include "store/sqlite.hpp"
#include "support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace civitai::store::test {

using civitai::test::TempDir;

inline constexpr auto read_write = Library::Mode::read_write;
inline constexpr auto read_only = Library::Mode::read_only;

// A valid digest of `digits` hex digits that is different for each `seed`.
inline std::string digest(std::int64_t seed, int digits = 64) { return format("{:0{}x}", seed, digits); }

// A record of the file `id`, in version id*10 of model id*100 unless changed.
inline FileRecord record_of(std::int64_t id) {
  FileRecord record;
  record.entry.model_id = {id * 100};
  record.entry.model_name = format("Model {}", id);
  record.entry.model_type = "Checkpoint";
  record.entry.creator = "someone";
  record.entry.version_id = {id * 10};
  record.entry.version_name = "v1.0";
  record.entry.base_model = "SDXL 1.0";
  record.entry.file_id = {id};
  record.entry.file_name = format("model_{}.safetensors", id);
  record.entry.file_type = "Model";
  record.entry.size = kibibytes(64);
  record.entry.hashes.set(HashKind::sha256, digest(id));
  record.entry.path = format("/models/model_{}.safetensors", id);
  record.version_document.gzip = compress(format(R"({{"id":{}}})", id * 10));
  return record;
}

// Opens for reading and writing; ends the program when that fails, because no test can go on then.
inline Library open_library(const Path& database) {
  auto library = Library::open(database, Library::Mode::read_write);
  if (!library) throw std::runtime_error(library.error().message);
  return std::move(*library);
}

inline LibraryEntry entry_of(Library& library, std::int64_t id) {
  auto entry = library.find(FileId{id});
  if (!entry || !entry->has_value()) {
    ADD_FAILURE() << "no entry of file " << id;
    return {};
  }
  return **entry;
}

inline std::vector<std::int64_t> ids_of(const Result<std::vector<LibraryEntry>>& entries) {
  std::vector<std::int64_t> ids;
  if (!entries) ADD_FAILURE() << entries.error().message;
  if (entries) {
    for (const LibraryEntry& entry : *entries) ids.push_back(entry.file_id.value);
  }
  return ids;
}

// The first column of the first row as text, read past the library.
inline std::string look(const Path& database, const std::string& sql) {
  auto connection = Connection::open(database, Connection::Access::create);
  if (!connection) return connection.error().message;
  auto query = connection->query(sql);
  if (!query) return query.error().message;
  const auto row = query->next();
  if (!row) return row.error().message;
  return *row ? std::string(query->text(0)) : "no row";
}

inline void change(const Path& database, const std::string& sql) {
  auto connection = Connection::open(database, Connection::Access::create);
  ASSERT_TRUE(connection.has_value());
  const Status done = connection->execute(sql);
  ASSERT_TRUE(done.has_value()) << done.error().message;
}

// Runs `work` in a process of its own; the process says by its exit whether `work` answered true.
template <class Work>
pid_t start_process(Work&& work) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  bool good = false;
  try {
    good = work();
  } catch (...) {
  }
  ::_exit(good ? 0 : 1);
}

inline bool ended_well(pid_t child) {
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace civitai::store::test

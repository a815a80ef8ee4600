// Lists of library entries on standard output: a table for people, JSON or CSV for programs.
//
// Everything is written while entries come in, and none is kept: a library may have very many. A table has to be shown
// all of them before, to know how wide its columns are.
#pragma once

#include "cli/program.hpp"
#include "domain/library_entry.hpp"
#include "json/writer.hpp"
#include "term/table.hpp"

#include <string>
#include <vector>

namespace civitai::cli {

[[nodiscard]] json::Object entry_json(const LibraryEntry& entry);

class EntryList {
 public:
  enum class Format { table, json, csv };
  // As --json and --csv say. Error of kind usage for both at once.
  [[nodiscard]] static Result<Format> format_of(const config::Settings& settings);

  EntryList(Screen& screen, Format format);

  // Whether entries have to be measured, all of them before the first one is added.
  [[nodiscard]] bool needs_measure() const { return format_ == Format::table; }
  void measure(const LibraryEntry& entry);
  void add(const LibraryEntry& entry);
  // What stands behind the entries.
  void end();

  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  void begin_table();
  void write(std::string_view text);
  void flush();

  Screen& screen_;
  Format format_;
  term::Table table_;
  std::string pending_;
  std::vector<std::size_t> widths_;  // of the table's columns, once its header is written
  std::size_t size_ = 0;
};

}  // namespace civitai::cli

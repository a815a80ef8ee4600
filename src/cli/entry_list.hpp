// Lists of library entries on standard output: a table for people, JSON or CSV for programs.
//
// JSON and CSV are written while entries come in; a table must see all of them before it knows its widths.
#pragma once

#include "cli/program.hpp"
#include "domain/library_entry.hpp"
#include "json/writer.hpp"
#include "term/table.hpp"

#include <string>

namespace civitai::cli {

[[nodiscard]] json::Object entry_json(const LibraryEntry& entry);

class EntryList {
 public:
  enum class Format { table, json, csv };
  // As --json and --csv say. Error of kind usage for both at once.
  [[nodiscard]] static Result<Format> format_of(const config::Settings& settings);

  EntryList(Screen& screen, Format format);

  void add(const LibraryEntry& entry);
  // What stands behind the entries.
  void end();

  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  void write(std::string_view text);
  void flush();

  Screen& screen_;
  Format format_;
  term::Table table_;
  std::string pending_;
  std::size_t size_ = 0;
};

}  // namespace civitai::cli

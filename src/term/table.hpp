// A table of text for people: columns as wide as their content, the flexible ones narrowed to fit the terminal.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace civitai::term {

enum class Align { left, right };
enum class Cut { back, front };  // where a flexible column loses text: of a path the file name at its end shall stay

struct Column {
  std::string title;
  Align align = Align::left;
  bool flexible = false;  // may be cut to make the table fit
  Cut cut = Cut::back;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // One text per column; it must be printable.
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }

  // The lines, header first, each with a newline; not wider than `width` (0 = unlimited) as far as the flexible columns
  // allow.
  [[nodiscard]] std::string text(std::size_t width) const;

 private:
  [[nodiscard]] std::vector<std::size_t> widths(std::size_t limit) const;
  [[nodiscard]] std::string line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace civitai::term

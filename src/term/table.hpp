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

// Either all rows are added and then the text is asked for; or, for very many, each is measured first and asked for as
// a line afterwards, and none is kept.
class Table {
 public:
  explicit Table(std::vector<Column> columns);

  // One text per column; it must be printable.
  void add(std::vector<std::string> row);
  void measure(const std::vector<std::string>& row);
  [[nodiscard]] bool empty() const { return rows_.empty(); }

  // The lines, header first, each with a newline; not wider than `width` (0 = unlimited) as far as the flexible columns
  // allow.
  [[nodiscard]] std::string text(std::size_t width) const;

  // The columns' widths for what was measured by now, the header for them, and one line below it.
  [[nodiscard]] std::vector<std::size_t> widths(std::size_t limit) const;
  [[nodiscard]] std::string head(const std::vector<std::size_t>& widths) const;
  [[nodiscard]] std::string line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::size_t> widest_;  // of what was measured
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace civitai::term

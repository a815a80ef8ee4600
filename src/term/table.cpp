#include "term/table.hpp"

#include "term/text_width.hpp"

#include <algorithm>
#include <numeric>

namespace civitai::term {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest = 8;

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {
  for (const Column& column : columns_) widest_.push_back(term::columns(column.title));
}

void Table::add(std::vector<std::string> row) {
  measure(row);
  rows_.push_back(std::move(row));
}

void Table::measure(const std::vector<std::string>& row) {
  for (std::size_t c = 0; c < widest_.size(); ++c) widest_[c] = std::max(widest_[c], columns(row[c]));
}

std::vector<std::size_t> Table::widths(std::size_t limit) const {
  std::vector<std::size_t> result = widest_;
  const auto total = [&] { return std::accumulate(result.begin(), result.end(), gap * (columns_.size() - 1)); };
  // Takes from the widest flexible column until the table fits.
  while (limit > 0 && total() > limit) {
    std::size_t victim = columns_.size();
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const bool can_give = columns_[c].flexible && result[c] > narrowest;
      if (can_give && (victim == columns_.size() || result[c] > result[victim])) victim = c;
    }
    if (victim == columns_.size()) break;
    --result[victim];
  }
  return result;
}

std::string Table::line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) const {
  std::string text;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (c > 0) text += std::string(gap, ' ');
    const bool right = columns_[c].align == Align::right;
    const std::string cell = columns_[c].cut == Cut::front ? fitted_end(cells[c], widths[c]) : cells[c];
    text += right ? padded_left(cell, widths[c]) : padded(cell, widths[c]);
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text + '\n';
}

std::string Table::head(const std::vector<std::size_t>& widths) const {
  std::vector<std::string> titles;
  std::vector<std::string> rules;
  for (const Column& column : columns_) {
    titles.push_back(column.title);
    rules.emplace_back(columns(column.title), '-');
  }
  return line(titles, widths) + line(rules, widths);
}

std::string Table::text(std::size_t width) const {
  const auto column_widths = widths(width);
  std::string result = head(column_widths);
  for (const auto& row : rows_) result += line(row, column_widths);
  return result;
}

}  // namespace civitai::term

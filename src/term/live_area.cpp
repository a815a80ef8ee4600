#include "term/live_area.hpp"

#include "base/format.hpp"
#include "term/text_width.hpp"

namespace civitai::term {
namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

}  // namespace

// Cursor up over the lines, then everything below it erased.
std::string LiveArea::erase_sequence() const {
  return lines_.empty() ? std::string() : format("\x1b[{}F\x1b[J", lines_.size());
}

void LiveArea::show(const std::vector<std::string>& lines, std::size_t width) {
  if (!is_live()) return;
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> next;
  next.reserve(lines.size());
  // The last column stays free: some terminals wrap as soon as it is written.
  for (const std::string& line : lines) next.push_back(fitted(line, width > 1 ? width - 1 : width));
  if (next == lines_) return;
  const std::string erase = erase_sequence();
  lines_ = std::move(next);
  write_(erase + joined(lines_));
}

void LiveArea::clear() {
  const std::scoped_lock lock(mutex_);
  const std::string erase = erase_sequence();
  lines_.clear();
  if (!erase.empty()) write_(erase);
}

void LiveArea::print(std::string_view text) {
  const std::scoped_lock lock(mutex_);
  write_(erase_sequence() + std::string(text) + joined(lines_));
}

}  // namespace civitai::term

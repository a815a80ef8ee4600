#include "base/text.hpp"
#include "json/writer.hpp"
#include "store/tables.hpp"

#include <algorithm>
#include <limits>

namespace civitai::store {

Value column_of(const Hashes& hashes, HashKind kind) {
  if (!hashes.has(kind)) return std::monostate{};
  return std::string_view(hashes.get(kind));
}

std::int64_t column_of(ByteCount bytes) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(bytes.value, most));
}

std::int64_t column_of(SystemTime time) { return time.time_since_epoch().count(); }

std::string one_per_line(const std::vector<std::string>& words) {
  std::string lines;
  for (const std::string& word : words) {
    if (word.empty()) continue;
    if (!lines.empty()) lines += '\n';
    const std::size_t start = lines.size();
    lines += word;
    // A line break inside a word would make two of it.
    std::replace(lines.begin() + static_cast<std::ptrdiff_t>(start), lines.end(), '\n', ' ');
  }
  return lines;
}

std::vector<std::string> words_of_lines(std::string_view lines) {
  return lines.empty() ? std::vector<std::string>() : split(lines, '\n');
}

Hashes hashes_at(const Query& row, int first) {
  Hashes hashes;
  for (const HashKind kind : all_hash_kinds) hashes.set(kind, row.text(first + static_cast<int>(kind)));
  return hashes;
}

std::string list_value(const std::vector<std::string>& texts) {
  json::Array array;
  for (const std::string& text : texts) array.add(text);
  json::Object root;
  root.set("values", std::move(array));
  return root.text(-1);
}

}  // namespace civitai::store

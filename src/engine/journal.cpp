#include "engine/journal.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "hash/hasher.hpp"

#include <span>

namespace civitai::engine {
namespace {

constexpr std::string_view heading = "civitai-downloader partial 1";
constexpr std::string_view mark_word = "written";
constexpr std::size_t lines_of_claims = 6;
constexpr std::size_t length_of_checksum = 8;

std::string checksum(std::string_view text) {
  hash::Hasher hasher(hash::Kinds::crc32);
  hasher.update(std::as_bytes(std::span(text.data(), text.size())));
  return hasher.finish().crc32;
}

std::optional<std::uint64_t> number(std::string_view text) {
  const auto value = parse_integer(text);
  if (!value || *value < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

std::optional<RangeSet> decode_ranges(std::string_view text) {
  RangeSet ranges;
  for (const std::string& word : split(text, ' ')) {
    if (word.empty()) continue;
    const std::size_t dash = word.find('-');
    if (dash == std::string::npos) return std::nullopt;
    const auto first = number(word.substr(0, dash));
    const auto end = number(word.substr(dash + 1));
    if (!first || !end || *end <= *first) return std::nullopt;
    ranges.add({*first, *end});
  }
  return ranges;
}

// The value of a line "name value"; nullopt when the line is of another name.
std::optional<std::string_view> value_of(std::string_view line, std::string_view name) {
  if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ' ') return std::nullopt;
  return line.substr(name.size() + 1);
}

std::string encode_ranges(const RangeSet& set, std::size_t most) {
  std::string text;
  for (const Range& range : set.ranges()) {
    const std::string word = format(" {}-{}", range.first, range.end);
    if (text.size() + word.size() > most) break;
    text += word;
  }
  return text;
}

// What a line of marks tells; nullopt when it is none, or torn.
std::optional<RangeSet> decode_mark(std::string_view line, std::string_view lifetime) {
  const std::size_t last = line.rfind(' ');
  if (last == std::string_view::npos || line.substr(last + 1) != checksum(line.substr(0, last))) return std::nullopt;
  const auto mark = value_of(line.substr(0, last), mark_word);
  const auto ranges = mark ? value_of(*mark, lifetime) : std::nullopt;
  return ranges ? decode_ranges(*ranges) : std::nullopt;
}

void add_marks(std::string_view text, std::string_view lifetime, RangeSet& set) {
  for (const std::string& line : split(text, '\n')) {
    const auto mark = decode_mark(line, lifetime);
    if (!mark) continue;
    for (const Range& range : mark->ranges()) set.add(range);
  }
}

}  // namespace

std::string encode(const Journal& journal) {
  const std::string have = encode_ranges(journal.have, std::string::npos);
  const std::string text = format("{}\nfile {}\npromise {}\nlength {}\nhave{}\n", heading, journal.file,
                                  journal.promise, journal.length, have.empty() ? " " : have);
  return format("{}check {}\n", text, checksum(text));
}

std::size_t end_of_claims(std::string_view text) {
  std::size_t end = 0;
  for (std::size_t line = 0; line < lines_of_claims; ++line) {
    const std::size_t at = text.find('\n', end);
    if (at == std::string_view::npos) return text.size();
    end = at + 1;
  }
  return end;
}

std::optional<Journal> decode_journal(std::string_view text, std::string_view lifetime) {
  const std::string_view marks = text.substr(end_of_claims(text));
  text = text.substr(0, end_of_claims(text));
  const auto lines = split(text, '\n');
  if (lines.size() != lines_of_claims + 1 || lines[0] != heading || !lines[lines_of_claims].empty())
    return std::nullopt;
  const std::size_t checked = text.rfind("check ");
  if (value_of(lines[5], "check") != checksum(text.substr(0, checked))) return std::nullopt;
  const auto file = value_of(lines[1], "file");
  const auto promise = value_of(lines[2], "promise");
  const auto length = value_of(lines[3], "length");
  const auto have = value_of(lines[4], "have");
  if (!file || !promise || !length || !have) return std::nullopt;
  const auto length_number = number(*length);
  auto ranges = decode_ranges(*have);
  if (!length_number || !ranges) return std::nullopt;
  if (!lifetime.empty()) add_marks(marks, lifetime, *ranges);
  return Journal{std::string(*file), std::string(*promise), *length_number, std::move(*ranges)};
}

std::string encode_mark(std::string_view lifetime, const RangeSet& written) {
  const std::size_t besides = mark_word.size() + lifetime.size() + length_of_checksum + 4;  // blanks and line breaks
  const std::string ranges = encode_ranges(written, largest_mark - besides);
  const std::string line = format("{} {}{}", mark_word, lifetime, ranges);
  return format("\n{} {}\n", line, checksum(line));
}

}  // namespace civitai::engine

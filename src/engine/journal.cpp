#include "engine/journal.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "hash/hasher.hpp"

#include <span>

namespace civitai::engine {
namespace {

constexpr std::string_view heading = "civitai-downloader partial 1";

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

}  // namespace

std::string encode(const Journal& journal) {
  std::string have;
  for (const Range& range : journal.have.ranges()) have += format(" {}-{}", range.first, range.end);
  const std::string text = format("{}\nfile {}\npromise {}\nlength {}\nhave{}\n", heading, journal.file,
                                  journal.promise, journal.length, have.empty() ? " " : have);
  return format("{}check {}\n", text, checksum(text));
}

std::optional<Journal> decode_journal(std::string_view text) {
  const auto lines = split(text, '\n');
  if (lines.size() != 7 || lines[0] != heading || !lines[6].empty()) return std::nullopt;
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
  return Journal{std::string(*file), std::string(*promise), *length_number, std::move(*ranges)};
}

}  // namespace civitai::engine

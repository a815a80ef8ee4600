#include "store/library_records.hpp"

#include "base/format.hpp"
#include "store/gzip.hpp"

#include <algorithm>

namespace civitai::store {
namespace {

constexpr std::string_view prefix = "cvdl_f_";
constexpr char more = '+';
constexpr char last = '.';
constexpr std::size_t largest_entry = std::size_t{256} << 20U;

}  // namespace

Status put_library_record(BitcaskWriter& writer, const WholeEntry& entry, std::string_view document) {
  const std::string packed = compress(to_json(entry, document));
  const std::string key = format("{}{}", prefix, entry.entry.file_id.value);
  if (packed.size() <= longest_bitcask_value) return writer.put(key, packed);
  std::string_view rest = packed;
  for (int number = 0; !rest.empty(); ++number) {
    const std::string_view piece = rest.substr(0, longest_bitcask_value - 1);
    rest.remove_prefix(piece.size());
    const std::string value = (rest.empty() ? last : more) + std::string(piece);
    if (auto done = writer.put(format("{}_{:04}", key, number), value); !done) return done;
  }
  return {};
}

bool LibraryRecords::is_key(std::string_view key) { return key.starts_with(prefix); }

Result<std::optional<WholeEntry>> LibraryRecords::take(std::string_view value) {
  const bool cut = !value.empty() && (value.front() == more || value.front() == last);
  std::string whole;
  if (cut) {
    pieces_ += value.substr(1);
    if (value.front() == more) return std::nullopt;
    auto text = decompress(pieces_, largest_entry);
    pieces_.clear();
    if (!text) return fail(text.error());
    whole = std::move(*text);
  }
  auto entry = whole_entry_from(cut ? std::string_view(whole) : value);
  if (!entry) return fail(entry.error());
  return std::optional(std::move(*entry));
}

}  // namespace civitai::store

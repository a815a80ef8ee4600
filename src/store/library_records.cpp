#include "store/library_records.hpp"

#include "base/format.hpp"
#include "store/gzip.hpp"

#include <algorithm>
#include <utility>

namespace civitai::store {
namespace {

constexpr std::string_view entry_prefix = "cvdl_f_";
constexpr std::string_view image_prefix = "cvdl_i_";
constexpr char more = '+';
constexpr char last = '.';
constexpr std::size_t largest_record = std::size_t{256} << 20U;

Status put_record(BitcaskWriter& writer, const std::string& key, std::string_view json) {
  const std::string packed = compress(json);
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

}  // namespace

Status put_library_record(BitcaskWriter& writer, const WholeEntry& entry, std::string_view document) {
  return put_record(writer, format("{}{}", entry_prefix, entry.entry.file_id.value), to_json(entry, document));
}

Status put_library_record(BitcaskWriter& writer, const ArchivedImage& image, std::string_view document) {
  return put_record(writer, format("{}{}", image_prefix, image.image.id.value), to_json(image, document));
}

std::optional<LibraryRecords::Kind> LibraryRecords::kind_of(std::string_view key) {
  if (key.starts_with(entry_prefix)) return Kind::entry;
  return key.starts_with(image_prefix) ? std::optional(Kind::image) : std::nullopt;
}

Result<std::optional<std::string>> LibraryRecords::take(std::string_view value) {
  const bool cut = !value.empty() && (value.front() == more || value.front() == last);
  if (!cut) return std::optional(std::string(value));
  pieces_ += value.substr(1);
  if (value.front() == more) return std::nullopt;
  auto text = decompress(std::exchange(pieces_, {}), largest_record);
  if (!text) return fail(text.error());
  return std::optional(std::move(*text));
}

}  // namespace civitai::store

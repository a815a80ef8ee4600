// The library's own records inside a Bitcask store: beside what the original program reads, so that nothing is lost on
// the way there and back. It knows the keys that start with "v_" alone and leaves others in peace.
//
// Key "cvdl_f_<fileId>": the JSON of whole_entry.hpp, gzip; "cvdl_i_<imageId>": that of image_record.hpp. What is
// larger than the original program's limit is cut into "<key>_<n>", whose values start with '+' (more follows) or '.'
// (the last).
#pragma once

#include "store/bitcask.hpp"
#include "store/image_record.hpp"
#include "store/whole_entry.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace civitai::store {

[[nodiscard]] Status put_library_record(BitcaskWriter& writer, const WholeEntry& entry, std::string_view document);
[[nodiscard]] Status put_library_record(BitcaskWriter& writer, const ArchivedImage& image, std::string_view document);

// Puts cut records together again. Records are shown in the order in which they were written.
class LibraryRecords {
 public:
  enum class Kind { entry, image };
  // nullopt: the key of something else.
  [[nodiscard]] static std::optional<Kind> kind_of(std::string_view key);
  // The JSON of the record; nullopt while more is to follow.
  [[nodiscard]] Result<std::optional<std::string>> take(std::string_view value);

 private:
  std::string pieces_;
};

}  // namespace civitai::store

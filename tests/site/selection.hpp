// Which file of a version the site hands out: its own scoring, used for the primary flag and for bare download links.
#pragma once

#include "site/offer.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace standin {

struct Wishes {
  std::optional<std::string> type = {};  // restricts; the others prefer, then must not contradict
  std::optional<std::string> format = {};
  std::optional<std::string> size_class = {};
  std::optional<std::string> precision = {};
  std::optional<std::string> quantisation = {};
};

// Null when no public file of the type is there. Linked components answer only when they are asked for by type.
[[nodiscard]] const File* select_file(const Version& version, const Wishes& wishes);
// Whether the file states something else than what was asked for.
[[nodiscard]] bool contradicts(const File& file, const Wishes& wishes);

}  // namespace standin

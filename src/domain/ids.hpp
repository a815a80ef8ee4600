// The site's identifiers, each a type of its own so that none is taken for another. 0 means "none".
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace civitai {

template <class Tag>
struct Id {
  std::int64_t value = 0;

  [[nodiscard]] constexpr explicit operator bool() const { return value > 0; }
  friend constexpr auto operator<=>(const Id&, const Id&) = default;
};

using ModelId = Id<struct ModelTag>;
using VersionId = Id<struct VersionTag>;
using FileId = Id<struct FileTag>;
using ImageId = Id<struct ImageTag>;
using PostId = Id<struct PostTag>;

}  // namespace civitai

template <class Tag>
struct std::hash<civitai::Id<Tag>> {
  std::size_t operator()(civitai::Id<Tag> id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};

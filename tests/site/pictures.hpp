// Tiny pictures and clips with the right magic bytes. JPEG, PNG, GIF and WebP are whole pictures that any viewer opens;
// the other kinds are a beginning that is right and a rest that is noise.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace standin {

// The bytes of a picture of the kind, at least `size` long where the kind allows padding, different for every seed.
// Throws std::invalid_argument on an unknown kind.
[[nodiscard]] std::string picture_bytes(std::string_view kind, std::uint64_t seed, std::uint64_t size);
[[nodiscard]] std::string_view picture_media_type(std::string_view kind);

}  // namespace standin

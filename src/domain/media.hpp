// What a picture, video or sound really is, told by its first bytes: names and announcements are often wrong. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace civitai {

enum class MediaKind { jpeg, png, gif, webp, avif, mp4, webm, mp3 };

// How many bytes from the start are enough to tell.
inline constexpr std::size_t media_head = 64;

// The kind of a file of `length` bytes that begins with `head`; nullopt when it is none of them or plainly cut short.
// Facts: the formats' own specifications (JFIF, PNG, GIF89a, RIFF, ISO 14496-12, EBML, ID3v2, MPEG audio).
[[nodiscard]] std::optional<MediaKind> media_kind_of(std::string_view head, std::uint64_t length);

// "jpg", "png", …: without a dot.
[[nodiscard]] std::string_view extension_of(MediaKind kind);
// The kinds' extensions, and the other spellings under which such files lie about.
[[nodiscard]] std::span<const std::string_view> media_extensions();
[[nodiscard]] bool is_moving(MediaKind kind);  // a video, whatever is in it

}  // namespace civitai

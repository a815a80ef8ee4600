#include "domain/media.hpp"

namespace civitai {
namespace {

constexpr std::string_view extensions[] = {"jpg", "png", "gif", "webp", "avif", "mp4", "webm", "mp3", "jpeg"};

bool has(std::string_view head, std::size_t at, std::string_view bytes) {
  return head.substr(0, at + bytes.size()).ends_with(bytes) && head.size() >= at + bytes.size();
}

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = (value << 8U) | static_cast<unsigned char>(bytes[i]);
  return value;
}

// A RIFF file says how long it is.
bool is_whole_riff(std::string_view head, std::uint64_t length) {
  return head.size() >= 12 && length >= std::uint64_t{little_endian(head.substr(4, 4))} + 8;
}

// The brand of an ISO media file says whether it is a still picture.
std::optional<MediaKind> iso_media(std::string_view head, std::uint64_t length) {
  if (head.size() < 12 || length < 32) return std::nullopt;
  const std::string_view brand = head.substr(8, 4);
  return brand == "avif" || brand == "avis" ? MediaKind::avif : MediaKind::mp4;
}

bool is_mpeg_audio(std::string_view head) {
  constexpr unsigned sync = 0xE0;
  return head.size() >= 4 && head[0] == '\xFF' && (static_cast<unsigned char>(head[1]) & sync) == sync;
}

}  // namespace

std::optional<MediaKind> media_kind_of(std::string_view head, std::uint64_t length) {
  using namespace std::string_view_literals;
  // Less than the smallest picture of the kind that any program writes is a piece of one.
  const auto kind_if = [&](MediaKind kind, std::uint64_t least) {
    return length >= least ? std::optional(kind) : std::nullopt;
  };
  if (has(head, 0, "\xFF\xD8\xFF"sv)) return kind_if(MediaKind::jpeg, 100);
  if (has(head, 0, "\x89PNG\r\n\x1A\n"sv)) return has(head, 12, "IHDR"sv) ? kind_if(MediaKind::png, 57) : std::nullopt;
  if (has(head, 0, "GIF87a"sv) || has(head, 0, "GIF89a"sv)) return kind_if(MediaKind::gif, 26);
  if (has(head, 0, "RIFF"sv) && has(head, 8, "WEBP"sv))
    return is_whole_riff(head, length) ? std::optional(MediaKind::webp) : std::nullopt;
  if (has(head, 4, "ftyp"sv)) return iso_media(head, length);
  if (has(head, 0, "\x1A\x45\xDF\xA3"sv)) return kind_if(MediaKind::webm, 40);
  if (has(head, 0, "ID3"sv) || is_mpeg_audio(head)) return kind_if(MediaKind::mp3, 100);
  return std::nullopt;
}

std::string_view extension_of(MediaKind kind) { return extensions[static_cast<std::size_t>(kind)]; }

std::span<const std::string_view> media_extensions() { return extensions; }

bool is_moving(MediaKind kind) { return kind == MediaKind::mp4 || kind == MediaKind::webm; }

}  // namespace civitai

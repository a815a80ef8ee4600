#include "site/pictures.hpp"

#include "site/content.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace standin {
namespace {

using namespace std::string_view_literals;

std::string big_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>((value >> (8 * i)) & 0xFF);
  return text;
}

std::string little_endian(std::uint64_t value, int bytes) {
  std::string text = big_endian(value, bytes);
  std::reverse(text.begin(), text.end());
  return text;
}

std::string filler(std::uint64_t seed, std::uint64_t count) { return Content::generated(seed ^ 0x9C7, count).text(); }

std::uint64_t missing(std::uint64_t wanted, std::size_t have) { return wanted > have ? wanted - have : 0; }

// A grey picture of one pixel in baseline JPEG, without its start marker: one quantisation table, one code in each
// Huffman table, and two bits of data.
std::string jpeg_body() {
  const std::string one_code = "\x01" + std::string(16, '\0');
  return std::string("\xFF\xDB\x00\x43\x00", 5) + std::string(64, '\x01') +
         std::string("\xFF\xC0\x00\x0B\x08\x00\x01\x00\x01\x01\x01\x11\x00", 13) +
         std::string("\xFF\xC4\x00\x14\x00", 5) + one_code + std::string("\xFF\xC4\x00\x14\x10", 5) + one_code +
         std::string("\xFF\xDA\x00\x08\x01\x01\x00\x00\x3F\x00\x3F\xFF\xD9", 13);
}

std::string jpeg(std::uint64_t seed, std::uint64_t size) {
  const std::string body = jpeg_body();
  std::string bytes = "\xFF\xD8";
  std::uint64_t left = std::max<std::uint64_t>(missing(size, body.size() + 6), 8);
  while (left > 0) {
    const std::uint64_t part = std::min<std::uint64_t>(left, 65000);  // a comment segment holds no more than 65533
    bytes += "\xFF\xFE" + big_endian(part + 2, 2) + filler(seed + left, part);
    left -= part;
  }
  return bytes + body;
}

std::string png_chunk(std::string_view type, const std::string& data) {
  const std::string body = std::string(type) + data;
  const auto crc = crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  return big_endian(data.size(), 4) + body + big_endian(crc, 4);
}

std::string png(std::uint64_t seed, std::uint64_t size) {
  constexpr unsigned side = 8;
  std::string rows;
  for (unsigned y = 0; y < side; ++y) rows += '\0' + filler(seed + y, std::uint64_t{side} * 3);
  std::string packed(compressBound(static_cast<uLong>(rows.size())), '\0');
  auto length = static_cast<uLongf>(packed.size());
  compress(reinterpret_cast<Bytef*>(packed.data()), &length, reinterpret_cast<const Bytef*>(rows.data()),
           static_cast<uLong>(rows.size()));
  packed.resize(length);
  std::string bytes = "\x89PNG\r\n\x1A\n" +
                      png_chunk("IHDR", big_endian(side, 4) + big_endian(side, 4) + std::string("\x08\x02\0\0\0", 5));
  bytes += png_chunk("stIn", filler(seed, missing(size, bytes.size() + packed.size() + 36)));
  return bytes + png_chunk("IDAT", packed) + png_chunk("IEND", "");
}

std::string gif(std::uint64_t seed, std::uint64_t size) {
  std::string bytes("GIF89a\x01\0\x01\0\x80\0\0\xFF\xFF\xFF\0\0\0\x21\xFE", 21);
  std::uint64_t left = std::max<std::uint64_t>(missing(size, 40), 8);
  while (left > 0) {
    const std::uint64_t part = std::min<std::uint64_t>(left, 255);
    bytes += static_cast<char>(part) + filler(seed + left, part);
    left -= part;
  }
  return bytes + std::string("\0\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3B", 17);
}

std::string webp(std::uint64_t seed, std::uint64_t size) {
  const std::string picture("VP8L\x0D\0\0\0\x2F\0\0\0\x10\x07\x10\x11\x11\x88\x88\xFE\x07\0", 22);
  std::string extra = filler(seed, std::max<std::uint64_t>(missing(size, 42), 8));
  if (extra.size() % 2 != 0) extra += '\0';
  const std::string body = "WEBP" + picture + "stIn" + little_endian(extra.size(), 4) + extra;
  return "RIFF" + little_endian(body.size(), 4) + body;
}

std::string box(std::string_view type, const std::string& data) {
  return big_endian(data.size() + 8, 4) + std::string(type) + data;
}

std::string media_boxes(std::string_view brand, std::uint64_t seed, std::uint64_t size) {
  const std::string type = box("ftyp", std::string(brand) + big_endian(0, 4) + std::string(brand) + "mif1");
  return type + box("mdat", filler(seed, std::max<std::uint64_t>(missing(size, type.size() + 8), 8)));
}

std::string after(std::string_view magic, std::uint64_t seed, std::uint64_t size) {
  return std::string(magic) + filler(seed, std::max<std::uint64_t>(missing(size, magic.size()), 8));
}

struct Kind {
  std::string_view name;
  std::string_view media_type;
  std::string (*make)(std::uint64_t seed, std::uint64_t size);
};

constexpr std::array<Kind, 8> picture_kinds = {{
    {"jpeg", "image/jpeg", jpeg},
    {"png", "image/png", png},
    {"gif", "image/gif", gif},
    {"webp", "image/webp", webp},
    {"avif", "image/avif", [](std::uint64_t seed, std::uint64_t size) { return media_boxes("avif", seed, size); }},
    {"mp4", "video/mp4", [](std::uint64_t seed, std::uint64_t size) { return media_boxes("isom", seed, size); }},
    {"webm", "video/webm",
     [](std::uint64_t seed, std::uint64_t size) {
       return after("\x1A\x45\xDF\xA3\x84\x42\x82\x84webm"sv, seed, size);
     }},
    {"mp3", "audio/mpeg",
     [](std::uint64_t seed, std::uint64_t size) { return after("ID3\x04\0\0\0\0\0\0"sv, seed, size); }},
}};

const Kind& find_kind(std::string_view name) {
  for (const Kind& kind : picture_kinds) {
    if (kind.name == name) return kind;
  }
  throw std::invalid_argument("unknown kind of picture: " + std::string(name));
}

}  // namespace

std::string picture_bytes(std::string_view kind, std::uint64_t seed, std::uint64_t size) {
  return find_kind(kind).make(seed, size);
}

std::string_view picture_media_type(std::string_view kind) { return find_kind(kind).media_type; }

}  // namespace standin

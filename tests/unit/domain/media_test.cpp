#include "domain/media.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace civitai {
namespace {

using namespace std::string_literals;

struct Row {
  std::string head;
  std::string extension;  // empty: none of the kinds
  std::uint64_t length = 5000;
};

std::string extension(const Row& row) {
  const auto kind = media_kind_of(row.head, row.length);
  return kind ? std::string(extension_of(*kind)) : "";
}

TEST(MediaKind, IsToldByTheFirstBytes) {
  const std::vector<Row> rows = {
      {"\xFF\xD8\xFF\xE0\0\x10JFIF"s, "jpg"},
      {"\x89PNG\r\n\x1A\n\0\0\0\rIHDR"s, "png"},
      {"GIF89a\x01\0\x01\0"s, "gif"},
      {"GIF87a\x01\0\x01\0"s, "gif"},
      {"RIFF\x10\0\0\0WEBPVP8 "s, "webp"},
      {"\0\0\0\x1C"
       "ftypavif\0\0\0\0"s,
       "avif"},
      {"\0\0\0\x1C"
       "ftypavis\0\0\0\0"s,
       "avif"},
      {"\0\0\0\x1C"
       "ftypisom\0\0\0\0"s,
       "mp4"},
      {"\0\0\0\x14"
       "ftypqt  \0\0\0\0"s,
       "mp4"},
      {"\x1A\x45\xDF\xA3\x9F"s, "webm"},
      {"ID3\x04\0"s, "mp3"},
      {"\xFF\xFB\x90\x64"s, "mp3"},
  };
  for (const Row& row : rows) EXPECT_EQ(extension(row), row.extension);
}

TEST(MediaKind, IsNoneForPagesAndPieces) {
  const std::vector<Row> rows = {
      {"<!DOCTYPE html><html>", ""},
      {"{\"error\":\"gone\"}", ""},
      {"", "", 0},
      {"\xFF\xD8\xFF\xE0"s, "", 4},
      {"\x89PNG\r\n\x1A\n"s, "", 8},
      {"\x89PNG\r\n\x1A\n\0\0\0\rXXXX"s, ""},
      {"RIFF\xFF\xFF\0\0WEBPVP8 "s, "", 5000},  // announces more than there is
      {"RIFF\x10\0\0\0WAVEfmt "s, ""},
      {"\0\0\0\x1C"
       "ftyp"s,
       "", 8},
      {"GIF8"s, ""},
  };
  for (const Row& row : rows) EXPECT_EQ(extension(row), "") << row.head;
}

TEST(MediaKind, KnowsWhatMoves) {
  EXPECT_TRUE(is_moving(MediaKind::mp4));
  EXPECT_TRUE(is_moving(MediaKind::webm));
  EXPECT_FALSE(is_moving(MediaKind::webp));
}

}  // namespace
}  // namespace civitai

#include "net/content_disposition.hpp"

#include "base/text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace civitai::net {
namespace {

struct NameRow {
  std::string_view header;
  std::string_view name;
};

void expect_names(const std::vector<NameRow>& rows) {
  for (const NameRow& row : rows) {
    const auto name = file_name_from_content_disposition(row.header);
    ASSERT_TRUE(name) << row.header;
    EXPECT_EQ(*name, row.name) << row.header;
  }
}

TEST(ContentDisposition, GivesTheQuotedName) {
  expect_names({
      {R"(attachment; filename="name.safetensors")", "name.safetensors"},
      {R"(attachment; filename="with blanks.safetensors")", "with blanks.safetensors"},
      {R"(attachment; filename="semi;colon=.zip")", "semi;colon=.zip"},
      {R"(ATTACHMENT ; FileName = "x.bin" )", "x.bin"},
      {R"(attachment;filename="x.bin";)", "x.bin"},
      {R"(attachment; filename="x.bin" ; size=12;)", "x.bin"},
      {R"(attachment; size="a;b"; filename="x.bin")", "x.bin"},
      {R"(inline; filename="x.bin")", "x.bin"},
      {R"(filename="x.bin")", "x.bin"},
      {"attachment;\tfilename=\"x.bin\"", "x.bin"},
  });
}

TEST(ContentDisposition, GivesTheUnquotedName) {
  expect_names({
      {"attachment; filename=name.safetensors", "name.safetensors"},
      {"attachment; filename=with some blanks.safetensors", "with some blanks.safetensors"},
      {"attachment; filename=name.safetensors;", "name.safetensors"},
      {"attachment; filename=name.safetensors ; size=12", "name.safetensors"},
      {"filename=x.bin", "x.bin"},
      {"filename=x.bin; size=12", "x.bin"},
  });
}

TEST(ContentDisposition, UndoesEscapes) {
  expect_names({
      {R"(attachment; filename="a \"b\".zip")", R"(a "b".zip)"},
      {R"(attachment; filename="a\\b.zip")", R"(a\b.zip)"},
      {R"(attachment; filename="C:\dir\b.zip")", R"(C:\dir\b.zip)"},
      {R"(attachment; filename="open ended)", "open ended"},
      {R"(attachment; filename="ends in a backslash\)", R"(ends in a backslash\)"},
  });
}

TEST(ContentDisposition, ReadsRawBytesAsUtf8OrElseAsLatin1) {
  expect_names({
      {"attachment; filename=\"紙灯籠_v2.safetensors\"", "紙灯籠_v2.safetensors"},
      {"attachment; filename=\"caf\xe9.zip\"", "café.zip"},
      {"attachment; filename=caf\xe9 \xfc.zip", "café ü.zip"},
      {"attachment; filename=\"\xff\xfe.zip\"", "ÿþ.zip"},
  });
}

TEST(ContentDisposition, DecodesPercentSequencesThatGiveUtf8) {
  expect_names({
      {R"(attachment; filename="a%20b.zip")", "a b.zip"},
      {R"(attachment; filename="%E7%B4%99.zip")", "紙.zip"},
      {R"(attachment; filename="%FF%FE.zip")", "%FF%FE.zip"},
      {R"(attachment; filename="100%.zip")", "100%.zip"},
      {R"(attachment; filename="a+b.zip")", "a+b.zip"},
      {"attachment; filename=\"caf\xe9%20x.zip\"", "café%20x.zip"},
  });
}

TEST(ContentDisposition, PrefersTheExtendedName) {
  expect_names({
      {"attachment; filename*=UTF-8''%E7%B4%99%20x.zip", "紙 x.zip"},
      {"attachment; filename*=utf-8'en'a%27b.zip", "a'b.zip"},
      {"attachment; filename*=\"UTF-8''quoted.zip\"", "quoted.zip"},
      {"attachment; filename*=ISO-8859-1''caf%E9.zip", "café.zip"},
      {R"(attachment; filename="plain.zip"; filename*=UTF-8''better.zip)", "better.zip"},
      {R"(attachment; filename*=UTF-8''better.zip; filename="plain.zip")", "better.zip"},
      {R"(attachment; filename*=UTF-8''first.zip; filename*=UTF-8''second.zip)", "first.zip"},
      {R"(attachment; filename="first.zip"; filename="second.zip")", "first.zip"},
  });
}

TEST(ContentDisposition, FallsBackOnThePlainNameWhenTheExtendedOneIsNone) {
  for (const std::string_view extended :
       {"UTF-8''%FF%FE", "no quotes.zip", "UTF-8'only one", "", "UTF-8''", "UTF-8''%20"}) {
    const std::string header =
        std::string("attachment; filename*=") + std::string(extended) + "; filename=\"plain.zip\"";
    EXPECT_EQ(file_name_from_content_disposition(header), "plain.zip") << header;
  }
}

TEST(ContentDisposition, LeavesDirectoriesAndDangerToTheCaller) {
  expect_names({
      {R"(attachment; filename="../../etc/passwd")", "../../etc/passwd"},
      {R"(attachment; filename="..%2F..%2Fx")", "../../x"},
      {R"(attachment; filename*=UTF-8''..%2F..%2Fx)", "../../x"},
      {R"(attachment; filename="/abs/x")", "/abs/x"},
      {R"(attachment; filename="CON")", "CON"},
      {R"(attachment; filename="<script>")", "<script>"},
  });
}

TEST(ContentDisposition, IsNoneWithoutAName) {
  for (const std::string_view header :
       {"", "attachment", "attachment;", "attachment; filename=", "attachment; filename=\"\"",
        "attachment; filename=\"  \"", "attachment; filename*=UTF-8''", "attachment; name=x", ";;;", "=", "=;=", "\"",
        "attachment; filename", "inline; filename *= x"}) {
    EXPECT_FALSE(file_name_from_content_disposition(header)) << header;
  }
}

TEST(ContentDisposition, TakesAVeryLongName) {
  const std::string name = std::string(2048, 'x') + ".safetensors";
  EXPECT_EQ(file_name_from_content_disposition("attachment; filename=\"" + name + "\""), name);
  EXPECT_EQ(file_name_from_content_disposition("attachment; filename=" + name), name);
}

// No damage of a header may crash the reader or make it give what is not UTF-8.
TEST(ContentDisposition, IsValidUtf8WhateverIsCutOrFlipped) {
  const std::string header =
      "attachment; filename=\"a \\\"\xe7\xb4\x99%E7%B4%99.zip\"; filename*=UTF-8'de'%E7%B4%99%FF.zip; x=y";
  for (std::size_t i = 0; i <= header.size(); ++i) {
    const auto cut = file_name_from_content_disposition(header.substr(0, i));
    EXPECT_TRUE(is_valid_utf8(cut.value_or("")));
    for (int byte = 0; byte < 256 && i < header.size(); ++byte) {
      std::string damaged = header;
      damaged[i] = static_cast<char>(byte);
      EXPECT_TRUE(is_valid_utf8(file_name_from_content_disposition(damaged).value_or(""))) << i << ' ' << byte;
    }
  }
}

}  // namespace
}  // namespace civitai::net

#include "os/safe_name.hpp"

#include "base/text.hpp"

#include <gtest/gtest.h>

namespace civitai::os {
namespace {

using namespace std::string_view_literals;

std::string repeated(std::string_view what, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += what;
  return result;
}

struct Row {
  std::string_view given;
  std::string_view safe;
};

void expect_rows(std::initializer_list<Row> rows) {
  for (const Row& row : rows) EXPECT_EQ(safe_component(row.given), row.safe) << "given: " << row.given;
}

TEST(SafeComponent, KeepsOrdinaryNames) {
  expect_rows({
      {"DreamWeaver XL v2.0.safetensors", "DreamWeaver XL v2.0.safetensors"},
      {"水墨画_v1.safetensors", "水墨画_v1.safetensors"},
      {"🔥🔥.pt", "🔥🔥.pt"},
      {"naïve (été) [1] {2} & 50% + ~'`!@#$^=,;.bin", "naïve (été) [1] {2} & 50% + ~'`!@#$^=,;.bin"},
      {".hidden", ".hidden"},
      {"..hidden", "..hidden"},
      {"%2F..%2Fetc", "%2F..%2Fetc"},
  });
}

TEST(SafeComponent, DropsDirectories) {
  expect_rows({
      {"../../evil.safetensors", "evil.safetensors"},
      {"/etc/passwd", "passwd"},
      {"..\\..\\evil.safetensors", "evil.safetensors"},
      {"C:\\Windows\\evil.dll", "evil.dll"},
      {"a/b\\c/d", "d"},
      {"folder/", "folder"},
      {"C:evil", "C_evil"},
  });
}

TEST(SafeComponent, GivesNothingWhereNothingIsLeft) {
  expect_rows({{"", ""},
               {".", ""},
               {"..", ""},
               {"...", ""},
               {" ", ""},
               {". . .", ""},
               {"/", ""},
               {"///", ""},
               {"\\/\\", ""},
               {"a/..", ""},
               {"../", ""},
               {"\n\t\0"sv, ""},
               {"\u202E", ""},
               {"\u200B.", ""},
               {"\u3000", ""},
               {"..\u200B", ""},
               {"\u200B..", ""},
               {"\u00A0.\u00A0", ""}});
}

TEST(SafeComponent, RemovesWhatNobodySees) {
  expect_rows({
      {"a\0b"sv, "ab"},
      {"a\nb\rc\td\x1B[31me\x7F", "abcd[31me"},
      {"a\u0085b", "ab"},
      {"model\u202Esrotensafes.exe", "modelsrotensafes.exe"},
      {"a\u200Bb\u200Dc\u2066d\u2069e\uFEFFf\u00ADg", "abcdefg"},
      {"a\u2028b\u2029c", "abc"},
      {"a\U000E0041b", "ab"},
      {"CO\u200BN", "_CON"},
  });
}

TEST(SafeComponent, ReplacesWhatWindowsForbids) { expect_rows({{"a<b>c:d\"e|f?g*h", "a_b_c_d_e_f_g_h"}}); }

TEST(SafeComponent, RepairsInvalidUtf8) {
  expect_rows({{"a\xFF"
                "b",
                "a\uFFFDb"},
               {"caf\xE9.pt", "caf\uFFFD.pt"},
               {"\xC0\xAE\xC0\xAE", "\uFFFD\uFFFD\uFFFD\uFFFD"}});
}

TEST(SafeComponent, TrimsWhatWindowsWouldTrim) {
  expect_rows({{"name.", "name"},
               {"name...", "name"},
               {"name. . ", "name"},
               {"  name  ", "name"},
               {"\u3000name\u00A0", "name"},
               {" .name", ".name"},
               {"a . b", "a . b"}});
}

TEST(SafeComponent, StepsAsideForDevicesOfWindows) {
  expect_rows({{"CON", "_CON"},
               {"con.safetensors", "_con.safetensors"},
               {"Nul.tar.gz", "_Nul.tar.gz"},
               {"COM1", "_COM1"},
               {"com9.txt", "_com9.txt"},
               {"LPT0", "_LPT0"},
               {"lpt\u00B2.x", "_lpt\u00B2.x"},
               {"aux .x", "_aux .x"},
               {"PRN...", "_PRN"},
               {"CONIN$", "_CONIN$"},
               {"clock$.x", "_clock$.x"},
               {"CONsole", "CONsole"},
               {"com10", "com10"},
               {"com", "com"},
               {"comx", "comx"},
               {"acon", "acon"},
               {"x.con", "x.con"}});
}

TEST(SafeComponent, CutsAtTheLimitAndKeepsTheExtension) {
  const std::string accents = repeated("é", 300);
  const std::string cut = safe_component(accents + ".safetensors");
  EXPECT_EQ(cut, repeated("é", 121) + ".safetensors");
  EXPECT_EQ(safe_component(accents), repeated("é", 127));
  EXPECT_EQ(safe_component(repeated("🔥", 100), 219), repeated("🔥", 54));
  EXPECT_EQ(safe_component(repeated("x", 300)).size(), longest_component);
  EXPECT_EQ(safe_component(repeated("x", 255)).size(), longest_component);
}

TEST(SafeComponent, EndsWellWhereItWasCut) {
  EXPECT_EQ(safe_component("ab. x-that-is-much-too-long-for-it", 4), "ab");
  EXPECT_EQ(safe_component("CONSOLE", 3), "_CO");
  EXPECT_EQ(safe_component("a", 0), "");
}

TEST(SafeComponent, HasNothingToDoTheSecondTime) {
  for (const std::string& name : {std::string("../../a:b."), repeated("é.", 300), std::string("CON"),
                                  std::string(" \u202E.x. "), std::string("\xFF/\xFE")}) {
    const std::string once = safe_component(name);
    EXPECT_EQ(safe_component(once), once);
    EXPECT_TRUE(is_valid_utf8(once));
    EXPECT_LE(once.size(), longest_component);
  }
}

TEST(SplitExtension, SplitsAtTheLastDot) {
  const auto expect_split = [](std::string_view name, std::string_view stem, std::string_view extension) {
    const NameParts parts = split_extension(name);
    EXPECT_EQ(parts.stem, stem) << name;
    EXPECT_EQ(parts.extension, extension) << name;
  };
  expect_split("a.safetensors", "a", ".safetensors");
  expect_split("v1.0.ckpt", "v1.0", ".ckpt");
  expect_split("archive.tar.gz", "archive.tar", ".gz");
  expect_split("none", "none", "");
  expect_split(".hidden", ".hidden", "");
  expect_split("dot.", "dot.", "");
  expect_split("", "", "");
  expect_split(".", ".", "");
  expect_split("..", "..", "");
  expect_split("a.1234567890123456", "a", ".1234567890123456");
  expect_split("a.12345678901234567", "a.12345678901234567", "");
}

TEST(WithAddition, StandsBeforeTheExtension) {
  EXPECT_EQ(with_addition("a.safetensors", "-5"), "a-5.safetensors");
  EXPECT_EQ(with_addition("a", "-5"), "a-5");
  EXPECT_EQ(with_addition(".hidden", "-5"), ".hidden-5");
}

TEST(WithAddition, CutsTheStemToFit) {
  EXPECT_EQ(with_addition("abcdef.pt", "-5", 8), "abc-5.pt");
  EXPECT_EQ(with_addition("éééé.pt", "-5", 8), "é-5.pt");
  EXPECT_EQ(with_addition("abcdef.pt", "-5", 9), "abcd-5.pt");
  EXPECT_EQ(with_addition("abc.safetensors", "-12345", 10), "-12345.saf");
  EXPECT_EQ(with_addition(repeated("x", 255) + ".pt", "-7").size(), longest_component);
}

}  // namespace
}  // namespace civitai::os

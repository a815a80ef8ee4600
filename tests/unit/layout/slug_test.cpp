#include "layout/layout.hpp"

#include <gtest/gtest.h>

namespace civitai::layout {
namespace {

using namespace std::string_view_literals;

struct Row {
  std::string_view text;
  std::string_view slug;
};

void expect_rows(std::initializer_list<Row> rows) {
  for (const Row& row : rows) EXPECT_EQ(slug(row.text), row.slug) << "text: " << row.text;
}

TEST(Slug, AgreesWithTheNamesOfExistingFolders) {
  expect_rows({
      {"x - y", "x-y"},
      {"a:::b", "a-b"},
      {"a-_-b", "a--b"},
      {"a-_-b -- c__d", "a--b-c_d"},
      {"mixed-_-separator--test", "mixed--separator-test"},
      {"v1.0.", "v1.0."},
      {"..", ".."},
      {"a/b\\c", "abc"},
      {"ÉTÉ naïve", "t_nave"},
      {"水墨画.safetensors", ".safetensors"},
      {"\u0130stanbul \u212A", "istanbul_k"},
      {"SD 1.5: Base Model", "sd_1.5-base_model"},
      {"__test__", "test"},
      {"Dream Weaver: XL (v2.0)", "dream_weaver-xl_v2.0"},
      {"DreamWeaver XL v2.0", "dreamweaver_xl_v2.0"},
      {"水墨画 Style — Été", "style_t"},
      {"A/B\\C ../ test", "abc_.._test"},
      {"SD 1.5 LCM", "sd_1.5_lcm"},
      {"Wait... v1.", "wait..._v1."},
      {"wait...v1", "wait...v1"},
      {"Flux.1 D", "flux.1_d"},
      {"v1.0 - final", "v1.0-final"},
  });
}

TEST(Slug, DropsWhatIsNotAsciiLetterDigitDotDashUnderscore) {
  expect_rows({
      {"a(b)+c,d&e'f\"g@h#i%j", "abcdefghij"},
      {"tab\there", "tabhere"},
      {"no\u00A0break", "nobreak"},
      {"a\0b"sv, "ab"},
      {"bad\xFFutf8\xE9", "badutf8"},
      {"\xE4\xC4\xB0 cut", "i_cut"},
      {"🔥🔥", ""},
      {"%2F..%2F", "2f..2f"},
  });
}

TEST(Slug, StripsDashesAndUnderscoresButNoDots) {
  expect_rows({{"", ""},
               {" ", ""},
               {":", ""},
               {"-_-", ""},
               {" : - _ ", ""},
               {"-a-", "a"},
               {"_-a-_", "a"},
               {".a.", ".a."},
               {"-.-", "."}});
}

TEST(Slug, FoldsRuns) {
  expect_rows(
      {{"a   b", "a_b"}, {"a---b", "a-b"}, {"a _ b", "a_b"}, {"a - - b", "a--b"}, {"a_-b", "a-b"}, {"a-_b", "a-b"}});
}

TEST(Slug, HasNoLimitOfLength) { EXPECT_EQ(slug(std::string(1000, 'X')), std::string(1000, 'x')); }

}  // namespace
}  // namespace civitai::layout

#include "layout/image_template.hpp"

#include "base/time.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace civitai::layout {
namespace {

Image image(std::string username, std::string base_model) {
  Image image;
  image.id = {900};
  image.username = std::move(username);
  image.base_model = std::move(base_model);
  return image;
}

std::string folder(std::string_view text, const Image& image) {
  const auto parsed = ImageTemplate::parse(text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? parsed->folder_of(image).generic_string() : "";
}

TEST(ImageFolder, IsAuthorAndBaseModelByDefault) {
  struct Row {
    std::string username, base_model, folder;
  };
  const std::vector<Row> rows = {
      {"Aya_Draws", "SDXL 1.0", "aya_draws/sdxl_1.0"},  {"90210", "Pony", "90210/pony"},
      {"", "", "unknown_author/unknown_base_model"},    {"🔥🔥", "SD 1.5", "unknown_author/sd_1.5"},
      {"../../etc", "..", "_..etc/unknown_base_model"}, {"CON", "Pony", "_con/pony"},
  };
  for (const Row& row : rows) {
    const std::string made = folder(default_image_template, image(row.username, row.base_model));
    if (row.username == "../../etc") {
      EXPECT_EQ(made.find("../"), std::string::npos) << made;
    } else {
      EXPECT_EQ(made, row.folder);
    }
  }
}

TEST(ImageFolder, KnowsPostVersionAndDate) {
  Image one = image("aya", "Pony");
  one.post_id = {77};
  one.version_ids = {{51}, {52}};
  one.created_at = parse_iso8601("2026-06-02T09:00:00Z");
  EXPECT_EQ(folder("{year}/{month}/{postId}-{modelVersionId}", one), "2026/06/77-51");
  EXPECT_EQ(folder("{Year}/{POSTID}", image("", "")), "unknown_year/no_post");
  EXPECT_EQ(folder("", one), "");
}

TEST(ImageFolder, RefusesWhatItDoesNotKnow) {
  for (const std::string_view text : {"{creator}", "{username", "/abs/{username}", "../{username}", "a\\b"}) {
    const auto parsed = ImageTemplate::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::usage);
  }
}

}  // namespace
}  // namespace civitai::layout

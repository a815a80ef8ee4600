#include "api/documents.hpp"
#include "api/urls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::api {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(ImageDocument, IsReadLeniently) {
  const auto image = read_image(R"({"id": 9, "url": "https://x/a/b/original=true/c.jpeg", "username": 90210,
    "browsingLevel": 16, "nsfwLevel": "X", "type": "video", "width": 720, "postId": null, "baseModel": null,
    "createdAt": "2026-06-01T13:20:33.703Z", "modelVersionIds": [51, 52], "meta": null})");
  ASSERT_TRUE(image);
  EXPECT_EQ(image->username, "90210");
  EXPECT_EQ(image->level, 16);
  EXPECT_EQ(image->media_type, "video");
  EXPECT_EQ(image->base_model, "");
  EXPECT_FALSE(image->post_id);
  EXPECT_THAT(image->version_ids, ElementsAre(VersionId{51}, VersionId{52}));
  EXPECT_FALSE(read_image(R"({"url": "https://x/y"})"));
  EXPECT_FALSE(read_image(R"({"id": 9})"));
}

TEST(ImagePage, KeepsACursorOfEitherKindAsItIsWritten) {
  const auto text = read_image_page(R"({"items": [], "metadata": {"nextCursor": "100|1748851213042"}})");
  const auto number = read_image_page(R"({"items": [], "metadata": {"nextCursor": 9600008}})");
  const auto last = read_image_page(R"({"items": [{"id": 1, "url": "https://x/y"}, {"id": "?"}], "metadata": {}})");
  ASSERT_TRUE(text && number && last);
  EXPECT_EQ(text->next_cursor, "100|1748851213042");
  EXPECT_EQ(number->next_cursor, "9600008");
  EXPECT_EQ(last->next_cursor, std::nullopt);
  EXPECT_EQ(last->images.size(), 1U);
  EXPECT_EQ(last->damaged, 1);
  EXPECT_FALSE(read_image_page(R"({"items": [{"id": 1, "url": "htt)"));
}

TEST(GenerationData, IsFoundFlatAndWrapped) {
  const GenerationData flat = read_generation_data(
      R"({"id": 9, "meta": {"prompt": "a harbor", "negativePrompt": "blurry", "steps": 30, "comfy": "{}", "resources": [1]}})");
  EXPECT_EQ(flat.prompt, "a harbor");
  EXPECT_EQ(flat.negative_prompt, "blurry");
  EXPECT_THAT(flat.settings, ElementsAre(Pair("steps", "30")));

  const GenerationData wrapped =
      read_generation_data(R"({"id": 9, "meta": {"id": 9, "meta": {"prompt": "a harbor", "Clip skip": "2"}}})");
  EXPECT_EQ(wrapped.prompt, "a harbor");
  EXPECT_THAT(wrapped.settings, ElementsAre(Pair("Clip skip", "2")));

  for (const auto* none : {R"({"meta": null})", R"({"meta": {"id": 9, "meta": null}})", "{}"}) {
    EXPECT_EQ(read_generation_data(none).prompt, "");
    EXPECT_THAT(read_generation_data(none).settings, IsEmpty()) << none;
  }
}

TEST(ImageUrl, AsksForTheFormWhateverTheListAsksFor) {
  Image image;
  image.width = 720;
  image.url = "https://image.civitai.com/key/uuid/width=450/uuid.mp4";
  const auto url = [&](ImageForm form) { return image_url(image, form)->wire(); };
  EXPECT_EQ(url(ImageForm::original), "https://image.civitai.com/key/uuid/original=true/uuid.mp4");
  EXPECT_EQ(url(ImageForm::full_quality), "https://image.civitai.com/key/uuid/original=true,quality=100/uuid.mp4");
  EXPECT_EQ(url(ImageForm::transcoded), "https://image.civitai.com/key/uuid/transcode=true,width=720/uuid.mp4");
  image.url = "https://elsewhere.example/a.png?x=1";
  EXPECT_EQ(url(ImageForm::original), "https://elsewhere.example/a.png?x=1");
  image.url = "ftp://elsewhere.example/a.png";
  EXPECT_FALSE(image_url(image, ImageForm::original));
}

}  // namespace
}  // namespace civitai::api

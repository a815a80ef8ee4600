#include "api/documents.hpp"
#include "base/time.hpp"
#include "support/site_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::api {
namespace {

using test::Fields;
using test::file_fields;
using test::list_of;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// `/model-versions/{id}`: its fields are not those of a version inside a model.
Fields document_fields() {
  return {
      {"id", "301"},
      {"modelId", "201"},
      {"name", R"("v2")"},
      {"nsfwLevel", "31"},
      {"createdAt", R"("2026-03-31T20:00:00.000Z")"},
      {"updatedAt", R"("2026-04-01T09:12:27.870Z")"},
      {"status", R"("Published")"},
      {"publishedAt", R"("2026-04-01T09:00:00.331Z")"},
      {"trainedWords", R"(["harbour"])"},
      {"trainingStatus", "null"},
      {"trainingDetails", "null"},
      {"baseModel", R"("SDXL 1.0")"},
      {"baseModelType", R"("Standard")"},
      {"description", "null"},
      {"uploadType", R"("Created")"},
      {"usageControl", R"("Download")"},
      {"licensingFee", "null"},
      {"paidAccess", "null"},
      {"air", R"("urn:air:sdxl:checkpoint:civitai:201@301")"},
      {"stats", R"({"downloadCount": 5, "thumbsUpCount": 2})"},
      {"model", R"({"name": "Harbour Lights", "type": "Checkpoint", "nsfw": true, "poi": false})"},
      {"files", list_of({file_fields().drop("overrideName").set("scannedAt", R"("2026-04-01T08:00:00.120331")").text(),
                         file_fields().set("id", "502").set("primary", "false").text()})},
      {"images", R"([{"url": "https://image.civitai.com/a.jpeg", "nsfwLevel": 1, "type": "video",
                         "metadata": {"size": 1}, "meta": {"prompt": "p", "resources": []}}])"},
      {"downloadUrl", R"("https://civitai.com/api/download/models/301")"}};
}

Model read(const Fields& fields) {
  auto model = read_version_document(fields.text());
  EXPECT_TRUE(model) << (model ? "" : model.error().message);
  return model.value_or(Model{});
}

TEST(VersionDocument, IsAModelWithThisOneVersion) {
  const std::string text = document_fields().text();
  const auto model = read_version_document(text);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->id, ModelId{201});
  EXPECT_EQ(model->name, "Harbour Lights");
  EXPECT_EQ(model->type, "Checkpoint");
  EXPECT_TRUE(model->nsfw);
  EXPECT_EQ(model->mode, ModelMode::normal);
  EXPECT_EQ(model->creator, "");
  EXPECT_THAT(model->tags, IsEmpty());
  ASSERT_THAT(model->versions, SizeIs(1));
  const ModelVersion& version = model->versions[0];
  EXPECT_EQ(version.id, VersionId{301});
  EXPECT_EQ(version.model_id, ModelId{201});
  EXPECT_EQ(version.name, "v2");
  EXPECT_EQ(version.base_model, "SDXL 1.0");
  EXPECT_EQ(version.usage_control, "Download");
  EXPECT_EQ(version.published_at, parse_iso8601("2026-04-01T09:00:00.331Z"));
  EXPECT_EQ(version.paid_access, std::nullopt);
  EXPECT_THAT(version.trained_words, ElementsAre("harbour"));
  EXPECT_EQ(version.raw, text);
}

TEST(VersionDocument, HasFilesAndImages) {
  const ModelVersion version = read(document_fields()).versions.at(0);
  ASSERT_THAT(version.files, SizeIs(2));
  EXPECT_EQ(version.files[0].id, FileId{501});
  EXPECT_TRUE(version.files[0].primary);
  EXPECT_EQ(version.files[1].id, FileId{502});
  EXPECT_FALSE(version.files[1].primary);
  ASSERT_THAT(version.images, SizeIs(1));
  EXPECT_EQ(version.images[0].type, "video");
  EXPECT_FALSE(version.images[0].id);
}

TEST(VersionDocument, TellsThatTheModelIsArchivedOrTakenDown) {
  const auto with_mode = [](std::string_view mode) {
    return read(document_fields().set("model", format(R"({{"name": "x", "type": "LORA", "mode": {}}})", mode))).mode;
  };
  EXPECT_EQ(with_mode(R"("Archived")"), ModelMode::archived);
  EXPECT_EQ(with_mode(R"("TakenDown")"), ModelMode::taken_down);
  EXPECT_EQ(with_mode("null"), ModelMode::normal);
  EXPECT_EQ(with_mode(R"("Resting")"), ModelMode::normal);
}

TEST(VersionDocument, TellsHowTheVersionMayBeUsed) {
  for (const std::string_view word : {"Download", "Generation", "InternalGeneration", "ExternalGeneration", "New"}) {
    EXPECT_EQ(read(document_fields().set("usageControl", format(R"("{}")", word))).versions.at(0).usage_control, word);
  }
  EXPECT_EQ(read(document_fields().set("usageControl", "null")).versions.at(0).usage_control, "");
}

TEST(VersionDocument, NeedsNothingButItsIds) {
  const Model model = read({{"id", "301"}, {"modelId", "\"201\""}});
  EXPECT_EQ(model.id, ModelId{201});
  EXPECT_EQ(model.versions.at(0).id, VersionId{301});
}

TEST(VersionDocument, IsRefusedWithoutItsIds) {
  for (const Fields& fields :
       {document_fields().drop("id"), document_fields().drop("modelId"), document_fields().set("id", "null"),
        document_fields().set("modelId", "0"), document_fields().set("id", "-5"), document_fields().set("id", "[1]")}) {
    const auto model = read_version_document(fields.text());
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().kind, ErrorKind::network);
  }
}

TEST(VersionDocument, IsRefusedWhereverItIsCutShort) {
  const std::string text = document_fields().text();
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_FALSE(read_version_document(std::string(text.substr(0, length)))) << length;
  }
}

}  // namespace
}  // namespace civitai::api

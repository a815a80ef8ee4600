#include "api/documents.hpp"
#include "base/time.hpp"
#include "support/site_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::api {
namespace {

using test::Fields;
using test::list_of;
using test::model_fields;
using test::version_fields;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Model read(const Fields& fields) {
  auto model = read_model(fields.text());
  EXPECT_TRUE(model) << (model ? "" : model.error().message);
  return model.value_or(Model{});
}

ModelVersion version_of(const Fields& version) {
  const Model model = read(model_fields().set("modelVersions", list_of({version.text()})));
  EXPECT_THAT(model.versions, SizeIs(1));
  return model.versions.empty() ? ModelVersion{} : model.versions[0];
}

TEST(ModelDocument, IsRead) {
  const std::string text = model_fields().text();
  const auto model = read_model(text);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->id, ModelId{201});
  EXPECT_EQ(model->name, "Harbour Lights");
  EXPECT_EQ(model->type, "Checkpoint");
  EXPECT_EQ(model->creator, "quay_works");
  EXPECT_THAT(model->tags, ElementsAre("base model", "harbour"));
  EXPECT_TRUE(model->nsfw);
  EXPECT_EQ(model->nsfw_level, 31);
  EXPECT_EQ(model->mode, ModelMode::normal);
  EXPECT_EQ(model->raw, text);
  ASSERT_THAT(model->versions, SizeIs(1));
  const ModelVersion& version = model->versions[0];
  EXPECT_EQ(version.id, VersionId{301});
  EXPECT_EQ(version.model_id, ModelId{201});
  EXPECT_EQ(version.name, "v2");
  EXPECT_EQ(version.base_model, "SDXL 1.0");
  EXPECT_EQ(version.published_at, parse_iso8601("2026-04-01T09:00:00.331Z"));
  EXPECT_EQ(version.usage_control, "");
  EXPECT_THAT(version.trained_words, ElementsAre("harbour", "blue hour, wide"));
  EXPECT_EQ(version.raw, version_fields().text());
}

// `/models/{id}` drops null values and empty arrays inside versions.
TEST(ModelDocument, MayLackEverythingButItsId) {
  const Model model = read({{"id", "201"}});
  EXPECT_EQ(model.id, ModelId{201});
  EXPECT_EQ(model.name, "");
  EXPECT_EQ(model.creator, "");
  EXPECT_THAT(model.versions, IsEmpty());
  const ModelVersion version = version_of({{"id", "301"}});
  EXPECT_THAT(version.files, IsEmpty());
  EXPECT_THAT(version.images, IsEmpty());
  EXPECT_THAT(version.trained_words, IsEmpty());
  EXPECT_EQ(version.published_at, std::nullopt);
}

TEST(ModelDocument, IsReadAlthoughAnyOtherFieldIsNullOrOfAnOddType) {
  for (const std::string_view key : {"name", "type", "creator", "tags", "nsfw", "nsfwLevel", "mode", "modelVersions",
                                     "stats", "allowCommercialUse", "description"}) {
    for (const std::string_view json : {"null", "[]", "{}", "7", "-1.5", "true", R"("text")", R"([{"a": [null]}])"}) {
      const auto model = read_model(model_fields().set(key, std::string(json)).text());
      ASSERT_TRUE(model) << key << ' ' << json;
      EXPECT_EQ(model->id, ModelId{201});
    }
  }
}

TEST(ModelDocument, IsReadAlthoughAnyFieldOfAVersionIsNullOrOfAnOddType) {
  for (const std::string_view key : {"name", "baseModel", "publishedAt", "usageControl", "trainedWords", "files",
                                     "images", "paidAccess", "earlyAccessDeadline", "stats", "index"}) {
    for (const std::string_view json : {"null", "[]", "{}", "7", "true", R"("text")", R"([{"a": [null]}])", "[[7]]"}) {
      EXPECT_EQ(version_of(version_fields().set(key, std::string(json))).id, VersionId{301}) << key << ' ' << json;
    }
  }
}

TEST(ModelDocument, IsRefusedWithoutAnId) {
  for (const std::string_view id : {"null", "0", "-4", "\"\"", "\"x\"", "[1]", "1e300", "99999999999999999999"}) {
    const auto model = read_model(model_fields().set("id", std::string(id)).text());
    ASSERT_FALSE(model) << id;
    EXPECT_EQ(model.error().kind, ErrorKind::network);
  }
  EXPECT_FALSE(read_model(model_fields().drop("id").text()));
  EXPECT_FALSE(read_model("[]"));
  EXPECT_FALSE(read_model("<html>"));
  EXPECT_FALSE(read_model(""));
}

TEST(ModelDocument, KnowsIdsHoweverTheyAreWritten) {
  EXPECT_EQ(read(model_fields().set("id", "\"201\"")).id, ModelId{201});
  EXPECT_EQ(read(model_fields().set("id", "2.01e2")).id, ModelId{201});
  EXPECT_EQ(read(model_fields().set("id", "201.0")).id, ModelId{201});
}

TEST(ModelDocument, KnowsTheCreatorHoweverTheNameIsWritten) {
  const auto creator = [](std::string json) { return read(model_fields().set("creator", std::move(json))).creator; };
  EXPECT_EQ(creator(R"({"image": null, "username": "a"})"), "a");
  EXPECT_EQ(creator(R"({"username": 90210})"), "90210");
  EXPECT_EQ(creator(R"({"username": null})"), "");
  EXPECT_EQ(creator("null"), "");
  EXPECT_EQ(creator("{}"), "");
  EXPECT_EQ(read(model_fields().drop("creator")).creator, "");
}

TEST(ModelDocument, KnowsTagsAsTextsAndAsObjects) {
  const auto tags = [](std::string json) { return read(model_fields().set("tags", std::move(json))).tags; };
  EXPECT_THAT(tags(R"(["a", "b c"])"), ElementsAre("a", "b c"));
  EXPECT_THAT(tags(R"([{"name": "a"}, {"id": 1, "name": "b"}])"), ElementsAre("a", "b"));
  EXPECT_THAT(tags(R"(["a", null, "", " ", {"name": "b"}, 7])"), ElementsAre("a", "b", "7"));
  EXPECT_THAT(tags("[]"), IsEmpty());
  EXPECT_THAT(tags("null"), IsEmpty());
}

TEST(ModelDocument, TellsArchivedFromTakenDown) {
  EXPECT_EQ(read(model_fields().set("mode", R"("Archived")")).mode, ModelMode::archived);
  EXPECT_EQ(read(model_fields().set("mode", R"("TakenDown")")).mode, ModelMode::taken_down);
  EXPECT_EQ(read(model_fields().set("mode", "null")).mode, ModelMode::normal);
  EXPECT_EQ(read(model_fields().set("mode", R"("Unheard")")).mode, ModelMode::normal);
}

TEST(ModelDocument, LosesADamagedVersionOnly) {
  const Model model = read(model_fields().set(
      "modelVersions", list_of({version_fields().text(), R"({"name": "no id"})", "null", "7", R"({"id": 302 "x": 1})",
                                version_fields().set("id", "303").text()})));
  ASSERT_THAT(model.versions, SizeIs(2));
  EXPECT_EQ(model.versions[0].id, VersionId{301});
  EXPECT_EQ(model.versions[1].id, VersionId{303});
}

TEST(ModelDocument, IsRefusedWhereverItIsCutShort) {
  const std::string text = model_fields().text();
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_FALSE(read_model(std::string(text.substr(0, length)))) << length;
  }
}

TEST(VersionTimes, AreReadInEveryForm) {
  const auto published = [](std::string_view text) {
    return version_of(version_fields().set("publishedAt", format(R"("{}")", text))).published_at;
  };
  EXPECT_EQ(published("2026-04-01T09:00:00"), parse_iso8601("2026-04-01T09:00:00Z"));
  EXPECT_EQ(published("2026-04-01T09:00:00.123456"), parse_iso8601("2026-04-01T09:00:00.123Z"));
  EXPECT_EQ(published("2026-04-01 09:00:00+00"), parse_iso8601("2026-04-01T09:00:00Z"));
  EXPECT_EQ(published("9999-12-31T23:59:59.999Z"), parse_iso8601("9999-12-31T23:59:59.999Z"));
  EXPECT_EQ(published("yesterday"), std::nullopt);
}

struct PaidRow {
  std::string_view paid;
  std::string_view deadline;
  bool is_paid;
  bool permanent;
  std::string_view free_from;
};

TEST(PaidVersions, AreKnownByTheNewFieldAndByTheOldOne) {
  const std::vector<PaidRow> rows = {
      {"null", "null", false, false, ""},
      {R"({"permanent": true, "endsAt": null})", "null", true, true, ""},
      {R"({"permanent": false, "endsAt": "2026-06-14T10:15:09.330Z"})", "null", true, false,
       "2026-06-14T10:15:09.330Z"},
      {R"({"permanent": false, "endsAt": null})", "null", true, false, ""},
      {"{}", "null", true, false, ""},
      {"null", R"("2026-06-14T10:15:09.330Z")", true, false, "2026-06-14T10:15:09.330Z"},
      {R"({"permanent": false, "endsAt": "2026-07-01T00:00:00.000Z"})", R"("2026-06-14T10:15:09.330Z")", true, false,
       "2026-07-01T00:00:00.000Z"},
      {"null", R"("soon")", false, false, ""},
      {"true", "null", false, false, ""},
  };
  for (const PaidRow& row : rows) {
    for (const bool deadline_first : {false, true}) {
      Fields version = version_fields();
      version.drop("paidAccess");
      if (deadline_first) version.set("earlyAccessDeadline", std::string(row.deadline));
      version.set("paidAccess", std::string(row.paid)).set("earlyAccessDeadline", std::string(row.deadline));
      const auto paid = version_of(version).paid_access;
      ASSERT_EQ(paid.has_value(), row.is_paid) << row.paid << ' ' << row.deadline;
      if (!paid) continue;
      EXPECT_EQ(paid->permanent, row.permanent) << row.paid;
      EXPECT_EQ(paid->free_from, parse_iso8601(row.free_from)) << row.paid;
    }
  }
}

TEST(PaidVersions, AreKnownByTheOldestField) {
  const auto paid = version_of(version_fields().set("earlyAccessEndsAt", R"("2026-06-14T10:15:09.330Z")")).paid_access;
  ASSERT_TRUE(paid);
  EXPECT_EQ(paid->free_from, parse_iso8601("2026-06-14T10:15:09.330Z"));
}

}  // namespace
}  // namespace civitai::api

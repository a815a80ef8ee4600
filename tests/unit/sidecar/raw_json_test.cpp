#include "sidecar/raw_json.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace civitai::sidecar {
namespace {

struct Row {
  std::string_view text;
  bool of_version;
  bool of_model;
};

// Asked for the number 5 both as a version's and as a model's.
TEST(SiteDocument, IsKnownByItsIdAndItsFields) {
  const std::vector<Row> rows = {
      {R"({"id": 5, "modelId": 1, "baseModel": "SDXL 1.0", "files": [{"id": 9}], "model": {"name": "x"}})", true,
       false},
      {R"({"id": 5, "index": 0, "name": "v1", "baseModel": "SD 1.5"})", true, false},
      {R"({"id": 5, "files": []})", true, false},
      {R"({"files": [], "id": 5})", true, false},
      {R"({"id": "5", "baseModel": "x"})", true, false},
      {R"({"id": 5, "name": "m", "modelVersions": [{"id": 7, "files": [], "baseModel": "x"}]})", false, true},
      {R"({"id": 5, "baseModels": ["x"], "modelVersions": []})", false, true},
      {"\xEF\xBB\xBF{\"id\": 5, \"modelVersions\": []}", false, true},
      {R"({"id": 6, "baseModel": "x", "files": [], "modelVersions": []})", false, false},
      {R"({"id": 5})", false, false},
      {R"({"id": null, "files": [], "modelVersions": []})", false, false},
      {R"({"files": [], "modelVersions": []})", false, false},
      {R"({"model": {"id": 5, "files": [], "modelVersions": []}})", false, false},
      {R"({"description": "notes", "sd version": "SDXL", "activation text": "x", "preferred weight": 0})", false,
       false},
      {R"({"ModelId": 5, "VersionId": 5, "BaseModel": "x"})", false, false},
      {R"([{"id": 5, "files": [], "modelVersions": []}])", false, false},
      {"5", false, false},
      {"", false, false},
      {"nonsense", false, false},
      {R"({"id": 5 "files": []})", false, false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(is_document_of(VersionId{5}, row.text), row.of_version) << row.text;
    EXPECT_EQ(is_document_of(ModelId{5}, row.text), row.of_model) << row.text;
  }
}

// What a crash of another program left half-written is a person's to look at.
TEST(SiteDocument, IsNoneWhereverItIsCutShort) {
  const std::string text = R"({"id": 5, "baseModel": "x", "files": [{"id": 1}], "modelVersions": [{"id": 7}]})";
  ASSERT_TRUE(is_document_of(VersionId{5}, text));
  ASSERT_TRUE(is_document_of(ModelId{5}, text));
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_FALSE(is_document_of(VersionId{5}, std::string(text.substr(0, length)))) << length;
    EXPECT_FALSE(is_document_of(ModelId{5}, std::string(text.substr(0, length)))) << length;
  }
}

}  // namespace
}  // namespace civitai::sidecar

#include "engine/documents.hpp"

#include "store/gzip.hpp"
#include "support/faulty_file_system.hpp"
#include "support/temp_dir.hpp"
#include "unit/engine/builders.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace civitai::engine {
namespace {

using test::FaultyFileSystem;
using test::FileOperation;
using test::TempDir;

const std::string version_text =
    "{\"id\": 301,\n  \"baseModel\": \"SDXL 1.0\", \"files\": [], \"x\": \"\\u00e9 caf\xc3\xa9\"}\n";
const std::string model_text = R"({"id": 201, "modelVersions": [{"id": 301}], "odd":   1.50})";

class Documents : public ::testing::Test {
 protected:
  Documents() {
    ChosenModel model{model_of({}), {}, store::compress(model_text)};
    model.versions.push_back({VersionBuilder(301), store::compress(version_text)});
    plan.models.push_back(std::move(model));
  }

  Result<DocumentOutcome> write(PlanDocument::Kind kind, std::string_view name) {
    return write_document(plan, {kind, {}, dir / name}, files);
  }
  Result<DocumentOutcome> write_version(std::string_view name = "a.json") {
    return write(PlanDocument::Kind::version, name);
  }
  Result<DocumentOutcome> write_model(std::string_view name = "m.json") {
    return write(PlanDocument::Kind::model, name);
  }

  TempDir dir;
  FaultyFileSystem files;
  Plan plan{.root = "/models", .file_template = *layout::Template::parse("{fileName}")};
};

TEST_F(Documents, AreWrittenByteForByteAsReceived) {
  EXPECT_EQ(write_version("new/a.json"), DocumentOutcome::written);
  EXPECT_EQ(dir.read("new/a.json"), version_text);
  EXPECT_EQ(write_model(), DocumentOutcome::written);
  EXPECT_EQ(dir.read("m.json"), model_text);
}

TEST_F(Documents, AreNotWrittenAgainWhenNothingChanged) {
  ASSERT_TRUE(write_version());
  const std::size_t before = files.calls().size();
  EXPECT_EQ(write_version(), DocumentOutcome::unchanged);
  EXPECT_EQ(files.calls().size(), before);
}

TEST_F(Documents, ReplaceAnOlderOneOfTheSameThing) {
  dir.write("a.json", R"({"id": 301, "baseModel": "SDXL 0.9", "files": []})");
  dir.write("m.json", R"({"id": 201, "modelVersions": []})");
  EXPECT_EQ(write_version(), DocumentOutcome::written);
  EXPECT_EQ(dir.read("a.json"), version_text);
  EXPECT_EQ(write_model(), DocumentOutcome::written);
  EXPECT_EQ(dir.read("m.json"), model_text);
}

// Where other programs keep a person's notes, and what else may have the name.
const std::vector<std::string> foreign = {
    R"({"description": "my notes", "activation text": "harbour", "preferred weight": 0.8})",
    R"({"id": 999, "baseModel": "SDXL 1.0", "files": []})",
    R"({"id": 301, "modelVersions": []})",
    R"({"id": 301})",
    "[]",
    "",
    "not json at all",
};

TEST_F(Documents, OfVersionsLeaveForeignFilesAloneAndTakeASecondName) {
  for (const std::string& text : foreign) {
    dir.write("a.json", text);
    std::filesystem::remove(dir / "a.json.json");
    EXPECT_EQ(write_version(), DocumentOutcome::written) << text;
    EXPECT_EQ(dir.read("a.json"), text);
    EXPECT_EQ(dir.read("a.json.json"), version_text);
    EXPECT_EQ(write_version(), DocumentOutcome::unchanged) << text;
  }
}

TEST_F(Documents, OfVersionsGiveUpWhenBothNamesAreTaken) {
  dir.write("a.json", "notes");
  dir.write("a.json.json", "more notes");
  EXPECT_EQ(write_version(), DocumentOutcome::kept_foreign);
  EXPECT_EQ(dir.read("a.json"), "notes");
  EXPECT_EQ(dir.read("a.json.json"), "more notes");
}

TEST_F(Documents, OfModelsLeaveForeignFilesAloneAndTakeASecondName) {
  for (const std::string_view text :
       {"notes", R"({"id": 201, "files": [], "baseModel": "x"})", R"({"id": 202, "modelVersions": []})", ""}) {
    dir.write("m.json", text);
    std::filesystem::remove(dir / "m-201.json");
    EXPECT_EQ(write_model(), DocumentOutcome::written) << text;
    EXPECT_EQ(dir.read("m.json"), text);
    EXPECT_EQ(dir.read("m-201.json"), model_text);
    EXPECT_EQ(write_model(), DocumentOutcome::unchanged) << text;
  }
}

TEST_F(Documents, OfModelsGiveUpWhenBothNamesAreTaken) {
  dir.write("m.json", "notes");
  dir.write("m-201.json", "more notes");
  EXPECT_EQ(write_model(), DocumentOutcome::kept_foreign);
  EXPECT_EQ(dir.read("m.json"), "notes");
  EXPECT_EQ(dir.read("m-201.json"), "more notes");
}

TEST_F(Documents, LeaveDirectoriesAndLinksAlone) {
  std::filesystem::create_directory(dir / "a.json");
  std::filesystem::create_symlink("nowhere", dir / "m.json");
  EXPECT_EQ(write_version(), DocumentOutcome::written);
  EXPECT_TRUE(std::filesystem::is_directory(dir / "a.json"));
  EXPECT_EQ(dir.read("a.json.json"), version_text);
  EXPECT_EQ(write_model(), DocumentOutcome::written);
  EXPECT_TRUE(std::filesystem::is_symlink(dir / "m.json"));
  EXPECT_EQ(dir.read("m-201.json"), model_text);
}

TEST_F(Documents, KeepTheOldOneWhenTheDiskIsFull) {
  const std::string old = R"({"id": 301, "baseModel": "SDXL 0.9", "files": []})";
  dir.write("a.json", old);
  files.fail(FileOperation::write, ENOSPC);
  const auto outcome = write_version();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::disk_full);
  EXPECT_EQ(dir.read("a.json"), old);
  EXPECT_EQ(dir.count(), 1U);
}

TEST_F(Documents, AreNotWrittenWhenThereIsNoText) {
  plan.models[0].document.clear();
  EXPECT_FALSE(write_model());
  plan.models[0].versions[0].document = "no gzip";
  EXPECT_FALSE(write_version());
  EXPECT_EQ(dir.count(), 0U);
}

}  // namespace
}  // namespace civitai::engine

#include "engine/selection.hpp"
#include "unit/engine/builders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const SystemTime today = at("2026-06-02T12:00:00Z");

Model with_files(const std::vector<ModelFile>& files, std::string type = "Checkpoint") {
  return model_of({VersionBuilder(1).with([&](ModelVersion& v) { v.files = files; })}, std::move(type));
}

std::vector<std::int64_t> wanted_files(const Model& model, const Filter& filter = {}) {
  std::vector<std::int64_t> ids;
  for (const ModelVersion& version : select(model, filter, today).versions) {
    for (const ModelFile& file : version.files) ids.push_back(file.id.value);
  }
  return ids;
}

std::vector<SkipReason> file_reasons(const Model& model, const Filter& filter = {}) {
  std::vector<SkipReason> found;
  for (const Skipped& skipped : select(model, filter, today).skipped) found.push_back(skipped.reason);
  return found;
}

TEST(FileSelection, TakesEveryFileUnlessAsked) {
  EXPECT_THAT(wanted_files(with_files({FileBuilder(1), FileBuilder(2).not_primary(), FileBuilder(3).not_primary()})),
              ElementsAre(1, 2, 3));
}

TEST(FileSelection, IgnoresFilesByAPartOfTheirName) {
  const Model model = with_files({FileBuilder(1).named("Harbour_INPAINT.safetensors"), FileBuilder(2)});
  EXPECT_THAT(wanted_files(model, {.ignore_file_names = {"inpaint"}}), ElementsAre(2));
  EXPECT_THAT(wanted_files(model, {.ignore_file_names = {"", " inpaint ", "zzz"}}), ElementsAre(2));
  EXPECT_THAT(wanted_files(model, {.ignore_file_names = {".SAFE"}}), IsEmpty());
  EXPECT_THAT(file_reasons(model, {.ignore_file_names = {"inpaint"}}), ElementsAre(SkipReason::ignored_file_name));
}

TEST(FileSelection, KeepsToThePrimaryFiles) {
  const Model model = with_files({FileBuilder(1), FileBuilder(2).not_primary(), FileBuilder(3)}, "LORA");
  EXPECT_THAT(wanted_files(model, {.primary_only = true}), ElementsAre(1, 3));
  EXPECT_THAT(file_reasons(model, {.primary_only = true}), ElementsAre(SkipReason::not_primary));
}

TEST(FileSelection, LeavesAVersionOutOfWhichNothingIsWanted) {
  const Selection selection = select(with_files({FileBuilder(1).not_primary()}), Filter{.primary_only = true}, today);
  EXPECT_THAT(selection.versions, IsEmpty());
  ASSERT_THAT(selection.skipped, SizeIs(1));
  EXPECT_EQ(selection.skipped[0].file_id, FileId{1});
  EXPECT_EQ(selection.skipped[0].file_name, "harbour.safetensors");
  EXPECT_EQ(selection.skipped[0].version_id, VersionId{1});
}

std::vector<ModelFile> of_each_variant() {
  return {FileBuilder(1), FileBuilder(2).with([](ModelFile& f) { f.size_class = "full"; }),
          FileBuilder(3).with([](ModelFile& f) { f.precision = "fp32"; }), FileBuilder(4).with([](ModelFile& f) {
            f.size_class.clear();
            f.precision.clear();
          })};
}

TEST(FileSelection, ChoosesSizeAndPrecisionOfCheckpointsOnly) {
  const Model checkpoint = with_files(of_each_variant());
  EXPECT_THAT(wanted_files(checkpoint, {.pruned = true}), ElementsAre(1, 3));
  EXPECT_THAT(wanted_files(checkpoint, {.fp16 = true}), ElementsAre(1, 2));
  EXPECT_THAT(wanted_files(checkpoint, {.pruned = true, .fp16 = true}), ElementsAre(1));
  EXPECT_THAT(file_reasons(checkpoint, {.pruned = true, .fp16 = true}),
              ElementsAre(SkipReason::not_pruned, SkipReason::not_fp16, SkipReason::not_pruned));
  for (const std::string_view type : {"LORA", "TextualInversion", "VAE", "Workflows"}) {
    const Model other = with_files(of_each_variant(), std::string(type));
    EXPECT_THAT(wanted_files(other, {.pruned = true, .fp16 = true}), SizeIs(4)) << type;
  }
}

struct ScanRow {
  std::string_view what;
  ModelFile file;
  bool wanted;
  SkipReason reason = SkipReason::flagged;
};

constexpr auto success = ScanVerdict::success;
constexpr auto pending = ScanVerdict::pending;
constexpr auto danger = ScanVerdict::danger;
constexpr auto error = ScanVerdict::error;
constexpr auto unknown = ScanVerdict::unknown;

FileBuilder scanned(ScanVerdict pickle, ScanVerdict virus) { return FileBuilder(1).scanned(pickle, virus); }
FileBuilder pickled(ScanVerdict pickle, ScanVerdict virus) {
  return scanned(pickle, virus).named("harbour.ckpt").of_format("PickleTensor");
}

TEST(ScannersWord, DecidesWhatIsSafeToFetch) {
  const std::vector<ScanRow> rows = {
      {"clean", scanned(success, success), true},
      {"a virus", scanned(success, danger), false, SkipReason::flagged},
      {"a dangerous pickle in a safe format", scanned(danger, success), false, SkipReason::flagged},
      {"virus scan pending", scanned(success, pending), false, SkipReason::not_scanned},
      {"virus scan failed", scanned(success, error), true},
      {"virus scan unknown", scanned(success, unknown), true},
      {"pickle scan pending in a safe format", scanned(pending, success), true},
      {"pickle scan failed in a safe format", scanned(error, success), true},
      {"nothing known in a safe format", scanned(unknown, unknown), true},
      {"clean pickle", pickled(success, success), true},
      {"pickle pending", pickled(pending, success), false, SkipReason::not_scanned},
      {"pickle scan failed", pickled(error, success), false, SkipReason::not_scanned},
      {"pickle scan unknown", pickled(unknown, success), false, SkipReason::not_scanned},
      {"dangerous pickle", pickled(danger, success), false, SkipReason::flagged},
      {"both pending", pickled(pending, pending), false, SkipReason::not_scanned},
      {"pickle by its format", scanned(pending, success).of_format("pickletensor"), false, SkipReason::not_scanned},
  };
  for (const ScanRow& row : rows) {
    const Model model = with_files({row.file}, "LORA");
    EXPECT_EQ(wanted_files(model).size(), row.wanted ? 1U : 0U) << row.what;
    EXPECT_EQ(file_reasons(model), row.wanted ? std::vector<SkipReason>{} : std::vector{row.reason}) << row.what;
    EXPECT_THAT(wanted_files(model, {.allow_unsafe = true}), SizeIs(1)) << row.what;
  }
}

TEST(ScannersWord, IsNeededForEveryEndingThatRunsCode) {
  for (const std::string_view ending : {".ckpt", ".pt", ".pth", ".bin", ".PKL", ".Pt"}) {
    const FileBuilder file = scanned(pending, success).named("harbour" + std::string(ending)).of_format("Other");
    EXPECT_THAT(file_reasons(with_files({file})), ElementsAre(SkipReason::not_scanned)) << ending;
  }
  for (const std::string_view ending : {".safetensors", ".gguf", ".yaml", ".zip", ".onnx", ""}) {
    const FileBuilder file = scanned(pending, success).named("harbour" + std::string(ending)).of_format("Other");
    EXPECT_THAT(wanted_files(with_files({file})), SizeIs(1)) << ending;
  }
}

TEST(ScannersWord, IsToldFitForAScreen) {
  const FileBuilder file = pickled(danger, success).with([](ModelFile& f) {
    f.pickle_message = "**Found**\n\x1b[31m" + std::string(500, 'x');
  });
  const Skipped skipped = select(with_files({file}), {}, today).skipped.at(0);
  EXPECT_THAT(skipped.detail, HasSubstr("by the pickle scan: **Found** ?[31m"));
  EXPECT_LT(skipped.detail.size(), 200U);
}

TEST(FileSelection, TellsThePersonsOwnWishBeforeTheScanners) {
  const FileBuilder file = pickled(danger, danger).not_primary();
  EXPECT_THAT(file_reasons(with_files({file}), {.primary_only = true}), ElementsAre(SkipReason::not_primary));
}

}  // namespace
}  // namespace civitai::engine

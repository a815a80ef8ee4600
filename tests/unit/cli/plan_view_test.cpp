#include "cli/plan_view.hpp"

#include "term/text_width.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::cli {
namespace {

using engine::SkipReason;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

engine::Plan empty_plan() { return {.root = "/models", .file_template = *layout::Template::parse("{fileName}")}; }

std::string shown(const engine::Plan& plan, std::size_t width = 0) {
  term::use_utf8_locale();
  return plan_text(plan, ByteCount{1}, Detail::brief, width);
}

TEST(PlanText, CountsOneOfEachInTheSingular) {
  engine::Plan plan = empty_plan();
  plan.scan.pages = plan.scan.models = plan.scan.versions = plan.scan.files = 1;
  plan.documents.push_back({engine::PlanDocument::Kind::model, {}, "/models/a.json"});
  EXPECT_THAT(shown(plan), AllOf(HasSubstr("scanned 1 page: 1 model, 1 version, 1 file wanted\n"),
                                 HasSubstr("1 JSON document to write\n"), HasSubstr("to download: 0 files, 0 B")));
}

TEST(PlanText, CountsTheDocumentsBesideTheFilesToo) {
  engine::Plan plan = empty_plan();
  plan.models.emplace_back().versions.emplace_back().version.files.resize(2);
  plan.items = {{{0, 0, 0}, "/models/a.safetensors", {}, {}}, {{0, 0, 1}, "/models/a.yaml", {}, {}}};
  plan.documents.push_back({engine::PlanDocument::Kind::model, {}, "/models/1-a.json"});
  EXPECT_THAT(shown(plan), HasSubstr("1 JSON document to write\n"));
  plan.version_documents = true;
  EXPECT_THAT(shown(plan), HasSubstr("2 JSON documents to write\n")) << "files of one stem share theirs";
}

TEST(ReportText, SaysNothingOfFilesWhereNoneWereWanted) {
  engine::RunReport report;
  report.documents_written = 2;
  EXPECT_EQ(report_text(report, {}), "2 JSON documents written\n");
}

TEST(PlanText, NamesTheFlagsThatTakeWhatIsSkipped) {
  engine::Plan plan = empty_plan();
  EXPECT_THAT(shown(plan), Not(HasSubstr("hint:")));
  plan.scan.skipped = {{SkipReason::paid, 1}};
  EXPECT_THAT(shown(plan), AllOf(HasSubstr("hint: --include-paid "), Not(HasSubstr("--allow-unsafe"))));
  plan.scan.skipped = {{SkipReason::not_scanned, 2}};
  EXPECT_THAT(shown(plan), AllOf(HasSubstr("hint: --allow-unsafe "), Not(HasSubstr("--include-paid"))));
  plan.scan.skipped = {{SkipReason::flagged, 2}, {SkipReason::not_scanned, 2}};
  const std::string text = shown(plan);
  EXPECT_EQ(text.find("--allow-unsafe"), text.rfind("--allow-unsafe"));
}

TEST(PlanText, SaysWhatToDoAfterAScanThatBrokeOff) {
  engine::Plan plan = empty_plan();
  plan.scan.trouble = Error{ErrorKind::network, "model list, page 2: connection reset", "try again later"};
  EXPECT_THAT(shown(plan), AllOf(HasSubstr("note: model list, page 2: connection reset\n"),
                                 HasSubstr("hint: go on with what was found; run the same")));
  plan.scan.trouble = Error{ErrorKind::authentication, "refused", "create a key"};
  EXPECT_THAT(shown(plan), AllOf(HasSubstr("hint: create a key\n"), Not(HasSubstr("run the same command"))));
}

TEST(PlanText, KeepsTheFileNameOfALongPathInSight) {
  engine::Plan plan = empty_plan();
  engine::ChosenModel model;
  model.model.name = "Harbour Lights";
  model.versions.emplace_back();
  model.versions[0].version.name = "v1";
  model.versions[0].version.files.emplace_back();
  plan.models.push_back(model);
  plan.items.push_back({{}, "/models/lora/sdxl_1.0/harbour_lights/1-harbour/v1/2_harbour.safetensors", {}, {}});
  const std::string text = shown(plan, 70);
  EXPECT_THAT(text, HasSubstr("harbour.safetensors\n"));
  EXPECT_THAT(text, HasSubstr("…"));
}

}  // namespace
}  // namespace civitai::cli

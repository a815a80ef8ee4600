#include "engine/plan.hpp"

#include "engine/partial_file.hpp"
#include "unit/engine/builders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace civitai::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const os::Path root = "/models";

ChosenModel chosen(std::int64_t id, const std::vector<ModelVersion>& versions) {
  ChosenModel model{model_of({}), {}, "gzip"};
  model.model.id = ModelId{id};
  for (const ModelVersion& version : versions) model.versions.push_back({version, "gzip"});
  return model;
}

// A plan over a disk that is a table of sizes.
class Planning : public ::testing::Test {
 protected:
  Plan plan(std::vector<ChosenModel> models) {
    ScanResult scan;
    scan.models = std::move(models);
    scan.report.pages = 3;
    const SizeOf size_of = [this](const os::Path& path) -> std::optional<ByteCount> {
      const auto found = disk.find(path.string());
      return found == disk.end() ? std::nullopt : std::optional(found->second);
    };
    const HoldsDocument holds = [this](const os::Path& path, VersionId) {
      return !ours || ours->contains(path.string());
    };
    return make_plan(std::move(scan), library, policy, size_of, holds);
  }
  Plan plan_of(const std::vector<ModelVersion>& versions) { return plan({chosen(201, versions)}); }

  void know(std::int64_t file, EntryStatus status, const std::string& path, std::uint64_t size = 1000) {
    LibraryEntry entry;
    entry.status = status;
    entry.file_id = FileId{file};
    entry.path = path;
    entry.size = ByteCount{size};
    library.push_back(entry);
  }

  static std::vector<std::string> targets(const Plan& plan) {
    std::vector<std::string> paths;
    for (const PlanItem& item : plan.items) paths.push_back(item.target.string());
    return paths;
  }
  static std::vector<std::string> documents(const Plan& plan, PlanDocument::Kind kind) {
    std::vector<std::string> paths;
    for (const PlanDocument& document : plan.documents) {
      if (document.kind == kind) paths.push_back(document.path.string());
    }
    return paths;
  }

  std::map<std::string, ByteCount> disk;
  std::optional<std::set<std::string>> ours;  // where the site's documents lie; not set: wherever a file is
  std::vector<LibraryEntry> library;
  PlanPolicy policy{.root = root,
                    .file_template = *layout::Template::parse("{modelID}/{versionID}/{fileName}.{ext}"),
                    .model_info_template = *layout::Template::parse("info/{modelID}.json")};
};

using PlannedItems = Planning;

TEST_F(PlannedItems, GoWhereTheTemplateSays) {
  const Plan made = plan_of({version(1)});
  ASSERT_THAT(made.items, SizeIs(1));
  EXPECT_THAT(targets(made), ElementsAre("/models/201/1/harbour.safetensors"));
  EXPECT_EQ(made.items[0].present, std::nullopt);
  EXPECT_EQ(made.items[0].here, ByteCount{0});
  EXPECT_EQ(made.file_of(made.items[0].place).id, FileId{1001});
  EXPECT_EQ(made.version_of(made.items[0].place).version.id, VersionId{1});
  EXPECT_EQ(made.model_of(made.items[0].place).model.id, ModelId{201});
  EXPECT_EQ(made.root, root);
  EXPECT_EQ(made.scan.pages, 3);
  EXPECT_THAT(made.documents, IsEmpty());
}

TEST_F(PlannedItems, AreAllFilesOfAllVersionsOfAllModels) {
  const Plan made =
      plan({chosen(1, {version(1).file(FileBuilder(2001).named("b.yaml")), version(2)}), chosen(2, {version(3)})});
  EXPECT_THAT(targets(made), ElementsAre("/models/1/1/harbour.safetensors", "/models/1/1/b.yaml",
                                         "/models/1/2/harbour.safetensors", "/models/2/3/harbour.safetensors"));
}

TEST_F(PlannedItems, DoNotIncludeWhatIsHere) {
  know(1001, EntryStatus::downloaded, "/models/old/place.safetensors");
  disk["/models/old/place.safetensors"] = ByteCount{1000};
  const Plan made = plan_of({version(1)});
  EXPECT_THAT(made.items, IsEmpty());
  ASSERT_THAT(made.skipped, SizeIs(1));
  EXPECT_EQ(made.skipped[0].reason, SkipReason::already_here);
  EXPECT_EQ(made.skipped[0].file_id, FileId{1001});
  EXPECT_EQ(made.skipped[0].file_name, "harbour.safetensors");
  EXPECT_EQ(made.scan.skipped.at(SkipReason::already_here), 1);
}

TEST_F(PlannedItems, IncludeWhatIsRecordedButGone) {
  know(1001, EntryStatus::downloaded, "/models/old/place.safetensors");
  const Plan made = plan_of({version(1)});
  ASSERT_THAT(made.items, SizeIs(1));
  EXPECT_EQ(made.items[0].present, std::nullopt);
  EXPECT_EQ(made.bytes_to_fetch(), ByteCount{1000});
}

TEST_F(PlannedItems, IncludeWhatHasAnotherSizeThanWasRecorded) {
  know(1001, EntryStatus::downloaded, "/models/old/place.safetensors");
  disk["/models/old/place.safetensors"] = ByteCount{999};
  EXPECT_THAT(plan_of({version(1)}).items, SizeIs(1));
}

TEST_F(PlannedItems, TellOfAFileThatMayBeTheOneAlready) {
  disk["/models/201/1/harbour.safetensors"] = ByteCount{1000};
  const Plan made = plan_of({version(1)});
  ASSERT_THAT(made.items, SizeIs(1));
  EXPECT_EQ(made.items[0].present, os::Path("/models/201/1/harbour.safetensors"));
  EXPECT_EQ(made.bytes_to_fetch(), ByteCount{0});
}

// A crash between placing and recording leaves a pending entry and a whole file, perhaps under the server's name.
TEST_F(PlannedItems, TellOfAFileThatAPendingEntryLeadsTo) {
  for (const EntryStatus status : {EntryStatus::pending, EntryStatus::error}) {
    library.clear();
    know(1001, status, "/models/201/1/serversName.safetensors");
    disk = {{"/models/201/1/serversName.safetensors", ByteCount{1000}}};
    EXPECT_EQ(plan_of({version(1)}).items.at(0).present, os::Path("/models/201/1/serversName.safetensors"));
  }
  disk.clear();
  EXPECT_EQ(plan_of({version(1)}).items.at(0).present, std::nullopt);
}

TEST_F(PlannedItems, CountWhatAnEarlierRunReceived) {
  const std::string target = "/models/201/1/harbour.safetensors";
  disk[partial_path(target, FileId{1001}).string()] = ByteCount{400};
  Plan made = plan_of({version(1)});
  EXPECT_EQ(made.items.at(0).here, ByteCount{400});
  EXPECT_EQ(made.bytes_to_fetch(), ByteCount{600});
  disk[partial_path(target, FileId{1001}).string()] = ByteCount{5000};
  made = plan_of({version(1)});
  EXPECT_EQ(made.items.at(0).here, ByteCount{1000});
  EXPECT_EQ(made.bytes_to_fetch(), ByteCount{0});
  // Another file's partial bytes are not this one's.
  disk = {{partial_path(target, FileId{7}).string(), ByteCount{400}}};
  EXPECT_EQ(plan_of({version(1)}).items.at(0).here, ByteCount{0});
}

TEST_F(PlannedItems, AreTakenOnceWhenTheyAreListedTwice) {
  const Plan made = plan({chosen(1, {version(1), version(1)}), chosen(2, {version(1)})});
  EXPECT_THAT(made.items, SizeIs(1));
  ASSERT_THAT(made.skipped, SizeIs(2));
  EXPECT_EQ(made.skipped[0].detail, "listed twice");
  EXPECT_EQ(made.scan.skipped.at(SkipReason::already_here), 2);
}

TEST_F(PlannedItems, AreToldApartWhenTheyShareAName) {
  const Plan made = plan_of({version(1).file(FileBuilder(2001)).file(FileBuilder(2002).named("HARBOUR.safetensors"))});
  EXPECT_THAT(targets(made), ElementsAre("/models/201/1/harbour.safetensors", "/models/201/1/harbour-2001.safetensors",
                                         "/models/201/1/HARBOUR-2002.safetensors"));
}

// Otherwise the sibling's bytes would be taken for this file and hashed for nothing.
TEST_F(PlannedItems, LeaveTheNameToTheTwinThatIsHere) {
  know(1001, EntryStatus::downloaded, "/models/201/1/harbour.safetensors");
  disk["/models/201/1/harbour.safetensors"] = ByteCount{1000};
  const Plan made = plan_of({version(1).file(FileBuilder(2001))});
  EXPECT_THAT(targets(made), ElementsAre("/models/201/1/harbour-2001.safetensors"));
  EXPECT_EQ(made.items.at(0).present, std::nullopt);
}

TEST_F(PlannedItems, StayBelowTheRootWhateverTheSiteSends) {
  for (const std::string_view name : {"../../../etc/passwd", "/etc/passwd", "..", "a/../../b", "..\\..\\b", ""}) {
    const Plan made = plan_of({VersionBuilder(1).file(FileBuilder(9).named(std::string(name)))});
    ASSERT_THAT(made.items, SizeIs(1)) << name;
    EXPECT_EQ(made.items[0].target.parent_path(), "/models/201/1") << name;
    EXPECT_EQ(made.items[0].target, made.items[0].target.lexically_normal()) << name;
  }
}

TEST_F(PlannedItems, OfUnknownSizeCountAsNothing) {
  const Plan made = plan_of({VersionBuilder(1)
                                 .file(FileBuilder(1).sized(std::nullopt))
                                 .file(FileBuilder(2).named("b").sized(ByteCount{5}))
                                 .file(FileBuilder(3).named("c").sized(ByteCount{7}))});
  EXPECT_EQ(made.bytes_to_fetch(), ByteCount{12});
  EXPECT_EQ(made.items_of_unknown_size(), 1U);
}

TEST_F(PlannedItems, OfUnknownSizeKeepWhatIsHere) {
  disk["/models/201/1/harbour.safetensors.1.tmp"] = ByteCount{400};
  const Plan made = plan_of({VersionBuilder(1).file(FileBuilder(1).sized(std::nullopt))});
  EXPECT_EQ(made.items.at(0).here, ByteCount{400});
  EXPECT_EQ(made.bytes_to_fetch(), ByteCount{0});
}

TEST_F(PlannedItems, KeepWhatTheScanSkipped) {
  ScanResult scan;
  scan.skipped.push_back({SkipReason::paid, "", ModelId{1}, "m", {}, {}, {}, {}});
  const Plan made = make_plan(std::move(scan), {}, policy, [](const os::Path&) { return std::nullopt; });
  ASSERT_THAT(made.skipped, SizeIs(1));
  EXPECT_EQ(made.skipped[0].reason, SkipReason::paid);
}

using PlannedDocuments = Planning;

TEST_F(PlannedDocuments, OfFetchedItemsAreWrittenWithThem) {
  policy.version_documents = true;
  const Plan made = plan_of({version(1)});
  EXPECT_TRUE(made.version_documents);
  EXPECT_THAT(made.documents, IsEmpty());
}

TEST_F(PlannedDocuments, OfWhatIsHereAreWrittenWhenTheyLack) {
  policy.version_documents = true;
  know(1001, EntryStatus::downloaded, "/elsewhere/x.safetensors");
  disk["/elsewhere/x.safetensors"] = ByteCount{1000};
  EXPECT_THAT(documents(plan_of({version(1)}), PlanDocument::Kind::version), ElementsAre("/elsewhere/x.json"));
  disk["/elsewhere/x.json"] = ByteCount{1};
  EXPECT_THAT(plan_of({version(1)}).documents, IsEmpty());
}

TEST_F(PlannedDocuments, LackWhereSomethingElseHasTheirName) {
  policy.version_documents = true;
  know(1001, EntryStatus::downloaded, "/elsewhere/x.safetensors");
  disk["/elsewhere/x.safetensors"] = ByteCount{1000};
  disk["/elsewhere/x.json"] = ByteCount{1};
  ours.emplace();
  EXPECT_THAT(documents(plan_of({version(1)}), PlanDocument::Kind::version), ElementsAre("/elsewhere/x.json"));
  disk["/elsewhere/x.json.json"] = ByteCount{1};
  ours = {"/elsewhere/x.json.json"};
  EXPECT_THAT(plan_of({version(1)}).documents, IsEmpty());
}

TEST_F(PlannedDocuments, AreNotWrittenUnlessAsked) {
  know(1001, EntryStatus::downloaded, "/elsewhere/x.safetensors");
  disk["/elsewhere/x.safetensors"] = ByteCount{1000};
  EXPECT_THAT(plan_of({version(1)}).documents, IsEmpty());
}

TEST_F(PlannedDocuments, AreAllThereIsWhenOnlyTheyAreWanted) {
  policy.documents_only = true;
  const Plan made = plan_of({version(1).file(FileBuilder(2001).named("b.yaml")), version(2)});
  EXPECT_THAT(made.items, IsEmpty());
  EXPECT_THAT(documents(made, PlanDocument::Kind::version),
              ElementsAre("/models/201/1/harbour.json", "/models/201/1/b.json", "/models/201/2/harbour.json"));
  EXPECT_EQ(made.bytes_to_fetch(), ByteCount{0});
}

TEST_F(PlannedDocuments, AreSharedByFilesWithTheSameStem) {
  policy.documents_only = true;
  const Plan made = plan_of({version(1).file(FileBuilder(2001).named("harbour.yaml"))});
  EXPECT_THAT(documents(made, PlanDocument::Kind::version), ElementsAre("/models/201/1/harbour.json"));
}

TEST_F(PlannedDocuments, OfModelsAreOneEach) {
  policy.model_documents = true;
  const Plan made = plan({chosen(1, {version(1), version(2)}), chosen(2, {version(3)})});
  EXPECT_THAT(documents(made, PlanDocument::Kind::model), ElementsAre("/models/info/1.json", "/models/info/2.json"));
}

TEST_F(PlannedDocuments, OfModelsAreFiledUnderTheNewestVersion) {
  policy.model_documents = true;
  policy.model_info_template = *layout::Template::parse("{baseModel}/{modelID}.json");
  const Plan made = plan_of({version(1).based_on("Pony").published("2026-03-01T00:00:00Z"),
                             version(2).based_on("Flux").published("2026-05-01T00:00:00Z"),
                             version(3).based_on("SD").published("2026-04-01T00:00:00Z")});
  EXPECT_THAT(documents(made, PlanDocument::Kind::model), ElementsAre("/models/flux/201.json"));
}

TEST_F(PlannedDocuments, OfModelsWithoutWantedFilesAreFiledUnderTheirNewestVersion) {
  policy.model_documents = true;
  policy.model_info_template = *layout::Template::parse("{baseModel}/{modelID}.json");
  ChosenModel unwanted = chosen(1, {});
  unwanted.newest.base_model = "Pony";
  const Plan made = plan({unwanted});
  EXPECT_THAT(documents(made, PlanDocument::Kind::model), ElementsAre("/models/pony/1.json"));
  EXPECT_THAT(made.items, IsEmpty());
}

struct DocumentRow {
  std::string_view file;
  std::string_view document;
};

TEST(DocumentPath, LiesBesideTheModelFile) {
  for (const DocumentRow& row : std::vector<DocumentRow>{{"/m/a.safetensors", "/m/a.json"},
                                                         {"/m/a.json", "/m/a.json.json"},
                                                         {"/m/a.JSON", "/m/a.JSON.json"},
                                                         {"/m/a", "/m/a.json"},
                                                         {"/m/a.b.c", "/m/a.b.json"},
                                                         {"/m/v1.5 x.ckpt", "/m/v1.5 x.json"},
                                                         {"/m.x/a", "/m.x/a.json"}}) {
    EXPECT_EQ(document_path(row.file), row.document) << row.file;
  }
}

TEST_F(PlannedItems, LeaveOutWhatWasDeletedOnPurpose) {
  policy.withheld = {FileId{1001}};
  policy.version_documents = true;
  const Plan made = plan_of({version(1), version(2)});
  EXPECT_THAT(targets(made), ElementsAre("/models/201/2/harbour.safetensors"));
  EXPECT_THAT(made.documents, IsEmpty());
  ASSERT_THAT(made.skipped, SizeIs(1));
  EXPECT_EQ(made.skipped.front().reason, SkipReason::deleted);
  EXPECT_EQ(made.scan.skipped.at(SkipReason::deleted), 1);
}

}  // namespace
}  // namespace civitai::engine

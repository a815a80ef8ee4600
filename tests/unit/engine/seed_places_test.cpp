// Where the original program's records lead to, and what paths tell of the version.
#include "engine/seed_places.hpp"

#include "engine/hash_matches.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::engine {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::ResultOf;

store::SeedRecord record(std::string folder, std::string file_name) {
  store::SeedRecord one;
  one.entry.version_id = {101};
  one.entry.file_name = "DreamWeaver XL v2.0.safetensors";
  one.folder = std::move(folder);
  one.file_name = std::move(file_name);
  return one;
}

const std::vector<os::Path> roots = {"/models", "/old"};

TEST(SeedPlaces, TheFirstEditionLeavesTheVersionsFolderOut) {
  const auto places = seed_places(record("lora/sdxl_1.0/dream", "101_DreamWeaver XL v2.0.safetensors"), roots);
  EXPECT_EQ(places.front(), "/models/lora/sdxl_1.0/dream/101-dreamweaver_xl_v2.0/101_DreamWeaver XL v2.0.safetensors");
  EXPECT_THAT(places, Contains("/old/lora/sdxl_1.0/dream/101_DreamWeaver XL v2.0.safetensors"));
}

TEST(SeedPlaces, TheNumberBeforeTheNameIsThereOnceTwiceOrNot) {
  const auto places = seed_places(record("lora/x", "a.safetensors"), roots);
  EXPECT_THAT(places, Contains("/models/lora/x/a.safetensors"));
  EXPECT_THAT(places, Contains("/models/lora/x/101_a.safetensors"));
  EXPECT_THAT(places, Contains("/models/lora/x/101_101_a.safetensors"));
}

TEST(SeedPlaces, AnAbsoluteFolderIsTakenAsItIs) {
  EXPECT_THAT(seed_places(record("/far/away", "101_a"), roots),
              Each(ResultOf([](const os::Path& path) { return path.native().starts_with("/far/away/"); }, true)));
}

TEST(SeedPlaces, NothingOutsideTheRootsIsLookedAt) {
  EXPECT_THAT(seed_places(record("lora/../../etc", "passwd"), roots), IsEmpty());
  EXPECT_THAT(seed_places(record("lora", "../../passwd"), roots), IsEmpty());
  EXPECT_THAT(seed_places(record("lora", ""), roots), IsEmpty());
}

TEST(VersionInPath, IsToldByNameOrFolder) {
  EXPECT_EQ(version_in_path("/x/lora/101_name.safetensors"), VersionId{101});
  EXPECT_EQ(version_in_path("/x/101-name/other.safetensors"), VersionId{101});
  EXPECT_EQ(version_in_path("/x/7-name/101_other.safetensors"), VersionId{101});
  EXPECT_EQ(version_in_path("/x/name/101.safetensors"), VersionId{});
  EXPECT_EQ(version_in_path("/x/99999999999999999999-a/b"), VersionId{});
}

class Twins : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const std::int64_t id : {30, 20, 40}) {
      ModelVersion version;
      version.id = {id};
      ModelFile file;
      file.id = {id + 1};
      file.name = id == 40 ? "special.safetensors" : "common.safetensors";
      file.hashes.set(HashKind::sha256, hash_);
      version.files.push_back(std::move(file));
      model_.versions.push_back(std::move(version));
    }
    matches_.add(model_);
  }

  [[nodiscard]] std::int64_t best(const os::Path& path) const { return matches_.best(hash_, path).version->id.value; }

  std::string hash_ = std::string(64, 'a');
  Model model_;
  HashMatches matches_;
};

TEST_F(Twins, ThePathDecides) {
  EXPECT_EQ(best("/x/30_a.safetensors"), 30);
  EXPECT_EQ(best("/x/40-slug/a.safetensors"), 40);
}

TEST_F(Twins, ThenTheName) { EXPECT_EQ(best("/x/Special.safetensors"), 40); }

TEST_F(Twins, ThenTheAge) { EXPECT_EQ(best("/x/whatever.safetensors"), 20); }

TEST_F(Twins, AnotherContentIsNobodys) {
  EXPECT_EQ(matches_.best(std::string(64, 'b'), "/x/30_a.safetensors").file, nullptr);
}

}  // namespace
}  // namespace civitai::engine

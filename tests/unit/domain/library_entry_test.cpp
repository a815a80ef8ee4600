#include "domain/library_entry.hpp"

#include "domain/model.hpp"

#include <gtest/gtest.h>

#include <type_traits>
#include <unordered_set>

namespace civitai {
namespace {

TEST(EntryStatus, IsReadBackFromItsWord) {
  for (const EntryStatus status : {EntryStatus::pending, EntryStatus::downloaded, EntryStatus::error}) {
    EXPECT_EQ(entry_status_from(to_string(status)), status);
  }
  EXPECT_EQ(to_string(EntryStatus::pending), "Pending");
  EXPECT_EQ(to_string(EntryStatus::downloaded), "Downloaded");
  EXPECT_EQ(to_string(EntryStatus::error), "Error");
  EXPECT_EQ(entry_status_from("downloaded"), std::nullopt);
  EXPECT_EQ(entry_status_from(""), std::nullopt);
}

TEST(EntryKey, IsWhatPeopleType) {
  EXPECT_EQ(entry_key(VersionId{101}), "v_101");
  EXPECT_EQ(entry_key(VersionId{9223372036854775807}), "v_9223372036854775807");
}

TEST(LibraryEntry, IsPendingUntilProven) { EXPECT_EQ(LibraryEntry{}.status, EntryStatus::pending); }

TEST(Id, IsNoneUnlessPositive) {
  EXPECT_FALSE(ModelId{});
  EXPECT_FALSE(ModelId{-1});
  EXPECT_TRUE(ModelId{1});
}

TEST(Id, OfOneKindIsNoneOfAnother) {
  static_assert(!std::is_convertible_v<ModelId, VersionId>);
  static_assert(!std::is_constructible_v<FileId, VersionId>);
  static_assert(!std::is_convertible_v<ModelId, bool>);
  EXPECT_LT(ModelId{1}, ModelId{2});
  EXPECT_EQ(std::unordered_set<FileId>({FileId{1}, FileId{1}, FileId{2}}).size(), 2U);
}

TEST(ModelFile, IsUnscannedAndOfUnknownSizeUntilToldOtherwise) {
  const ModelFile file;
  EXPECT_EQ(file.pickle_scan, ScanVerdict::unknown);
  EXPECT_EQ(file.virus_scan, ScanVerdict::unknown);
  EXPECT_FALSE(file.size);
  EXPECT_TRUE(file.hashes.empty());
}

}  // namespace
}  // namespace civitai

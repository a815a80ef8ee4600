#include "store/image_archive.hpp"

#include "unit/store/support.hpp"

#include <gmock/gmock.h>

namespace civitai::store::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

ArchivedImage image_at(std::int64_t id, const Path& path) {
  ArchivedImage row;
  row.image.id = {id};
  row.image.media_type = "video";
  row.image.username = "someone";
  row.image.base_model = "Pony";
  row.image.level = 4;
  row.image.post_id = {77};
  row.image.version_ids = {{88}};
  row.image.created_at = SystemTime(Milliseconds(1'000 * id));
  row.path = path;
  row.size = kibibytes(3);
  row.document = {compress(R"({"id":1})")};
  return row;
}

class ImageArchiveTest : public ::testing::Test {
 protected:
  ImageArchive open(Library::Mode mode = Library::Mode::read_write) {
    auto archive = ImageArchive::open(directory_ / "library.db", mode);
    if (!archive) throw std::runtime_error(archive.error().message);
    return std::move(*archive);
  }
  static void record(ImageArchive& archive, const std::vector<ArchivedImage>& images) {
    const Status done = archive.record(images);
    ASSERT_TRUE(done.has_value()) << done.error().message;
  }
  static std::vector<std::int64_t> below(ImageArchive& archive, const Path& folder) {
    const auto found = archive.below(folder);
    std::vector<std::int64_t> ids;
    for (const ArchivedImage& row : found.value()) ids.push_back(row.image.id.value);
    return ids;
  }

  TempDir directory_;
};

TEST_F(ImageArchiveTest, RemembersWhatWasSavedInEarlierRuns) {
  {
    ImageArchive archive = open();
    record(archive, {image_at(5, "/pictures/a/5.jpg"), image_at(6, "/pictures/a/6.mp4")});
  }
  ImageArchive again = open(Library::Mode::read_only);
  EXPECT_THAT(again.ids().value(), UnorderedElementsAre(ImageId{5}, ImageId{6}));
}

TEST_F(ImageArchiveTest, TellsEverythingAboutAnImage) {
  ImageArchive archive = open();
  record(archive, {image_at(5, "/pictures/a/5.mp4")});
  const ArchivedImage found = archive.below("/pictures").value().front();
  EXPECT_EQ(found.image.media_type, "video");
  EXPECT_EQ(found.image.username, "someone");
  EXPECT_EQ(found.image.base_model, "Pony");
  EXPECT_EQ(found.image.level, 4);
  EXPECT_EQ(found.image.post_id, PostId{77});
  EXPECT_THAT(found.image.version_ids, ElementsAre(VersionId{88}));
  EXPECT_EQ(found.image.created_at, SystemTime(Milliseconds(5'000)));
  EXPECT_EQ(found.path, "/pictures/a/5.mp4");
  EXPECT_EQ(found.size, kibibytes(3));
  EXPECT_EQ(decompress(found.document.gzip, 100).value(), R"({"id":1})");
}

TEST_F(ImageArchiveTest, FindsWhatLiesBelowAFolderAndNothingBesideIt) {
  ImageArchive archive = open();
  record(archive, {image_at(1, "/pictures/1.jpg"), image_at(2, "/pictures/a/2.jpg"), image_at(3, "/pictures-2/3.jpg"),
                   image_at(4, "/pictures/a_b/%/4.jpg")});
  EXPECT_THAT(below(archive, "/pictures"), ElementsAre(4, 2, 1));  // the newest first
  EXPECT_THAT(below(archive, "/pictures/a"), ElementsAre(2));
  EXPECT_THAT(below(archive, "/elsewhere"), IsEmpty());
}

TEST_F(ImageArchiveTest, FollowsAnImageToItsNewPlaceAndKeepsItsDocument) {
  ImageArchive archive = open();
  record(archive, {image_at(1, "/old/1.jpg")});
  ArchivedImage moved = image_at(1, "/new/1.jpg");
  moved.document = {};
  record(archive, {moved});
  EXPECT_THAT(below(archive, "/old"), IsEmpty());
  EXPECT_FALSE(archive.below("/new").value().front().document.gzip.empty());
}

TEST_F(ImageArchiveTest, TellsWhereAnImageWasSaved) {
  ImageArchive archive = open();
  record(archive, {image_at(1, "/pictures/1.jpg"), image_at(2, "/pictures/2.jpg")});
  EXPECT_EQ(archive.path_of({2}).value(), Path("/pictures/2.jpg"));
  EXPECT_EQ(archive.path_of({3}).value(), std::nullopt);
}

TEST_F(ImageArchiveTest, RecordsAllOrNothing) {
  ImageArchive archive = open();
  EXPECT_FALSE(archive.record(std::vector{image_at(1, "/a/1.jpg"), image_at(0, "/a/0.jpg")}).has_value());
  EXPECT_THAT(archive.ids().value(), IsEmpty());
}

}  // namespace
}  // namespace civitai::store::test

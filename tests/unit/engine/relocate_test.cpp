#include "engine/relocate.hpp"

#include "engine/digest_file.hpp"
#include "engine/verdict.hpp"
#include "support/fake_clock.hpp"
#include "support/faulty_file_system.hpp"
#include "support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace civitai::engine {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A library with one file, which was here and was hashed, and now is missing.
class Relocate : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(library_ && view_ && cache_);
    os::RealFileSystem files;
    const auto digests = digest_file(old_, hash::Kinds::blake3, files, {}, {});
    ASSERT_TRUE(digests);
    store::FileRecord record;
    record.entry.model_id = {1};
    record.entry.version_id = {2};
    record.entry.file_id = {3};
    record.entry.size = {digests->length};
    record.entry.hashes = to_hashes(*digests);
    record.entry.path = old_.native();
    const std::vector<store::Record> records = {record, store::DownloadedRecord{{3},
                                                                                old_,
                                                                                record.entry.size,
                                                                                to_hashes(*digests),
                                                                                {"BLAKE3", digests->blake3},
                                                                                os::stamp_of(old_).value()}};
    ASSERT_TRUE(library_->record_all(records));
    report_.counts[FileState::missing] = 1;
    report_.problems.push_back({library_->find({3}).value().value(), true, FileState::missing, ""});
  }

  std::vector<Relocation> find() {
    const VerifyTools tools{*library_, *view_, files_, clock_};
    return find_moved(directory_.path() / "models", report_, tools, *cache_, {}).value();
  }

  test::TempDir directory_;
  os::Path old_ = directory_.write("models/a.safetensors", "the bytes of a model");
  os::Path new_ = directory_.path() / "models" / "b.safetensors";
  Result<store::Library> library_ = store::Library::open(directory_ / "l.db", store::Library::Mode::read_write);
  Result<store::LibraryView> view_ = store::LibraryView::open(directory_ / "l.db");
  Result<store::HashCache> cache_ = store::HashCache::open(directory_ / "l.db", store::Library::Mode::read_write);
  test::FaultyFileSystem files_;
  test::FakeClock clock_;
  VerifyReport report_;
};

TEST_F(Relocate, KnowsAMovedFileAgainWithoutReadingIt) {
  directory_.write("models/c.safetensors", "of the same length...");
  fs::rename(old_, new_);
  EXPECT_THAT(find(), SizeIs(1));
  EXPECT_THAT(report_.problems, IsEmpty());
  EXPECT_EQ(report_.count(FileState::missing), 0U);
  EXPECT_THAT(files_.calls(), IsEmpty());
  const auto entry = library_->find({3}).value().value();
  EXPECT_EQ(entry.status, EntryStatus::downloaded);
  EXPECT_EQ(entry.path, new_.native());
}

TEST_F(Relocate, ReadsAFileThatWasTouched) {
  fs::rename(old_, new_);
  fs::last_write_time(new_, fs::last_write_time(new_) + std::chrono::seconds(1));
  EXPECT_THAT(find(), SizeIs(1));
  EXPECT_THAT(files_.calls(), Contains("open b.safetensors"));
}

TEST_F(Relocate, ReadsWhatIsAnotherFileOnlyOnce) {
  fs::remove(old_);
  directory_.write("models/c.safetensors", "of the same length..");
  EXPECT_THAT(find(), IsEmpty());
  EXPECT_THAT(find(), IsEmpty());
  EXPECT_THAT(report_.problems, SizeIs(1));
  EXPECT_EQ(report_.count(FileState::missing), 1U);
  EXPECT_THAT(files_.calls(), SizeIs(1));
}

}  // namespace
}  // namespace civitai::engine

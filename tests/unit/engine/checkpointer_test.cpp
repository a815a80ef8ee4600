#include "engine/checkpointer.hpp"

#include "support/faulty_file_system.hpp"
#include "support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <stdexcept>

namespace civitai::engine {
namespace {

class Checkpoints : public ::testing::Test {
 protected:
  PartialFile open() {
    auto file = PartialFile::open(files_, dir_ / "a.9.tmp", "9", "SHA256:aa");
    if (!file) throw std::runtime_error(file.error().message);
    return std::move(*file);
  }
  static RangeSet up_to(std::uint64_t end) {
    RangeSet ranges;
    ranges.add({0, end});
    return ranges;
  }
  std::optional<Journal> journal() { return decode_journal(dir_.read("a.9.state.tmp")); }

  test::TempDir dir_;
  test::FaultyFileSystem files_;
  PartialFile file_ = open();
  Checkpointer checkpointer_{file_};
};

TEST_F(Checkpoints, AreThereOnceItIsIdle) {
  ASSERT_TRUE(file_.write(0, std::as_bytes(std::span("lamps", 5))));
  checkpointer_.begin(up_to(5), 10);
  EXPECT_TRUE(checkpointer_.finish());
  EXPECT_FALSE(checkpointer_.is_busy());
  ASSERT_TRUE(journal());
  EXPECT_EQ(journal()->have, up_to(5));
  EXPECT_GE(files_.position_of("flush a.9.tmp"), 0);
}

TEST_F(Checkpoints, FollowEachOther) {
  for (std::uint64_t end = 1; end <= 20; ++end) {
    checkpointer_.begin(up_to(end), 30);
    ASSERT_TRUE(checkpointer_.finish());
    EXPECT_EQ(journal()->have, up_to(end));
  }
}

TEST_F(Checkpoints, ThatFailAreToldOnceAndClaimNothing) {
  files_.fail(test::FileOperation::flush, EIO);
  checkpointer_.begin(up_to(5), 10);
  const Status status = checkpointer_.finish();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::io);
  EXPECT_TRUE(file_.proven().ranges().empty());
  EXPECT_TRUE(checkpointer_.finish());
}

TEST_F(Checkpoints, ANeverUsedOneIsIdle) {
  EXPECT_FALSE(checkpointer_.is_busy());
  EXPECT_TRUE(checkpointer_.finish());
}

}  // namespace
}  // namespace civitai::engine

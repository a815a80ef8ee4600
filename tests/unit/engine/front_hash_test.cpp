#include "engine/front_hash.hpp"

#include "support/temp_dir.hpp"
#include "support/truth.hpp"

#include <gtest/gtest.h>

#include <random>
#include <stdexcept>
#include <string>

namespace civitai::engine {
namespace {

std::string some_bytes(std::size_t size) {
  std::mt19937 dice(3);
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(dice());
  return bytes;
}

class FrontHashes : public ::testing::Test {
 protected:
  void write(std::size_t first, std::size_t end) {
    const auto part = std::as_bytes(std::span(content_).subspan(first, end - first));
    ASSERT_TRUE(file_.write(first, part));
  }
  PartialFile open() {
    auto file = PartialFile::open(files_, dir_ / "a.9.tmp", "9", "SHA256:aa");
    if (!file) throw std::runtime_error(file.error().message);
    return std::move(*file);
  }

  test::TempDir dir_;
  os::RealFileSystem files_;
  std::string content_ = some_bytes(1'000'003);
  PartialFile file_ = open();
  FrontHash hash_{hash::Kinds::sha256};
};

TEST_F(FrontHashes, CoverWhatArrivedOutOfOrderToo) {
  write(600'000, content_.size());
  write(0, 300'000);
  ASSERT_TRUE(hash_.advance(file_, 300'000, {}));
  EXPECT_EQ(hash_.position(), 300'000U);
  write(300'000, 600'000);
  ASSERT_TRUE(hash_.advance(file_, content_.size(), {}));
  EXPECT_EQ(hash_.finish().sha256, test::digests_of(content_).sha256);
}

TEST_F(FrontHashes, BeginAnewWhenTheFileDoes) {
  write(0, 500'000);
  ASSERT_TRUE(hash_.advance(file_, 500'000, {}));
  hash_.start_over();
  EXPECT_EQ(hash_.position(), 0U);
  write(0, content_.size());
  ASSERT_TRUE(hash_.advance(file_, content_.size(), {}));
  EXPECT_EQ(hash_.finish().sha256, test::digests_of(content_).sha256);
}

TEST_F(FrontHashes, SayThatBytesAreMissing) {
  write(0, 1'000);
  const Status status = hash_.advance(file_, 2'000, {});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::io);
}

TEST_F(FrontHashes, StopWhenAskedTo) {
  write(0, content_.size());
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(hash_.advance(file_, content_.size(), stop.get_token()).error().kind, ErrorKind::cancelled);
}

TEST_F(FrontHashes, OfNoKindAreJustTheLength) {
  FrontHash none{hash::Kinds::none};
  ASSERT_TRUE(none.advance(file_, content_.size(), {})) << "the bytes are not looked at";
  const hash::Digests digests = none.finish();
  EXPECT_EQ(digests.length, content_.size());
  EXPECT_EQ(digests.sha256, "");
}

}  // namespace
}  // namespace civitai::engine

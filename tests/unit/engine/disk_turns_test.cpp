#include "engine/disk_turns.hpp"

#include "support/temp_dir.hpp"

#include <gtest/gtest.h>

namespace civitai::engine {
namespace {

DiskFacts facts(bool rotates, bool in_memory) {
  return {[=](const os::Path&) { return rotates; }, [=](const os::Path&) { return in_memory; }};
}

TEST(DiskTurns, OneFileAfterTheOtherFromADiskWithAHead) {
  const test::TempDir directory;
  const os::Path a = directory.write("a", "a");
  const os::Path b = directory.write("b", "b");
  DiskTurns turns(facts(true, false));
  const std::mutex* disk = nullptr;
  {
    const auto turn = turns.take(a);
    ASSERT_TRUE(turn.owns_lock());
    disk = turn.mutex();
  }
  EXPECT_EQ(turns.take(b).mutex(), disk) << "of one disk";
}

TEST(DiskTurns, NobodyWaitsForWhatIsInMemoryOrOnOtherDisks) {
  const test::TempDir directory;
  const os::Path a = directory.write("a", "a");
  EXPECT_FALSE(DiskTurns(facts(true, true)).take(a).owns_lock());
  EXPECT_FALSE(DiskTurns(facts(false, false)).take(a).owns_lock());
  EXPECT_FALSE(DiskTurns(facts(true, false)).take(directory.path() / "missing").owns_lock());
}

}  // namespace
}  // namespace civitai::engine

#include "engine/verify.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::engine {
namespace {

using store::CheckTarget;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

SystemTime at(int milliseconds) { return SystemTime(Milliseconds(milliseconds)); }

const std::vector<CheckTarget> all = {
    {{1}, ByteCount{10}, at(500), true},
    {{2}, ByteCount{30}, at(100), true},
    {{3}, ByteCount{20}, at(0), false},
    {{4}, ByteCount{30}, at(300), true},
};

std::vector<std::int64_t> chosen_ids(const VerifyOptions& options) {
  std::vector<std::int64_t> ids;
  for (const CheckTarget& target : choose_targets(all, options)) ids.push_back(target.file.value);
  return ids;
}

TEST(ChooseTargets, TakesTheLargestFirst) { EXPECT_THAT(chosen_ids({}), ElementsAre(2, 4, 3, 1)); }

TEST(ChooseTargets, LeavesOutWhatWasProvenSince) {
  EXPECT_THAT(chosen_ids({.proven_since = at(300)}), ElementsAre(2, 3));
  EXPECT_THAT(chosen_ids({.proven_since = at(0)}), IsEmpty());
}

TEST(ChooseTargets, SamplesThoseWhoseProofIsOldest) {
  EXPECT_THAT(chosen_ids({.share = 0.5}), ElementsAre(2, 3));
  EXPECT_THAT(chosen_ids({.share = 0.01}), ElementsAre(3)) << "at least one";
  EXPECT_THAT(chosen_ids({.proven_since = at(400), .share = 0.6}), ElementsAre(2, 3));
}

}  // namespace
}  // namespace civitai::engine

#include "api/download_gate.hpp"

#include "support/fake_clock.hpp"

#include <gtest/gtest.h>

namespace civitai::api {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class Gate : public ::testing::Test {
 protected:
  int pass() { return gate.pass({}).value_or(-1); }

  test::FakeClock clock;
  DownloadGate gate{clock, {}};
};

TEST_F(Gate, IsOpen) {
  EXPECT_EQ(pass(), pass());
  EXPECT_EQ(clock.elapsed(), Milliseconds{0});
}

TEST_F(Gate, HoldsEverybodyUpAfterARefusal) {
  const auto pause = gate.refused(pass(), seconds{30}, 0);
  ASSERT_TRUE(pause);
  EXPECT_EQ(pause->duration, seconds{30});
  pass();
  EXPECT_EQ(clock.elapsed(), seconds{30});
}

TEST_F(Gate, TakesRefusalsOfOneMomentForOne) {
  const int first = pass();
  const int second = pass();
  EXPECT_EQ(gate.refused(first, {}, 0)->duration, minutes{2});
  EXPECT_EQ(gate.refused(second, {}, 0)->duration, minutes{0});
  EXPECT_EQ(gate.refused(pass(), {}, 0)->number, 2);
}

TEST_F(Gate, LosesItsPatienceAndGetsItBackWithALink) {
  for (int i = 1; i <= 3; ++i) EXPECT_EQ(gate.refused(pass(), {}, 0)->number, i);
  EXPECT_FALSE(gate.refused(pass(), {}, 0));
  gate.accepted(pass());
  EXPECT_EQ(gate.refused(pass(), {}, 0)->number, 1);
}

TEST_F(Gate, IsNotComfortedByALinkFromBeforeThePause) {
  const int before = pass();
  ASSERT_TRUE(gate.refused(pass(), {}, 0));
  gate.accepted(before);
  EXPECT_EQ(gate.refused(pass(), {}, 0)->number, 2);
}

TEST_F(Gate, LetsAStopThrough) {
  ASSERT_TRUE(gate.refused(pass(), {}, 0));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(gate.pass(stop.get_token()));
}

}  // namespace
}  // namespace civitai::api

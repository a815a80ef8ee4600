#include "engine/connection_budget.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <utility>
#include <vector>

namespace civitai::engine {
namespace {

TEST(ConnectionBudget, GivesMoreOnlyWhileSomeAreLeft) {
  ConnectionBudget budget(3);
  const auto first = budget.first();
  auto second = budget.more();
  const auto third = budget.more();
  EXPECT_TRUE(second);
  EXPECT_TRUE(third);
  EXPECT_FALSE(budget.more());
  second.reset();
  EXPECT_TRUE(budget.more());
}

TEST(ConnectionBudget, GivesEachFileItsFirstAndThenAsksForOthersBack) {
  ConnectionBudget budget(2);
  const auto one = budget.first();
  auto more = budget.more();
  EXPECT_FALSE(budget.is_overdrawn());
  const auto other = budget.first();
  EXPECT_TRUE(budget.is_overdrawn());
  more.reset();
  EXPECT_FALSE(budget.is_overdrawn());
}

TEST(ConnectionBudget, LeasesCanBeHandedOn) {
  ConnectionBudget budget(1);
  std::vector<ConnectionBudget::Lease> leases;
  leases.push_back(budget.first());
  leases.push_back(budget.first());
  leases.erase(leases.begin());
  EXPECT_FALSE(budget.is_overdrawn());
  EXPECT_FALSE(budget.more());
  leases.clear();
  EXPECT_TRUE(budget.more());
}

TEST(ConnectionBudget, NeverGivesMoreThanThereAreToSeveralThreads) {
  ConnectionBudget budget(4);
  std::vector<std::jthread> threads;
  Guarded<std::vector<ConnectionBudget::Lease>> kept;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 50; ++j) {
        if (auto lease = budget.more()) kept.with([&](auto& all) { all.push_back(std::move(*lease)); });
      }
    });
  }
  threads.clear();
  EXPECT_EQ(kept.read([](const auto& all) { return all.size(); }), 4U);
}

}  // namespace
}  // namespace civitai::engine

#include "os/mount.hpp"

#include <gtest/gtest.h>

namespace civitai::os {
namespace {

TEST(CacheLifetime, IsThatOfTheMachineWhereverTheFileWillLie) {
  const std::string lifetime = cache_lifetime("/proc");
  EXPECT_EQ(lifetime.size(), 36U) << lifetime;
  EXPECT_EQ(lifetime.find_first_of(" \n"), std::string::npos);
  EXPECT_EQ(cache_lifetime("/proc/not/yet/there"), lifetime);
}

}  // namespace
}  // namespace civitai::os

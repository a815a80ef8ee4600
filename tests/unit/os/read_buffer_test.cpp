#include "os/read_buffer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

namespace civitai::os {
namespace {

TEST(ReadBuffer, HasTheSizeThatWasAskedForAndCanBeWrittenWhole) {
  for (const std::size_t size : {1UL, 4095UL, 4097UL, (2UL << 20) - 1, 2UL << 20, (4UL << 20) + 1}) {
    const ReadBuffer buffer(size);
    ASSERT_EQ(buffer.bytes().size(), size);
    std::fill(buffer.bytes().begin(), buffer.bytes().end(), std::byte{7});
    EXPECT_EQ(buffer.bytes().back(), std::byte{7});
  }
}

TEST(ReadBuffer, LiesWhereAHugePageCanBeWhenItIsLarge) {
  const ReadBuffer buffer(2UL << 20);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.bytes().data()) % (2UL << 20), 0U);
}

}  // namespace
}  // namespace civitai::os

// Faults of the stand-in site as the parameter of a test.
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace civitai::test {

struct FaultCase {
  std::string name;  // of the test
  std::vector<std::string> rules;

  friend void PrintTo(const FaultCase& one, std::ostream* out) {
    for (const std::string& rule : one.rules) *out << rule << ' ';
  }
};

inline std::string name_of(const ::testing::TestParamInfo<FaultCase>& tested) { return tested.param.name; }

}  // namespace civitai::test

#include "base/result.hpp"

#include "base/scope_exit.hpp"
#include "base/secret.hpp"
#include "base/version.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <set>

namespace civitai {
namespace {

using ::testing::HasSubstr;

Result<int> answer_of(bool works) {
  if (!works) return fail(ErrorKind::network, "no route", "check the cable");
  return 42;
}

TEST(Result, HoldsAValueOrAnError) {
  EXPECT_EQ(answer_of(true).value(), 42);
  const auto failed = answer_of(false);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error(), (Error{ErrorKind::network, "no route", "check the cable"}));
}

TEST(Result, GainsContextOnTheWayUp) {
  const Status failed = fail(answer_of(false), "downloading a.pt");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error(), (Error{ErrorKind::network, "downloading a.pt: no route", "check the cable"}));
}

TEST(Result, PassesAnErrorOnAsItIs) {
  const Status failed = fail(answer_of(false).error());
  EXPECT_EQ(failed.error(), answer_of(false).error());
}

TEST(SystemError, TellsAFullDiskFromOtherTrouble) {
  EXPECT_EQ(system_error(ENOSPC, "writing a").kind, ErrorKind::disk_full);
  EXPECT_EQ(system_error(EDQUOT, "writing a").kind, ErrorKind::disk_full);
  EXPECT_EQ(system_error(EIO, "writing a").kind, ErrorKind::io);
  EXPECT_EQ(system_error(ENOSPC, "writing a").message, "writing a: no space left on device");
  EXPECT_THAT(system_error(99999, "writing a").message, HasSubstr("writing a: "));
}

TEST(ErrorKind, HasANameOfItsOwnForEachKind) {
  std::set<std::string_view> names;
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::skipped); ++kind) {
    names.insert(to_string(static_cast<ErrorKind>(kind)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(ErrorKind::skipped) + 1);
  EXPECT_EQ(to_string(ErrorKind::disk_full), "disk_full");
}

TEST(ScopeExit, RunsAtTheEndUnlessReleased) {
  int runs = 0;
  {
    const ScopeExit guard([&] { ++runs; });
    EXPECT_EQ(runs, 0);
  }
  EXPECT_EQ(runs, 1);
  {
    ScopeExit guard([&] { ++runs; });
    guard.release();
  }
  EXPECT_EQ(runs, 1);
}

TEST(Secret, ShowsItselfAsAMask) {
  EXPECT_EQ(Secret("key").reveal(), "key");
  EXPECT_EQ(Secret("key").shown(), "[redacted]");
  EXPECT_EQ(Secret().shown(), "");
  EXPECT_TRUE(Secret().empty());
  EXPECT_FALSE(Secret("key").empty());
}

TEST(UserAgent, NamesTheProgramAndNoBrowser) {
  EXPECT_EQ(user_agent(), "civitai-downloader/" + std::string(program_version()));
  for (const std::string_view word : {"mozilla", "chrome", "safari", "firefox", "opera", "edge"}) {
    EXPECT_EQ(user_agent().find(word), std::string::npos);
  }
}

}  // namespace
}  // namespace civitai

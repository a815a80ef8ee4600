#include "cli/exit_code.hpp"

#include <gtest/gtest.h>

namespace civitai::cli {
namespace {

engine::ItemReport failed(ErrorKind kind) {
  engine::ItemReport item;
  item.outcome = engine::ItemReport::Outcome::failed;
  item.error = Error{kind, "no", {}};
  return item;
}

engine::ItemReport downloaded() {
  engine::ItemReport item;
  item.outcome = engine::ItemReport::Outcome::downloaded;
  return item;
}

TEST(ExitCodes, SayWhatSortOfTroubleItWas) {
  EXPECT_EQ(exit_code_of(ErrorKind::usage), ExitCode::usage);
  EXPECT_EQ(exit_code_of(ErrorKind::io), ExitCode::internal);
  EXPECT_EQ(exit_code_of(ErrorKind::busy), ExitCode::network) << "trying again later makes sense";
  EXPECT_EQ(exit_code_of(ErrorKind::insecure), ExitCode::network);
  EXPECT_EQ(exit_code_of(ErrorKind::skipped), ExitCode::not_found);
  EXPECT_EQ(exit_code_of(ErrorKind::cancelled), ExitCode::interrupted);
}

TEST(ExitCodes, OfARunNameTheOneTroubleOfAllItems) {
  engine::RunReport report;
  EXPECT_EQ(exit_code_of(report, {}), ExitCode::done);
  report.items = {failed(ErrorKind::verification), failed(ErrorKind::verification)};
  EXPECT_EQ(exit_code_of(report, {}), ExitCode::verification);
  report.items.push_back(failed(ErrorKind::network));
  EXPECT_EQ(exit_code_of(report, {}), ExitCode::some_failed);
  report.items = {failed(ErrorKind::verification), downloaded()};
  EXPECT_EQ(exit_code_of(report, {}), ExitCode::some_failed);
  report.stopped_by = Error{ErrorKind::disk_full, "no room", {}};
  EXPECT_EQ(exit_code_of(report, {}), ExitCode::disk_full);
}

TEST(ExitCodes, NameTheTroubleThatCutTheScanShort) {
  engine::ScanReport scan;
  scan.trouble = Error{ErrorKind::rate_limited, "slow down", {}};
  EXPECT_EQ(exit_code_of(engine::RunReport{}, scan), ExitCode::rate_limited);
}

TEST(ExitCodes, AreNoSuccessWhereAListWasNotWalkedToItsEnd) {
  engine::ScanReport scan;
  EXPECT_EQ(exit_code_of(scan), ExitCode::done);
  scan.gave_up = true;
  EXPECT_EQ(exit_code_of(scan), ExitCode::network);
  EXPECT_EQ(exit_code_of(engine::RunReport{}, scan), ExitCode::network);
}

}  // namespace
}  // namespace civitai::cli

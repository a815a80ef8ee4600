#include "cli/progress.hpp"

#include "support/fake_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace civitai::cli {
namespace {

using testing::HasSubstr;

engine::Plan plan_with(const std::vector<ByteCount>& sizes) {
  engine::Plan plan{.root = "/models", .file_template = *layout::Template::parse("{fileName}")};
  engine::ChosenModel model;
  model.versions.emplace_back();
  for (const ByteCount size : sizes) {
    const std::size_t index = plan.items.size();
    ModelFile file;
    file.name = format("f{}.safetensors", index);
    file.size = size;
    model.versions[0].version.files.push_back(file);
    plan.items.push_back({{0, 0, index}, "/models/f", std::nullopt, {}});
  }
  plan.models.push_back(std::move(model));
  return plan;
}

// What is written where there is no terminal.
class PlainProgress : public ::testing::Test {
 protected:
  std::string told(const std::function<void(Progress&)>& happens) {
    testing::internal::CaptureStderr();
    {
      Screen screen;
      Progress progress(screen, clock, Loudness::normal);
      happens(progress);
    }
    return testing::internal::GetCapturedStderr();
  }

  test::FakeClock clock;
};

TEST_F(PlainProgress, TellsHowFarTheScanIs) {
  const std::string text = told([](Progress& progress) {
    progress.draw();
    progress.on_scan({1, 1, 1});
    progress.draw();
    progress.on_scan({2, 40, 0});
    progress.draw();
  });
  EXPECT_EQ(text,
            "scanning …\n"
            "scanning: page 1, 1 model, 1 file wanted\n"
            "scanning: page 2, 40 models, 0 files wanted\n");
}

TEST_F(PlainProgress, TellsBytesSpeedAndTimeLeft) {
  const engine::Plan plan = plan_with({mebibytes(10), mebibytes(30)});
  const std::string text = told([&](Progress& progress) {
    progress.begin(plan);
    for (const std::size_t item : {0U, 1U}) progress.on_phase(item, engine::Phase::transferring);
    progress.draw();
    progress.on_bytes(0, mebibytes(10), mebibytes(10));
    progress.on_bytes(0, mebibytes(10), mebibytes(10));
    progress.on_done(0);
    clock.advance(Milliseconds{1000});
    progress.draw();
  });
  EXPECT_THAT(text, HasSubstr("0 of 2 files  0 B of 40.0 MiB  -  - left\n"));
  EXPECT_THAT(text, HasSubstr("1 of 2 files  10.0 MiB of 40.0 MiB  10.0 MiB/s  3s left\n"));
}

TEST_F(PlainProgress, CountsNoFilesWhereOnlyDocumentsAreWritten) {
  const engine::Plan plan = plan_with({});
  const std::string text = told([&](Progress& progress) {
    progress.begin(plan);
    progress.draw();
  });
  EXPECT_EQ(text, "writing documents …\n");
}

TEST_F(PlainProgress, TellsATroubleAtOnceAndItsAdviceOnce) {
  const engine::Plan plan = plan_with({mebibytes(1), mebibytes(1), mebibytes(1)});
  const std::string text = told([&](Progress& progress) {
    progress.begin(plan);
    progress.on_failed(0, {ErrorKind::authentication, "a: early access", "look at its page"});
    progress.on_failed(1, {ErrorKind::authentication, "b: early access", "look at its page"});
    progress.on_failed(2, {ErrorKind::cancelled, "interrupted", {}});
    progress.draw();
  });
  EXPECT_EQ(text,
            "error: a: early access\n"
            "hint: look at its page\n"
            "error: b: early access\n"
            "0 of 3 files, 3 failed  0 B of 3.0 MiB  -  - left\n");
}

TEST_F(PlainProgress, TellsATroubleThatNamesNoFileOnce) {
  const engine::Plan plan = plan_with({mebibytes(1), mebibytes(1)});
  const std::string text = told([&](Progress& progress) {
    progress.begin(plan);
    progress.on_failed(0, {ErrorKind::authentication, "the site refuses the API key", {}});
    progress.on_failed(1, {ErrorKind::authentication, "the site refuses the API key", {}});
    progress.draw();
  });
  EXPECT_EQ(text,
            "error: the site refuses the API key\n"
            "0 of 2 files, 2 failed  0 B of 2.0 MiB  -  - left\n");
}

TEST_F(PlainProgress, IsSilentWhenQuietButForTroubles) {
  testing::internal::CaptureStderr();
  {
    Screen screen;
    Progress progress(screen, clock, Loudness::quiet);
    progress.on_scan({1, 1, 1});
    progress.end();
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace civitai::cli

// Running an image plan: it grows while it runs, its images are placed in groups, and troubles stay with their image.
#include "engine/image_run.hpp"

#include "engine/image_placing.hpp"
#include "site/generate.hpp"
#include "support/faulty_file_system.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace civitai::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

using Outcome = engine::ImageReport::Outcome;

class ImageRunTest : public ::testing::Test {
 protected:
  // A site with so many pictures 100000, …, and the program on it.
  World& world_of(std::size_t count, WorldSettings settings = {}) {
    settings.program.files = &files_;
    world_.emplace(standin::picture_catalogue({.count = count, .size = 3'000}), std::move(settings));
    return *world_;
  }

  engine::ImagePlan plan() {
    ImageQuery query;
    query.limit = 0;
    query.username = "aya_draws";
    const engine::IsKnown none = [](ImageId) { return false; };
    engine::ImagePlan plan;
    plan.root = folder_.path();
    auto scan = expect_good(world_->program().scan_images(query, none));
    const engine::ImagePolicy policy{folder_.path(), expect_good(layout::ImageTemplate::parse("{username}"))};
    add_to_plan(plan, std::move(scan.images), policy, none, engine::FindOnDisk{});
    return plan;
  }

  engine::ImageRunReport run(const engine::ImagePlan& plan, const engine::ImageRunOptions& options = {}) {
    return run_images(plan, options, world_->program().tools(), archive_.get(), world_->program().stop.get_token());
  }

  // Whether the images of the plan are there, and nothing else is.
  void expect_whole(const engine::ImagePlan& plan, const engine::ImageRunReport& report) {
    ASSERT_EQ(report.items.size(), plan.items.size());
    for (std::size_t i = 0; i < plan.items.size(); ++i) {
      EXPECT_FALSE(report.items[i].error) << report.items[i].error->message;
      os::Path path = plan.items[i].stem;
      path += ".jpg";
      EXPECT_EQ(report.items[i].path, path);
      EXPECT_EQ(std::filesystem::file_size(path), report.items[i].size.value);
    }
    EXPECT_THAT(remains(), IsEmpty());
  }

  std::vector<std::string> remains() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      if (entry.path().extension() == ".tmp") names.push_back(entry.path().filename().string());
    }
    return names;
  }

  std::size_t calls(std::string_view start) const {
    const auto made = files_.calls();
    return static_cast<std::size_t>(
        std::count_if(made.begin(), made.end(), [&](const std::string& call) { return call.starts_with(start); }));
  }

  void open_archive() {
    auto archive = store::ImageArchive::open(folder_ / "library.db", store::Library::Mode::read_write);
    archive_ = std::make_unique<store::ImageArchive>(expect_good(std::move(archive)));
  }

  // All images of the plan, whole and not yet visible.
  std::vector<engine::ArrivedImage> bring(const engine::ImagePlan& plan, os::Folders& folders) {
    std::vector<engine::ArrivedImage> group;
    for (const engine::ImageItem& item : plan.items) {
      EXPECT_TRUE(folders.make(item.stem.parent_path()));
      group.push_back(expect_good(bring_image(item, group.size(), world_->program().tools(), {})));
    }
    return group;
  }

  FaultyFileSystem files_;
  TempDir folder_;
  std::unique_ptr<store::ImageArchive> archive_;
  std::optional<World> world_;
};

TEST_F(ImageRunTest, BringsManyAtOnceButNotMore) {
  World& world = world_of(40, {.site = {.latency = Milliseconds{5}}});
  const engine::ImagePlan wanted = plan();
  expect_whole(wanted, run(wanted, {.concurrency = 3}));
  EXPECT_EQ(world.journal().max_in_flight(standin::Place::images), 3U);
  EXPECT_EQ(world.journal().count("image_bytes"), 40U);
}

TEST_F(ImageRunTest, GrowsWhileItRuns) {
  World& world = world_of(2);
  const engine::ImagePlan wanted = plan();
  engine::ImageRun images({}, world.program().tools(), wanted.root, nullptr, {});
  EXPECT_TRUE(images.add(wanted.items[0]));
  EXPECT_TRUE(world.program().observer().wait_for_done(0)) << "it does not wait for the end of the list";
  EXPECT_TRUE(images.add(wanted.items[1]));
  expect_whole(wanted, images.finish());
}

TEST_F(ImageRunTest, PlacesAGroupStepByStep) {
  World& world = world_of(5);
  open_archive();
  const engine::ImagePlan wanted = plan();
  os::Folders folders(files_, wanted.root);
  const engine::Tools tools = world.program().tools();
  auto group = bring(wanted, folders);
  const std::size_t before = files_.calls().size();
  const auto placed = place_images({tools, folders, engine::ImageDocuments::none, archive_.get()}, std::move(group));
  ASSERT_THAT(placed, SizeIs(5));
  for (const auto& one : placed) EXPECT_EQ(one.report.outcome, Outcome::saved);
  const auto made = files_.calls();
  std::vector<std::string> steps;
  for (std::size_t i = before; i < made.size(); ++i) {
    std::string step = made[i].substr(0, made[i].find(' '));
    if (steps.empty() || steps.back() != step) steps.push_back(std::move(step));
  }
  EXPECT_THAT(steps, ElementsAre("flush", "rename", "flush_directory"));
  EXPECT_EQ(calls("flush_directory aya_draws"), 1U) << "once for the group";
  EXPECT_THAT(expect_good(archive_->ids()), SizeIs(5));
}

TEST_F(ImageRunTest, TroubleWithOneImageIsNotTheOthers) {
  for (const FileOperation operation : {FileOperation::write, FileOperation::flush, FileOperation::rename}) {
    world_of(3);
    const engine::ImagePlan wanted = plan();
    files_.fail(operation, EIO);
    const auto report = run(wanted);
    EXPECT_EQ(report.count(Outcome::failed), 1U) << to_string(operation);
    EXPECT_EQ(report.count(Outcome::saved), 2U) << to_string(operation);
    EXPECT_FALSE(report.stopped_by);
    std::filesystem::remove_all(folder_ / "aya_draws");
  }
}

TEST_F(ImageRunTest, AFullDiskEndsIt) {
  world_of(50);
  const engine::ImagePlan wanted = plan();
  files_.fail(FileOperation::write, ENOSPC, 3);
  const auto report = run(wanted, {.concurrency = 1});
  ASSERT_TRUE(report.stopped_by);
  EXPECT_EQ(report.stopped_by->kind, ErrorKind::disk_full);
  EXPECT_EQ(report.count(Outcome::saved), 2U);
  EXPECT_EQ(report.count(Outcome::not_started), 47U);
}

TEST_F(ImageRunTest, AStopKeepsWhatIsWhole) {
  World& world = world_of(4, {.program = {.stall_timeout = Milliseconds{20'000}}});
  world.fault("image_bytes=stall-after:1000@3-");
  const engine::ImagePlan wanted = plan();
  engine::ImageRun images({.concurrency = 1}, world.program().tools(), wanted.root, nullptr,
                          world.program().stop.get_token());
  for (const auto& item : wanted.items) EXPECT_TRUE(images.add(item));
  EXPECT_TRUE(world.program().observer().wait_for_done(1));
  world.program().stop.request_stop();
  const auto report = images.finish();
  ASSERT_TRUE(report.stopped_by);
  EXPECT_EQ(report.stopped_by->kind, ErrorKind::cancelled);
  EXPECT_EQ(report.count(Outcome::saved), 2U);
  EXPECT_FALSE(images.add(wanted.items[0]));
}

TEST_F(ImageRunTest, AWebPageIsToldForWhatItIs) {
  World& world = world_of(1);
  for (const char* fault : {"image_bytes=html-200", "image_bytes=html-as-file", "image_bytes=status:403:challenge"}) {
    world.site().faults().clear();
    world.fault(fault);
    const engine::ImagePlan wanted = plan();
    const auto report = run(wanted);
    ASSERT_TRUE(report.items.front().error) << fault;
    EXPECT_THAT(report.items.front().error->message, HasSubstr("a web page came instead of the picture")) << fault;
    EXPECT_THAT(report.items.front().error->hint, HasSubstr("/images/100000")) << fault;
    EXPECT_THAT(remains(), IsEmpty());
  }
}

TEST_F(ImageRunTest, WhatIsGoneIsToldAsGone) {
  World& world = world_of(1);
  world.fault("image_bytes=status:404");
  const engine::ImagePlan wanted = plan();
  const auto report = run(wanted);
  ASSERT_TRUE(report.items.front().error);
  EXPECT_THAT(report.items.front().error->message, HasSubstr("the site does not have it any more"));
}

TEST_F(ImageRunTest, WhatLiesElsewhereIsCopied) {
  World& world = world_of(2);
  const engine::ImagePlan first = plan();
  expect_whole(first, run(first));
  engine::ImagePlan second = plan();
  for (engine::ImageItem& item : second.items) {
    item.copy_of = item.present;
    item.present = {};
    item.stem = folder_ / "second" / item.stem.filename();
  }
  std::ofstream(*second.items[1].copy_of) << "no picture any more";
  expect_whole(second, run(second));
  EXPECT_EQ(world.journal().count("image_bytes"), 3U) << "the broken one is fetched anew";
}

}  // namespace
}  // namespace civitai::test

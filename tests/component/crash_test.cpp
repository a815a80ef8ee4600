// The program is killed, at every step and at any moment, and the power fails: the next run makes everything good.
#include "support/child_process.hpp"
#include "support/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <thread>

namespace civitai::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Looks at the final names all the time; nothing but whole, right files may ever be seen there.
class Watcher {
 public:
  explicit Watcher(const World& world) : world_(world) {}
  ~Watcher() {
    thread_.request_stop();
    thread_.join();
    EXPECT_EQ(wrong_, 0) << "a file under its final name was not what the site has";
    EXPECT_GT(looks_, 0);
  }

 private:
  void look() {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(world_.root(), ignored)) {
      if (entry.is_directory(ignored) || entry.path().extension() == ".tmp") continue;
      const std::string content = content_of(entry.path());
      if (!world_.truth().is_content_of_any(digests_of(content).sha256)) ++wrong_;
    }
    ++looks_;
  }

  const World& world_;
  int wrong_ = 0;
  int looks_ = 0;
  std::jthread thread_{[this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      look();
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }};
};

// Every entry that says Downloaded tells the truth, at any time.
void expect_honest_library(World& world) {
  for (const LibraryEntry& entry : expect_good(world.program().library().entries())) {
    if (entry.status != EntryStatus::downloaded) continue;
    ASSERT_TRUE(std::filesystem::exists(entry.path)) << entry.path;
    EXPECT_TRUE(world.truth().is_content_of(entry.file_id, digests_of(content_of(entry.path)).sha256)) << entry.path;
  }
}

constexpr std::string_view flat_template = "{fileName}.{ext}";

// Lets the program die at its `call`th change of the disk. true when it had no such call and got through.
bool survives_a_crash_at(CrashPoint crash) {
  ChildProcess child;
  World world(many_files(2, 200'000), {.program = {.concurrency = 1, .path_template = std::string(flat_template)}});
  // One of them breaks off, so that the child writes a journal and goes on by it.
  world.fault("storage=close-after:120000@1");
  DownloaderSettings settings = world.program().settings();
  settings.retry.tries = 1;
  world.end_program();
  child.start(settings, crash);
  const bool got_through = child.wait();
  world.restart();
  expect_honest_library(world);
  if (got_through) {
    EXPECT_TRUE(world.plan().items.empty());
    return true;
  }
  expect_all_here(world, world.run());
  EXPECT_EQ(world.files().size(), 2U);
  for (const std::string& line : world.lines()) {
    EXPECT_THAT(line, Not(HasSubstr("trying once more"))) << "the journal claimed bytes that were not on the disk";
  }
  return false;
}

class Crash : public ::testing::TestWithParam<Loss> {};

TEST_P(Crash, AtEveryChangeOfTheDiskIsHealedByTheNextRun) {
  constexpr int more_than_there_are = 200;
  int call = 1;
  while (call < more_than_there_are && !survives_a_crash_at({call, GetParam()})) {
    if (HasFailure()) FAIL() << "after a crash at call " << call;
    ++call;
  }
  EXPECT_GT(call, 15) << "there should be more steps than that";
  EXPECT_LT(call, more_than_there_are);
}

// The power fails at random moments on the way of one plan, and chance says what of the unflushed is lost. Nothing that
// was said to be here may be gone, and the last run makes everything good.
void cut_power_again_and_again(FlushOrder order, unsigned seed) {
  constexpr int rounds = 8;
  constexpr int files = 16;
  std::mt19937 dice(seed);
  std::vector<ChildProcess> children(rounds);
  World world(many_files(files, 30'000));
  world.faults({"storage=close-after:20000@5", "storage=status:503:xml@9", "storage=link-expired@14",
                "download=link-expires-now@17", "storage=reset-after:9000@21"});
  const DownloaderSettings settings = world.program().settings();
  for (ChildProcess& child : children) {
    world.end_program();
    child.start(settings, {.nth = std::uniform_int_distribution(1, 120)(dice),
                           .loss = Loss::some_unflushed,
                           .order = order,
                           .seed = static_cast<unsigned>(dice() % 1'000'000)});
    static_cast<void>(child.wait());
    world.restart();
    expect_honest_library(world);
  }
  static_cast<void>(world.run());
  world.restart();
  EXPECT_TRUE(world.plan().items.empty());
  EXPECT_EQ(world.files().size(), static_cast<std::size_t>(files));
}

TEST(PowerCuts, AtRandomMomentsLoseNothing) {
  const unsigned seed = std::random_device{}() % 1'000'000;
  SCOPED_TRACE(format("seed {}", seed));
  cut_power_again_and_again(FlushOrder::as_called, seed);
}

// The tests above could not fail if this one did.
TEST(PowerCuts, ShowAProgramThatFlushesTooLate) {
  ::testing::TestPartResultArray failures;
  for (unsigned seed = 1; seed <= 10 && failures.size() == 0; ++seed) {
    const ::testing::ScopedFakeTestPartResultReporter reporter(
        ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ALL_THREADS, &failures);
    cut_power_again_and_again(FlushOrder::too_late, seed);
  }
  EXPECT_GT(failures.size(), 0);
}

INSTANTIATE_TEST_SUITE_P(Process, Crash, ::testing::Values(Loss::none));
INSTANTIATE_TEST_SUITE_P(Power, Crash, ::testing::Values(Loss::unflushed));

TEST(Killing, AtAnyMomentLosesNothingAndShowsNothingHalf) {
  constexpr int rounds = 15;
  std::mt19937 dice(20260601);
  std::vector<ChildProcess> children(rounds);
  World world(many_files(6, 1'200'000), {.site = {.storage_rate = 2'500'000}, .program = {.concurrency = 3}});
  const Watcher watcher(world);
  const DownloaderSettings settings = world.program().settings();
  for (ChildProcess& child : children) {
    world.end_program();
    child.start(settings);
    std::this_thread::sleep_for(std::chrono::milliseconds(std::uniform_int_distribution(20, 350)(dice)));
    child.kill();
    world.restart();
    expect_honest_library(world);
  }
  static_cast<void>(world.run());
  world.restart();
  EXPECT_TRUE(world.plan().items.empty());
  EXPECT_EQ(world.files().size(), 6U);
  EXPECT_EQ(world.remains(), std::vector<std::string>{});
  EXPECT_THAT(world.ranges(), Contains(StartsWith("bytes="))) << "some child should have gone on from another's work";
}

// One file over several connections, in a run that flushes nothing before its end.
class SeveralConnections : public ::testing::Test {
 protected:
  static constexpr std::uint64_t size = 8UL << 20;

  void start(CrashPoint crash = {}) {
    const DownloaderSettings settings = world_.program().settings();
    partial_ = engine::partial_path(world_.plan().items.at(0).target, FileId{only_file});
    world_.end_program();
    child_.start(settings, crash);
  }
  [[nodiscard]] std::uint64_t here() const { return engine::bytes_here(partial_).value_or(ByteCount{}).value; }
  void wait_for(std::uint64_t bytes) const {
    constexpr std::chrono::seconds limit{20};
    const auto end = std::chrono::steady_clock::now() + limit;
    while (here() < bytes && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ASSERT_GE(here(), bytes);
  }
  // Whether the next run found that what it had taken over is wrong.
  bool next_run_is_deceived() {
    world_.restart();
    expect_all_here(world_, world_.run());
    const auto lines = world_.lines();
    return std::any_of(lines.begin(), lines.end(),
                       [](const std::string& line) { return line.find("trying once more") != std::string::npos; });
  }

  ChildProcess child_;
  World world_{one_file(size),
               {.site = {.storage_rate = 2UL << 20}, .program = {.checkpoint_interval = std::chrono::hours(1)}}};
  os::Path partial_;
};

TEST_F(SeveralConnections, KilledTheyLoseNextToNothing) {
  start();
  wait_for(size / 2);
  child_.kill();
  EXPECT_FALSE(next_run_is_deceived());
  EXPECT_GT(world_.journal().max_in_flight(standin::Place::storage), 3U);
  // Each may have one of the site's pieces, 100 KiB, on its way; without the marks it would be half the file.
  EXPECT_LT(world_.bytes_from_storage(), size + 8 * 100'000);
}

// In the middle of the file, with marks and without a flush.
constexpr CrashPoint power_cut{.nth = 70, .loss = Loss::unflushed};

TEST_F(SeveralConnections, AfterAPowerCutNothingUnflushedIsBelieved) {
  start(power_cut);
  EXPECT_FALSE(child_.wait());
  EXPECT_TRUE(std::filesystem::exists(engine::journal_path(partial_)));
  EXPECT_EQ(here(), 0U);
  EXPECT_FALSE(next_run_is_deceived());
}

// The test above could not fail if this one did not.
TEST_F(SeveralConnections, WhoBelievesInItAllTheSameIsDeceived) {
  CrashPoint crash = power_cut;
  crash.marks = Marks::outlive_it;
  start(crash);
  EXPECT_FALSE(child_.wait());
  EXPECT_GT(here(), 0U);
  EXPECT_TRUE(next_run_is_deceived());
}

}  // namespace
}  // namespace civitai::test

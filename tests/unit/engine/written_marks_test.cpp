// What a killed run leaves: bytes that were written and never flushed.
#include "engine/written_marks.hpp"

#include "engine/partial_file.hpp"
#include "support/fake_clock.hpp"
#include "support/faulty_file_system.hpp"
#include "support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <stdexcept>
#include <string>

namespace civitai::engine {
namespace {

using test::FileOperation;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t kib = 1ULL << 10;
constexpr std::string_view name = "a.bin.9.tmp";
constexpr std::string_view journal_name = "a.bin.9.state.tmp";

class Marks : public ::testing::Test {
 protected:
  // Destroyed without a checkpoint it leaves what a killed process does.
  PartialFile opened() {
    auto partial = PartialFile::open(files, dir / name, "9", "SHA256:aa");
    if (!partial) throw std::runtime_error(partial.error().message);
    partial->mark_writes(clock);
    return std::move(*partial);
  }
  std::vector<Range> kept() { return opened().proven().ranges(); }

  void write(const PartialFile& partial, Range range) const {
    const std::string bytes(range.length(), 'x');
    ASSERT_TRUE(partial.write(range.first, std::as_bytes(std::span(bytes))));
  }
  // So that it is due to be told.
  void write_later(const PartialFile& partial, Range range) {
    clock.advance(WrittenMarks::interval);
    write(partial, range);
  }
  static RangeSet set_of(Range range) {
    RangeSet set;
    set.add(range);
    return set;
  }

  test::TempDir dir;
  test::FaultyFileSystem files;
  test::FakeClock clock;
};

TEST_F(Marks, KeepWhatWasWrittenAndNeverFlushed) {
  {
    const PartialFile partial = opened();
    write(partial, {0, 300 * kib});
    write_later(partial, {300 * kib, 400 * kib});
  }
  EXPECT_THAT(kept(), ElementsAre(Range{0, 400 * kib}));
  EXPECT_EQ(bytes_here(dir / name), ByteCount{0}) << "this machine's time has another name";
  for (const std::string& call : files.calls()) EXPECT_FALSE(call.starts_with("flush")) << call;
}

TEST_F(Marks, DoNotOutliveTheMachine) {
  {
    const PartialFile partial = opened();
    write(partial, {0, 300 * kib});
    write_later(partial, {300 * kib, 400 * kib});
  }
  files.set_cache_lifetime("next-start");
  EXPECT_THAT(kept(), IsEmpty());
  EXPECT_EQ(dir.read(name), "");
  EXPECT_FALSE(dir.has(journal_name));
}

TEST_F(Marks, LeaveTheClaimsToThoseWhoDoNotBelieveThem) {
  {
    PartialFile partial = opened();
    write(partial, {0, 300 * kib});
    ASSERT_TRUE(partial.checkpoint(set_of({0, 300 * kib}), kib * kib));
    write_later(partial, {300 * kib, 400 * kib});
  }
  EXPECT_THAT(kept(), ElementsAre(Range{0, 400 * kib}));
  files.set_cache_lifetime("next-start");
  const PartialFile again = opened();
  EXPECT_THAT(again.proven().ranges(), ElementsAre(Range{0, 300 * kib}));
  EXPECT_EQ(again.length(), kib * kib);
}

TEST_F(Marks, AreMadeOnlyNowAndThen) {
  const PartialFile partial = opened();
  write(partial, {0, 300 * kib});
  EXPECT_FALSE(dir.has(journal_name)) << "the first moments are not worth it";
  for (std::uint64_t i = 0; i < 20; ++i) {
    clock.advance(Milliseconds{1});
    write(partial, {(300 + i) * kib, (301 + i) * kib});
  }
  const auto calls = files.calls();
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "open a.bin.9.state.tmp"), 1);
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "write a.bin.9.state.tmp"), 20 / WrittenMarks::interval.count());
}

TEST_F(Marks, AreNotMadeOfNextToNothing) {
  const PartialFile partial = opened();
  write(partial, {0, 100 * kib});
  write_later(partial, {100 * kib, 200 * kib});
  EXPECT_FALSE(dir.has(journal_name));
}

TEST_F(Marks, AreNotMadeWhereTheMachineDoesNotVouchForTheBytes) {
  files.set_cache_lifetime("");
  {
    const PartialFile partial = opened();
    write(partial, {0, 300 * kib});
    write_later(partial, {300 * kib, 400 * kib});
    EXPECT_FALSE(dir.has(journal_name));
  }
  EXPECT_THAT(kept(), IsEmpty());
}

TEST_F(Marks, GoOnAfterACheckpointAndInTheNextRun) {
  {
    PartialFile partial = opened();
    write(partial, {0, 300 * kib});
    write_later(partial, {300 * kib, 400 * kib});
    ASSERT_TRUE(partial.checkpoint(set_of({0, 300 * kib}), 0));
  }
  EXPECT_THAT(kept(), ElementsAre(Range{0, 400 * kib})) << "written while it was flushed";
  for (std::uint64_t i = 4; i < 9; ++i) {
    const PartialFile partial = opened();
    write(partial, {i * 100 * kib, i * 100 * kib + 1});
    write_later(partial, {i * 100 * kib, (i + 1) * 100 * kib});
  }
  EXPECT_THAT(kept(), ElementsAre(Range{0, 900 * kib}));
  EXPECT_LT(dir.read(journal_name).size(), 3 * largest_mark) << "however many runs have written there";
}

TEST_F(Marks, AreForgottenWhenTheFileStartsOver) {
  {
    PartialFile partial = opened();
    write(partial, {0, 300 * kib});
    write_later(partial, {300 * kib, 400 * kib});
    ASSERT_TRUE(partial.start_over());
    EXPECT_FALSE(dir.has(journal_name));
    write(partial, {0, 256 * kib});
    write_later(partial, {512 * kib, 600 * kib});
  }
  EXPECT_THAT(kept(), ElementsAre(Range{0, 256 * kib}, Range{512 * kib, 600 * kib}));
}

TEST_F(Marks, ThatCannotBeWrittenHoldNothingUp) {
  for (const FileOperation operation : {FileOperation::open, FileOperation::write}) {
    PartialFile partial = opened();
    write(partial, {0, 300 * kib});
    files.fail(operation, ENOSPC, operation == FileOperation::write ? 2 : 1);
    write_later(partial, {300 * kib, 400 * kib});
    write_later(partial, {400 * kib, 500 * kib});
    ASSERT_TRUE(partial.checkpoint(set_of({0, 500 * kib}), 0));
    write_later(partial, {500 * kib, 600 * kib});
    EXPECT_THAT(decode_journal(dir.read(journal_name), "this-start")->have.ranges(), ElementsAre(Range{0, 600 * kib}));
    ASSERT_TRUE(partial.discard());
  }
}

TEST_F(Marks, OfMoreThanIsThereAreNotBelieved) {
  {
    const PartialFile partial = opened();
    write(partial, {0, 300 * kib});
    write_later(partial, {300 * kib, 400 * kib});
  }
  std::filesystem::resize_file(dir / name, 350 * kib);
  EXPECT_THAT(kept(), IsEmpty());
}

}  // namespace
}  // namespace civitai::engine

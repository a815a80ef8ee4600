// The program is killed, or the power fails, at every step of taking away, bringing back, emptying and replacing: the
// next start finishes or undoes it.
#include "support/crashing_file_system.hpp"
#include "unit/engine/trash_place.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include <sys/wait.h>
#include <unistd.h>

namespace civitai::engine {
namespace {

using test::CrashingFileSystem;
using test::Loss;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Files = std::map<std::string, std::string>;
using Act = std::function<void(TrashPlace&, os::FileSystem&)>;

// Runs the act in a process that dies at its `call`th change of the disk; true when it got through before.
bool run_until(TrashPlace& place, int call, Loss loss, const Act& act) {
  place.close();
  const pid_t child = ::fork();
  if (child == 0) {
    int code = 1;
    try {
      place.reopen();
      CrashingFileSystem files(call, loss);
      act(place, files);
      place.close();
      code = 0;
    } catch (const std::exception&) {
    }
    ::_exit(code);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0) << "the child failed at call " << call;
  place.reopen();
  return WIFEXITED(status);
}

// Repeats for every step there is: `prepare`, the act that is cut off, the next start, `check`.
void at_every_step(Loss loss, const std::function<void(TrashPlace&)>& prepare, const Act& act,
                   const std::function<void(TrashPlace&)>& check) {
  constexpr int more_than_there_are = 100;
  int call = 1;
  for (bool through = false; !through; ++call) {
    ASSERT_LT(call, more_than_there_are);
    TrashPlace place;
    prepare(place);
    through = run_until(place, call, loss, act);
    const TrashReport settled = must(settle_trash(place.tools()));
    EXPECT_THAT(settled.errors, IsEmpty());
    for (const ListedAct& listed : place.acts()) EXPECT_EQ(listed.state, ActState::kept);
    check(place);
    if (::testing::Test::HasFailure()) FAIL() << "after a crash at call " << call;
  }
  EXPECT_GT(call, 5) << "there should be more steps than that";
}

const Files everything = {{"a/one/lantern.safetensors", "content of 1"},
                          {"a/one/lantern.json", "document"},
                          {"a/one/images/7.jpeg", "picture"},
                          {"b/two/harbour.safetensors", "content of 2"}};
const Files what_stays = {{"b/two/harbour.safetensors", "content of 2"}};

void expect_all_back(TrashPlace& place) {
  EXPECT_EQ(place.files(), everything);
  EXPECT_THAT(place.entries(), ElementsAre(1, 2));
  EXPECT_THAT(place.deleted(), IsEmpty());
  EXPECT_THAT(place.trashed(), IsEmpty());
  EXPECT_THAT(place.acts(), IsEmpty());
}

void expect_taken_away(TrashPlace& place) {
  EXPECT_EQ(place.files(), what_stays);
  EXPECT_THAT(place.entries(), ElementsAre(2));
  EXPECT_THAT(place.deleted(), ElementsAre(1));
  EXPECT_THAT(place.trashed(), SizeIs(3));
}

class TrashCrash : public ::testing::TestWithParam<Loss> {};

TEST_P(TrashCrash, InTheMiddleOfTakingAwayIsFinishedOrNeverWas) {
  at_every_step(
      GetParam(), furnish,
      [](TrashPlace& place, os::FileSystem& files) {
        static_cast<void>(must(remove_entries(place.tools(files), place.plan({1}))));
      },
      [](TrashPlace& place) {
        if (place.acts().empty()) return expect_all_back(place);
        expect_taken_away(place);
        place.undo();
        expect_all_back(place);
      });
}

TEST_P(TrashCrash, InTheMiddleOfBringingBackIsFinishedOrNeverWas) {
  at_every_step(
      GetParam(),
      [](TrashPlace& place) {
        furnish(place);
        place.remove({1});
      },
      [](TrashPlace& place, os::FileSystem& files) { static_cast<void>(must(undo(place.tools(files)))); },
      [](TrashPlace& place) {
        if (place.acts().empty()) return expect_all_back(place);
        expect_taken_away(place);
        place.undo();
        expect_all_back(place);
      });
}

TEST_P(TrashCrash, InTheMiddleOfEmptyingIsFinishedOrNeverWas) {
  at_every_step(
      GetParam(),
      [](TrashPlace& place) {
        furnish(place);
        place.remove({1});
      },
      [](TrashPlace& place, os::FileSystem& files) {
        static_cast<void>(must(empty_trash(place.tools(files), {place.acts().front().act.id})));
      },
      [](TrashPlace& place) {
        if (!place.acts().empty()) return expect_taken_away(place);
        EXPECT_EQ(place.files(), what_stays);
        EXPECT_THAT(place.trashed(), IsEmpty());
        EXPECT_THAT(place.deleted(), ElementsAre(1));
      });
}

TEST_P(TrashCrash, InTheMiddleOfReplacingLeavesTheOldOneOrTheNewOne) {
  at_every_step(
      GetParam(),
      [](TrashPlace& place) {
        furnish(place);
        place.record(3, 30, 100, "a/new.safetensors");
      },
      [](TrashPlace& place, os::FileSystem& files) {
        auto replacement = must(Replacement::prepare(place.tools(files), place.plan({1}), {{FileId{1}, {FileId{3}}}}));
        place.add(3, 30, 100, "a/new.safetensors");
        static_cast<void>(must(replacement.finish()));
      },
      [](TrashPlace& place) {
        const bool new_is_here = place.files().contains("a/new.safetensors");
        EXPECT_THAT(place.entries(), AnyOf(ElementsAre(1, 2), ElementsAre(2, 3)));
        EXPECT_EQ(place.files().contains("a/one/lantern.safetensors"), !new_is_here);
        EXPECT_THAT(place.acts(), SizeIs(new_is_here ? 1 : 0));
      });
}

INSTANTIATE_TEST_SUITE_P(Process, TrashCrash, ::testing::Values(Loss::none));
INSTANTIATE_TEST_SUITE_P(Power, TrashCrash, ::testing::Values(Loss::unflushed));

}  // namespace
}  // namespace civitai::engine

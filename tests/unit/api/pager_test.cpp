#include "api/pager.hpp"

#include "support/site_json.hpp"
#include "unit/api/scripted_site.hpp"

#include <gmock/gmock.h>

namespace civitai::api {
namespace {

using test::Answer;
using test::Fields;
using test::list_of;
using test::model_fields;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view first = "https://civitai.com/api/v1/models?limit=100&sort=Newest&period=AllTime&nsfw=false";

std::string after(std::string_view encoded_cursor) { return format("{}&cursor={}", first, encoded_cursor); }

Answer page(const std::vector<int>& ids, std::string metadata = "{}") {
  std::vector<std::string> items;
  for (const int id : ids) items.push_back(model_fields().set("id", std::to_string(id)).text());
  return {200, Fields{{"items", list_of(items)}, {"metadata", std::move(metadata)}}.text()};
}

std::string cursor(std::string_view text) { return format(R"({{"nextCursor": "{}"}})", text); }

class Paging : public ScriptedSite {
 protected:
  Paging() { query.sort = "Newest"; }

  // Walks to the end; the ids in the order they came.
  std::vector<std::int64_t> walk(const ModelPass& pass = {}) {
    ModelPager pager(client, query, pass);
    std::vector<std::int64_t> ids;
    while (true) {
      auto next = pager.next(stop.get_token());
      if (!next) {
        trouble = next.error();
        break;
      }
      if (!*next) break;
      for (const Model& model : (*next)->models) ids.push_back(model.id.value);
    }
    pages = pager.pages();
    notices = pager.notices();
    gave_up = pager.gave_up();
    return ids;
  }

  ModelQuery query;
  int pages = 0;
  std::vector<std::string> notices;
  bool gave_up = false;
  std::optional<Error> trouble;
};

TEST_F(Paging, EndsWhereThereIsNoCursor) {
  http.expect(std::string(first), page({1, 2}, cursor("2026-05-30 08:15:44.201|9")))
      .expect(after("2026-05-30%2008%3A15%3A44.201%7C9"), page({3}, R"({"nextCursor": 9600008})"))
      .expect(after("9600008"), page({4}, R"({"nextCursor": null})"));
  EXPECT_THAT(walk(), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(pages, 3);
  EXPECT_THAT(notices, IsEmpty());
}

TEST_F(Paging, StaysAtTheEnd) {
  http.expect(std::string(first), page({1}));
  ModelPager pager(client, query, {});
  EXPECT_TRUE(pager.next({}).value().has_value());
  EXPECT_FALSE(pager.next({}).value().has_value());
  EXPECT_FALSE(pager.next({}).value().has_value());
}

TEST_F(Paging, GoesOnAfterShortAndEmptyPages) {
  http.expect(std::string(first), page({}, cursor("a")))
      .expect(after("a"), page({}, cursor("b")))
      .expect(after("b"), page({1}, cursor("c")))
      .expect(after("c"), page({2}));
  EXPECT_THAT(walk(), ElementsAre(1, 2));
  EXPECT_EQ(pages, 4);
  EXPECT_THAT(notices, IsEmpty());
}

TEST_F(Paging, GivesUpAfterTwentyEmptyPagesInARow) {
  http.expect(std::string(first), page({1}, cursor("0")));
  for (int i = 0; i < 20; ++i) http.expect(after(std::to_string(i)), page({}, cursor(std::to_string(i + 1))));
  EXPECT_THAT(walk(), ElementsAre(1));
  EXPECT_THAT(notices, ElementsAre(HasSubstr("20 pages in a row")));
}

TEST_F(Paging, CountsEmptyPagesAnewAfterAFullOne) {
  http.expect(std::string(first), page({}, cursor("0")));
  for (int i = 0; i < 40; ++i) {
    const bool full = i == 15;
    http.expect(after(std::to_string(i)),
                page(full ? std::vector<int>{7} : std::vector<int>{}, i == 30 ? "{}" : cursor(std::to_string(i + 1))));
    if (i == 30) break;
  }
  EXPECT_THAT(walk(), ElementsAre(7));
  EXPECT_THAT(notices, IsEmpty());
}

// A cursor that always differs, over pages that always repeat: without this the walk would have no end.
TEST_F(Paging, GivesUpWhenNothingNewComesAnyMore) {
  http.expect(std::string(first), page({1, 2}, cursor("0")));
  for (int i = 0; i < 20; ++i) http.expect(after(std::to_string(i)), page({2, 1}, cursor(std::to_string(i + 1))));
  walk();
  EXPECT_EQ(pages, 21);
  EXPECT_THAT(notices, ElementsAre(HasSubstr("the list may be incomplete")));
}

TEST_F(Paging, GivesUpWhenACursorComesBack) {
  http.expect(std::string(first), page({1}, cursor("a"))).expect(after("a"), page({2}, cursor("a")));
  EXPECT_THAT(walk(), ElementsAre(1, 2));
  EXPECT_THAT(notices, ElementsAre(HasSubstr("same cursor twice after page 2")));
  EXPECT_TRUE(gave_up);
}

TEST_F(Paging, GivesUpInACycleOfCursors) {
  http.expect(std::string(first), page({1}, cursor("a")))
      .expect(after("a"), page({2}, cursor("b")))
      .expect(after("b"), page({3}, cursor("a")));
  EXPECT_THAT(walk(), ElementsAre(1, 2, 3));
  EXPECT_THAT(notices, ElementsAre(HasSubstr("same cursor twice")));
}

TEST_F(Paging, EndsWithANoticeWhenTheSiteRefusesItsOwnCursor) {
  http.expect(std::string(first), page({1}, cursor("|9")))
      .expect(after("%7C9"), {400, R"({"message": "Invalid cursor: wanted 3 values, got 2"})"});
  EXPECT_THAT(walk(), ElementsAre(1));
  EXPECT_EQ(trouble, std::nullopt);
  EXPECT_THAT(notices, ElementsAre(HasSubstr("own cursor any more after page 1")));
  EXPECT_FALSE(gave_up) << "that is how a list of undated models ends";
}

TEST_F(Paging, FailsWhenTheFirstRequestIsRefused) {
  http.expect(std::string(first), {400, R"({"error": "bad sort"})"});
  EXPECT_THAT(walk(), IsEmpty());
  ASSERT_TRUE(trouble);
  EXPECT_EQ(trouble->kind, ErrorKind::usage);
  EXPECT_THAT(notices, IsEmpty());
}

TEST_F(Paging, FailsWithTroubleOnALaterPage) {
  http.expect(std::string(first), page({1}, cursor("a"))).expect_often(5, after("a"), {503, "{}"});
  EXPECT_THAT(walk(), ElementsAre(1));
  ASSERT_TRUE(trouble);
  EXPECT_EQ(trouble->kind, ErrorKind::network);
}

TEST_F(Paging, ReadsACutPageAgainInsteadOfTakingItForTheLast) {
  const std::string whole = page({1, 2}, cursor("a")).body;
  http.expect(std::string(first), {200, whole.substr(0, whole.size() - 40)})
      .expect(std::string(first), {200, whole})
      .expect(after("a"), page({3}));
  EXPECT_THAT(walk(), ElementsAre(1, 2, 3));
}

TEST_F(Paging, FollowsTheNextPageOfTheSiteWhenThereIsNoCursor) {
  const std::string next = "https://civitai.com/api/v1/models?limit=100&page=2";
  http.expect(std::string(first), page({1}, format(R"({{"nextPage": "{}"}})", next))).expect(next, page({2}));
  EXPECT_THAT(walk(), ElementsAre(1, 2));
  EXPECT_THAT(notices, IsEmpty());
}

TEST_F(Paging, PrefersTheCursorToTheNextPage) {
  http.expect(std::string(first), page({1}, R"({"nextPage": "https://evil.example/a", "nextCursor": "a"})"))
      .expect(after("a"), page({2}));
  EXPECT_THAT(walk(), ElementsAre(1, 2));
  EXPECT_THAT(notices, IsEmpty());
}

TEST_F(Paging, FollowsNoNextPageToAnotherHost) {
  for (const std::string_view next : {"https://evil.example/api/v1/models?cursor=a", "http://civitai.com/api/v1/models",
                                      "https://civitai.com.evil.example/", "nonsense", "/api/v1/models?cursor=a"}) {
    http.expect(std::string(first), page({1}, format(R"({{"nextPage": "{}"}})", next)));
    EXPECT_THAT(walk(), ElementsAre(1)) << next;
    EXPECT_THAT(notices, ElementsAre(HasSubstr("another host"))) << next;
  }
}

TEST_F(Paging, TellsHowManyItemsCouldNotBeRead) {
  http.expect(std::string(first), {200, R"({"items": [{"name": "no id"}, null, {"id": 5}], "metadata": {}})"});
  EXPECT_THAT(walk(), ElementsAre(5));
  EXPECT_THAT(notices, ElementsAre("page 1: 2 unreadable items left out"));
}

TEST_F(Paging, StopsWhenAsked) {
  stop.request_stop();
  EXPECT_THAT(walk(), IsEmpty());
  EXPECT_EQ(trouble->kind, ErrorKind::cancelled);
}

constexpr std::string_view of_tag =
    "https://civitai.com/api/v1/models?limit=100&tag=HARBOUR&sort=Newest&period=AllTime&nsfw=false";

// The site drops a tag that it does not know without a word, and lists everything.
TEST_F(Paging, TakesNothingForATagThatTheSiteDoesNotKnow) {
  const Fields other = model_fields().set("tags", R"(["harbour lights", "boats"])");
  const std::string items = list_of({other.text(), other.text()});
  http.expect(std::string(of_tag), {200, Fields{{"items", items}, {"metadata", cursor("a")}}.text()});
  EXPECT_THAT(walk({"HARBOUR", ""}), IsEmpty());
  EXPECT_EQ(trouble, std::nullopt);
  EXPECT_THAT(notices, ElementsAre("the site does not know the tag 'HARBOUR'"));
}

TEST_F(Paging, KnowsATagInAnyLetterCase) {
  http.expect(std::string(of_tag), page({1}, cursor("a")));
  http.expect(std::string(of_tag) + "&cursor=a", page({2}));
  EXPECT_THAT(walk({"HARBOUR", ""}), ElementsAre(1, 2));
  EXPECT_THAT(notices, IsEmpty());
}

TEST_F(Paging, MayFindNothingUnderATag) {
  http.expect(std::string(of_tag), page({}));
  EXPECT_THAT(walk({"HARBOUR", ""}), IsEmpty());
  EXPECT_THAT(notices, IsEmpty());
}

TEST_F(Paging, AsksForItsOwnPass) {
  http.expect("https://civitai.com/api/v1/models?limit=100&tag=a%20b&username=c&sort=Newest&period=AllTime&nsfw=false",
              page({1}));
  ModelPager pager(client, query, {"a b", "c"});
  EXPECT_TRUE(pager.next({}));
}

}  // namespace
}  // namespace civitai::api

#include "site/site.hpp"

#include "site/documents.hpp"
#include "site/generate.hpp"
#include "site/raw_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace standin {
namespace {

using check::Client;
using check::End;
using check::get;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

Catalogue one_file(std::uint64_t size = 1000) {
  Catalogue catalogue;
  catalogue.add({.id = 10, .versions = {{.id = 20, .files = {{.id = 30, .size = size}}}}});
  return catalogue;
}

TEST(Journal, KeepsEveryRequestWithItsParts) {
  Site site({}, one_file());
  const std::string link =
      get(site.api_url() + "/api/download/models/20?fileId=30", {{"User-Agent", "tester/1"}}).header("Location");
  (void)get(link, {{"Range", "bytes=10-19"}});
  ASSERT_TRUE(site.journal().settle());
  const auto entries = site.journal().entries();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].place, Place::api);
  EXPECT_EQ(entries[0].route, "download");
  EXPECT_EQ(entries[0].status, 307);
  EXPECT_EQ(entries[0].header("user-agent"), "tester/1");
  EXPECT_EQ(entries[0].query, (Pairs{{"fileId", "30"}}));
  EXPECT_EQ(entries[0].subject.file_id, 30);
  EXPECT_EQ(entries[1].place, Place::storage);
  EXPECT_EQ(entries[1].subject.file_id, 30);
  EXPECT_EQ(entries[1].bytes_sent, 10U);
  EXPECT_TRUE(entries[1].complete);
  EXPECT_EQ(site.journal().count("storage"), 1U);
  EXPECT_EQ(site.journal().count_path("/api/download/models/20"), 1U);
  EXPECT_TRUE(Json::accept(to_json(entries[1])));
  site.journal().clear();
  EXPECT_EQ(site.journal().count(), 0U);
}

TEST(Journal, CountsWhatHappensAtTheSameTime) {
  Site site({}, one_file());
  site.faults().add("storage=stall-after:10");
  const std::string link = get(site.api_url() + "/api/download/models/20").header("Location");
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(std::make_unique<Client>(link));
    clients.back()->send_only("GET", link.substr(link.find('/', 8)));
  }
  ASSERT_TRUE(site.journal().wait_for("storage", 5, milliseconds(5000)));
  EXPECT_EQ(site.journal().max_in_flight(Place::storage), 5U);
  EXPECT_EQ(site.journal().max_connections(Place::storage), 5U);
  EXPECT_EQ(site.journal().max_in_flight(Place::api), 1U);
}

TEST(Journal, SeesOneAfterTheOtherAsOne) {
  Site site({}, one_file());
  for (int i = 0; i < 200; ++i) EXPECT_EQ(get(site.api_url() + "/api/v1/tags").status, 200);
  EXPECT_EQ(site.journal().max_in_flight(Place::api), 1U);
  EXPECT_EQ(site.journal().max_connections(Place::api), 1U);
}

TEST(Site, KeepsConnectionsOpen) {
  Site site({}, one_file());
  Client client(site.api_url());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.send("GET", "/api/v1/tags").status, 200);
  const auto entries = site.journal().entries();
  EXPECT_EQ(entries[0].connection, entries[2].connection);
  EXPECT_EQ(client.send("GET", "/api/v1/tags", {{"Connection", "close"}}).header("Connection"), "close");
  EXPECT_EQ(client.send("GET", "/api/v1/tags").status, 0);
}

TEST(Site, StopsAtOnceWithStalledConnections) {
  auto site = std::make_unique<Site>(Options{}, one_file(100'000));
  for (const auto* rule : {"models=stall-before-headers", "tags=trickle:1"}) site->faults().add(rule);
  Client silent(site->api_url());
  silent.send_only("GET", "/api/v1/models");
  Client slow(site->api_url());
  slow.send_only("GET", "/api/v1/tags");
  Client idle(site->api_url());
  ASSERT_TRUE(site->journal().wait_for("models", 1, milliseconds(5000)));
  ASSERT_TRUE(site->journal().wait_for("tags", 1, milliseconds(5000)));
  const auto start = steady_clock::now();
  site.reset();
  EXPECT_LT(steady_clock::now() - start, milliseconds(2000));
  EXPECT_NE(silent.receive("GET").end, End::silent);
}

TEST(Site, DelaysRequestsSideBySide) {
  Site site({.latency = milliseconds(150)}, one_file());
  const auto start = steady_clock::now();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { EXPECT_EQ(get(site.api_url() + "/api/v1/tags").status, 200); });
  }
  threads.clear();
  const auto took = steady_clock::now() - start;
  EXPECT_GE(took, milliseconds(150));
  EXPECT_LT(took, milliseconds(8 * 150)) << "one after the other";
}

TEST(Site, RefusesConnectionsBehindAClosedDoor) {
  Site site({}, one_file());
  Client open(site.storage_url());
  (void)open.send("GET", "/");
  site.close_door(Place::storage);
  EXPECT_EQ(get(site.storage_url() + "/").end, End::refused);
  EXPECT_EQ(open.send("GET", "/").status, 403) << "open connections go on";
  site.open_door(Place::storage);
  EXPECT_EQ(get(site.storage_url() + "/").status, 403);
  site.drop_connections(Place::storage);
  EXPECT_EQ(open.send("GET", "/").status, 0);
}

TEST(Site, AnswersNonsenseWith400) {
  Site site;
  EXPECT_EQ(Client(site.api_url()).send("GET", "no slash").status, 400);
  EXPECT_EQ(get(site.api_url() + "/no/such/route").status, 404);
}

TEST(Site, HoldsThousandsOfModels) {
  Site site({}, generated_catalogue({.models = 5000}));
  const Json page = Json::parse(get(site.api_url() + "/api/v1/models?limit=3&sort=Newest").body);
  EXPECT_EQ(page["items"].size(), 3U);
}

TEST(Site, ServesEveryFileOfTheDemonstrationAsPublished) {
  Site site({}, demo_catalogue());
  std::size_t served = 0;
  const Json list = Json::parse(get(site.api_url() + "/api/v1/models?nsfw=true").body);
  for (const Json& model : list["items"]) {
    for (const Json& version : model["modelVersions"]) {
      for (const Json& file : version["files"]) {
        const std::string link =
            site.api_url() + "/api/download/models/" + version["id"].dump() + "?fileId=" + file["id"].dump();
        const auto hop = get(link);
        if (hop.status == 403) continue;  // the early access
        ASSERT_EQ(hop.status, 307) << file["name"];
        const auto reply = get(hop.header("Location"));
        EXPECT_EQ(static_cast<double>(reply.body.size()), file["sizeKB"].get<double>() * 1024);
        ++served;
      }
    }
  }
  EXPECT_EQ(served, 14U);
}

class Admin : public testing::Test {
 protected:
  Site site_{{.admin = true}, one_file()};
  std::string admin_ = site_.admin_url();
};

TEST_F(Admin, SwitchesFaults) {
  const auto added = check::post(admin_ + "/faults", "models=status:503\ntags=bom@2-\n");
  EXPECT_EQ(Json::parse(added.body)["ids"].size(), 2U);
  EXPECT_EQ(get(site_.api_url() + "/api/v1/models").status, 503);
  const Json faults = Json::parse(get(admin_ + "/faults").body)["faults"];
  EXPECT_EQ(faults[0]["fired"], 1);
  EXPECT_EQ(faults[1]["rule"], "tags=bom@2-");
  EXPECT_EQ(check::post(admin_ + "/faults", R"(["models=nothing"])").status, 400);
  EXPECT_EQ(check::request("DELETE", admin_ + "/faults?id=" + faults[0]["id"].dump()).status, 200);
  EXPECT_EQ(get(site_.api_url() + "/api/v1/models").status, 200);
  EXPECT_EQ(check::request("DELETE", admin_ + "/faults").status, 200);
  EXPECT_TRUE(site_.faults().states().empty());
}

TEST_F(Admin, ShowsTheJournal) {
  (void)get(site_.api_url() + "/api/v1/tags");
  (void)get(site_.storage_url() + "/x", {{"Cookie", "a=b"}});
  const Json all = Json::parse(get(admin_ + "/journal").body)["entries"];
  ASSERT_EQ(all.size(), 2U) << "control itself is not recorded";
  EXPECT_EQ(Json::parse(get(admin_ + "/journal?place=storage").body)["entries"].size(), 1U);
  const Json summary = Json::parse(get(admin_ + "/summary").body);
  EXPECT_EQ(summary["requests"]["tags"], 1);
  EXPECT_EQ(summary["leaks"][0]["what"], "Cookie");
  EXPECT_EQ(check::request("DELETE", admin_ + "/journal").status, 200);
  EXPECT_EQ(site_.journal().count(), 0U);
}

TEST_F(Admin, MovesTheClockAndChangesOptions) {
  const auto before = site_.now();
  EXPECT_EQ(check::post(admin_ + "/clock", R"({"advance_ms":3600000})").status, 200);
  EXPECT_GE(site_.now() - before, std::chrono::hours(1));
  EXPECT_EQ(check::post(admin_ + "/options", R"({"require_login":true,"latency_ms":0})").status, 200);
  EXPECT_EQ(get(site_.api_url() + "/api/download/models/20").status, 401);
  EXPECT_EQ(check::post(admin_ + "/options", R"({"colour":"red"})").status, 400);
  EXPECT_EQ(check::post(admin_ + "/links/expire", "{}").status, 200);
}

TEST_F(Admin, ListsFilesWithTheirTrueDigests) {
  const Json file = Json::parse(get(admin_ + "/files").body)["files"][0];
  EXPECT_EQ(file["id"], 30);
  EXPECT_EQ(file["sha256"].get<std::string>().size(), 64U);
  EXPECT_EQ(Json::parse(get(admin_ + "/urls").body)["api"], site_.api_url());
}

}  // namespace
}  // namespace standin

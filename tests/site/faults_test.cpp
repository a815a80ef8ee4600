#include "site/documents.hpp"
#include "site/generate.hpp"
#include "site/raw_client.hpp"
#include "site/site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <string>

namespace standin {
namespace {

using check::Client;
using check::End;
using check::get;
using check::Reply;
using std::chrono::steady_clock;
using testing::HasSubstr;

class Faulty : public testing::Test {
 protected:
  Faulty() {
    site_.change([](Catalogue& all) {
      all = generated_catalogue({.models = 20, .seed = 2, .smallest = 300, .largest = 400});
      all.add({.id = 10, .versions = {{.id = 20, .files = {{.id = 30, .name = "a.bin", .size = 100'000}}}}});
      bytes = all.file(30)->bytes().text();
    });
    link_ = resolve();
  }

  std::string resolve() { return get(site_.api_url() + "/api/download/models/20").header("Location"); }
  Reply models(const std::string& query = "") {
    return get(site_.api_url() + "/api/v1/models?limit=4&nsfw=true" + query);
  }
  Json page(const std::string& query = "") { return Json::parse(models(query).body, nullptr, false); }
  std::string cursor_of(const Json& document) {
    return "&cursor=" + percent_encode(document["metadata"]["nextCursor"].get<std::string>());
  }
  void fault(std::string_view rule) {
    site_.faults().clear();
    site_.faults().add(rule);
  }

  static inline std::string bytes;
  Site site_;
  std::string link_;
};

TEST(FaultRules, AreReadAndWritten) {
  const FaultRule rule = parse_rule("storage=reset-after:65536@2-5#file:30#model:7");
  EXPECT_EQ(rule.route, "storage");
  EXPECT_EQ(rule.fault.kind, "reset-after");
  EXPECT_EQ(rule.fault.parameter, "65536");
  EXPECT_EQ(rule.from, 2U);
  EXPECT_EQ(rule.to, 5U);
  EXPECT_EQ(rule.subject.file_id, 30);
  EXPECT_EQ(rule.subject.model_id, 7);
  for (const auto* text : {"storage=reset-after:65536@2-5#file:30", "*=status:503:html@3-", "/api/v1=bom",
                           "model=redirect-to:http://user@host/#frag"}) {
    EXPECT_EQ(to_string(parse_rule(text)), text);
  }
  EXPECT_EQ(parse_rule("models=bom@2").to, 2U);
  for (const auto* bad : {"", "bom", "=bom", "models=no-such-kind"}) {
    EXPECT_THROW((void)parse_rule(bad), std::invalid_argument) << bad;
  }
}

TEST(FaultRules, AreAllInTheReadme) {
  std::stringstream readme;
  readme << std::ifstream(STANDIN_README).rdbuf();
  for (const FaultKind& kind : fault_kinds()) {
    EXPECT_THAT(readme.str(), HasSubstr("`" + std::string(kind.name))) << "missing in the README";
  }
}

TEST_F(Faulty, StrikesTheRequestsThatItsRuleNames) {
  fault("models=status:500@2-3");
  EXPECT_EQ(models().status, 200);
  EXPECT_EQ(models().status, 500);
  EXPECT_EQ(models().status, 500);
  EXPECT_EQ(models().status, 200);
  const auto states = site_.faults().states();
  EXPECT_EQ(states[0].seen, 4U);
  EXPECT_EQ(states[0].fired, 2U);
  fault("*=status:500#model:10");
  EXPECT_EQ(models().status, 200);
  EXPECT_EQ(get(site_.api_url() + "/api/v1/models/10").status, 500);
  EXPECT_EQ(get(site_.api_url() + "/api/download/models/20").status, 500);
  fault("/api/v1/tags=status:404");
  EXPECT_EQ(get(site_.api_url() + "/api/v1/tags").status, 404);
  EXPECT_EQ(site_.journal().entries("tags").back().faults, std::vector<std::string>{"status"});
}

TEST_F(Faulty, SurvivesEveryKind) {
  for (const FaultKind& kind : fault_kinds()) {
    const std::string parameter = kind.name == "status"                ? ":503"
                                  : kind.parameter.find("BYTES") == 0  ? ":100000"
                                  : kind.parameter.find("[BYTES") == 0 ? ":1000"
                                  : kind.name == "content-disposition" ? ":quoted"
                                  : kind.name == "slow-headers"        ? ":1"
                                                                       : "";
    fault("*=" + std::string(kind.name) + parameter);
    for (const std::string& url : {site_.api_url() + "/api/v1/models?limit=2", link_}) {
      Client client(url, 50);
      EXPECT_NO_FATAL_FAILURE((void)client.send("GET", url.substr(url.find('/', 8)), {{"Range", "bytes=0-9"}}));
    }
  }
  site_.faults().clear();
  EXPECT_EQ(models().status, 200);
  for (const JournalEntry& entry : site_.journal().entries()) {
    const bool struck = !entry.faults.empty() && entry.faults[0] != "status";
    EXPECT_FALSE(struck && entry.status == 500) << to_json(entry);
  }
}

TEST_F(Faulty, CutsConnections) {
  fault("storage=reset-before-headers");
  EXPECT_EQ(get(link_).end, End::reset);
  fault("storage=close-before-headers");
  EXPECT_EQ(get(link_).end, End::closed);
  fault("storage=reset-after:70000");
  const Reply reset = get(link_);
  EXPECT_EQ(reset.end, End::reset);
  EXPECT_TRUE(reset.body == bytes.substr(0, 70000));
  fault("storage=close-after:70000");
  const Reply closed = get(link_);
  EXPECT_EQ(closed.end, End::closed);
  EXPECT_EQ(closed.header("Content-Length"), "100000");
  EXPECT_EQ(closed.body.size(), 70000U);
}

TEST_F(Faulty, FallsSilent) {
  fault("storage=stall-after:500");
  Client client(link_, 50);
  const Reply reply = client.send("GET", link_.substr(link_.find('/', 8)));
  EXPECT_EQ(reply.end, End::silent);
  EXPECT_EQ(reply.body.size(), 500U);
}

TEST_F(Faulty, LiesAboutLengths) {
  fault("storage=content-length-too-large:7");
  const Reply larger = get(link_);
  EXPECT_EQ(larger.header("Content-Length"), "100007");
  EXPECT_EQ(larger.end, End::closed);
  fault("storage=content-length-too-small:7");
  EXPECT_EQ(get(link_).body.size(), 99993U);
  fault("storage=no-content-length");
  const Reply chunked = get(link_);
  EXPECT_EQ(chunked.header("Content-Length"), "");
  EXPECT_TRUE(chunked.body == bytes);
}

TEST_F(Faulty, SlowsDown) {
  fault("storage=throttle:500000");
  auto start = steady_clock::now();
  EXPECT_TRUE(get(link_).body == bytes);
  EXPECT_GE(steady_clock::now() - start, std::chrono::milliseconds(190));
  fault("models=slow-headers:60");
  start = steady_clock::now();
  EXPECT_EQ(models().status, 200);
  EXPECT_GE(steady_clock::now() - start, std::chrono::milliseconds(60));
}

TEST_F(Faulty, DropsConnectionsThatItSaidItWouldKeep) {
  fault("models=keep-alive-dropped");
  Client client(site_.api_url());
  EXPECT_EQ(client.send("GET", "/api/v1/models").header("Connection"), "keep-alive");
  const Reply second = client.send("GET", "/api/v1/models");
  EXPECT_EQ(second.status, 0);
  EXPECT_TRUE(second.end == End::closed || second.end == End::reset);
}

TEST_F(Faulty, AnswersWithAnyStatusInAnyShape) {
  fault("models=status:503:busy");
  EXPECT_EQ(models().header("Retry-After"), "2");
  fault("models=status:503");
  EXPECT_THAT(models().header("Content-Type"), HasSubstr("text/html"));
  fault("models=status:403:challenge");
  EXPECT_EQ(models().header("cf-mitigated"), "challenge");
  fault("models=status:403:edge-1010");
  EXPECT_EQ(models().body, "error code: 1010");
  fault("models=status:451");
  EXPECT_THAT(models().body, HasSubstr("REGION_BLOCKED"));
  fault("download=status:404:transient");
  EXPECT_EQ(get(site_.api_url() + "/api/download/models/20").header("Cache-Control"), "private, no-store");
  fault("models=retry-after:-5");
  EXPECT_EQ(models().status, 429);
  EXPECT_EQ(models().header("Retry-After"), "-5");
  fault("models=retry-after:date+60");
  EXPECT_THAT(models().header("Retry-After"), HasSubstr(" GMT"));
  fault("models=html-200");
  EXPECT_EQ(models().status, 200);
  EXPECT_THAT(models().body, testing::StartsWith("<!DOCTYPE"));
}

TEST_F(Faulty, CombinesRulesInOrder) {
  fault("models=status:503:json");
  site_.faults().add("models=retry-after:7");
  EXPECT_EQ(models().status, 503);
  EXPECT_EQ(models().header("Retry-After"), "7");
}

TEST_F(Faulty, LeadsAstray) {
  const std::string url = site_.api_url() + "/api/download/models/20";
  fault("download=redirect-chain:3");
  std::string target = "/api/download/models/20";
  for (int hop = 0; hop < 3; ++hop) {
    const Reply reply = get(site_.api_url() + target);
    ASSERT_EQ(reply.status, 307);
    target = reply.header("Location");
    ASSERT_EQ(target.front(), '/');
  }
  EXPECT_THAT(get(site_.api_url() + target).header("Location"), testing::StartsWith(site_.storage_url()));
  fault("download=redirect-to:file:///etc/passwd");
  EXPECT_EQ(get(url).header("Location"), "file:///etc/passwd");
  fault("download=redirect-to:{images}{target}");
  EXPECT_EQ(get(url).header("Location"), site_.images_url() + "/api/download/models/20");
  fault("download=redirect-status:302");
  EXPECT_EQ(get(url).status, 302);
  fault("download=redirect-no-location");
  EXPECT_EQ(get(url).header("Location"), "");
  EXPECT_EQ(get(url).status, 307);
}

TEST_F(Faulty, MishandlesRanges) {
  const Pairs range = {{"Range", "bytes=100-199"}};
  fault("storage=range-ignored");
  EXPECT_EQ(get(link_, range).status, 200);
  EXPECT_TRUE(get(link_, range).body == bytes);
  fault("storage=range-wrong-start:10");
  EXPECT_EQ(get(link_, range).header("Content-Range"), "bytes 110-199/100000");
  EXPECT_TRUE(get(link_, range).body == bytes.substr(110, 90));
  fault("storage=range-wrong-total:-1");
  EXPECT_EQ(get(link_, range).header("Content-Range"), "bytes 100-199/99999");
  fault("storage=range-no-content-range");
  EXPECT_EQ(get(link_, range).header("Content-Range"), "");
  fault("storage=range-multipart");
  EXPECT_THAT(get(link_, range).header("Content-Type"), testing::StartsWith("multipart/byteranges"));
  fault("storage=range-unsatisfiable");
  EXPECT_EQ(get(link_, range).header("Content-Range"), "bytes */100000");
  fault("storage=etag-change");
  EXPECT_NE(get(link_, range).header("ETag"), get(link_, range).header("ETag"));
  fault("storage=length-change:5");
  EXPECT_EQ(get(link_, range).header("Content-Range"), "bytes 100-199/100005");
}

TEST_F(Faulty, LetsLinksDie) {
  fault("storage=link-expired@1");
  EXPECT_EQ(get(link_).status, 403);
  EXPECT_EQ(get(link_).status, 403) << "dead for good";
  EXPECT_EQ(get(resolve()).status, 200);
  fault("download=link-expires-now@1");
  EXPECT_EQ(get(resolve()).status, 403);
  EXPECT_EQ(get(resolve()).status, 200);
  fault("download=link-etag-change");
  EXPECT_NE(get(resolve()).header("ETag"), get(resolve()).header("ETag"));
}

TEST_F(Faulty, SpoilsBodies) {
  fault("storage=wrong-bytes");
  EXPECT_EQ(get(link_).body.size(), bytes.size());
  EXPECT_FALSE(get(link_).body == bytes);
  fault("storage=zero-bytes");
  EXPECT_TRUE(get(link_).body == std::string(bytes.size(), '\0'));
  fault("models=truncated-json");
  EXPECT_FALSE(Json::accept(models().body));
  fault("models=bom");
  EXPECT_EQ(models().body.substr(0, 3), "\xEF\xBB\xBF");
  fault("models=exponent-integers");
  EXPECT_THAT(models().body, HasSubstr("e0,\"name\""));
  fault("models=gzip");
  EXPECT_EQ(models().header("Content-Encoding"), "gzip");
  fault("models=deep-nesting:50");
  EXPECT_TRUE(Json::accept(models().body));
  EXPECT_THAT(models().body, HasSubstr(std::string(50, '[')));
  fault("models=replace-text:\"type\"=>\"kind\"");
  EXPECT_THAT(models().body, Not(HasSubstr("\"type\"")));
}

TEST_F(Faulty, SpoilsPages) {
  fault("models=empty-page");
  EXPECT_TRUE(page()["items"].empty());
  EXPECT_TRUE(page()["metadata"].contains("nextCursor"));
  fault("models=short-page");
  EXPECT_EQ(page()["items"].size(), 2U);
  fault("models=no-metadata");
  EXPECT_FALSE(page().contains("metadata"));
  fault("models=nextpage-only");
  EXPECT_FALSE(page()["metadata"].contains("nextCursor"));
  EXPECT_TRUE(page()["metadata"].contains("nextPage"));
  fault("models=cursor-number");
  EXPECT_TRUE(page()["metadata"]["nextCursor"].is_number());
  fault("models=nextpage-elsewhere");
  EXPECT_THAT(page()["metadata"]["nextPage"].get<std::string>(), testing::StartsWith("http://elsewhere.invalid/api/"));
}

TEST_F(Faulty, TurnsCursorsInCircles) {
  const std::string first = cursor_of(page());
  fault("models=same-cursor");
  EXPECT_EQ(cursor_of(page(first)), first);
  fault("models=cursor-cycle");
  const std::string a = cursor_of(page());
  const std::string b = cursor_of(page(a));
  EXPECT_NE(a, b);
  EXPECT_EQ(cursor_of(page(b)), a);
  EXPECT_EQ(cursor_of(page(a)), b);
}

TEST_F(Faulty, RepeatsItems) {
  fault("models=duplicate-item");
  const Json one = page();
  const Json two = page(cursor_of(one));
  EXPECT_EQ(two["items"][0]["id"], one["items"].back()["id"]);
  EXPECT_EQ(two["items"].size(), 5U);
}

TEST_F(Faulty, SpoilsHeaders) {
  fault("storage=content-disposition:rfc5987");
  EXPECT_EQ(get(link_).header("Content-Disposition"), "attachment; filename*=UTF-8''a.bin");
  fault("storage=content-disposition:absent");
  EXPECT_EQ(get(link_).header("Content-Disposition"), "");
  fault("models=header-case");
  EXPECT_THAT(models().head, HasSubstr("cOnTeNt-tYpE: "));
  fault("models=set-cookie");
  EXPECT_THAT(models().header("Set-Cookie"), HasSubstr("do-not-replay"));
  fault("models=no-header:content-type");
  EXPECT_EQ(models().header("Content-Type"), "");
  fault("storage=content-disposition:sideways");
  EXPECT_EQ(get(link_).status, 500) << "a bad parameter shows at once";
}

}  // namespace
}  // namespace standin

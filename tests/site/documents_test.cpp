#include "site/documents.hpp"

#include "site/raw_client.hpp"
#include "site/site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace standin {
namespace {

using check::get;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> keys(const Json& object) {
  std::vector<std::string> names;
  for (const auto& [name, value] : object.items()) names.push_back(name);
  return names;
}

Json document(const Site& site, const std::string& path) {
  const auto reply = get(site.api_url() + path);
  EXPECT_EQ(reply.status, 200) << reply.body;
  return Json::parse(reply.body, nullptr, false);
}

Catalogue one_of_each() {
  Catalogue catalogue;
  catalogue.add({.id = 10,
                 .name = "Meridian Mix",
                 .type = "Checkpoint",
                 .versions = {{.id = 20,
                               .files = {{.id = 30, .name = "a.safetensors", .content = "hello world"},
                                         {.id = 31, .name = "a.safetensors", .size_class = "full", .precision = "fp32"},
                                         {.id = 32, .type = "VAE", .linked = true}},
                               .images = {{.id = 40}}}}});
  return catalogue;
}

TEST(Documents, PublishTrueHashes) {
  Site site({}, one_of_each());
  const Json file = document(site, "/api/v1/models/10")["modelVersions"][0]["files"][0];
  // The scanner's own test vectors for these eleven bytes.
  EXPECT_EQ(file["hashes"]["SHA256"], "B94D27B9934D3E08A52E52D7DA7DABFAC484EFE37A5380EE9088F7ACE2EFCDE9");
  EXPECT_EQ(file["hashes"]["BLAKE3"], "D74981EFA70A0C880B8D8C1985D075DBCBF679B99A5F9914E5AAF96B831A9E24");
  EXPECT_EQ(file["hashes"]["AutoV2"], "B94D27B993");
  EXPECT_EQ(file["hashes"]["CRC32"], "85114A0D");
  EXPECT_FALSE(file["hashes"].contains("AutoV1"));
  EXPECT_EQ(file["sizeKB"].get<double>() * 1024, 11);
}

TEST(Documents, DifferFromRouteToRoute) {
  Site site({}, one_of_each());
  const Json item = document(site, "/api/v1/models?nsfw=true")["items"][0];
  const Json single = document(site, "/api/v1/models/10");
  const Json version = document(site, "/api/v1/model-versions/20");

  EXPECT_EQ(item["allowCommercialUse"], "{Image,RentCivit}");
  EXPECT_TRUE(single["allowCommercialUse"].is_array());
  const Json& listed = item["modelVersions"][0];
  const Json& alone = single["modelVersions"][0];
  EXPECT_TRUE(listed.contains("vaeId") && listed.contains("trainedWords"));
  EXPECT_FALSE(alone.contains("vaeId") || alone.contains("trainedWords") || alone.contains("description"));
  EXPECT_TRUE(alone.contains("createdAt") && alone.contains("covered") && !listed.contains("covered"));
  EXPECT_TRUE(listed["images"][0].contains("id"));
  EXPECT_FALSE(alone["images"][0].contains("id"));
  EXPECT_THAT(keys(version["files"][0]),
              ElementsAre("id", "sizeKB", "name", "type", "pickleScanResult", "pickleScanMessage", "virusScanResult",
                          "virusScanMessage", "scannedAt", "metadata", "hashes", "downloadUrl", "primary"));
  EXPECT_THAT(keys(version["model"]), ElementsAre("name", "type", "nsfw", "poi"));
  EXPECT_EQ(version["air"], "urn:air:sdxl:checkpoint:civitai:10@20");
}

TEST(Documents, LinkFilesInTheFormOfTheirRoute) {
  Site site({}, one_of_each());
  const std::string base = site.api_url() + "/api/download/models/20";
  const Json listed = document(site, "/api/v1/models")["items"][0]["modelVersions"][0]["files"];
  const Json alone = document(site, "/api/v1/models/10")["modelVersions"][0]["files"];
  EXPECT_EQ(listed[0]["downloadUrl"], base);
  EXPECT_EQ(listed[1]["downloadUrl"], base + "?type=Model&format=SafeTensor&size=full&fp=fp32");
  EXPECT_EQ(alone[0]["downloadUrl"], base + "?fileId=30");
  EXPECT_EQ(alone[2]["downloadUrl"], base + "?type=VAE");
  EXPECT_TRUE(listed[0].contains("primary") && !listed[1].contains("primary"));
}

TEST(Documents, ShowArchivedModelsWithoutFiles) {
  Catalogue catalogue;
  catalogue.add({.id = 10, .mode = "Archived", .versions = {{.id = 20, .files = {{}}}}});
  Site site({}, std::move(catalogue));
  EXPECT_THAT(document(site, "/api/v1/models")["items"], IsEmpty());
  const Json listed = document(site, "/api/v1/models?archived=false")["items"][0]["modelVersions"][0];
  EXPECT_THAT(listed["files"], IsEmpty());
  const Json alone = document(site, "/api/v1/models/10");
  EXPECT_EQ(alone["mode"], "Archived");
  EXPECT_FALSE(alone["modelVersions"][0].contains("files") || alone["modelVersions"][0].contains("downloadUrl"));
}

TEST(Documents, TakePatchesLast) {
  Catalogue catalogue;
  catalogue.add({.id = 10,
                 .versions = {{.files = {{.patches = {{.set = R"({"/hashes/SHA256":null,"sizeKB":0})"},
                                                      {.remove = {"downloadUrl", "/metadata/format"}},
                                                      {.set = R"({"name":7})", .form = Form::single}}}}}},
                 .patches = {{.set = R"({"creator":{"username":90210,"image":null}})"}}});
  Site site({}, std::move(catalogue));
  const Json listed = document(site, "/api/v1/models")["items"][0];
  const Json file = listed["modelVersions"][0]["files"][0];
  EXPECT_EQ(listed["creator"]["username"], 90210);
  EXPECT_TRUE(file["hashes"]["SHA256"].is_null());
  EXPECT_TRUE(file["name"].is_string());
  EXPECT_FALSE(file.contains("downloadUrl") || file["metadata"].contains("format"));
  EXPECT_EQ(document(site, "/api/v1/models/10")["modelVersions"][0]["files"][0]["name"], 7);
}

TEST(Documents, CanLieAboutHashes) {
  Catalogue catalogue;
  catalogue.add({.id = 10,
                 .versions = {{.files = {{.content = "hello world",
                                          .hashes = HashSet::sha256 | HashSet::crc32,
                                          .wrong_hashes = HashSet::sha256,
                                          .hash_case = LetterCase::lower}}}}});
  Site site({}, std::move(catalogue));
  const Json hashes = document(site, "/api/v1/models/10")["modelVersions"][0]["files"][0]["hashes"];
  EXPECT_THAT(keys(hashes), ElementsAre("SHA256", "CRC32"));
  EXPECT_EQ(hashes["CRC32"], "85114a0d");
  EXPECT_EQ(hashes["SHA256"].get<std::string>().substr(0, 8), "ca5e38ca");
}

TEST(Documents, FollowChangesOfTheCatalogue) {
  Site site({}, one_of_each());
  const std::string before = document(site, "/api/v1/models/10")["modelVersions"][0]["files"][0]["hashes"]["SHA256"];
  site.change([](Catalogue& catalogue) { catalogue.file(30)->content = "hello there"; });
  const std::string after = document(site, "/api/v1/models/10")["modelVersions"][0]["files"][0]["hashes"]["SHA256"];
  EXPECT_NE(before, after);
  EXPECT_EQ(get(site.api_url() + "/api/v1/model-versions/by-hash/" + before).status, 404);
  EXPECT_EQ(document(site, "/api/v1/model-versions/by-hash/" + after)["id"], 20);
}

TEST(HashLookUp, AcceptsEveryKindInAnyLetterCase) {
  Site site({}, one_of_each());
  for (const auto* hash :
       {"b94d27b993", "85114A0D", "D74981EFA70A0C880B8D8C1985D075DBCBF679B99A5F9914E5AAF96B831A9E24"}) {
    const Json version = document(site, std::string("/api/v1/model-versions/by-hash/") + hash);
    EXPECT_EQ(version["id"], 20);
    EXPECT_TRUE(version["files"][0].contains("overrideName"));
  }
  EXPECT_EQ(get(site.api_url() + "/api/v1/model-versions/by-hash/0123456789").status, 404);
}

TEST(HashLookUp, AnswersInBulk) {
  Site site({}, one_of_each());
  const std::string url = site.api_url() + "/api/v1/model-versions/by-hash";
  const std::string known = "B94D27B9934D3E08A52E52D7DA7DABFAC484EFE37A5380EE9088F7ACE2EFCDE9";
  const std::string body = Json::array({known, std::string(64, '0')}).dump();
  const Json versions = Json::parse(check::post(url, body).body);
  ASSERT_EQ(versions.size(), 1U);
  EXPECT_THAT(versions[0]["downloadUrl"].get<std::string>(), testing::StartsWith("https://undefined/"));
  const Json ids = Json::parse(check::post(url + "/ids", body).body);
  EXPECT_EQ(ids, Json::parse(R"([{"modelVersionId":20,"modelId":10,"hash":")" + known + R"("}])"));
  EXPECT_EQ(check::post(url, "{}").status, 400);
}

TEST(Lookups, RefuseWhatTheSiteRefuses) {
  Site site({}, one_of_each());
  const std::string api = site.api_url() + "/api/v1";
  EXPECT_EQ(get(api + "/models/999").body, R"({"error":"No model with id 999"})");
  EXPECT_EQ(get(api + "/models/abc").status, 400);
  EXPECT_EQ(get(api + "/models/99999999999").status, 400);
  EXPECT_EQ(get(api + "/model-versions/0").status, 400);
  EXPECT_EQ(get(api + "/model-versions/999").body, R"({"error":"Model not found"})");
  EXPECT_EQ(get(api + "/model-versions/99999999999").status, 500);
  EXPECT_EQ(document(site, "/api/v1/model-versions/mini/20")["downloadUrls"].size(), 1U);
}

}  // namespace
}  // namespace standin

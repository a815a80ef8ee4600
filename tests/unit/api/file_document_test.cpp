#include "api/documents.hpp"
#include "base/text.hpp"
#include "support/site_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::api {
namespace {

using test::Fields;
using test::file_fields;
using test::hash_fields;
using test::image_fields;
using test::list_of;
using test::model_fields;
using test::version_fields;
using ::testing::IsEmpty;
using ::testing::SizeIs;

ModelVersion version_with(std::string_view key, std::string json) {
  const Fields version = version_fields().set(key, std::move(json));
  auto model = read_model(model_fields().set("modelVersions", list_of({version.text()})).text());
  EXPECT_TRUE(model && model->versions.size() == 1);
  return model && !model->versions.empty() ? model->versions[0] : ModelVersion{};
}

std::vector<ModelFile> files_of(const std::vector<std::string>& files) {
  return version_with("files", list_of(files)).files;
}

ModelFile file_of(const Fields& fields) {
  const auto files = files_of({fields.text()});
  EXPECT_THAT(files, SizeIs(1)) << fields.text();
  return files.empty() ? ModelFile{} : files[0];
}

TEST(FileDocument, IsRead) {
  const ModelFile file = file_of(file_fields());
  EXPECT_EQ(file.id, FileId{501});
  EXPECT_EQ(file.name, "harbour_v2.safetensors");
  EXPECT_EQ(file.type, "Model");
  EXPECT_EQ(file.format, "SafeTensor");
  EXPECT_EQ(file.size_class, "pruned");
  EXPECT_EQ(file.precision, "fp16");
  EXPECT_EQ(file.quantisation, "Q8_0");
  EXPECT_EQ(file.size, ByteCount{2'132'650'982});
  EXPECT_EQ(file.pickle_scan, ScanVerdict::success);
  EXPECT_EQ(file.virus_scan, ScanVerdict::success);
  EXPECT_EQ(file.pickle_message, "No Pickle imports");
  EXPECT_EQ(file.download_url, "https://civitai.com/api/download/models/301?fileId=501");
  EXPECT_TRUE(file.primary);
}

TEST(FileDocument, HasItsHashesInLowerCase) {
  const ModelFile file = file_of(file_fields());
  EXPECT_EQ(file.hashes.get(HashKind::sha256), to_lower(test::sample_sha256));
  EXPECT_EQ(file.hashes.get(HashKind::blake3), to_lower(test::sample_blake3));
  EXPECT_EQ(file.hashes.get(HashKind::autov1), "0a1b2c3d");
  EXPECT_EQ(file.hashes.get(HashKind::autov2), "3a7bd3e236");
  EXPECT_EQ(file.hashes.get(HashKind::autov3), "5e0c41d2f7a9");
  EXPECT_EQ(file.hashes.get(HashKind::crc32), "85114a0d");
  const std::string lower = to_lower(test::sample_sha256);
  EXPECT_EQ(file_of(file_fields().set("hashes", format(R"({{"sha256": "{}"}})", lower))).hashes.get(HashKind::sha256),
            lower);
}

TEST(FileDocument, MayHaveNoHashes) {
  for (const std::string_view json : {"{}", "null", "[]", "\"\"", R"({"SHA256": null, "BLAKE3": ""})",
                                      R"({"SHA256": "not hex", "MD5": "00"})", R"({"AutoV2": "1234"})"}) {
    EXPECT_TRUE(file_of(file_fields().set("hashes", std::string(json))).hashes.empty()) << json;
  }
  EXPECT_TRUE(file_of(file_fields().drop("hashes")).hashes.empty());
}

TEST(FileDocument, KeepsTheGoodHashesBesideBadOnes) {
  const ModelFile file = file_of(file_fields().set("hashes", hash_fields().set("SHA256", "null").text()));
  EXPECT_FALSE(file.hashes.has(HashKind::sha256));
  EXPECT_TRUE(file.hashes.has(HashKind::blake3));
}

// An AutoV1 made of digits only comes as a number from careless writers.
TEST(FileDocument, KnowsAHashWrittenAsANumber) {
  EXPECT_EQ(file_of(file_fields().set("hashes", R"({"CRC32": 85114001})")).hashes.get(HashKind::crc32), "85114001");
}

struct SizeRow {
  std::string_view json;
  std::optional<std::uint64_t> size;
};

TEST(FileDocument, KnowsItsSizeToTheByte) {
  const std::vector<SizeRow> rows = {
      {"6775430.353515625", 6'938'040'682},
      {"13550506.44140625", 13'875'718'596},
      {"3927312.0", 4'021'567'488},
      {"1.943359375", 1990},
      {"716800", 734'003'200},
      {"0.0009765625", 1},
      {"12884901888.0009765625", 13'194'139'533'313},
      {"\"1.5\"", 1536},
      {"1e3", 1'024'000},
      {"0", std::nullopt},
      {"0.0", std::nullopt},
      {"-5", std::nullopt},
      {"null", std::nullopt},
      {"\"big\"", std::nullopt},
      {"1e300", std::nullopt},
      {"[1]", std::nullopt},
  };
  for (const SizeRow& row : rows) {
    const auto size = file_of(file_fields().set("sizeKB", std::string(row.json))).size;
    EXPECT_EQ(size ? std::optional(size->value) : std::nullopt, row.size) << row.json;
  }
  EXPECT_EQ(file_of(file_fields().drop("sizeKB")).size, std::nullopt);
}

// Every byte count up to 2^43 survives the way through kilobytes and fifteen digits.
TEST(FileDocument, KnowsEveryFractionOfAKilobyte) {
  for (const std::uint64_t base : {1ULL << 20, 6'938'040'320ULL, 1ULL << 40}) {
    for (std::uint64_t extra = 0; extra < 1024; ++extra) {
      const std::uint64_t size = base + extra;
      const std::string json = format("{}", static_cast<double>(size) / 1024);
      EXPECT_EQ(file_of(file_fields().set("sizeKB", json)).size, ByteCount{size}) << json;
    }
  }
}

TEST(FileDocument, KnowsTheScannersWords) {
  const auto verdict = [](std::string json) {
    return file_of(file_fields().set("virusScanResult", std::move(json))).virus_scan;
  };
  EXPECT_EQ(verdict(R"("Success")"), ScanVerdict::success);
  EXPECT_EQ(verdict(R"("Pending")"), ScanVerdict::pending);
  EXPECT_EQ(verdict(R"("Danger")"), ScanVerdict::danger);
  EXPECT_EQ(verdict(R"("Error")"), ScanVerdict::error);
  EXPECT_EQ(verdict(R"("Quarantined")"), ScanVerdict::unknown);
  EXPECT_EQ(verdict("null"), ScanVerdict::unknown);
  EXPECT_EQ(file_of(file_fields().drop("virusScanResult")).virus_scan, ScanVerdict::unknown);
}

TEST(FileDocument, TakesUnknownWordsAsTheyAre) {
  const ModelFile file = file_of(
      file_fields().set("type", R"("Hologram")").set("metadata", R"({"format": "Cube", "size": null, "fp": 16})"));
  EXPECT_EQ(file.type, "Hologram");
  EXPECT_EQ(file.format, "Cube");
  EXPECT_EQ(file.size_class, "");
  EXPECT_EQ(file.precision, "16");
}

TEST(FileDocument, MayBeAlmostEmpty) {
  const ModelFile file = file_of({{"id", "501"}});
  EXPECT_EQ(file.name, "");
  EXPECT_EQ(file.download_url, "");
  EXPECT_FALSE(file.primary);
  EXPECT_EQ(file.size, std::nullopt);
}

TEST(FileDocument, IsReadAlthoughAnyFieldIsNullOrOfAnOddType) {
  for (const std::string_view key : {"name", "type", "sizeKB", "metadata", "hashes", "pickleScanResult",
                                     "pickleScanMessage", "downloadUrl", "primary", "scannedAt"}) {
    for (const std::string_view json : {"null", "[]", "{}", "7", "true", R"("text")", R"([{"a": [null]}])"}) {
      EXPECT_EQ(file_of(file_fields().set(key, std::string(json))).id, FileId{501}) << key << ' ' << json;
    }
  }
}

TEST(FileDocument, KeepsNamesAsTheyAreSent) {
  for (const std::string_view name :
       {"../../etc/passwd", "CON", "dots...", "紙灯籠_v2.safetensors", "a/b\\c", "😀.zip"}) {
    EXPECT_EQ(file_of(file_fields().set("name", format(R"("{}")", replace_all(std::string(name), "\\", "\\\\")))).name,
              name);
  }
}

TEST(FilesOfAVersion, MayBeAbsentNullOrEmpty) {
  for (const std::string_view json : {"null", "[]", "{}", "\"\"", "0"}) {
    EXPECT_THAT(version_with("files", std::string(json)).files, IsEmpty()) << json;
  }
}

// A file that cannot be named cannot be asked for, recorded or told from its siblings.
TEST(FilesOfAVersion, CountOnlyWithAnId) {
  const auto files = files_of({file_fields().drop("id").text(), file_fields().set("id", "null").text(), "null", "7",
                               file_fields().set("id", "0").text(), file_fields().set("id", "502").text()});
  ASSERT_THAT(files, SizeIs(1));
  EXPECT_EQ(files[0].id, FileId{502});
}

TEST(FilesOfAVersion, MayHaveTwoPrimariesOrNone) {
  const std::string first = file_fields().text();
  const auto both = files_of({first, file_fields().set("id", "502").text()});
  ASSERT_THAT(both, SizeIs(2));
  EXPECT_TRUE(both[0].primary && both[1].primary);
  EXPECT_FALSE(file_of(file_fields().drop("primary")).primary);
  EXPECT_FALSE(file_of(file_fields().set("primary", "null")).primary);
}

TEST(ImagesOfAVersion, AreReadWithAndWithoutAnId) {
  const auto images =
      version_with("images", list_of({image_fields().text(), image_fields().drop("id").text(), "null"})).images;
  ASSERT_THAT(images, SizeIs(3));
  EXPECT_EQ(images[0].id, ImageId{701});
  EXPECT_EQ(images[0].url, "https://image.civitai.com/key/0b1c2d3e/original=true/701.jpeg");
  EXPECT_EQ(images[0].nsfw_level, 4);
  EXPECT_EQ(images[0].type, "image");
  EXPECT_FALSE(images[1].id);
  EXPECT_EQ(images[2].url, "");
}

}  // namespace
}  // namespace civitai::api

#include "site/content.hpp"

#include "site/catalogue.hpp"
#include "site/generate.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace standin {
namespace {

constexpr std::uint64_t MiB = 1 << 20;

TEST(Content, GivesTheSameBytesInPiecesAsInOne) {
  const Content content = Content::generated(7, 3 * MiB + 5);
  const std::string whole = content.text();
  ASSERT_EQ(whole.size(), 3 * MiB + 5);
  for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{1}, MiB - 3, MiB, 2 * MiB + 7, 3 * MiB}) {
    for (const std::uint64_t count : {1U, 2U, 13U, 4099U}) {
      EXPECT_EQ(content.text(offset, count), whole.substr(offset, count)) << offset << " " << count;
    }
  }
}

TEST(Content, DiffersFromBlockToBlockAndFromSeedToSeed) {
  const Content content = Content::generated(7, 2 * MiB);
  EXPECT_NE(content.text(0, 4096), content.text(MiB, 4096));
  EXPECT_NE(content.text(0, 4096), Content::generated(8, 4096).text());
  EXPECT_EQ(content.text(0, 4096), Content::generated(7, 4096).text());
}

TEST(Content, ReachesFarIntoAHugeFileAtOnce) {
  const Content content = Content::generated(1, std::uint64_t{6} << 40);
  EXPECT_EQ(content.text((std::uint64_t{6} << 40) - 10, 100).size(), 10U);
  EXPECT_EQ(content.text(std::uint64_t{6} << 40, 100), "");
}

TEST(Content, CorruptedKeepsTheLengthAndNothingElse) {
  for (const Content& content : {Content::generated(3, 5000), Content::literal("hello world")}) {
    const Content other = content.corrupted();
    EXPECT_EQ(other.size(), content.size());
    EXPECT_NE(other.text(), content.text());
    EXPECT_NE(other.key(), content.key());
  }
}

TEST(Content, SafetensorsHeadDescribesTheRestOfTheFile) {
  const File file{.id = 5, .size = 5000};
  const std::string bytes = file.bytes().text();
  std::uint64_t length = 0;
  for (unsigned i = 0; i < 8; ++i)
    length |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  const auto header = nlohmann::json::parse(bytes.substr(8, length));
  EXPECT_EQ(header["weight"]["data_offsets"][1].get<std::uint64_t>(), 5000 - 8 - length);
}

TEST(Catalogue, GivesOutIdsAndFindsThingsByThem) {
  Catalogue catalogue;
  const Model& model = catalogue.add({.versions = {{.files = {{.id = 77}, {}}, .images = {{}}}}});
  const Version& version = model.versions[0];
  EXPECT_NE(model.id, 0);
  EXPECT_EQ(catalogue.find_file(77).version, &version);
  EXPECT_EQ(catalogue.find_file(version.files[1].id).file, &version.files[1]);
  EXPECT_EQ(catalogue.find_image_by_uuid(version.images[0].uuid).image, &version.images[0]);
  EXPECT_FALSE(catalogue.find_version(1));
  catalogue.remove(model.id);
  EXPECT_FALSE(catalogue.find_file(77));
}

TEST(Catalogue, RefusesTakenIdsAndBrokenPatches) {
  Catalogue catalogue;
  catalogue.add({.id = 5});
  EXPECT_THROW(catalogue.add({.id = 5}), std::invalid_argument);
  EXPECT_THROW(catalogue.add({.patches = {{.set = "[1]"}}}), std::invalid_argument);
  EXPECT_THROW(catalogue.add({.patches = {{.set = "{"}}}), std::invalid_argument);
}

TEST(Generator, MakesTheSameCatalogueFromTheSameSeed) {
  const Catalogue one = generated_catalogue({.models = 50, .seed = 3});
  const Catalogue two = generated_catalogue({.models = 50, .seed = 3});
  const Catalogue other = generated_catalogue({.models = 50, .seed = 4});
  ASSERT_EQ(one.models().size(), 50U);
  EXPECT_EQ(one.models().back().name, two.models().back().name);
  EXPECT_NE(one.models().back().name, other.models().back().name);
  EXPECT_EQ(parse_batch("20x100KiB").count, 20U);
  EXPECT_EQ(parse_batch("20x100KiB").size, 100U * 1024);
  EXPECT_THROW((void)parse_batch("20"), std::invalid_argument);
}

}  // namespace
}  // namespace standin

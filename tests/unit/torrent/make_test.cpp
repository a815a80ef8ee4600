#include "torrent/bytes.hpp"
#include "torrent/pieces.hpp"
#include "unit/torrent/support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libtorrent/bdecode.hpp>
#include <libtorrent/magnet_uri.hpp>

namespace civitai::torrent {
namespace {

using test::expected;
using test::folder;
using test::made;
using test::single;
using test::TempDir;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Protocol protocols[] = {Protocol::v1, Protocol::v2, Protocol::hybrid};

struct LayoutCase {
  const char* name;
  std::vector<test::NamedFile> files;
};

// Lengths around blocks (16 KiB), pieces (64 KiB) and our reader's buffer (256 KiB).
const LayoutCase layouts[] = {
    {"one_byte", {{"a", 1}}},
    {"one_block", {{"a", 16384}}},
    {"three_blocks", {{"a", 40000}}},
    {"one_piece", {{"a", 65536}}},
    {"a_piece_and_a_byte", {{"a", 65537}}},
    {"five_pieces", {{"a", 300000}}},
    {"several", {{"b/c", 100000}, {"a", 70000}, {"b/d", 65536}, {"z", 5}}},
    {"with_an_empty_one", {{"a", 70000}, {"empty", 0}, {"b", 20}}},
    {"ends_with_an_empty_one", {{"a", 131072}, {"z", 0}}},
};

class Layouts : public ::testing::TestWithParam<LayoutCase> {};

TEST_P(Layouts, HaveTheInfoHashesThatLibtorrentsOwnHasherGives) {
  for (const Protocol protocol : protocols) {
    const TempDir dir;
    const Recipe recipe = folder(dir, GetParam().files, protocol);
    const Made result = made(recipe);
    const lt::info_hash_t wanted = expected(dir, recipe);
    EXPECT_EQ(result.info_hash, wanted.has_v1() ? hex_of(wanted.v1) : "") << to_string(protocol);
    EXPECT_EQ(result.info_hash_v2, wanted.has_v2() ? hex_of(wanted.v2) : "") << to_string(protocol);
  }
}

INSTANTIATE_TEST_SUITE_P(Make, Layouts, ::testing::ValuesIn(layouts),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(Make, AFileAloneHasNoFolderAroundIt) {
  for (const Protocol protocol : protocols) {
    const TempDir dir;
    const Recipe recipe = single(dir, "model.safetensors", 500'000, protocol);
    const Made result = made(recipe);
    const auto loaded = lt::load_torrent_buffer(result.content);
    EXPECT_EQ(loaded.ti->name(), "model.safetensors");
    EXPECT_EQ(loaded.ti->files().file_path(lt::file_index_t{0}), "model.safetensors");
    EXPECT_EQ(result.pieces, 8U);
    if (protocol == Protocol::hybrid) continue;
    const lt::info_hash_t wanted = expected(dir, recipe);
    EXPECT_EQ(result.info_hash, wanted.has_v1() ? hex_of(wanted.v1) : "");
    EXPECT_EQ(result.info_hash_v2, wanted.has_v2() ? hex_of(wanted.v2) : "");
  }
}

// What stands behind a key, so many bytes of it.
std::string behind(const std::string& content, std::string_view key, std::size_t count) {
  const std::size_t at = content.find(key);
  return at == std::string::npos ? "" : content.substr(at + key.size(), count);
}

TEST(Make, AHybridOfAFileAloneIsWhatReadersOfEitherVersionExpect) {
  const TempDir dir;
  const std::string v1 = made(single(dir, "a.bin", 500'000, Protocol::v1)).content;
  const std::string v2 = made(single(dir, "a.bin", 500'000, Protocol::v2)).content;
  const std::string hybrid = made(single(dir, "a.bin", 500'000, Protocol::hybrid)).content;
  EXPECT_THAT(hybrid, HasSubstr("e6:lengthi500000e12:meta version"));
  EXPECT_EQ(behind(hybrid, "6:pieces160:", 160), behind(v1, "6:pieces160:", 160));
  EXPECT_EQ(behind(hybrid, "11:pieces root32:", 32), behind(v2, "11:pieces root32:", 32));
  EXPECT_EQ(behind(v1, "6:pieces160:", 160).size(), 160U);
  EXPECT_EQ(behind(v2, "11:pieces root32:", 32).size(), 32U);
}

TEST(Make, TheNumberOfThreadsChangesNothing) {
  const TempDir dir;
  const Recipe recipe = folder(dir, {{"a", 1'000'000}, {"b", 300'001}}, Protocol::hybrid);
  EXPECT_EQ(made(recipe, 1).content, made(recipe, 7).content);
}

TEST(Make, BencodesEverythingThatWasAskedFor) {
  const TempDir dir;
  Recipe recipe = single(dir, "a.bin", 100, Protocol::v1);
  recipe.trackers = {"udp://one.example:1/announce", "http://two.example/announce"};
  recipe.web_seeds = {"http://seed.example/files/"};
  recipe.visibility = Visibility::private_;
  recipe.source = "HERE";
  recipe.comment = "a comment";
  recipe.creator = "civitai-downloader/1";
  recipe.created = SystemTime(std::chrono::seconds(1'700'000'000));
  const std::string content = made(recipe).content;
  EXPECT_THAT(content, HasSubstr("8:announce28:udp://one.example:1/announce"));
  EXPECT_THAT(content,
              HasSubstr("13:announce-listll28:udp://one.example:1/announceel27:http://two.example/announceee"));
  EXPECT_THAT(content, HasSubstr("7:comment9:a comment10:created by20:civitai-downloader/1"));
  EXPECT_THAT(content, HasSubstr("13:creation datei1700000000e"));
  EXPECT_THAT(content, HasSubstr("4:infod6:lengthi100e4:name5:a.bin12:piece lengthi65536e6:pieces20:"));
  EXPECT_THAT(content, HasSubstr("7:privatei1e6:source4:HEREe"));
  EXPECT_THAT(content, HasSubstr("8:url-list26:http://seed.example/files/"));
}

TEST(Make, LeavesOutWhatWasNotAskedFor) {
  const TempDir dir;
  Recipe recipe = single(dir, "a.bin", 100, Protocol::v1);
  recipe.trackers = {"udp://one.example:1/announce"};
  const std::string content = made(recipe).content;
  for (const char* const key : {"7:private", "6:source", "7:comment", "8:url-list"}) {
    EXPECT_THAT(content, Not(HasSubstr(key)));
  }
}

TEST(Make, AnnouncesInOneTierWhenAsked) {
  const TempDir dir;
  Recipe recipe = single(dir, "a.bin", 100, Protocol::v1);
  recipe.trackers = {"http://1.example/", "http://2.example/"};
  recipe.tiers = Tiers::same;
  EXPECT_THAT(made(recipe).content, HasSubstr("13:announce-listll17:http://1.example/17:http://2.example/ee"));
}

TEST(Make, SourceAndPrivacyChangeTheInfoHashButTrackersDoNot) {
  const TempDir dir;
  const Recipe plain = single(dir, "a.bin", 100, Protocol::hybrid);
  const std::string hash = made(plain).info_hash;
  Recipe other = plain;
  other.trackers = {"http://1.example/"};
  other.web_seeds = {"http://2.example/"};
  other.comment = "x";
  EXPECT_EQ(made(other).info_hash, hash);
  other.source = "HERE";
  EXPECT_NE(made(other).info_hash, hash);
  Recipe closed = plain;
  closed.visibility = Visibility::private_;
  EXPECT_NE(made(closed).info_hash, hash);
}

TEST(Make, AFoldersWebSeedNamesAFolder) {
  const TempDir dir;
  Recipe recipe = folder(dir, {{"a", 10}}, Protocol::v1);
  recipe.web_seeds = {"http://seed.example/files"};
  EXPECT_THAT(made(recipe).content, HasSubstr("8:url-list26:http://seed.example/files/"));
}

TEST(Make, MagnetsNameEachInfoHashTheNameTrackersAndSeeds) {
  const TempDir dir;
  Recipe recipe = single(dir, "a b&c.bin", 100, Protocol::hybrid);
  recipe.trackers = {"udp://one.example:1/announce?x=1", "http://two.example/"};
  recipe.web_seeds = {"http://seed.example/f/"};
  const Made result = made(recipe);
  EXPECT_THAT(result.magnet, ::testing::StartsWith("magnet:?xt=urn:btih:" + result.info_hash));
  EXPECT_THAT(result.magnet, HasSubstr("&xt=urn:btmh:1220" + result.info_hash_v2));
  EXPECT_THAT(result.magnet, HasSubstr("&dn=a%20b%26c.bin"));
  EXPECT_THAT(result.magnet, HasSubstr("&tr=udp%3a%2f%2fone.example%3a1%2fannounce%3fx%3d1"));
  EXPECT_THAT(result.magnet, HasSubstr("&tr=http%3a%2f%2ftwo.example%2f"));
  EXPECT_THAT(result.magnet, HasSubstr("&ws=http%3a%2f%2fseed.example%2ff%2f"));
  const auto read = lt::parse_magnet_uri(result.magnet);
  EXPECT_EQ(read.trackers, recipe.trackers);
  EXPECT_EQ(read.url_seeds, recipe.web_seeds);
  EXPECT_EQ(read.name, "a b&c.bin");
}

TEST(Make, MagnetsOfOneProtocolHaveOneHash) {
  const TempDir dir;
  EXPECT_THAT(made(single(dir, "a", 100, Protocol::v1)).magnet, Not(HasSubstr("btmh")));
  EXPECT_THAT(made(single(dir, "a", 100, Protocol::v2)).magnet, Not(HasSubstr("btih")));
}

TEST(Make, TellsOfEveryByteItRead) {
  const TempDir dir;
  Turns turns(2);
  std::atomic<std::uint64_t> told{0};
  const Recipe recipe = single(dir, "a", 1'000'000, Protocol::v1);
  ASSERT_TRUE(make(recipe, {turns, {}, [&](ByteCount bytes) { told += bytes.value; }}));
  EXPECT_EQ(told, 1'000'000U);
}

TEST(Turns, LendTheirToolsAgainAndEachToOneAtATime) {
  Turns turns(2);
  const Tools* first = nullptr;
  turns.take([&](Tools& tools) { first = &tools; });
  turns.take([&](Tools& tools) {
    EXPECT_EQ(&tools, first);
    turns.take([&](Tools& others) { EXPECT_NE(&others, first); });
  });
}

TEST(Turns, TakeToolsBackFromThoseThatThrow) {
  Turns turns(1);
  EXPECT_THROW(turns.take([](Tools&) { throw std::runtime_error("no"); }), std::runtime_error);
  bool again = false;
  turns.take([&](Tools&) { again = true; });
  EXPECT_TRUE(again);
}

// The tools of a core serve one torrent after the other, whatever their pieces are like.
TEST(Make, OneAfterTheOtherWithTheSameTools) {
  const TempDir dir;
  Turns turns(1);
  for (const Protocol protocol : {Protocol::hybrid, Protocol::v1, Protocol::v2}) {
    Recipe recipe = single(dir, "a", 5'000'001, protocol);
    for (const ByteCount length : {kibibytes(16), mebibytes(4), kibibytes(64), mebibytes(1)}) {
      recipe.piece_length = length;
      const auto result = make(recipe, {turns});
      ASSERT_TRUE(result);
      EXPECT_EQ(result->info_hash, made(recipe, 2).info_hash);
      EXPECT_EQ(result->info_hash_v2, made(recipe, 3).info_hash_v2);
    }
  }
}

Error error_of(const Recipe& recipe, const std::stop_token& stop = {}) {
  Turns turns(2);
  const auto result = make(recipe, {turns, stop});
  return result ? Error{ErrorKind::internal, "it was made", {}} : result.error();
}

TEST(Make, RefusesWhatMakesNoTorrent) {
  const TempDir dir;
  EXPECT_EQ(error_of(single(dir, "empty", 0, Protocol::hybrid)).kind, ErrorKind::usage);
  Recipe many = single(dir, "a", 10, Protocol::v1);
  many.files[0].size = gibibytes(40);
  many.piece_length = shortest_piece;
  EXPECT_THAT(error_of(many).message, HasSubstr("too many pieces"));
  EXPECT_THAT(error_of(single(dir, "\xFF.bin", 10, Protocol::v1)).message, HasSubstr("UTF-8"));
}

TEST(Make, SaysWhichFileIsMissingOrTooShort) {
  const TempDir dir;
  Recipe gone = folder(dir, {{"a", 100'000}, {"b", 100'000}}, Protocol::hybrid);
  std::filesystem::remove(dir / "set/b");
  EXPECT_THAT(error_of(gone).message, HasSubstr("set/b: no such file"));
  Recipe cut = single(dir, "c", 100'000, Protocol::v1);
  std::filesystem::resize_file(dir / "c", 99'999);
  EXPECT_THAT(error_of(cut).message, HasSubstr("c became shorter"));
}

TEST(Make, StopsWhenAsked) {
  const TempDir dir;
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(error_of(single(dir, "a", 100'000, Protocol::v1), stop.get_token()).kind, ErrorKind::cancelled);
}

TEST(MerkleTree, OfOneLeafIsTheLeaf) {
  const Sha256Value leaf = {std::byte{7}};
  EXPECT_EQ(merkle_root({leaf}, 0, {}), leaf);
}

TEST(MerkleTree, FillsUpToItsWidth) {
  const Sha256Value leaf = {std::byte{7}};
  const Sha256Value filler = {std::byte{9}};
  EXPECT_EQ(merkle_root({leaf}, 4, filler), merkle_root({leaf, filler, filler, filler}, 0, {}));
  EXPECT_EQ(merkle_root({leaf, leaf, leaf}, 0, filler), merkle_root({leaf, leaf, leaf, filler}, 4, {}));
}

}  // namespace
}  // namespace civitai::torrent

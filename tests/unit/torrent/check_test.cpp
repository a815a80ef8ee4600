#include "torrent/check.hpp"

#include "base/text.hpp"
#include "torrent/summary.hpp"
#include "unit/torrent/support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace civitai::torrent {
namespace {

using test::folder;
using test::made;
using test::single;
using test::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Check : public ::testing::TestWithParam<Protocol> {
 protected:
  std::filesystem::path write(const Recipe& recipe) { return dir.write("x.torrent", made(recipe).content); }
  std::filesystem::path written_folder() {
    return write(folder(dir, {{"a", 200'000}, {"b/c", 70'000}, {"empty", 0}, {"tiny", 3}}, GetParam()));
  }
  CheckReport report(const std::filesystem::path& torrent, const std::optional<os::Path>& data = {}) {
    Turns turns(2);
    const auto result = check(torrent, data, {turns});
    if (!result) throw std::runtime_error(result.error().message);
    return *result;
  }
  // Changes one byte of a file.
  void damage(std::string_view name, std::size_t at) {
    std::string content = dir.read(name);
    content.at(at) = static_cast<char>(content.at(at) ^ 1);
    dir.write(name, content);
  }

  TempDir dir;
};

INSTANTIATE_TEST_SUITE_P(Protocols, Check, ::testing::Values(Protocol::v1, Protocol::v2, Protocol::hybrid),
                         [](const auto& one) { return std::string(to_string(one.param)); });

TEST_P(Check, FindsTheDataIntactWhereverItIsNamed) {
  const auto torrent = written_folder();
  for (const std::optional<os::Path>& data :
       {std::optional<os::Path>(), std::optional(dir.path()), std::optional(dir / "set")}) {
    const CheckReport found = report(torrent, data);
    EXPECT_TRUE(found.intact());
    EXPECT_EQ(found.data, dir / "set");
    EXPECT_EQ(found.size, ByteCount{270'003});
    EXPECT_FALSE(found.first);
  }
}

TEST_P(Check, FindsTheFolderThatHoldsTheTorrent) {
  std::filesystem::rename(written_folder(), dir / "set/x.torrent");
  EXPECT_TRUE(report(dir / "set/x.torrent").intact());
}

TEST_P(Check, FindsAFileAloneByItselfOrInItsFolder) {
  const auto torrent = write(single(dir, "m.bin", 100'000, GetParam()));
  EXPECT_TRUE(report(torrent).intact());
  EXPECT_TRUE(report(torrent, dir.path()).intact());
  std::filesystem::rename(dir / "m.bin", dir / "renamed.bin");
  EXPECT_TRUE(report(torrent, dir / "renamed.bin").intact());
  EXPECT_FALSE(report(torrent).intact());
}

TEST_P(Check, NamesTheFirstWrongPieceAndItsFile) {
  const auto torrent = write(single(dir, "m.bin", 500'000, GetParam()));
  damage("m.bin", 200'000);
  damage("m.bin", 400'000);
  const CheckReport found = report(torrent);
  EXPECT_FALSE(found.intact());
  EXPECT_EQ(found.pieces, 8U);
  EXPECT_EQ(found.wrong_pieces, 2U);
  ASSERT_TRUE(found.first);
  EXPECT_EQ(found.first->piece, 3U);
  EXPECT_EQ(found.first->offset, 3U * 65536);
  EXPECT_EQ(found.first->path, dir / "m.bin");
  ASSERT_THAT(found.wrong_files, SizeIs(1));
  EXPECT_EQ(found.wrong_files[0].why, "wrong from byte 196608 on");
}

TEST_P(Check, NamesTheWrongFileOfAFolder) {
  const auto torrent = written_folder();
  damage("set/b/c", 69'999);
  const CheckReport found = report(torrent);
  EXPECT_EQ(found.wrong_pieces, 1U);
  ASSERT_THAT(found.wrong_files, SizeIs(1));
  EXPECT_EQ(found.wrong_files[0].path, dir / "set/b/c");
}

TEST_P(Check, TellsMissingShortAndLongFiles) {
  const auto torrent = written_folder();
  std::filesystem::remove(dir / "set/empty");
  std::filesystem::resize_file(dir / "set/a", 100'000);
  std::filesystem::resize_file(dir / "set/tiny", 4);
  const CheckReport found = report(torrent);
  EXPECT_FALSE(found.intact());
  EXPECT_GT(found.missing_pieces, 0U);
  std::map<std::string, std::string> whys;
  for (const auto& wrong : found.wrong_files) whys[wrong.path.filename().string()] = wrong.why;
  EXPECT_EQ(whys["empty"], "missing");
  EXPECT_EQ(whys["a"], "100000 bytes instead of 200000");
  EXPECT_EQ(whys["tiny"], "4 bytes instead of 3");
  ASSERT_TRUE(found.first);
  EXPECT_EQ(found.first->piece, 1U) << "what is there of a short file is right";
  EXPECT_EQ(found.first->path, dir / "set/a");
}

TEST_P(Check, NamesTheFirstPieceThatAShortFileLacks) {
  const auto torrent = write(single(dir, "m.bin", 300'000, GetParam()));
  std::filesystem::resize_file(dir / "m.bin", 299'999);
  const CheckReport found = report(torrent);
  EXPECT_EQ(found.missing_pieces, 1U);
  EXPECT_EQ(found.wrong_pieces, 0U);
  ASSERT_TRUE(found.first);
  EXPECT_EQ(found.first->piece, 4U);
  EXPECT_EQ(found.first->offset, 4U * 65536);
  ASSERT_THAT(found.wrong_files, SizeIs(1));
  EXPECT_EQ(found.wrong_files[0].why, "299999 bytes instead of 300000");
}

TEST_P(Check, FindsWhatIsWrongInAShortFile) {
  const auto torrent = write(single(dir, "m.bin", 300'000, GetParam()));
  damage("m.bin", 70'000);
  std::filesystem::resize_file(dir / "m.bin", 200'000);
  const CheckReport found = report(torrent);
  EXPECT_EQ(found.wrong_pieces, 1U);
  EXPECT_EQ(found.missing_pieces, 2U);
  ASSERT_TRUE(found.first);
  EXPECT_EQ(found.first->piece, 1U);
}

TEST_P(Check, RefusesWhatIsNoTorrent) {
  Turns turns(1);
  const auto none = check(dir / "none.torrent", {}, {turns});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::not_found);
  const auto text = check(dir.write("text.torrent", "no torrent"), {}, {turns});
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().kind, ErrorKind::usage);
  EXPECT_THAT(text.error().message, HasSubstr("not a torrent"));
}

TEST_P(Check, RefusesAPlaceThatIsNotThere) {
  const auto torrent = written_folder();
  Turns turns(1);
  const auto found = check(torrent, dir / "elsewhere", {turns});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::not_found);
  EXPECT_THAT(found.error().message, HasSubstr("elsewhere: there is no such file or folder"));
}

TEST_P(Check, NeverLooksOutsideItsFolder) {
  dir.write("secret", "0123456789");
  Recipe recipe = folder(dir, {{"a", 10}}, GetParam());
  std::string content = made(recipe).content;
  // The same torrent as a hostile maker writes it: "a" becomes "..", in the tree and in the list.
  dir.write("x.torrent", replace_all(replace_all(content, "1:ad0:", "2:..d0:"), "4:pathl1:ae", "4:pathl2:..e"));
  Turns turns(1);
  const auto found = check(dir / "x.torrent", {}, {turns});
  if (!found) return;  // refused as a whole
  for (const auto& wrong : found->wrong_files) {
    EXPECT_THAT(wrong.path.string(), ::testing::StartsWith((dir / "set/").string()));
  }
}

TEST_P(Check, TheSummarySaysWhatWasAskedFor) {
  Recipe recipe = folder(dir, {{"a", 200'000}, {"b/c", 70'000}}, GetParam());
  recipe.trackers = {"http://1.example/", "udp://2.example:1/"};
  recipe.web_seeds = {"http://seed.example/"};
  recipe.visibility = Visibility::private_;
  recipe.source = "HERE";
  recipe.comment = "why";
  recipe.creator = "us";
  recipe.created = SystemTime(std::chrono::seconds(1'700'000'000));
  const Made torrent = made(recipe);
  const auto summary = read_summary(dir.write("x.torrent", torrent.content));
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->name, "set");
  EXPECT_EQ(summary->form, Form::folder);
  EXPECT_EQ(summary->protocol, GetParam());
  EXPECT_EQ(summary->info_hash, torrent.info_hash);
  EXPECT_EQ(summary->info_hash_v2, torrent.info_hash_v2);
  EXPECT_EQ(summary->size, ByteCount{270'000});
  EXPECT_EQ(summary->piece_length, kibibytes(64));
  EXPECT_EQ(summary->pieces, torrent.pieces);
  EXPECT_THAT(summary->tiers, ElementsAre(ElementsAre("http://1.example/"), ElementsAre("udp://2.example:1/")));
  EXPECT_THAT(summary->web_seeds, ElementsAre("http://seed.example/"));
  EXPECT_EQ(summary->visibility, Visibility::private_);
  EXPECT_EQ(summary->source, "HERE");
  EXPECT_EQ(summary->comment, "why");
  EXPECT_EQ(summary->creator, "us");
  EXPECT_EQ(summary->created, recipe.created);
  EXPECT_EQ(summary->magnet, torrent.magnet);
  ASSERT_THAT(summary->files, SizeIs(2));
  EXPECT_EQ(summary->files[0].name, "a");
  EXPECT_EQ(summary->files[1].name, "b/c");
  EXPECT_EQ(summary->files[1].size, ByteCount{70'000});
}

}  // namespace
}  // namespace civitai::torrent

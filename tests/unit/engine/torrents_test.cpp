#include "engine/torrents.hpp"

#include "hash/hasher.hpp"
#include "support/temp_dir.hpp"
#include "torrent/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace civitai::engine {
namespace {

using test::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Torrents : public ::testing::Test {
 protected:
  using Outcome = TorrentItem::Outcome;

  struct Ids {
    int model = 1;
    int version = 10;
    int file = 100;
  };
  // A file of the library at `name`, with so many bytes.
  void add(const Ids& ids, const std::string& name, std::size_t size = 50) {
    LibraryEntry entry;
    entry.status = EntryStatus::downloaded;
    entry.model_id = {ids.model};
    entry.model_name = "Paper Lantern";
    entry.version_id = {ids.version};
    entry.version_name = "v1.0";
    entry.file_id = {ids.file};
    entry.size = {size};
    const std::string content(size, static_cast<char>('a' + ids.file % 20));
    entry.path = dir.write(name, content).string();
    entry.file_name = std::filesystem::path(name).filename().string();
    hash::Hasher hasher(hash::Kinds::sha256);
    hasher.update(std::as_bytes(std::span(content)));
    entry.hashes.set(HashKind::sha256, hasher.finish().sha256);
    library.push_back(entry);
  }
  TorrentPolicy policy() const {
    TorrentPolicy made{.recipe = {.protocol = torrent::Protocol::v1}, .save_path = dir.path(), .output = {}};
    made.recipe.trackers = {"udp://tracker.example:1/announce"};
    return made;
  }
  TorrentReport run(TorrentPer per, const TorrentPolicy& chosen, const std::stop_token& stop = {}) const {
    return make_torrents(torrent_units(library, per, {}), LibraryFolders(library), chosen, {}, stop);
  }
  TorrentContent content(TorrentPer per, std::size_t unit = 0) const {
    const auto units = torrent_units(library, per, {});
    auto found = content_of(units.at(unit), LibraryFolders(library), dir.path());
    if (!found) throw std::runtime_error(found.error().message);
    return std::move(*found);
  }
  static std::vector<std::string> names(const TorrentContent& content) {
    std::vector<std::string> all;
    for (const auto& file : content.files) all.push_back(file.name);
    return all;
  }

  TempDir dir;
  std::vector<LibraryEntry> library;
};

TEST_F(Torrents, UnitsAreFilesVersionsOrModels) {
  add({1, 10, 100}, "a");
  add({1, 10, 101}, "b");
  add({1, 11, 102}, "c");
  add({2, 20, 200}, "d");
  library.push_back(library.back());
  library.back().status = EntryStatus::error;
  EXPECT_THAT(torrent_units(library, TorrentPer::file, {}), SizeIs(4));
  EXPECT_THAT(torrent_units(library, TorrentPer::version, {}), SizeIs(3));
  EXPECT_THAT(torrent_units(library, TorrentPer::model, {}), SizeIs(2));
  EXPECT_THAT(torrent_units(library, TorrentPer::model, {ModelId{2}}), SizeIs(1));
  EXPECT_THAT(torrent_units(library, TorrentPer::model, {ModelId{3}}), IsEmpty());
}

TEST_F(Torrents, NamesOfTorrentsAreSafeAndTellUnitsApart) {
  add({1, 10, 100}, "a.bin");
  const auto stem = [&](TorrentPer per) { return torrent_units(library, per, {}).front().file_stem(); };
  EXPECT_EQ(stem(TorrentPer::file), "100-a.bin");
  EXPECT_EQ(stem(TorrentPer::version), "10-paper_lantern-v1.0");
  EXPECT_EQ(stem(TorrentPer::model), "1-paper_lantern");
  library[0].model_name = "../../etc/\u7d19" + std::string(500, 'x');
  EXPECT_THAT(stem(TorrentPer::model), ::testing::MatchesRegex("1-[.x]*etcx+"));
  EXPECT_LE(stem(TorrentPer::model).size(), 200U);
  library[0].model_name = "\u7d19";
  EXPECT_EQ(stem(TorrentPer::model), "1");
}

TEST_F(Torrents, AVersionIsAFolderOfModelMetadataAndImages) {
  add({1, 10, 100}, "lora/paper_lantern/1-lantern/v1.0/10_lantern.safetensors");
  for (const char* const name : {"10_lantern.json", "10_lantern.preview.png", "images/5.jpeg", "images/deep/6.png",
                                 "10_lantern.safetensors.9.tmp", "10_lantern.torrent", "10_lantern-magnet.txt",
                                 "foreign.txt", ".hidden", "images/.hidden", "images/x.tmp"}) {
    dir.write(std::string("lora/paper_lantern/1-lantern/v1.0/") + name, "x");
  }
  const TorrentContent found = content(TorrentPer::version);
  EXPECT_EQ(found.name, "1-lantern");
  EXPECT_EQ(found.folder, dir / "lora/paper_lantern/1-lantern");
  EXPECT_THAT(names(found), ElementsAre("v1.0/10_lantern.json", "v1.0/10_lantern.preview.png",
                                        "v1.0/10_lantern.safetensors", "v1.0/images/5.jpeg", "v1.0/images/deep/6.png"));
}

TEST_F(Torrents, TheImagesThatWereDownloadedWithAVersionBelongToIt) {
  add({1, 10, 100}, "lora/pony/paper_lantern/1-lantern/v1.0/10_lantern.safetensors");
  library[0].model_type = "LORA";
  library[0].base_model = "Pony";
  library[0].file_name = "lantern.safetensors";
  dir.write("lora/pony/paper_lantern/10-lantern/images/5.jpeg", "x");
  dir.write("lora/pony/paper_lantern/11-lantern/images/6.jpeg", "x");
  for (const TorrentPer per : {TorrentPer::version, TorrentPer::model}) {
    const TorrentContent found = content(per);
    EXPECT_EQ(found.name, "paper_lantern");
    EXPECT_THAT(names(found), ElementsAre("1-lantern/v1.0/10_lantern.safetensors", "10-lantern/images/5.jpeg"));
  }
}

TEST_F(Torrents, AModelHasItsOwnDocumentAndImagesToo) {
  add({1, 10, 100}, "lora/paper_lantern/1-lantern/v1.0/10_a.bin");
  add({1, 11, 101}, "lora/paper_lantern/1-lantern/v2.0/11_a.bin");
  dir.write("lora/paper_lantern/1-paper_lantern.json", "{}");
  dir.write("lora/paper_lantern/2-other.json", "{}");
  dir.write("lora/paper_lantern/images/10/7.jpeg", "x");
  const TorrentContent found = content(TorrentPer::model);
  EXPECT_EQ(found.name, "paper_lantern");
  EXPECT_THAT(names(found), ElementsAre("1-lantern/v1.0/10_a.bin", "1-lantern/v2.0/11_a.bin", "1-paper_lantern.json",
                                        "images/10/7.jpeg"));
}

TEST_F(Torrents, NeverShareWhatBelongsToAnotherModel) {
  add({1, 10, 100}, "flat/lantern.bin");
  add({2, 20, 200}, "flat/lantern.night.bin");
  for (const char* const name : {"flat/lantern.json", "flat/lantern.night.json", "flat/images/1.png"})
    dir.write(name, "x");
  EXPECT_THAT(names(content(TorrentPer::model, 0)), ElementsAre("lantern.bin", "lantern.json"));
  EXPECT_THAT(names(content(TorrentPer::model, 1)), ElementsAre("lantern.night.bin", "lantern.night.json"));
}

TEST_F(Torrents, ShareNoLinks) {
  const TempDir outside;
  add({}, "m/a.bin");
  std::filesystem::create_symlink(outside.write("secret", "x"), dir / "m/a.json");
  std::filesystem::create_directory_symlink(outside.path(), dir / "m/images");
  EXPECT_THAT(names(content(TorrentPer::model)), ElementsAre("a.bin"));
}

TEST_F(Torrents, AreMadeInTheFolderOfWhatIsSharedOrElsewhere) {
  add({}, "lora/a.bin");
  TorrentPolicy chosen = policy();
  chosen.magnets = TorrentPolicy::Magnets::write;
  EXPECT_EQ(run(TorrentPer::file, chosen).items[0].torrent, dir / "lora/a.bin.torrent");
  EXPECT_TRUE(dir.has("lora/a.bin-magnet.txt"));
  EXPECT_EQ(run(TorrentPer::model, chosen).items[0].torrent, dir / "lora/1-paper_lantern.torrent");
  chosen.output = dir / "out";
  const TorrentItem item = run(TorrentPer::file, chosen).items[0];
  EXPECT_EQ(item.torrent, dir / "out/100-a.bin.torrent");
  EXPECT_EQ(dir.read("out/100-a.bin-magnet.txt"), item.magnet + "\n");
  EXPECT_EQ(torrent::read_summary(item.torrent)->info_hash, item.info_hash);
}

TEST_F(Torrents, ASecondRunHasTheSameInfoHash) {
  add({}, "lora/a.bin");
  TorrentPolicy chosen = policy();
  chosen.magnets = TorrentPolicy::Magnets::write;
  chosen.existing = TorrentPolicy::Existing::replace;
  const std::string first = run(TorrentPer::model, chosen).items[0].info_hash;
  EXPECT_EQ(run(TorrentPer::model, chosen).items[0].info_hash, first);
}

TEST_F(Torrents, KeepWhatExistsButAddItsMagnet) {
  add({}, "a.bin");
  TorrentPolicy chosen = policy();
  const TorrentItem made = run(TorrentPer::file, chosen).items[0];
  EXPECT_EQ(made.outcome, Outcome::made);
  const std::string before = dir.read("a.bin.torrent");
  chosen.recipe.comment = "other";
  chosen.magnets = TorrentPolicy::Magnets::write;
  const TorrentItem kept = run(TorrentPer::file, chosen).items[0];
  EXPECT_EQ(kept.outcome, Outcome::kept);
  EXPECT_EQ(dir.read("a.bin.torrent"), before);
  EXPECT_EQ(dir.read("a.bin-magnet.txt"), made.magnet + "\n");
  chosen.existing = TorrentPolicy::Existing::replace;
  EXPECT_EQ(run(TorrentPer::file, chosen).items[0].outcome, Outcome::made);
  EXPECT_NE(dir.read("a.bin.torrent"), before);
}

TEST_F(Torrents, OneThatFailsLeavesTheOthersAlone) {
  add({1, 10, 100}, "gone.bin");
  add({1, 10, 101}, "short.bin");
  add({1, 10, 102}, "good.bin");
  std::filesystem::remove(dir / "gone.bin");
  std::filesystem::resize_file(dir / "short.bin", 49);
  const TorrentReport report = run(TorrentPer::file, policy());
  EXPECT_EQ(report.count(Outcome::failed), 2U);
  EXPECT_EQ(report.count(Outcome::made), 1U);
  EXPECT_EQ(report.items[0].error->kind, ErrorKind::io);
  EXPECT_EQ(report.items[1].error->kind, ErrorKind::verification);
  EXPECT_THAT(report.items[1].error->message, HasSubstr("49 bytes instead of 50"));
  EXPECT_FALSE(dir.has("short.bin.torrent"));
  EXPECT_TRUE(dir.has("good.bin.torrent"));
}

TEST_F(Torrents, ProveTheHashWhenAsked) {
  add({}, "a.bin");
  TorrentPolicy chosen = policy();
  chosen.proof = TorrentPolicy::Proof::hash;
  EXPECT_EQ(run(TorrentPer::file, chosen).count(Outcome::made), 1U);
  dir.write("a.bin", std::string(50, '!'));
  chosen.existing = TorrentPolicy::Existing::replace;
  const TorrentItem item = run(TorrentPer::file, chosen).items[0];
  EXPECT_EQ(item.outcome, Outcome::failed);
  EXPECT_EQ(item.error->kind, ErrorKind::verification);
  chosen.proof = TorrentPolicy::Proof::length;
  EXPECT_EQ(run(TorrentPer::file, chosen).count(Outcome::made), 1U);
}

TEST_F(Torrents, ChooseThePieceLengthUnlessTold) {
  add({}, "a.bin", 100'000);
  TorrentPolicy chosen = policy();
  EXPECT_EQ(run(TorrentPer::file, chosen).items[0].piece_length, kibibytes(16));
  chosen.existing = TorrentPolicy::Existing::replace;
  chosen.recipe.piece_length = kibibytes(64);
  EXPECT_EQ(run(TorrentPer::file, chosen).items[0].pieces, 2U);
}

TEST_F(Torrents, StopWhenAsked) {
  add({}, "a.bin");
  std::stop_source stop;
  stop.request_stop();
  const TorrentReport report = run(TorrentPer::file, policy(), stop.get_token());
  EXPECT_EQ(report.count(Outcome::not_started), 1U);
  ASSERT_TRUE(report.stopped_by);
  EXPECT_EQ(report.stopped_by->kind, ErrorKind::cancelled);
  EXPECT_EQ(dir.count(), 1U);
}

TEST_F(Torrents, ManyAtOnceAreAllMade) {
  for (int i = 0; i < 20; ++i) add({1, 10, 100 + i}, "f" + std::to_string(i), 40'000);
  TorrentPolicy chosen = policy();
  chosen.concurrency = 8;
  chosen.recipe.protocol = torrent::Protocol::hybrid;
  EXPECT_EQ(run(TorrentPer::file, chosen).count(Outcome::made), 20U);
}

}  // namespace
}  // namespace civitai::engine

#include "engine/verdict.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace civitai::engine {
namespace {

using hash::Digests;
using hash::Kinds;
using Kind = Verdict::Kind;

const std::string good_sha(64, 'a');
const std::string good_blake(64, 'b');
const std::string bad(64, '0');

Hashes hashes_of(std::initializer_list<std::pair<HashKind, std::string>> values) {
  Hashes hashes;
  for (const auto& [kind, value] : values) hashes.set(kind, value);
  return hashes;
}

// What hashing the good bytes with these kinds gives.
Digests found(Kinds kinds) {
  Digests digests;
  digests.length = 1000;
  if (hash::has(kinds, Kinds::sha256)) digests.sha256 = good_sha;
  if (hash::has(kinds, Kinds::blake3)) digests.blake3 = good_blake;
  if (hash::has(kinds, Kinds::crc32)) digests.crc32 = "85114a0d";
  if (hash::has(kinds, Kinds::autov1)) digests.autov1 = "0a1b2c3d";
  if (hash::has(kinds, Kinds::autov3)) digests.autov3 = std::string(64, 'c');
  return digests;
}

// Judges as the engine does: computes what is needed until there is a verdict.
Verdict judged(const Promise& promise) {
  Kinds computed = kinds_to_prove(promise.hashes);
  for (int round = 0; round < 10; ++round) {
    const Verdict verdict = judge(promise, found(computed), computed);
    if (verdict.kind != Kind::needs_more) return verdict;
    EXPECT_FALSE(hash::has(computed, verdict.more)) << "asks for what it has";
    computed = computed | verdict.more;
  }
  ADD_FAILURE() << "never comes to a verdict";
  return {};
}

struct Row {
  std::string_view what;
  Hashes published;
  Kind kind;
  HashKind by = HashKind::sha256;
};

const std::vector<Row> rows = {
    {"nothing", {}, Kind::unproven},
    {"SHA256", hashes_of({{HashKind::sha256, good_sha}}), Kind::proven, HashKind::sha256},
    {"BLAKE3", hashes_of({{HashKind::blake3, good_blake}}), Kind::proven, HashKind::blake3},
    {"both", hashes_of({{HashKind::sha256, good_sha}, {HashKind::blake3, good_blake}}), Kind::proven, HashKind::blake3},
    {"bad SHA256", hashes_of({{HashKind::sha256, bad}}), Kind::wrong_content, HashKind::sha256},
    {"bad BLAKE3", hashes_of({{HashKind::blake3, bad}}), Kind::wrong_content, HashKind::blake3},
    {"bad SHA256, good BLAKE3", hashes_of({{HashKind::sha256, bad}, {HashKind::blake3, good_blake}}), Kind::proven,
     HashKind::blake3},
    {"good SHA256, bad BLAKE3", hashes_of({{HashKind::sha256, good_sha}, {HashKind::blake3, bad}}), Kind::proven,
     HashKind::sha256},
    {"both bad", hashes_of({{HashKind::sha256, bad}, {HashKind::blake3, bad}}), Kind::wrong_content, HashKind::sha256},
    {"good SHA256, bad weak ones",
     hashes_of({{HashKind::sha256, good_sha},
                {HashKind::crc32, "00000000"},
                {HashKind::autov2, "0000000000"},
                {HashKind::autov3, "000000000000"}}),
     Kind::proven, HashKind::sha256},
    {"bad BLAKE3, good weak ones",
     hashes_of({{HashKind::blake3, bad}, {HashKind::crc32, "85114a0d"}, {HashKind::autov2, "aaaaaaaaaa"}}),
     Kind::wrong_content, HashKind::blake3},
    {"AutoV2", hashes_of({{HashKind::autov2, "AAAAAAAAAA"}}), Kind::proven, HashKind::autov2},
    {"bad AutoV2", hashes_of({{HashKind::autov2, "0000000000"}}), Kind::wrong_content, HashKind::autov2},
    {"bad AutoV2, good CRC32", hashes_of({{HashKind::autov2, "0000000000"}, {HashKind::crc32, "85114a0d"}}),
     Kind::wrong_content, HashKind::autov2},
    {"AutoV3", hashes_of({{HashKind::autov3, "cccccccccccc"}}), Kind::proven, HashKind::autov3},
    {"bad AutoV3", hashes_of({{HashKind::autov3, "dddddddddddd"}}), Kind::wrong_content, HashKind::autov3},
    {"CRC32", hashes_of({{HashKind::crc32, "85114A0D"}}), Kind::proven, HashKind::crc32},
    {"CRC32 the other way round", hashes_of({{HashKind::crc32, "0D4A1185"}}), Kind::proven, HashKind::crc32},
    {"bad CRC32", hashes_of({{HashKind::crc32, "00000000"}}), Kind::wrong_content, HashKind::crc32},
    {"AutoV1, which proves nothing", hashes_of({{HashKind::autov1, "0a1b2c3d"}}), Kind::unproven},
    {"bad AutoV1, which refutes nothing", hashes_of({{HashKind::autov1, "ffffffff"}}), Kind::unproven},
};

TEST(BytesVerdict, FollowsTheStrongestHashThatIsPublished) {
  for (const Row& row : rows) {
    const Verdict verdict = judged({ByteCount{1000}, row.published});
    EXPECT_EQ(verdict.kind, row.kind) << row.what;
    const bool by_a_hash = verdict.kind == Kind::proven || verdict.kind == Kind::wrong_content;
    EXPECT_EQ(by_a_hash ? verdict.by : row.by, row.by) << row.what;
  }
}

// Every combination of published strong hashes with computed ones.
TEST(BytesVerdict, IsProvenByEitherStrongHashAndRefutedOnlyByAllThatThereAre) {
  const std::vector<std::string> published = {"", "good", "bad"};
  for (const auto& sha : published) {
    for (const auto& blake : published) {
      for (const Kinds computed : {Kinds::none, Kinds::sha256, Kinds::blake3, Kinds::sha256 | Kinds::blake3}) {
        if (sha.empty() && blake.empty()) continue;
        Promise promise;
        if (!sha.empty()) promise.hashes.set(HashKind::sha256, sha == "good" ? good_sha : bad);
        if (!blake.empty()) promise.hashes.set(HashKind::blake3, blake == "good" ? good_blake : bad);
        const bool has_sha = hash::has(computed, Kinds::sha256);
        const bool has_blake = hash::has(computed, Kinds::blake3);
        const bool proven = (sha == "good" && has_sha) || (blake == "good" && has_blake);
        const bool lacking = (!sha.empty() && !has_sha) || (!blake.empty() && !has_blake);
        const Kind expected = proven ? Kind::proven : lacking ? Kind::needs_more : Kind::wrong_content;
        const Verdict verdict = judge(promise, found(computed), computed);
        EXPECT_EQ(verdict.kind, expected) << sha << ' ' << blake << ' ' << static_cast<int>(computed);
        if (expected != Kind::needs_more) continue;
        EXPECT_EQ(hash::has(verdict.more, Kinds::sha256), !sha.empty() && !has_sha);
        EXPECT_EQ(hash::has(verdict.more, Kinds::blake3), !blake.empty() && !has_blake);
      }
    }
  }
}

TEST(BytesVerdict, ChecksTheLengthBeforeAnythingElse) {
  Promise promise{ByteCount{1001}, hashes_of({{HashKind::sha256, good_sha}})};
  const Verdict verdict = judge(promise, found(Kinds::sha256), Kinds::sha256);
  EXPECT_EQ(verdict.kind, Kind::wrong_length);
  EXPECT_EQ(verdict.promised, "1001 bytes");
  EXPECT_EQ(verdict.found, "1000 bytes");
  promise.size.reset();
  EXPECT_EQ(judge(promise, found(Kinds::sha256), Kinds::sha256).kind, Kind::proven);
  EXPECT_EQ(judge({ByteCount{1000}, {}}, found(Kinds::none), Kinds::none).kind, Kind::unproven);
  EXPECT_EQ(judge({ByteCount{0}, {}}, found(Kinds::none), Kinds::none).kind, Kind::wrong_length);
}

TEST(BytesVerdict, TellsBothValuesWhenTheyDiffer) {
  const Verdict verdict = judge({{}, hashes_of({{HashKind::blake3, bad}})}, found(Kinds::blake3), Kinds::blake3);
  EXPECT_EQ(verdict.promised, "BLAKE3 " + bad);
  EXPECT_EQ(verdict.found, "BLAKE3 " + good_blake);
}

// A file that is no safetensors file has no AutoV3: the next hash decides, or none.
TEST(BytesVerdict, GoesOnToTheNextHashWhenOneIsNotDefinedForTheContent) {
  Digests digests = found(Kinds::crc32);
  const Promise both{{}, hashes_of({{HashKind::autov3, "cccccccccccc"}, {HashKind::crc32, "85114a0d"}})};
  EXPECT_EQ(judge(both, digests, Kinds::autov3 | Kinds::crc32).by, HashKind::crc32);
  EXPECT_EQ(judge(both, digests, Kinds::autov3 | Kinds::crc32).kind, Kind::proven);
  const Verdict more = judge(both, found(Kinds::none), Kinds::autov3);
  EXPECT_EQ(more.kind, Kind::needs_more);
  EXPECT_EQ(more.more, Kinds::crc32);
  const Promise alone{{}, hashes_of({{HashKind::autov3, "cccccccccccc"}})};
  EXPECT_EQ(judge(alone, found(Kinds::none), Kinds::autov3).kind, Kind::unproven);
}

TEST(KindsToProve, AreTheCheapestThatCan) {
  EXPECT_EQ(kinds_to_prove({}), Kinds::sha256);
  EXPECT_EQ(kinds_to_prove(hashes_of({{HashKind::sha256, good_sha}})), Kinds::sha256);
  EXPECT_EQ(kinds_to_prove(hashes_of({{HashKind::sha256, good_sha}, {HashKind::blake3, good_blake}})), Kinds::blake3);
  EXPECT_EQ(kinds_to_prove(hashes_of({{HashKind::autov2, "aaaaaaaaaa"}})), Kinds::sha256);
  EXPECT_EQ(kinds_to_prove(hashes_of({{HashKind::autov3, "cccccccccccc"}})), Kinds::autov3 | Kinds::sha256);
  EXPECT_EQ(kinds_to_prove(hashes_of({{HashKind::crc32, "85114a0d"}})), Kinds::crc32 | Kinds::sha256);
  EXPECT_EQ(kinds_to_prove(hashes_of({{HashKind::autov1, "0a1b2c3d"}})), Kinds::sha256);
}

TEST(WeakerHashes, AreThoseThatProveLess) {
  const Hashes sha = hashes_of({{HashKind::sha256, good_sha}});
  const Hashes blake = hashes_of({{HashKind::blake3, good_blake}});
  const std::vector<Hashes> falling = {blake, hashes_of({{HashKind::autov2, "aaaaaaaaaa"}}),
                                       hashes_of({{HashKind::autov3, "cccccccccccc"}}),
                                       hashes_of({{HashKind::crc32, "85114a0d"}}), Hashes{}};
  EXPECT_FALSE(is_weaker(sha, blake));
  EXPECT_FALSE(is_weaker(blake, sha));
  for (std::size_t a = 0; a < falling.size(); ++a) {
    for (std::size_t b = 0; b < falling.size(); ++b) EXPECT_EQ(is_weaker(falling[a], falling[b]), a > b) << a << b;
  }
}

TEST(PromiseText, NamesTheStrongestHashOrTheLength) {
  const Promise full{ByteCount{5}, hashes_of({{HashKind::blake3, good_blake}, {HashKind::sha256, good_sha}})};
  EXPECT_EQ(to_text(full), "SHA256:" + good_sha);
  EXPECT_EQ(to_text({ByteCount{5}, hashes_of({{HashKind::crc32, "85114A0D"}})}), "CRC32:85114a0d");
  EXPECT_EQ(to_text({ByteCount{5}, hashes_of({{HashKind::autov1, "0a1b2c3d"}})}), "length:5");
  EXPECT_EQ(to_text({ByteCount{5}, {}}), "length:5");
  EXPECT_EQ(to_text({{}, {}}), "length:0");
}

TEST(ComputedHashes, IncludeAutoV2WithSha256) {
  const Hashes hashes = to_hashes(found(Kinds::all));
  EXPECT_EQ(hashes.get(HashKind::sha256), good_sha);
  EXPECT_EQ(hashes.get(HashKind::autov2), "aaaaaaaaaa");
  EXPECT_EQ(hashes.get(HashKind::blake3), good_blake);
  EXPECT_EQ(hashes.get(HashKind::crc32), "85114a0d");
  EXPECT_EQ(hashes.get(HashKind::autov1), "0a1b2c3d");
  EXPECT_EQ(hashes.get(HashKind::autov3), std::string(64, 'c'));
  EXPECT_TRUE(to_hashes(found(Kinds::none)).empty());
}

}  // namespace
}  // namespace civitai::engine

"""Torrents: made of the library, equal to what other makers make, taken by other people's clients; checked and shown."""

import hashlib
import os
import pathlib
import subprocess
import unittest

from support import KIB, MIB, SANITIZED, EndToEnd, names, sha256_of, tree
from swarm import Peer, Tracker, need, transfer

ANNOUNCE = "http://127.0.0.1:9/announce"
VAE = "vae/sd_1.5/soft_glass_vae/9100640-softglass/v1.0/9200640_softGlass.safetensors"
MERIDIAN = "checkpoint/sdxl_1.0/meridian_mix"


def info_hash(path):
    """SHA-1 of the info dictionary, which is the last one in the files that these makers write."""
    content = path.read_bytes()
    start = content.index(b"4:info") + 6
    # Only a web seed's list may stand behind it; the makers compared here are given none.
    return hashlib.sha1(content[start:-1]).hexdigest()


class Torrents(EndToEnd):
    def torrent(self, *arguments, code=0):
        outcome = self.place.run("torrent", *arguments)
        self.assertEqual(outcome.code, code, outcome)
        return outcome

    def make(self, *arguments, code=0):
        """The report's rows of torrents announced to ANNOUNCE."""
        outcome = self.torrent("--announce", ANNOUNCE, "--json", *arguments, code=code)
        return outcome.json()["torrents"]

    def show(self, path):
        return self.torrent("show", "--json", path).json()


class Filled(Torrents):
    """With the VAE alone, or the whole catalogue."""

    def setUp(self):
        super().setUp()
        self.download("--model-id", 9100640, "--metadata")
        self.vae = self.place.downloads / VAE

    def test_an_announce_address_is_demanded_and_checked(self):
        self.assert_refused(self.place.run("torrent"), 2, "at least one --announce URL is required")
        self.assert_refused(self.place.run("torrent", "--announce", "ftp://x.example/secret"), 2, "--announce", "udp://")
        self.assertNotIn("secret", self.place.run("torrent", "--announce", "ftp://x.example/secret").err)
        self.assert_refused(self.place.run("torrent", "--announce", ANNOUNCE, "--piece-size", "3M"), 2, "power of two")
        self.assert_refused(self.place.run("torrent", "--announce", ANNOUNCE, "--model-id", 5), 4, "no downloaded file")

    def test_a_model_is_a_folder_with_its_metadata(self):
        row = self.make()[0]
        self.assertEqual(row["outcome"], "made")
        folder = self.place.downloads / "vae/sd_1.5/soft_glass_vae/9100640-softglass"
        self.assertEqual(row["torrent"], str(folder / "9100640-soft_glass_vae.torrent"))
        shown = self.show(row["torrent"])
        self.assertEqual(shown["name"], "9100640-softglass")
        self.assertEqual([file["path"] for file in shown["files"]],
                         ["v1.0/9200640_softGlass.json", "v1.0/9200640_softGlass.safetensors"])
        self.assertEqual(shown["version"], "hybrid")
        self.assertRegex(shown["created_by"], r"^civitai-downloader/")
        self.assertEqual((shown["info_hash"], shown["info_hash_v2"]), (row["info_hash"], row["info_hash_v2"]))
        self.assertIn("all as they should be", self.torrent("check", row["torrent"]).out)

    def test_every_flag_arrives_in_the_torrent(self):
        row = self.make("--per", "file", "--v1", "--announce", "udp://127.0.0.1:7/x", "--piece-size", "32K", "--private",
                        "--source", "HERE", "--comment", "about it", "--web-seed", "http://127.0.0.1:9/f/",
                        "--magnet-links", "-o", self.place.folder / "out", "-c", "2")[0]
        torrent = self.place.folder / "out" / "9300640-9200640_softglass.safetensors.torrent"
        self.assertEqual(row["torrent"], str(torrent))
        shown = self.show(torrent)
        self.assertEqual(shown["trackers"], [{"url": ANNOUNCE, "tier": 0}, {"url": "udp://127.0.0.1:7/x", "tier": 1}])
        self.assertEqual(
            {key: shown[key] for key in ("name", "version", "piece_length", "private", "source", "comment", "web_seeds")},
            {"name": "9200640_softGlass.safetensors", "version": "v1", "piece_length": 32 * KIB, "private": True,
             "source": "HERE", "comment": "about it", "web_seeds": ["http://127.0.0.1:9/f/"]})
        self.assertIsNone(shown["info_hash_v2"])
        magnet = (self.place.folder / "out" / "9300640-9200640_softglass.safetensors-magnet.txt").read_text()
        self.assertEqual(magnet, shown["magnet"] + "\n")
        self.assertRegex(magnet, rf"^magnet:\?xt=urn:btih:{row['info_hash']}&dn=9200640_softGlass\.safetensors&tr=http%3a"
                                 r".*&tr=udp%3a.*&ws=http%3a")
        same = self.make("--per", "file", "--same-tier", "--announce", "udp://127.0.0.1:7/x")[0]["torrent"]
        self.assertEqual([tracker["tier"] for tracker in self.show(same)["trackers"]], [0, 0])

    def test_what_exists_is_kept_unless_told_otherwise(self):
        torrent = self.make("--per", "file")[0]["torrent"]
        before = tree(self.place.downloads)
        row = self.make("--per", "file", "--comment", "new")[0]
        self.assertEqual((row["outcome"], row["torrent"]), ("kept", torrent))
        self.assertEqual(tree(self.place.downloads), before)
        self.assertEqual(self.make("--per", "file", "--comment", "new", "-f")[0]["outcome"], "made")
        self.assertEqual(self.show(torrent)["comment"], "new")

    def test_a_damaged_torrent_is_made_anew_only_when_told_so(self):
        torrent = pathlib.Path(self.make("--per", "file")[0]["torrent"])
        torrent.write_bytes(torrent.read_bytes()[:100])
        outcome = self.torrent("--announce", ANNOUNCE, "--per", "file", code=2)
        self.assertIn("not a torrent", outcome.err)
        self.assertIn("hint: -f makes it anew", outcome.err)
        self.assertEqual(torrent.stat().st_size, 100)
        self.make("--per", "file", "-f")
        self.torrent("check", torrent)

    def test_files_that_are_not_as_recorded_are_not_shared(self):
        content = self.vae.read_bytes()
        self.vae.write_bytes(b"?" + content[1:])
        row = self.make("--per", "file", "--verify", code=8)[0]
        self.assertEqual(row["outcome"], "failed")
        self.assertIn("is not what was downloaded: ", row["error"])
        self.vae.write_bytes(content[1:])
        self.assertIn("bytes instead of", self.make("--per", "file", code=8)[0]["error"])
        self.assertFalse(self.vae.with_name(self.vae.name + ".torrent").exists())

    def test_check_names_the_first_wrong_piece_and_file(self):
        for version in ("--v1", "--v2", "--v1=false"):
            torrent = self.make("--per", "file", "-f", "--piece-size", "64K", version)[0]["torrent"]
            content = bytearray(self.vae.read_bytes())
            content[200 * KIB] ^= 1
            self.vae.write_bytes(content)
            outcome = self.torrent("check", torrent, code=8)
            self.assertIn(f"the first of them is piece 3, at byte {192 * KIB} of {self.vae}", outcome.out)
            report = self.torrent("check", "--json", torrent, self.vae, code=8).json()
            self.assertEqual(report["first_wrong"], {"piece": 3, "path": str(self.vae), "offset": 192 * KIB})
            self.assertEqual((report["intact"], report["wrong_pieces"], report["pieces"]), (False, 1, 6))
            content[200 * KIB] ^= 1
            self.vae.write_bytes(content)
            self.torrent("check", torrent)

    def test_check_tells_what_a_short_file_lacks(self):
        torrent = self.make("--per", "file", "--piece-size", "64K")[0]["torrent"]
        os.truncate(self.vae, 100 * KIB)
        outcome = self.torrent("check", torrent, code=8)
        self.assertIn(f"{100 * KIB} bytes instead of", outcome.out)
        self.assertIn(f"5 of 6 pieces wrong or missing; the first of them is piece 1, at byte {64 * KIB} of", outcome.out)
        self.assertIn("is not what the torrent says", outcome.err)

    def test_check_asks_where_the_files_are_when_none_is_there(self):
        torrent = self.make("--per", "file", "-o", "elsewhere")[0]["torrent"]
        outcome = self.torrent("check", torrent, code=8)
        self.assertIn("nothing of the torrent is at", outcome.err)
        self.assertIn("hint: say where the files are: torrent check FILE.torrent PATH", outcome.err)
        self.torrent("check", torrent, self.vae)

    def test_check_and_show_refuse_what_is_no_torrent(self):
        for command in ("check", "show"):
            self.assert_refused(self.place.run("torrent", command, "none.torrent"), 4, "no such file")
            self.assert_refused(self.place.run("torrent", command, self.vae), 2, "not a torrent")
            self.assert_refused(self.place.run("torrent", command), 2, "TORRENT is required")

    def test_check_refuses_a_place_that_is_not_there(self):
        torrent = self.make("--per", "file")[0]["torrent"]
        self.assert_refused(self.place.run("torrent", "check", torrent, "/nowhere"), 4, "no such file or folder")


class LikeOthers(Torrents):
    """The same input and piece size give the same torrent, whoever makes it; and other people's clients take ours."""

    def setUp(self):
        super().setUp()
        need("mktorrent", "transmission-create", "transmission-show", "aria2c")
        self.download("--model-id", 9100001)
        self.root = self.place.downloads / MERIDIAN / "9100001-meridianmix_v30"

    def tool(self, *command):
        return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout

    def made_elsewhere(self, source):
        """Info-hashes by mktorrent, and private ones by transmission-create, which says "private" in every torrent."""
        mktorrent, transmission = self.place.root / "m.torrent", self.place.root / "t.torrent"
        for path in (mktorrent, transmission):
            path.unlink(missing_ok=True)
        self.tool("mktorrent", "-l", 18, "-a", ANNOUNCE, "-o", mktorrent, source)
        self.tool("transmission-create", "-p", "-s", 256, "-t", ANNOUNCE, "-o", transmission, source)
        return info_hash(mktorrent), info_hash(transmission)

    def made_here(self, *arguments):
        rows = [self.make("--v1", "--piece-size", "256K", "-f", "-o", self.place.root / "o", *arguments, *more)
                for more in ((), ("--private",))]
        return [{file: row["info_hash"] for row in run for file in row["file_ids"]} for run in rows]

    def test_info_hashes_of_files_equal_those_of_mktorrent_and_transmission(self):
        plain, private = self.made_here("--per", "file")
        entries = self.place.entries()
        self.assertGreaterEqual(len(entries), 3)
        for file_id, entry in entries.items():
            self.assertEqual((plain[file_id], private[file_id]), self.made_elsewhere(entry["path"]), entry["path"])

    def test_info_hashes_of_folders_equal_those_of_mktorrent_and_transmission(self):
        plain, private = self.made_here("--per", "model")
        self.assertEqual((plain[9300001], private[9300001]), self.made_elsewhere(self.root))

    def test_transmission_reads_them(self):
        for row in self.make("--v1", "--comment", "as said") + self.make("--v1", "--per", "file", "--comment", "as said"):
            told = self.tool("transmission-show", row["torrent"])
            self.assertIn(f"Hash: {row['info_hash']}", told)
            self.assertIn("Comment: as said", told)
            self.assertIn(ANNOUNCE, told)

    def test_aria2_finds_the_files_whole_and_a_damaged_one_wrong(self):
        for version in ("--v1", "--v1=false"):
            row = next(row for row in self.make("--per", "file", "-f", version) if row["file_ids"] == [9300001])
            path = self.place.downloads / self.place.entries()[9300001]["path"]
            code, said = self.verdict_of_aria2(row["torrent"], path.parent)
            self.assertEqual(code, 0, said)
            content = path.read_bytes()
            path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
            code, said = self.verdict_of_aria2(row["torrent"], path.parent)
            self.assertNotEqual(code, 0, said)
            path.write_bytes(content)
            path.with_name(path.name + ".aria2").unlink()  # what aria2 noted of the damage

    def verdict_of_aria2(self, torrent, folder):
        peer = Peer(torrent, folder, "--check-integrity=true", "--hash-check-only=true", "--seed-time=0",
                    "--bt-stop-timeout=1", "--bt-tracker-connect-timeout=1")
        try:
            return peer.finish()
        finally:
            peer.stop()


class Swarm(Torrents):
    site_arguments = ("--files", "1x256MiB", "--publish", "sha256")

    def test_256_mib_go_from_peer_to_peer_through_a_tracker(self):
        need("aria2c")
        self.download()
        tracker = Tracker()
        self.addCleanup(tracker.stop)
        # aria2 leaves the empty key of a hybrid's file tree out of the info-hash: it would announce another torrent.
        outcome = self.torrent("--announce", tracker.url, "--v1", "--per", "file", "--json", "-o", self.place.root / "o")
        row = outcome.json()["torrents"][0]
        self.assertEqual((row["size"], row["piece_length"], row["pieces"]), (256 * MIB, 128 * KIB, 2048))
        source = self.place.downloads / next(iter(self.place.entries().values()))["path"]
        target = self.place.root / "fetched"
        code, said = transfer(tracker, row["info_hash"], row["torrent"], source.parent, target)
        self.assertEqual(code, 0, said)
        self.assertEqual(names(target), {source.name})
        self.assertEqual(sha256_of(target / source.name), sha256_of(source))
        report = self.torrent("check", "--json", row["torrent"], target).json()
        self.assertTrue(report["intact"])


class Many(Torrents):
    site_arguments = ("--files", "24x4MiB", "--publish", "sha256")

    def test_many_at_once_need_no_more_memory_than_one(self):
        self.download("--limit", 0)
        outcome, _, peak = self.place.measure("torrent", "--announce", ANNOUNCE, "--per", "file", "--piece-size", "2M",
                                              "-c", 24, "--json")
        self.assertEqual((outcome.code, outcome.json()["made"]), (0, 24), outcome)
        if not SANITIZED:
            self.assertLess(peak, 64)


if __name__ == "__main__":
    unittest.main()

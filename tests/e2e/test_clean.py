"""Cleaning up: what is found, what is asked, what goes, and what stays whatever happens."""

import os
import time
import unittest

from support import KIB, KILL, EndToEnd, names, tree, wait_until


class Clean(EndToEnd):
    def setUp(self):
        super().setUp()
        self.downloads = self.place.downloads
        self.downloads.mkdir()

    def put(self, name, content="x", age_days=0):
        path = self.downloads / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        then = time.time() - age_days * 86400
        os.utime(path, (then, then))
        return path

    def clean(self, *arguments, code=0):
        outcome = self.place.run("clean", *arguments)
        self.assertEqual(outcome.code, code, outcome)
        return outcome

    def test_asks_on_a_terminal_and_takes_no_for_an_answer(self):
        self.put("lora/a.bin.1.tmp", "12345")
        for answer, left in (("n\n", {"lora/a.bin.1.tmp"}), ("y\n", set())):
            terminal = self.place.terminal("clean")
            terminal.expect(r"a\.bin\.1\.tmp")
            terminal.expect(r"to remove: 1 entry, 5 B in ")
            terminal.expect(r"Remove\? \[y/N\] ")
            terminal.type(answer)
            self.assertEqual(terminal.finish(), 0)
            self.assertEqual(names(self.downloads), left)
        self.assertFalse((self.downloads / "lora").exists(), "folders that are left empty go too")

    def test_without_a_terminal_yes_is_demanded_even_when_the_configuration_says_it(self):
        self.put("a.tmp")
        self.assert_refused(self.place.run("clean"), 2, "no terminal", "hint: add --yes")
        self.place.write("config.toml", "SkipConfirmation = true\n")
        self.assert_refused(self.place.run("clean"), 2, "no terminal")
        self.assertEqual(names(self.downloads), {"a.tmp"})

    def test_a_dry_run_changes_nothing(self):
        self.put("a.tmp", "123")
        self.put("x.torrent")
        before = tree(self.downloads)
        self.assertIn("to remove: 2 entries, 4 B", self.clean("--dry-run", "-t").out)
        report = self.clean("--dry-run", "--json").json()
        self.assertEqual((report["dry_run"], report["to_remove"], report["bytes_to_remove"]), (True, 1, 3))
        self.assertEqual(report["files"][0]["path"], str(self.downloads / "a.tmp"))
        self.assertEqual(tree(self.downloads), before)

    def test_torrents_and_magnets_only_when_asked(self):
        for name in ("a.tmp", "a.torrent", "b/B.TORRENT", "a-magnet.txt", "a.bin", "notes.txt"):
            self.put(name)
        self.clean("-y")
        self.assertEqual(names(self.downloads), {"a.torrent", "b/B.TORRENT", "a-magnet.txt", "a.bin", "notes.txt"})
        self.clean("-y", "-m")
        self.assertEqual(names(self.downloads), {"a.torrent", "b/B.TORRENT", "a.bin", "notes.txt"})
        outcome = self.clean("-y", "-t")
        self.assertIn("2 files removed, 2 B; 1 empty folder", outcome.err)
        self.assertEqual(names(self.downloads), {"a.bin", "notes.txt"})

    def test_only_what_is_old_enough(self):
        self.put("old.tmp", age_days=8)
        self.put("young.tmp", age_days=6)
        report = self.clean("-y", "--older-than", "7d", "--json").json()
        self.assertEqual({file["path"][-9:]: file["kept"] for file in report["files"]},
                         {"s/old.tmp": None, "young.tmp": "too_young"})
        self.assertEqual(names(self.downloads), {"young.tmp"})
        self.assert_refused(self.place.run("clean", "-y", "--older-than", "soon"), 2, "--older-than", "7d")

    def test_links_lead_nowhere(self):
        outside = self.place.root / "outside"
        outside.mkdir()
        (outside / "precious.tmp").write_text("x")
        (self.downloads / "link").symlink_to(outside)
        (self.downloads / "link.tmp").symlink_to(outside / "precious.tmp")
        self.assertIn("nothing to remove", self.clean("-y").err)
        self.assertTrue((outside / "precious.tmp").exists())

    def test_a_missing_folder_is_said(self):
        self.downloads.rmdir()
        self.assert_refused(self.place.run("clean", "-y"), 4, "there is no folder", "--save-path")

    def test_what_cannot_be_removed_fails_the_run(self):
        if os.geteuid() == 0:
            self.skipTest("root may remove everything")
        self.put("shut/a.tmp")
        (self.downloads / "shut").chmod(0o500)
        self.addCleanup((self.downloads / "shut").chmod, 0o700)
        self.assertIn("cannot remove", self.clean("-y", code=7).err)


class BesideADownload(EndToEnd):
    def test_a_running_download_keeps_its_files_and_a_killed_one_keeps_them_when_asked(self):
        self.site.options(storage_rate=400 * KIB)
        run = self.place.start("download", "--yes", "--api-delay", 0, "--model-version-id", 9200010,
                               "--connections", 1)
        partial = wait_until(lambda: self.place.partial(9300021), "the transfer begins")
        journal = wait_until(lambda: next(iter(self.place.downloads.rglob("*.state.tmp")), None), "a checkpoint")
        kept = self.place.run("clean", "-y", "--json").json()
        self.assertEqual([file["kept"] for file in kept["files"]], ["in_use"])
        self.assertTrue(partial.exists() and journal.exists() and run.is_running())
        run.signal(KILL)
        run.finish()
        kept = self.place.run("clean", "-y", "--keep-resumable", "--json").json()
        self.assertEqual([(file["kind"], file["kept"]) for file in kept["files"]], [("partial", "resumable")])
        self.assertGreater(kept["files"][0]["resumable_bytes"], 0)
        self.site.options(storage_rate=0)
        gone = self.place.run("clean", "-y", "--json").json()
        self.assertEqual(gone["removed_files"], 2)
        self.assertFalse(partial.exists() or journal.exists())
        self.download("--model-version-id", 9200010)


if __name__ == "__main__":
    unittest.main()

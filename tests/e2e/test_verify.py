"""Proving the library and healing it: what is missing or wrong is found, told, and fetched again if wanted."""

import os
import sqlite3
import unittest

from support import (INTERRUPT, KILL, EndToEnd, library_entries, library_is_sound, names, tree, wait_until,
                     write_protected)

FILES = 6


class Library(EndToEnd):
    """Six files of 300 KiB, all here."""

    site_arguments = ("--files", f"{FILES}x300KiB", "--publish", "sha256")

    def setUp(self):
        super().setUp()
        self.download("--limit", 0)
        self.paths = {entry["file_id"]: self.place.downloads / entry["path"] for entry in self.place.entries().values()}
        self.ids = sorted(self.paths)
        self.site.clear_journal()

    def verify(self, *flags, code=0):
        outcome = self.place.run("db", "verify", "--api-delay", 0, *flags)
        self.assertEqual(outcome.code, code, outcome)
        return outcome

    def report(self, *flags, code=0):
        return self.verify("--json", *flags, code=code).json()

    def damage(self, file_id):
        """Another byte at the same length."""
        with open(self.paths[file_id], "r+b") as file:
            file.seek(1000)
            byte = file.read(1)
            file.seek(1000)
            file.write(bytes([byte[0] ^ 1]))
        return self.paths[file_id].read_bytes()

    def states(self, report):
        return {problem["file_id"]: problem["state"] for problem in report["verify"]["problems"]}

    def assert_all_right(self):
        for file_id, path in self.paths.items():
            self.assert_file(path, file_id)
        self.assertEqual({entry["status"] for entry in self.place.entries().values()}, {"Downloaded"})
        self.assertEqual(len(names(self.place.downloads)), FILES, names(self.place.downloads))


class Report(Library):
    def test_all_is_well(self):
        outcome = self.verify()
        self.assertEqual(outcome.out, "")
        self.assertIn(f"{FILES} ok", outcome.err)
        report = self.report()
        self.assertEqual(report["verify"]["ok"], FILES)
        self.assertEqual(report["verify"]["bytes"], FILES * 300 * 1024)
        self.assertIsNone(report["repair"])
        self.assert_asked()

    def test_missing_short_and_changed_files_are_told_and_recorded(self):
        missing, short, changed = self.ids[:3]
        self.paths[missing].unlink()
        os.truncate(self.paths[short], 1000)
        self.damage(changed)
        before = tree(self.place.downloads)
        report = self.report("--no", code=8)
        self.assertEqual(self.states(report), {missing: "missing", short: "wrong", changed: "wrong"})
        details = {problem["file_id"]: problem["detail"] for problem in report["verify"]["problems"]}
        self.assertIn("promised 307200 bytes, found 1000", details[short])
        self.assertIn("SHA256", details[changed])
        after = tree(self.place.downloads)
        self.assertEqual({name: what for name, what in before.items() if "civitai_download.db" not in name},
                         {name: what for name, what in after.items() if "civitai_download.db" not in name})
        entries = self.place.entries()
        self.assertEqual([entries[file_id]["status"] for file_id in self.ids[:3]], ["Error"] * 3)
        self.assertIn("missing", entries[missing]["error"])
        self.assertEqual(self.states(self.report("--no", code=8)), self.states(report), "and again")
        table = self.verify(code=8)
        self.assertIn(f"v_{entries[changed]['version_id']}", table.out)
        self.assertIn("--yes", table.err)
        self.assert_asked()

    def test_without_hashes_a_changed_file_is_not_noticed_and_nothing_is_proven(self):
        self.damage(self.ids[0])
        os.truncate(self.paths[self.ids[1]], 5)
        report = self.report("--check-hash=false", "--no", code=8)
        self.assertEqual(self.states(report), {self.ids[1]: "wrong"})
        self.assertEqual((report["verify"]["found"], report["verify"]["ok"]), (FILES - 1, 0))

    def test_a_file_that_came_back_heals_its_entry(self):
        path = self.paths[self.ids[0]]
        path.rename(path.with_name("elsewhere"))
        self.report("--no", code=8)
        path.with_name("elsewhere").rename(path)
        self.assertEqual(self.report()["verify"]["healed"], 1)
        self.assert_all_right()

    def test_since_leaves_out_what_was_proven_and_sample_takes_the_oldest(self):
        self.assertEqual(self.report("--since", "1h")["verify"]["left_out"], FILES)
        with sqlite3.connect(self.place.database) as library:
            library.execute("UPDATE placements SET verified_at = 1 WHERE file_id = ?", [self.ids[2]])
        self.assertEqual(self.report("--since", "1h")["verify"]["ok"], 1)
        with sqlite3.connect(self.place.database) as library:
            library.execute("UPDATE placements SET verified_at = 1 WHERE file_id = ?", [self.ids[3]])
        self.damage(self.ids[3])
        report = self.report("--sample", "10%", "--no", code=8)
        self.assertEqual(report["verify"]["left_out"], FILES - 1)
        self.assertEqual(self.states(report), {self.ids[3]: "wrong"})
        for flags in (["--since", "yesterday"], ["--sample", "0"], ["--sample", "200%"], ["--yes", "--no"]):
            self.assert_refused(self.place.run("db", "verify", *flags), 2)

    def test_metadata_is_completed(self):
        report = self.report("--metadata")
        self.assertEqual(report["verify"]["documents_written"], FILES)
        for path in self.paths.values():
            self.assertIn('"id"', path.with_suffix(".json").read_text())
        self.assertEqual(self.report("--metadata")["verify"]["documents_present"], FILES)
        self.paths[self.ids[0]].with_suffix(".json").write_text("my notes")
        self.assertEqual(self.report("--metadata")["verify"]["documents_written"], 1)
        self.assertEqual(self.paths[self.ids[0]].with_suffix(".json").read_text(), "my notes")
        self.assert_asked()

    def test_a_library_that_cannot_be_written_is_still_checked(self):
        self.damage(self.ids[0])
        before = tree(self.place.downloads)
        with write_protected(self, self.place.downloads):
            outcome = self.verify("--yes", code=8)
            self.assertIn("nothing is recorded and nothing can be fetched", outcome.err)
            self.assertEqual(self.states(self.report("--yes", code=8)), {self.ids[0]: "wrong"})
            self.assertEqual(len(self.place.run("db", "view", "--json").json()["entries"]), 6)
        self.assertEqual(tree(self.place.downloads), before)
        self.assert_asked()

    def test_nothing_is_there_yet(self):
        self.place.write("config.toml", 'SavePath = "nowhere"\n')
        self.assertIn("no library yet", self.verify().err)
        self.assertEqual(self.report()["verify"]["ok"], 0)


class Unmounted(Library):
    """The folder of all models is not there, and the library lies elsewhere."""

    def setUp(self):
        super().setUp()
        self.database = self.place.folder / "library.db"
        self.place.database.rename(self.database)
        self.kept = self.place.folder / "kept"
        self.place.downloads.rename(self.kept)
        self.place.write("config.toml", f'DatabasePath = "{self.database}"\n')

    def statuses(self):
        return {entry["status"] for entry in library_entries(self.database).values()}

    def test_nothing_is_taken_for_missing_and_nothing_is_fetched(self):
        for empty in (False, True):
            if empty:
                self.place.downloads.mkdir()
            outcome = self.verify("--yes", code=8)
            self.assertIn(f"{self.place.downloads} is missing or empty, but the library has {FILES} files", outcome.err)
            self.assertIn("--gone", outcome.err)
            self.assertIn(f"{FILES} unreachable", outcome.err)
            self.assertEqual(outcome.out, "", "one line for the folder, none for each file")
            self.assertEqual(self.statuses(), {"Downloaded"})
        self.assertEqual(self.report("--no", code=8)["verify"]["unreachable"], FILES)
        self.place.downloads.rmdir()
        self.kept.rename(self.place.downloads)
        self.assertEqual(self.report()["verify"]["ok"], FILES)
        self.assert_asked()

    def test_files_that_are_really_gone(self):
        report = self.report("--gone", "--no", code=8)
        self.assertEqual(report["verify"]["missing"], FILES)
        self.assertEqual(self.statuses(), {"Error"})

    def test_a_folder_that_was_renamed_as_a_whole(self):
        self.place.downloads.mkdir()
        self.kept.rename(self.place.downloads / "all")
        (self.place.downloads / "all").rename(self.place.downloads / "renamed")
        report = self.report("--fix-paths", "--no")
        self.assertEqual(len(report["verify"]["moved"]), FILES)
        self.assertEqual(self.statuses(), {"Downloaded"})


class Moved(Library):
    def test_files_that_were_moved_or_renamed_are_found_again(self):
        moved, renamed, gone = self.ids[:3]
        new = {moved: self.place.downloads / "other" / self.paths[moved].name,
               renamed: self.paths[renamed].with_name("renamed.safetensors")}
        new[moved].parent.mkdir()
        for file_id, path in new.items():
            self.paths[file_id].rename(path)
        self.paths[gone].unlink()
        report = self.report("--fix-paths", "--no", code=8)
        self.assertEqual({row["file_id"]: row["to"] for row in report["verify"]["moved"]},
                         {file_id: str(path) for file_id, path in new.items()})
        self.assertEqual(self.states(report), {gone: "missing"})
        self.assertEqual(report["verify"]["missing"], 1, "what was found again is not missing")
        entries = self.place.entries()
        for file_id, path in new.items():
            self.assertEqual((entries[file_id]["status"], entries[file_id]["path"]), ("Downloaded", str(path)))
        self.report("--no", code=8)


class Repair(Library):
    def test_what_is_missing_or_wrong_is_fetched_again(self):
        missing, changed = self.ids[:2]
        self.paths[missing].unlink()
        self.damage(changed)
        report = self.report("--yes")
        self.assertEqual(self.states(report), {missing: "missing", changed: "wrong"})
        self.assert_all_right()
        self.assertEqual(self.site.routes()["storage"], 2)
        self.verify()

    def test_a_wrong_file_stays_until_the_right_one_is_proven(self):
        changed = self.ids[0]
        wrong = self.damage(changed)
        self.site.fault("storage=wrong-bytes")
        self.report("--yes", code=8)
        self.assertEqual(self.paths[changed].read_bytes(), wrong)
        self.assertEqual(self.place.entries()[changed]["status"], "Error")
        self.site.clear_faults()
        self.report("--yes")
        self.assert_all_right()

    def test_what_the_site_no_longer_has_stays_as_it_is(self):
        changed = self.ids[0]
        wrong = self.damage(changed)
        self.site.fault("version=status:404:json")
        outcome = self.verify("--yes", code=8)
        self.assertIn("error: ", outcome.err)
        self.assertEqual(self.paths[changed].read_bytes(), wrong)

    def test_the_person_is_asked(self):
        self.damage(self.ids[0])
        for answer, code in (("n", 8), ("y", 0)):
            terminal = self.place.terminal("db", "verify", "--api-delay", 0)
            terminal.expect(r"Download 1 file \(300\.0 KiB\) again\?")
            terminal.type(answer + "\n")
            self.assertEqual(terminal.finish(), code, terminal)
        self.assert_all_right()

    def test_redownload_by_key(self):
        changed, missing = self.ids[:2]
        key = self.place.entries()[changed]["version_id"]
        outcome = self.place.run("db", "redownload", key)
        self.assertEqual(outcome.code, 0, outcome)
        self.assertIn("nothing to do", outcome.err)
        self.damage(changed)
        self.paths[missing].unlink()
        for key in (f"v_{key}", missing):
            outcome = self.place.run("db", "redownload", key, "--api-delay", 0)
            self.assertEqual(outcome.code, 0, outcome)
        self.assert_all_right()
        self.assert_refused(self.place.run("db", "redownload", "v_1"), 4, "v_1")

    def test_killed_in_the_middle_of_a_repair(self):
        changed = self.ids[0]
        wrong = self.damage(changed)
        self.site.options(storage_rate=200_000)
        run = self.place.start("db", "verify", "--yes", "--api-delay", 0)
        wait_until(lambda: self.place.partial(changed), "the transfer has begun")
        run.signal(KILL)
        run.finish()
        self.assertEqual(self.paths[changed].read_bytes(), wrong)
        self.assertTrue(library_is_sound(self.place.database))
        self.assertEqual(self.place.entries()[changed]["status"], "Error")
        self.site.options(storage_rate=0)
        self.report("--yes")
        self.assert_all_right()

    def test_interrupted_in_the_middle_of_a_repair(self):
        self.damage(self.ids[0])
        self.site.options(storage_rate=200_000)
        run = self.place.start("db", "verify", "--yes", "--api-delay", 0)
        wait_until(lambda: self.place.partial(self.ids[0]), "the transfer has begun")
        run.signal(INTERRUPT)
        outcome = run.finish()
        self.assertEqual(outcome.code, 130, outcome)
        self.assertIn("--since", outcome.err)
        self.site.options(storage_rate=0)
        self.report("--yes")
        self.assert_all_right()

    def test_killed_between_setting_aside_and_placing(self):
        changed = self.ids[0]
        path = self.paths[changed]
        wrong = self.damage(changed)
        path.rename(path.with_name(f"{path.name}.{changed}.wrong"))
        report = self.report("--yes")
        self.assertEqual(self.states(report), {changed: "missing"})
        self.assert_all_right()
        self.assertNotIn(wrong, [other.read_bytes() for other in self.place.downloads.rglob("*.wrong")])


if __name__ == "__main__":
    unittest.main()

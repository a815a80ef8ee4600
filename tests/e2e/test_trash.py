"""Taking away and bringing back: delete, undo, the trash, and what download makes of it."""

import json
import os
import shutil
import unittest

from support import KIB, EndToEnd, library_is_sound, names, small_disk, tree, write_protected

VAE = "vae/sd_1.5/soft_glass_vae/9100640-softglass/v1.0/9200640_softGlass.safetensors"
VAE_ID = 9300640
VAE_SIZE = 326 * KIB
MODEL = ("--model-id", 9100640)
TRASH = ".civitai-trash"


class Trash(EndToEnd):
    def setUp(self):
        super().setUp()
        self.download(*MODEL, "--metadata")
        self.vae = self.place.downloads / VAE

    def run_well(self, *arguments):
        outcome = self.place.run(*arguments)
        self.assertEqual(outcome.code, 0, outcome)
        return outcome

    def living(self):
        """The files outside the trash."""
        return {name for name in names(self.place.downloads) if TRASH not in name}

    def trashed(self):
        return {name for name in names(self.place.downloads) if name.endswith(".trashed")}

    def acts(self):
        return self.run_well("trash", "list", "--json").json()["acts"]


class Delete(Trash):
    def test_there_and_back_again(self):
        before = tree(self.place.downloads / "vae")
        outcome = self.run_well("delete", "-v", 9200640, "-y")
        self.assertIn("1 entry deleted; ", outcome.err)
        self.assertIn("hint: `undo` brings them back", outcome.err)
        self.assertEqual(self.living(), set())
        self.assertEqual(len(self.trashed()), 2, "the file and its document")
        self.assertEqual(self.run_well("db", "view", "--json").json()["entries"], [])
        outcome = self.run_well("undo")
        self.assertRegex(outcome.err, r"1 file of Soft Glass VAE brought back \(32\d\.\d KiB\)")
        after = tree(self.place.downloads / "vae")
        files = [name for name in before if name.endswith((".json", "safetensors"))]
        self.assertEqual([after.get(name) for name in files], [before[name] for name in files])
        self.assert_file(self.vae, VAE_ID)
        self.assertEqual(self.place.entries()[VAE_ID]["status"], "Downloaded")
        self.assertTrue(library_is_sound(self.place.database))
        self.assert_refused(self.place.run("undo"), 4, "nothing to undo")

    def test_every_way_to_name_it(self):
        for way in (("-m", 9100640), ("--version-id", "1,9200640"), ("--file-id", VAE_ID), ("-u", "TIDEPOOL"),
                    ("--search", "soft glass"), ("v_9200640",), ("9300640",)):
            with self.subTest(way):
                self.run_well("delete", "--force", *way)
                self.assertEqual(self.living(), set())
                self.run_well("undo")

    def test_a_dry_run_changes_nothing(self):
        before = tree(self.place.downloads)
        outcome = self.run_well("delete", "-n", "-s", "glass")
        self.assertIn("v_9200640", outcome.out)
        self.assertIn("nothing was changed", outcome.err)
        plan = self.run_well("delete", "--dry-run", "--json", "-u", "tidepool").json()
        self.assertEqual([entry["file_id"] for entry in plan["entries"]], [VAE_ID])
        self.assertGreater(plan["bytes"], VAE_SIZE)
        self.assertEqual(tree(self.place.downloads), before)

    def test_files_can_stay(self):
        before = self.living()
        outcome = self.run_well("delete", "v_9200640", "--keep-files", "-y")
        self.assertIn("no file was touched", outcome.err)
        self.assertEqual(self.living(), before)
        self.assertEqual(self.place.entries(), {})
        self.run_well("undo")
        self.assertEqual(set(self.place.entries()), {VAE_ID})

    def test_a_missing_file_is_forgotten_and_said_so(self):
        self.vae.unlink()
        outcome = self.run_well("delete", "v_9200640", "-y")
        self.assertIn("1 entry deleted, 1 of them without a file", outcome.err)

    def test_a_file_outside_the_root_is_refused(self):
        outcome = self.place.run("delete", "v_9200640", "-y", "--save-path", self.place.folder / "other")
        self.assertEqual(outcome.code, 4, "another root has another library")
        self.place.write("config.toml", f'DatabasePath = "{self.place.database}"\n')
        outcome = self.place.run("delete", "v_9200640", "-y", "--save-path", self.place.folder / "other")
        self.assert_refused(outcome, 2, "lies outside", "hint: run with the --save-path")
        self.assert_file(self.vae, VAE_ID)
        self.assertEqual(set(self.place.entries()), {VAE_ID})

    def test_what_is_unknown_is_told(self):
        self.assert_refused(self.place.run("delete"), 2, "nothing says what to delete", "--search")
        self.assert_refused(self.place.run("delete", "-y", "-v", 5), 4, "nothing of version 5")
        outcome = self.run_well("delete", "-y", "-v", "5,9200640")
        self.assertIn("nothing of version 5", outcome.err)

    def test_nobody_is_asked_where_nobody_is(self):
        before = tree(self.place.downloads)
        self.assert_refused(self.place.run("delete", "-s", "glass"), 2, "no terminal", "hint: add --yes")
        self.assertEqual(tree(self.place.downloads), before)

    def test_no_library_is_made_by_looking_for_one(self):
        shutil.rmtree(self.place.downloads)
        self.assert_refused(self.place.run("delete", "-y", "v_1"), 4, "no library")
        self.assertFalse(self.place.downloads.exists())

    def test_the_report_as_json(self):
        report = self.run_well("delete", "-y", "--json", "v_9200640").json()
        self.assertEqual([file["file_id"] for file in report["files"]], [VAE_ID])
        self.assertEqual({move["from"] for move in report["moves"]}, {VAE, VAE.replace(".safetensors", ".json")})
        self.assertEqual(report["errors"], [])
        back = self.run_well("undo", "--json").json()
        self.assertEqual(back["act"], report["act"])

    def test_a_library_that_cannot_be_written(self):
        with write_protected(self, self.place.downloads):
            self.assert_refused(self.place.run("delete", "-y", "v_9200640"), 1, "write-protected")
        self.assert_file(self.vae, VAE_ID)
        self.assertEqual(set(self.place.entries()), {VAE_ID})

    def test_another_file_system_below_the_root(self):
        disk = self.place.root / "disk"
        with small_disk(self, disk, 4 * 1024 * KIB):
            folder = self.vae.parent
            shutil.move(folder, disk / "v1.0")
            folder.symlink_to(disk / "v1.0")
            self.run_well("delete", "-y", "v_9200640")
            self.assertFalse(self.vae.exists())
            self.assertEqual(len(list((disk / "v1.0" / TRASH).iterdir())), 2, "on the disk that it was on")
            self.run_well("undo")
            self.assert_file(self.vae, VAE_ID)
            self.assertFalse((disk / "v1.0" / TRASH).exists())


class Question(Trash):
    def test_numbers_and_a_confirmation(self):
        self.download("--model-version-id", 9200031)
        terminal = self.place.terminal("delete", "--search", "e")
        terminal.expect(r"Which ones\? \(1,3,5 or 1-3 or all; q for none\) ")
        shown = "\n".join(terminal.screen())
        self.assertIn("Soft Glass VAE", shown)
        self.assertIn("326.0 KiB", shown)
        row = next(line.split()[0] for line in terminal.screen() if "Soft Glass VAE" in line)
        terminal.type("17\n")
        terminal.expect("17 is not on the list: it goes from 1 to 4")
        terminal.expect(r"Which ones")
        terminal.type(f"{row}\n")
        terminal.expect(r"Move 1 entry into the trash\? \[y/N\] ")
        terminal.type("y\n")
        self.assertEqual(terminal.finish(), 0, terminal)
        self.assertFalse(self.vae.exists())
        self.assertEqual(len(self.place.entries()), 3)

    def test_no_is_no(self):
        for answer in ("q\n", "\n"):
            terminal = self.place.terminal("delete", "--search", "glass")
            terminal.expect(r"Which ones")
            terminal.type(answer)
            self.assertEqual(terminal.finish(), 0, terminal)
            self.assertIn("nothing deleted", terminal.text)
        terminal = self.place.terminal("delete", "v_9200640")
        terminal.expect(r"Move 1 entry")
        terminal.type("n\n")
        self.assertEqual(terminal.finish(), 0, terminal)
        self.assert_file(self.vae, VAE_ID)

    def test_ctrl_c_at_the_numbers_deletes_nothing(self):
        terminal = self.place.terminal("delete", "--search", "glass")
        terminal.expect(r"Which ones")
        terminal.type("\x03")
        self.assertEqual(terminal.finish(), 130, terminal)
        self.assert_file(self.vae, VAE_ID)


class Remembered(Trash):
    def setUp(self):
        super().setUp()
        self.run_well("delete", "-y", "v_9200640")

    def test_download_does_not_bring_it_back(self):
        outcome = self.download(*MODEL)
        self.assertIn("skipped: 1 deleted on purpose", outcome.err)
        self.assertIn("hint: --include-deleted brings back", outcome.err)
        self.assertFalse(self.vae.exists())
        plan = self.dry(*MODEL)["plan"]
        self.assertEqual([skipped["reason"] for skipped in plan["skipped"]], ["deleted"])

    def test_download_brings_it_back_when_asked_to(self):
        self.download(*MODEL, "--include-deleted")
        self.assert_file(self.vae, VAE_ID)
        self.assertEqual(set(self.place.entries()), {VAE_ID})
        outcome = self.place.run("undo")
        self.assert_refused(outcome, 1, "is there again, undo would overwrite it", "hint: move that away")
        self.assert_file(self.vae, VAE_ID)

    def test_a_version_that_is_named_is_asked_for(self):
        self.download("--model-version-id", 9200640)
        self.assert_file(self.vae, VAE_ID)

    def test_also_when_the_trash_is_emptied(self):
        self.run_well("trash", "empty", "-y")
        self.download(*MODEL)
        self.assertFalse(self.vae.exists())


class Emptying(Trash):
    def setUp(self):
        super().setUp()
        self.run_well("delete", "-y", "v_9200640")

    def test_the_list(self):
        outcome = self.run_well("trash", "list")
        self.assertRegex(outcome.out, r"\n000001-\d{8}T\d{6}Z +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d +delete +1 +3\d\d\.\d KiB +"
                                      r"Soft Glass VAE\n")
        self.assertIn("1 act, ", outcome.err)
        self.assertEqual([(act["kind"], act["finished"]) for act in self.acts()], [("delete", True)])

    def test_it_is_empty_afterwards(self):
        self.assert_refused(self.place.run("trash", "empty"), 2, "no terminal", "--yes")
        outcome = self.run_well("trash", "empty", "--dry-run")
        self.assertIn("would free 3", outcome.err)
        self.assertEqual(len(self.trashed()), 2)
        self.run_well("trash", "empty", "-y", "--older-than", "1h")
        self.assertEqual(len(self.trashed()), 2)
        outcome = self.run_well("trash", "empty", "-y", "--older-than", "0s")
        self.assertRegex(outcome.err, r"3\d\d\.\d KiB freed")
        self.assertEqual(self.trashed(), set())
        self.assertEqual(self.acts(), [])
        self.assertIn("nothing in the trash", self.run_well("trash", "empty", "-y").err)

    def test_it_asks(self):
        terminal = self.place.terminal("trash", "empty")
        terminal.expect(r"Remove 3\d\d\.\d KiB for good\? \[y/N\] ")
        terminal.type("n\n")
        self.assertEqual(terminal.finish(), 0, terminal)
        self.assertEqual(len(self.trashed()), 2)

    def test_an_age_that_is_none(self):
        self.assert_refused(self.place.run("trash", "empty", "-y", "--older-than", "old"), 2, "--older-than", "30d")

    def test_clean_leaves_it_alone(self):
        for ending in (".tmp", ".torrent"):
            next((self.place.downloads / TRASH).glob("0*")).joinpath("kept" + ending).write_text("x")
        before = tree(self.place.downloads / TRASH)
        self.run_well("clean", "-t", "-m", "-y")
        self.assertEqual(tree(self.place.downloads / TRASH), before)
        self.run_well("undo")
        self.assert_file(self.vae, VAE_ID)


class Unfinished(Trash):
    def cut_off(self):
        """As after a kill right behind the manifest: it says what is on its way, and nothing has moved."""
        self.run_well("delete", "-y", "v_9200640")
        folder = next((self.place.downloads / TRASH).glob("0*"))
        manifest = json.loads((folder / "manifest.json").read_text())
        content = next(move for move in manifest["moves"] if move["content"])
        (self.place.downloads / content["from"]).parent.mkdir(parents=True)
        os.rename(self.place.downloads / content["to"], self.place.downloads / content["from"])
        (folder / "manifest.json").rename(folder / "moving.json")

    def test_the_next_download_finishes_it_and_says_so(self):
        self.cut_off()
        outcome = self.download(*MODEL)
        self.assertIn("finished what an earlier run had begun: 1 file of Soft Glass VAE", outcome.err)
        self.assertEqual(self.living(), set())
        self.assertTrue(self.acts()[0]["finished"])

    def test_looking_does_not_touch_it(self):
        self.cut_off()
        before = tree(self.place.downloads / TRASH)
        self.run_well("db", "view")
        self.assertFalse(self.acts()[0]["finished"])
        self.assertEqual(tree(self.place.downloads / TRASH), before)

    def test_undo_brings_it_back(self):
        self.cut_off()
        self.run_well("undo")
        self.assert_file(self.vae, VAE_ID)

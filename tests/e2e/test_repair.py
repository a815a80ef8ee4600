"""A damaged library: what is said of it, and what `db repair` makes of it."""

import unittest

from support import EndToEnd, library_is_sound, names

FILES = 6
PAGE = 4096


class Library(EndToEnd):
    site_arguments = ("--files", f"{FILES}x40KiB", "--publish", "sha256")

    settings = ""

    def setUp(self):
        super().setUp()
        self.place.write("config.toml", self.settings)
        self.download("--limit", 0, "--metadata")
        self.before = self.place.entries()

    def repair(self, *flags, code=0):
        outcome = self.place.run("db", "repair", *flags)
        self.assertEqual(outcome.code, code, outcome)
        return outcome

    def destroy(self, first_page=0):
        content = bytearray(self.place.database.read_bytes())
        content[first_page * PAGE:] = b"\xff" * (len(content) - first_page * PAGE)
        self.place.database.write_bytes(content)

    def assert_everything_is_back(self):
        self.assertTrue(library_is_sound(self.place.database))
        verified = self.place.run("db", "verify", "--no", "--json")
        self.assertEqual(verified.code, 0, verified)
        self.assertEqual(verified.json()["verify"]["ok"], FILES)
        after = self.place.entries()
        for file_id, entry in self.before.items():
            self.assertEqual((after[file_id]["status"], after[file_id]["path"], after[file_id]["sha256"]),
                             ("Downloaded", entry["path"], entry["sha256"]))
        self.assertEqual(self.dry("--limit", 0)["plan"]["items"], [])


class Damaged(Library):
    def test_a_sound_library_is_left_alone(self):
        content = self.place.database.read_bytes()
        self.assertIn("nothing to do", self.repair().err)
        self.assertEqual(self.repair("--json").json(), {"repaired": False})
        self.assertEqual(self.place.database.read_bytes(), content)

    def test_what_is_said_of_a_damaged_one(self):
        self.destroy(first_page=1)
        for command in (["db", "view"], ["db", "verify"], ["download", "--yes"], ["db", "stats"]):
            self.assert_refused(self.place.run(*command), 1, "damaged", "db repair")

    def test_it_is_rebuilt_from_the_documents_beside_the_models(self):
        for page in (0, 1):
            with self.subTest(page=page):
                self.destroy(page)
                content = self.place.database.read_bytes()
                report = self.repair("--json").json()
                self.assertEqual(report["files_from_documents"], FILES)
                with open(report["kept"], "rb") as kept:
                    self.assertEqual(kept.read(), content)
                self.assert_everything_is_back()

    def test_a_lost_one_is_rebuilt_too(self):
        for lose in (self.place.database.unlink, lambda: self.place.database.write_bytes(b"")):
            with self.subTest(lose):
                lose()
                self.assertIn("6 files the library had lost", self.repair().err)
                self.assert_everything_is_back()

    def test_it_is_rebuilt_from_a_backup(self):
        self.assertEqual(self.place.run("db", "backup", "copy.db").code, 0)
        for document in self.place.downloads.rglob("*.json"):
            document.unlink()
        self.destroy()
        self.assert_refused(self.place.run("db", "repair", "--from", "nowhere.db"), 4, "nowhere.db")
        report = self.repair("--from", "copy.db", "--json").json()
        self.assertEqual([source["whole"] for source in report["sources"]], [True, False])
        self.assert_everything_is_back()
        self.assertEqual({name for name in names(self.place.downloads) if name.endswith(".tmp")}, set())


class OtherLayout(Library):
    """One that tells the ids of models in another way than the default one."""

    settings = 'PathTemplate = "models/{modelID}_{modelName}/{versionID}_{fileName}.{ext}"\n'

    def test_the_documents_beside_the_models_are_understood(self):
        self.place.database.unlink()
        self.assertEqual(self.repair("--json").json()["files_from_documents"], FILES)
        self.assert_everything_is_back()


if __name__ == "__main__":
    unittest.main()

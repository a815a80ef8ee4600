"""Looking into the library: what is listed, what is found, and what a library that is none does."""

import contextlib
import csv
import datetime
import io
import json
import sqlite3
import unittest

from support import INTERRUPT, KIB, MIB, EndToEnd, library_entries, library_is_sound, small_disk, tree, wait_until

VAE_PLACE = "vae/sd_1.5/soft_glass_vae/9100640-softglass/v1.0/9200640_softGlass.safetensors"
KEYS = ["key", "status", "model_id", "model_name", "model_type", "creator", "version_id", "version_name", "file_id", "file_name",
        "base_model", "size", "sha256", "path", "error", "updated_at"]


class Db(EndToEnd):
    def db(self, *arguments):
        outcome = self.place.run("db", *arguments)
        self.assertEqual(outcome.code, 0, outcome)
        return outcome

    def found(self, *words):
        """The file ids that a search gives."""
        return {entry["file_id"] for entry in self.db("search", *words, "--json").json()["entries"]}


class Filled(Db):
    def setUp(self):
        super().setUp()
        self.site.fault("storage=wrong-bytes#file:9300750")
        self.download("--all-versions", code=7)

    def test_the_table(self):
        outcome = self.db("view")
        header, rule, *rows = outcome.out.splitlines()
        self.assertEqual(header.split(), ["Key", "Status", "Model", "Version", "File", "Size", "Path", "Time", "(UTC)"])
        self.assertRegex(rule, r"^-+( +-+){7}$")
        self.assertEqual(len(rows), 12)
        vae = next(row for row in rows if "softGlass" in row)
        self.assertRegex(vae, r"^v_9200640 +Downloaded +Soft Glass VAE +v1\.0 +softGlass\.safetensors +326\.0 KiB +/.*"
                              + VAE_PLACE.replace(".", r"\.") + r" +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$")
        failed = next(row for row in rows if "riverStudy" in row)
        self.assertRegex(failed, r"^v_9200750 +Error +.*wrong content")
        self.assertIn("12 entries", outcome.err)

    def test_the_json(self):
        outcome = self.db("view", "--json")
        root = outcome.json()
        self.assertEqual(list(root), ["entries"])
        self.assertEqual(len(root["entries"]), 12)
        for entry in root["entries"]:
            self.assertEqual(list(entry), KEYS)
            self.assertEqual(entry["key"], f"v_{entry['version_id']}")
            self.assertTrue(entry["path"].startswith(f"{self.place.downloads}/"))
            moment = datetime.datetime.strptime(entry["updated_at"], "%Y-%m-%dT%H:%M:%S.%fZ")
            now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
            self.assertLess(abs(now - moment).total_seconds(), 3600)
        entries = {entry["file_id"]: entry for entry in root["entries"]}
        offered = self.site.files()
        vae = entries[9300640]
        vae.pop("updated_at")
        self.assertEqual(vae, {
            "key": "v_9200640", "status": "Downloaded", "model_id": 9100640, "model_name": "Soft Glass VAE",
            "model_type": "VAE", "creator": "tidepool", "version_id": 9200640, "version_name": "v1.0", "file_id": 9300640,
            "file_name": "softGlass.safetensors", "base_model": "SD 1.5", "size": 326 * KIB,
            "sha256": offered[9300640]["sha256"].lower(), "path": str(self.place.downloads / VAE_PLACE), "error": ""})
        self.assertEqual(entries[9300750]["status"], "Error")
        self.assertIn("wrong content", entries[9300750]["error"])

    def test_versions_with_several_files_have_several_entries(self):
        entries = self.db("view", "--json").json()["entries"]
        self.assertEqual({entry["file_id"] for entry in entries if entry["key"] == "v_9200031"},
                         {9300001, 9300002, 9300004})

    def test_search_wants_every_word_somewhere(self):
        self.assertEqual(self.found("meridian"), {9300001, 9300002, 9300004, 9300021})
        self.assertEqual(self.found("MERIDIAN yaml"), {9300004})
        self.assertEqual(self.found("yaml", "meridian"), {9300004})
        self.assertEqual(self.found("tidepool"), {9300420, 9300421, 9300640}, "creators")
        self.assertEqual(self.found("tidepool", "landscape"), {9300420, 9300421}, "tags")
        self.assertEqual(self.found("night water"), {9300421}, "trigger words")
        self.assertEqual(self.found("紙灯籠"), {9300042})
        self.assertEqual(self.found("meridian", "tidepool"), set())

    def test_a_search_is_no_pattern_and_no_sql(self):
        for words in ("%", "_____________________________", "*", '"', "' OR 1=1 --", "meridian OR tidepool", "("):
            self.assertEqual(self.found(words), set(), words)

    def test_search_as_a_table(self):
        outcome = self.db("search", "softGlass")
        self.assertEqual(len(outcome.out.splitlines()), 3)
        outcome = self.db("search", "nothing like it")
        self.assertEqual(len(outcome.out.splitlines()), 2)
        self.assertIn("0 matching entries", outcome.err)

    def test_search_needs_words(self):
        self.assert_refused(self.place.run("db", "search"), 2, "QUERY")

    def test_looking_changes_nothing(self):
        before = self.place.database.read_bytes()
        self.db("view")
        self.db("search", "meridian")
        self.assertEqual(self.place.database.read_bytes(), before)
        self.site.clear_journal()
        self.db("view", "--json")
        self.assert_asked()

    def test_a_narrow_terminal_gets_a_narrow_table(self):
        terminal = self.place.terminal("db", "view", columns=100)
        self.assertEqual(terminal.finish(), 0)
        self.assertLessEqual(max(map(len, terminal.text.split("\r\n"))), 100)
        self.assertIn("v_9200640", terminal.text)


    def listed(self, *flags):
        return [entry["file_id"] for entry in self.db("view", "--json", *flags).json()["entries"]]

    def test_view_chooses_and_sorts(self):
        everything = self.db("view", "--json").json()["entries"]
        self.assertEqual(self.listed("--status", "Error"), [9300750])
        self.assertEqual(self.listed("--type", "vae"), [9300640])
        self.assertEqual(self.listed("--creator", "Tidepool", "-t", "VAE,LORA", "--status", "Downloaded"),
                         [entry["file_id"] for entry in everything
                          if entry["creator"] == "tidepool" and entry["model_type"] in ("VAE", "LORA")])
        sizes = [entry["size"] for entry in self.db("view", "--json", "--sort", "size").json()["entries"]]
        self.assertEqual(sizes, sorted(sizes, reverse=True))
        self.assert_refused(self.place.run("db", "view", "--status", "Downloded"), 2, "Downloaded")
        self.assertEqual(self.listed("--missing"), [9300750])
        (self.place.downloads / VAE_PLACE).unlink()
        self.assertEqual(set(self.listed("--missing")), {9300750, 9300640})

    def test_the_csv(self):
        rows = list(csv.DictReader(io.StringIO(self.db("view", "--csv").out)))
        self.assertEqual(len(rows), 12)
        self.assertEqual(list(rows[0]), KEYS)
        entries = self.db("view", "--json").json()["entries"]
        self.assertEqual(rows, [{key: str(value) for key, value in entry.items()} for entry in entries])
        self.assertEqual(len(self.db("search", "softGlass", "--csv").out.splitlines()), 2)
        self.assert_refused(self.place.run("db", "view", "--csv", "--json"), 2, "--csv")

    def test_search_shows_the_best_first_and_says_when_there_is_more(self):
        outcome = self.db("search", "meridian", "--limit", 2)
        self.assertEqual(len(outcome.out.splitlines()), 4)
        self.assertIn("best 2 of more", outcome.err)

    def test_show_tells_everything(self):
        shown = self.db("show", "v_9200640").out
        for word in ("Soft Glass VAE (9100640)", "tidepool", "softGlass.safetensors (9300640)", "Downloaded", VAE_PLACE,
                     "Proven by", self.site.files()[9300640]["sha256"].lower()):
            self.assertIn(word, shown)
        for key in ("9200640", "9300640", "9100640", str(self.place.downloads / VAE_PLACE),
                    "downloads/" + VAE_PLACE, self.site.files()[9300640]["sha256"]):
            entries = self.db("show", key, "--json").json()["entries"]
            self.assertEqual([entry["file_id"] for entry in entries], [9300640], key)
            self.assertEqual(entries[0]["on_disk"], "there")
        self.assertEqual(len(self.db("show", "v_9200031", "--json").json()["entries"]), 3)
        self.assert_refused(self.place.run("db", "show", "v_1"), 4, "v_1", "hint: ")

    def test_stats_count(self):
        stats = self.db("stats", "--json").json()
        self.assertEqual(stats["files"], 12)
        entries = self.db("view", "--json").json()["entries"]
        here = [entry for entry in entries if entry["status"] == "Downloaded"]
        self.assertEqual(stats["bytes"], sum(entry["size"] for entry in here))
        self.assertEqual({row["name"]: row["files"] for row in stats["statuses"]}, {"Downloaded": 11, "Error": 1})
        vae = next(row for row in stats["types"] if row["name"] == "VAE")
        self.assertEqual((vae["files"], vae["bytes"]), (1, 326 * KIB))
        self.assertIn("Base model", self.db("stats").out)

    def test_a_backup_is_a_library(self):
        copy = self.place.folder / "safe" / "copy.db"
        self.assertIn("copy.db", self.db("backup", "safe/copy.db").err)
        self.assertTrue(library_is_sound(copy))
        self.assertEqual(library_entries(copy), self.place.entries())
        before = copy.read_bytes()
        self.assert_refused(self.place.run("db", "backup", copy), 2, "exists already")
        self.assertEqual(copy.read_bytes(), before)


class FullDisk(Db):
    def test_what_fills_it_can_be_looked_up(self):
        with small_disk(self, self.place.downloads, MIB):
            self.download("--model-id", 9100640)
            with contextlib.suppress(OSError), open(self.place.downloads / "ballast", "wb", buffering=0) as ballast:
                while True:
                    ballast.write(b"x" * 4 * KIB)
            entries = self.db("view", "--json").json()["entries"]
            self.assertEqual([entry["file_id"] for entry in entries], [9300640])
            outcome = self.place.run("download", "--dry-run", "--json", "--model-id", 9100640)
            self.assertEqual(outcome.json()["plan"]["skipped"][0]["reason"], "already_here")
            self.assertEqual(self.found("glass"), {9300640})


class DuringADownload(Db):
    def test_view_shows_what_is_being_fetched(self):
        self.site.options(storage_rate=600 * KIB)
        run = self.place.start("download", "--yes", "--model-version-id", 9200010)
        wait_until(lambda: self.place.partial(9300021), "the transfer has begun")
        entries = self.db("view", "--json").json()["entries"]
        self.assertEqual([(entry["file_id"], entry["status"]) for entry in entries], [(9300021, "Pending")])
        self.assertTrue(run.is_running())
        run.signal(INTERRUPT)
        self.assertEqual(run.finish().code, 130)
        self.assertTrue(library_is_sound(self.place.database))


class WithoutLibrary(Db):
    def test_nothing_is_listed_and_nothing_is_made(self):
        before = tree(self.place.root)
        for command in (["view"], ["search", "x"]):
            outcome = self.db(*command)
            self.assertIn("there is no library yet at ", outcome.err)
            self.assertEqual(self.db(*command, "--json").json(), {"entries": []})
        self.assertEqual(tree(self.place.root), before)

    def test_another_place_for_it(self):
        self.place.write("config.toml", 'DatabasePath = "elsewhere/my.db"\n')
        self.download("--model-id", 9100640)
        self.assertFalse(self.place.database.exists())
        self.assertIn("softGlass", self.db("view").out)
        with sqlite3.connect(self.place.folder / "elsewhere/my.db") as library:
            self.assertEqual(library.execute("SELECT status FROM entries").fetchall(), [("Downloaded",)])

    def assert_left_alone(self, *words):
        before = tree(self.place.downloads)
        for command in (["db", "view"], ["db", "search", "x"], ["download", "--yes"], ["download", "--dry-run"]):
            self.assert_refused(self.place.run(*command), 2, str(self.place.database), "hint: ", *words)
        self.assertEqual(tree(self.place.downloads), before)
        self.assert_asked()

    def test_some_other_directory(self):
        self.place.database.mkdir(parents=True)
        self.assert_left_alone("is a directory", "DatabasePath")

    def test_a_file_that_is_no_database(self):
        path = self.place.write("downloads/civitai_download.db", "my shopping list\n" * 1000)
        self.assert_left_alone("not a database", "DatabasePath")
        self.assertTrue(path.read_text().startswith("my shopping list"))

    def test_a_database_of_somebody_else(self):
        self.place.downloads.mkdir()
        with sqlite3.connect(self.place.database) as other:
            other.execute("CREATE TABLE photos (id INTEGER PRIMARY KEY)")
        before = self.place.database.read_bytes()
        for command in (["db", "view"], ["download", "--yes"]):
            outcome = self.place.run(*command)
            self.assertEqual(outcome.code, 2, outcome)
            self.assertIn("error: ", outcome.err)
        self.assertEqual(self.place.database.read_bytes(), before)

    def test_a_library_of_a_later_version(self):
        self.download("--model-id", 9100640)
        with sqlite3.connect(self.place.database) as library:
            library.execute("INSERT INTO migrations VALUES (9999, 'from the future', 0)")
        for command in (["db", "view"], ["download", "--yes"]):
            self.assert_refused(self.place.run(*command), 2, "9999")


class Json(Db):
    def test_json_is_ready_for_other_programs(self):
        self.download("--model-version-id", 9200201)
        outcome = self.db("view", "--json")
        self.assertEqual(outcome.err, "")
        self.assertIn("紙灯籠.safetensors", [entry["file_name"] for entry in json.loads(outcome.out)["entries"]])


if __name__ == "__main__":
    unittest.main()

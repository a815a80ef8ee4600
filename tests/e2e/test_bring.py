"""Bringing entries along: from the original program's databases, from files on the disk, and out again."""

import csv
import fcntl
import gzip
import io
import json
import os
import pathlib
import signal
import sqlite3
import struct
import unittest
import zlib

from support import KIB, EndToEnd, library_entries, library_is_sound, sha256_of, tree, wait_until

GLASS = 9300640  # the VAE of the demonstration catalogue
GLASS_VERSION = 9200640
LANTERN = 9300042  # one whose SHA256 the site tells, with a name beyond ASCII


def record(key, value):
    """A Bitcask record as its format has it."""
    return (struct.pack(">IQ", len(key), len(value)) + key.encode() + value
            + struct.pack(">IQ", zlib.crc32(value), 0))


def seed_entry(version, file, size, **more):
    """What the original program kept of one file, at its first."""
    return {"modelName": f"Model {version}", "modelType": "LORA",
            "version": {"id": version, "modelId": 0, "name": "v1", "trainedWords": ["night"], "baseModel": "SDXL 1.0",
                        "description": "", "files": None, "images": None},
            "file": {"name": f"File {version}.safetensors", "id": file, "sizeKB": size / 1024, "type": "Model",
                     "hashes": {"AutoV2": "", "SHA256": "", "CRC32": "0A1B2C3D", "BLAKE3": ""}, "primary": True},
            "timestamp": 1700000000, "creator": {"username": "someone", "image": ""},
            "filename": f"{version}_File {version}.safetensors", "folder": "lora/sdxl_1.0/model",
            "status": "Downloaded", **more}


class Bring(EndToEnd):
    def write_bitcask(self, entries, name="downloads/civitai_download_db", tail=b""):
        folder = self.place.folder / name
        folder.mkdir(parents=True)
        data = b"".join(record(f"v_{entry['version']['id']}", gzip.compress(json.dumps(entry).encode()))
                        for entry in entries)
        (folder / "000000000.data").write_bytes(data + tail)
        (folder / "lock").touch()
        (folder / "meta.json").write_text('{"index_up_to_date":true,"reclaimable_space":0}')
        return folder

    def put(self, name, content):
        path = self.place.downloads / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def db(self, *arguments, code=0, **more):
        outcome = self.place.run("db", *arguments, **more)
        self.assertEqual(outcome.code, code, outcome)
        return outcome

    def states(self):
        return {file: entry["status"] for file, entry in self.place.entries().items()}

    def whole(self):
        """The whole library, without the time of its export."""
        root = self.db("export").json()
        root.pop("exported_at")
        return root

    def lost_and_brought_back(self):
        """Exports the library; then, for each export, loses the library and gives the export to import."""
        self.db("export", "all.json")
        self.db("export", "--format", "bitcask", "old_db")
        for source in ("all.json", "old_db"):
            self.place.database.unlink()
            yield source


class Import(Bring):
    def fill(self):
        """The three places where the original program's editions put files, one that is gone, one cut short."""
        source = self.write_bitcask([
            seed_entry(101, 1, 5), seed_entry(102, 2, 5, folder="any/where/102-v1"), seed_entry(103, 3, 5),
            seed_entry(104, 4, 5), seed_entry(105, 5, 5, status="Pending", filename="File 105.safetensors"),
            seed_entry(106, 6, 5, status="Error", errorDetails="it broke"), seed_entry(107, 0, 5)],
            tail=record("v_108", b"half of it")[:20])
        self.put("lora/sdxl_1.0/model/101-file_101/101_File 101.safetensors", b"12345")
        self.put("any/where/102-v1/102_File 102.safetensors", b"12345")
        self.put("lora/sdxl_1.0/model/104-file_104/104_File 104.safetensors", b"123")
        return source

    def test_the_default_place(self):
        source = self.fill()
        before = tree(source)
        outcome = self.db("import", "--json", code=7)
        report = outcome.json()
        self.assertEqual((report["format"], report["entries"], report["added"]), ("bitcask", 6, 6), outcome)
        self.assertEqual((report["with_file"], report["without_file"]), (2, 2))
        self.assertEqual([one["key"] for one in report["left_out"]], ["v_107"])
        self.assertIn("the last entry", report["notices"][0])
        self.assertEqual(tree(source), before)
        self.assertEqual(self.states(), {1: "Downloaded", 2: "Downloaded", 3: "Error", 4: "Error", 5: "Pending",
                                         6: "Error"})
        entry = self.place.entries()[1]
        self.assertTrue(entry["path"].endswith("/101-file_101/101_File 101.safetensors"))
        self.assertEqual((entry["model_name"], entry["creator"], entry["crc32"]), ("Model 101", "someone", "0a1b2c3d"))
        self.assertEqual(self.place.entries()[6]["error"], "it broke")
        self.assertEqual(self.db("search", "night", "--json").json()["entries"][0]["model_id"], 0)
        self.assert_asked()

    def test_again_changes_nothing(self):
        self.fill()
        self.db("import", code=7)
        before = self.place.entries()
        report = self.db("import", "--json", code=7).json()
        self.assertEqual((report["added"], report["completed"], report["kept"]), (0, 0, 6))
        self.assertEqual(self.place.entries(), before)

    def test_only_looking_makes_nothing(self):
        self.fill()
        before = tree(self.place.root)
        self.assertEqual(self.db("import", "--dry-run", "--json", code=7).json()["with_file"], 2)
        self.assertEqual(tree(self.place.root), before)

    def test_the_database_path_names_the_old_directory(self):
        self.write_bitcask([seed_entry(101, 1, 5)], "old_db")
        self.place.write("config.toml", 'DatabasePath = "old_db"\n')
        self.db("import")
        self.assertTrue((self.place.folder / "old_db.sqlite").is_file())
        self.assertIn("v_101", self.db("view").out)

    def test_the_later_sqlite_file(self):
        path = self.place.folder / "civitai.db"
        with sqlite3.connect(path) as old:
            old.executescript("""
                CREATE TABLE models (version_id INTEGER PRIMARY KEY, model_id INTEGER, model_name TEXT, model_type TEXT,
                  version_name TEXT, trained_words TEXT, base_model TEXT, creator_username TEXT, filename TEXT,
                  folder TEXT, status TEXT, error_details TEXT, timestamp INTEGER);
                CREATE TABLE files (id INTEGER PRIMARY KEY, version_id INTEGER, name TEXT, size_kb REAL, type TEXT,
                  is_primary BOOLEAN, hash_autov2 TEXT, hash_sha256 TEXT, hash_crc32 TEXT, hash_blake3 TEXT);
                INSERT INTO models VALUES (20, 2, 'Two', 'LORA', 'v1', '[]', 'Pony', 'me', '20_a.safetensors', 'lora/two',
                  'Downloaded', NULL, 1700000000);
                INSERT INTO files VALUES (8, 20, 'a.safetensors', 0.0048828125, 'Model', 1, '', '', '', '');""")
        old.close()
        before = path.read_bytes()
        self.put("lora/two/20_a.safetensors", b"12345")
        self.assertEqual(self.db("import", "--json").json()["with_file"], 1)
        self.assertEqual(path.read_bytes(), before)
        self.assertEqual(self.states(), {8: "Downloaded"})

    def test_what_is_no_source_is_refused(self):
        self.assert_refused(self.place.run("db", "import"), 4, "by default", "db import PATH")
        self.place.write("notes.txt", "nothing\n")
        self.assert_refused(self.place.run("db", "import", "notes.txt"), 2, "neither")
        self.assertFalse(self.place.database.exists())

    def test_a_store_in_use_is_left_alone(self):
        source = self.fill()
        with open(source / "lock", "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assert_refused(self.place.run("db", "import"), 5, "in use")

    def test_killed_on_the_way_the_next_one_completes_it(self):
        count = 6000
        self.write_bitcask([seed_entry(v, v, 5, status="Pending") for v in range(1, count + 1)])

        def counted():
            try:
                return len(self.place.entries())
            except sqlite3.Error:
                return 0

        run = self.place.start("db", "import")
        wait_until(lambda: counted() > 0 or not run.is_running(), "the first entries are there")
        run.signal(signal.SIGKILL)
        run.finish()
        self.assertTrue(library_is_sound(self.place.database))
        self.assertEqual(counted() % 1000, 0)
        self.db("import")
        self.assertEqual(counted(), count)


class Offer(Bring):
    def test_is_made_once(self):
        self.write_bitcask([seed_entry(101, 1, 5)])
        terminal = self.place.terminal("download", "--model-version-id", GLASS_VERSION, "--api-delay", 0)
        terminal.expect("Import its entries now")
        terminal.type("y\n")
        terminal.expect("1 entry, 1 new")
        terminal.expect("Download")
        terminal.type("n\n")
        self.assertEqual(terminal.finish(), 0)
        self.assertEqual(self.states(), {1: "Error"})
        again = self.place.terminal("download", "--model-version-id", GLASS_VERSION, "--api-delay", 0)
        again.expect("Download")
        again.type("n\n")
        again.finish()
        self.assertNotIn("Import", again.text)

    def test_no_is_remembered(self):
        source = self.write_bitcask([seed_entry(101, 1, 5)])
        before = tree(source)
        for wanted in (True, False):
            terminal = self.place.terminal("download", "--model-version-id", GLASS_VERSION, "--api-delay", 0)
            if wanted:
                terminal.expect("Import its entries now")
                terminal.type("n\n")
            terminal.expect("Download")
            terminal.type("n\n")
            terminal.finish()
            self.assertEqual("Import" in terminal.text, wanted)
        self.assertEqual(tree(source), before)

    def test_without_a_terminal_it_is_a_hint(self):
        self.write_bitcask([seed_entry(101, 1, 5)])
        self.assertIn("db import", self.download("--model-version-id", GLASS_VERSION).err)
        self.assertEqual(self.states(), {GLASS: "Downloaded"})


class Export(Bring):
    def setUp(self):
        super().setUp()
        self.download("--all-versions")

    def test_nothing_is_lost_on_the_way_there_and_back(self):
        before = self.whole()
        self.assertEqual(len(before["entries"]), 12)
        self.assertTrue(any("version_document" in entry for entry in before["entries"]))
        for source in self.lost_and_brought_back():
            self.db("import", source)
            self.assertEqual(self.whole(), before, source)

    def test_names_that_are_no_text_are_kept(self):
        path = pathlib.Path(self.place.entries()[GLASS]["path"])
        odd = os.fsencode(path.parent) + b"/caf\xe9 100%41.safetensors"
        os.rename(path, odd)
        self.db("verify", "--fix-paths", "--no")
        before = self.whole()
        glass = next(entry for entry in before["entries"] if entry["file_id"] == GLASS)
        self.assertTrue(glass["path_bytes"].endswith("/caf%E9 100%2541.safetensors"), glass["path_bytes"])
        for source in self.lost_and_brought_back():
            self.db("import", source)
            self.assertEqual(self.whole(), before, source)
            self.assertEqual(self.db("verify", "--no").code, 0)

    def test_what_was_deleted_stays_deleted(self):
        outcome = self.place.run("delete", "--yes", f"v_{GLASS_VERSION}")
        self.assertEqual(outcome.code, 0, outcome)
        before = self.whole()
        self.assertEqual([entry["file_id"] for entry in before["entries"] if "deleted_at" in entry], [GLASS])
        self.assertNotIn(str(GLASS), self.db("export", "--format", "csv").out)
        for source in self.lost_and_brought_back():
            old = (self.place.folder / "old_db/000000000.data").read_bytes()
            self.assertNotIn(f"v_{GLASS_VERSION}".encode(), old)
            self.db("import", source)
            self.assertNotIn(GLASS, self.place.entries(), source)
            self.assertEqual(self.whole(), before, source)
        plan = self.dry("--model-id", 9100640)["plan"]
        self.assertEqual([skipped["reason"] for skipped in plan["skipped"]], ["deleted"])

    def test_as_a_table(self):
        rows = list(csv.DictReader(io.StringIO(self.db("export", "--format", "csv").out)))
        self.assertEqual(len(rows), 12)
        glass = next(row for row in rows if row["file_id"] == str(GLASS))
        self.assertEqual((glass["key"], glass["status"], glass["size"]),
                         (f"v_{GLASS_VERSION}", "Downloaded", str(326 * KIB)))
        self.assertEqual(sha256_of(pathlib.Path(glass["path"])), glass["SHA256"])

    def test_the_original_program_finds_its_records(self):
        self.db("export", "--format", "bitcask", "old_db")
        data = (self.place.folder / "old_db/000000000.data").read_bytes()
        found = {}
        while data:
            key_size, value_size = struct.unpack(">IQ", data[:12])
            key, value = data[12:12 + key_size].decode(), data[12 + key_size:12 + key_size + value_size]
            crc, expiry = struct.unpack(">IQ", data[12 + key_size + value_size:24 + key_size + value_size])
            self.assertEqual((crc, expiry), (zlib.crc32(value), 0))
            self.assertLessEqual(len(key), 64)
            self.assertLessEqual(len(value), 65536)
            found[key] = value
            data = data[24 + key_size + value_size:]
        glass = json.loads(gzip.decompress(found[f"v_{GLASS_VERSION}"]))
        self.assertEqual(glass["file"]["id"], GLASS)
        self.assertEqual(glass["status"], "Downloaded")
        self.assertTrue((self.place.downloads / glass["folder"] / glass["filename"]).is_file())

    def test_nothing_is_overwritten(self):
        self.place.write("all.json", "mine")
        self.assert_refused(self.place.run("db", "export", "all.json"), 2, "exists already")
        self.assert_refused(self.place.run("db", "export", "--format", "bitcask", "all.json"), 2, "exists already")
        self.assert_refused(self.place.run("db", "export", "--format", "bitcask"), 2, "directory")
        self.assertEqual((self.place.folder / "all.json").read_text(), "mine")


class ExportOfImages(Bring):
    site_arguments = ("--catalogue", "gallery")

    def test_the_archive_is_brought_along(self):
        images = ("images", "--model-id", 50, "--limit", 0, "--api-delay", 0)
        self.assertEqual(self.place.run(*images).code, 0)
        before = self.whole()
        self.assertEqual((len(before["entries"]), len(before["images"])), (0, 16))
        for image in before["images"]:
            self.assertEqual(image["image_document"]["id"], image["image_id"])
        self.assertIn("0 entries and 16 images", self.db("export", "counted.json").err)
        for source in self.lost_and_brought_back():
            self.assertIn("16 images, 16 new", self.db("import", source).err)
            self.assertEqual(self.whole(), before, source)
            self.assertIn("16 images, 0 new", self.db("import", source).err)
        self.assertIn("16 saved before", self.place.run(*images, "--output-dir", "elsewhere").err)


class Adopt(Bring):
    def setUp(self):
        super().setUp()
        self.download("--all-versions", "--save-path", "elsewhere")
        self.content = {}
        elsewhere = self.place.folder / "elsewhere"
        for path in sorted(elsewhere.rglob("*")):
            if path.is_file() and not path.name.startswith("civitai_download.db"):
                self.content[path.name] = path.read_bytes()
        lantern = pathlib.Path(library_entries(elsewhere / "civitai_download.db")[LANTERN]["path"])
        self.lantern, self.name = lantern.read_bytes(), lantern.name
        self.home = self.place.downloads / lantern.relative_to(elsewhere).parent  # where the layout has it
        self.mine = self.place.folder / "mine"
        self.mine.mkdir()
        self.site.clear_journal()

    def lay_out(self):
        """Every file under another name, one twice, one that the site does not know."""
        for number, (name, content) in enumerate(sorted(self.content.items())):
            suffix = pathlib.Path(name).suffix
            (self.mine / f"sub{number % 3}").mkdir(exist_ok=True)
            (self.mine / f"sub{number % 3}" / f"renamed {number}{suffix}").write_bytes(content)
        (self.mine / "copy.safetensors").write_bytes(self.lantern)
        (self.mine / "own work.safetensors").write_bytes(b"nobody knows this")

    def outcomes(self, report):
        found = {}
        for file in report["files"]:
            found.setdefault(file["outcome"], []).append(pathlib.Path(file["path"]).name)
        return found

    def test_files_join_where_they_are(self):
        self.lay_out()
        before = tree(self.mine)
        report = self.db("adopt", "mine", "--json").json()
        found = self.outcomes(report)
        # Of one file the site tells no SHA256.
        self.assertEqual(len(found["unknown"]), 2)
        self.assertIn("own work.safetensors", found["unknown"])
        self.assertEqual(len(found["duplicate"]), 1)
        self.assertEqual(len(found["adopted"]), len(self.place.entries()))
        self.assertGreater(len(found["adopted"]), 5)
        self.assertEqual(tree(self.mine), before)
        routes = self.site.routes()
        self.assertEqual(routes.pop("by_hash_ids"), 1)
        self.assertLessEqual(sum(routes.values()), 3, routes)
        for entry in self.place.entries().values():
            self.assertEqual(entry["status"], "Downloaded")
            self.assertTrue(entry["path"].startswith(str(self.mine)))
            self.assertEqual(sha256_of(pathlib.Path(entry["path"])), entry["sha256"])
        self.assertIn("tidepool", {entry["creator"] for entry in self.place.entries().values()})
        self.assertEqual(self.db("verify", "--no").code, 0)

    def test_again_reads_and_asks_nothing(self):
        self.lay_out()
        self.db("adopt", "mine")
        self.site.clear_journal()
        outcome = self.db("adopt", "mine", "--json")
        found = self.outcomes(outcome.json())
        self.assertNotIn("adopted", found)
        self.assertEqual(self.site.routes(), {"by_hash_ids": 1}, "only unknown files are asked for")
        moved = self.mine / "sub0" / "renamed 0.safetensors"
        moved = moved if moved.exists() else next((self.mine / "sub0").iterdir())
        moved.rename(self.mine / f"at last{moved.suffix}")
        found = self.outcomes(self.db("adopt", "mine", "--json").json())
        self.assertEqual(found["found"], [f"at last{moved.suffix}"])
        self.assertIn(str(self.mine / f"at last{moved.suffix}"),
                      {entry["path"] for entry in self.place.entries().values()})

    def test_only_looking(self):
        self.lay_out()
        before = tree(self.place.folder)
        report = self.db("adopt", "mine", "--dry-run", "--move", "--json").json()
        self.assertTrue(report["moved"])
        self.assertIn("adopted", self.outcomes(report))
        self.assertEqual(tree(self.place.folder), before, "not even a library is made")

    def test_only_looking_writes_to_no_library(self):
        self.lay_out()
        self.db("adopt", "mine/sub0")

        def files():  # to read the library SQLite makes helper files for the time being
            return {name: what for name, what in tree(self.place.folder).items() if name != "downloads"}

        before = files()
        found = self.outcomes(self.db("adopt", "mine", "--dry-run", "--json").json())
        self.assertTrue(found["known"] and found["adopted"], found)
        self.assertEqual(files(), before)

    def test_move_files_them_and_overwrites_nothing(self):
        (self.mine / "light.safetensors").write_bytes(self.lantern)
        (self.mine / "light.preview.png").write_bytes(b"a picture")
        (self.mine / "lighter.txt").write_bytes(b"another's note")
        self.db("adopt", "mine", "--move")
        target = self.home / self.name
        self.assert_file(target, LANTERN)
        self.assertEqual(target.with_suffix(".preview.png").read_bytes(), b"a picture")
        self.assertEqual([path.name for path in self.mine.iterdir()], ["lighter.txt"])
        self.assertEqual(self.place.entries()[LANTERN]["path"], str(target))
        self.place.database.unlink()
        (self.mine / "light.safetensors").write_bytes(self.lantern)
        target.write_bytes(b"something else")
        outcome = self.db("adopt", "mine", "--move", code=7)
        self.assertIn("is there already", outcome.out)
        self.assertEqual(target.read_bytes(), b"something else")
        self.assertEqual(self.place.entries()[LANTERN]["path"], str(self.mine / "light.safetensors"))

    def test_a_move_whose_record_was_lost_is_found(self):
        (self.mine / "light.safetensors").write_bytes(self.lantern)
        self.db("adopt", "mine")
        self.home.mkdir(parents=True)
        (self.mine / "light.safetensors").rename(self.home / self.name)
        (self.mine / "light.preview.png").write_bytes(b"a picture")
        self.assertIn("1 file found", self.db("adopt", "mine", "--move").err)
        self.assertEqual(self.place.entries()[LANTERN]["path"], str(self.home / self.name))
        self.assertEqual((self.home / self.name).with_suffix(".preview.png").read_bytes(), b"a picture")

    def test_links_are_no_further_files_and_stay_where_they_are(self):
        elsewhere = self.place.folder / "another disk"
        elsewhere.mkdir()
        (elsewhere / "light.safetensors").write_bytes(self.lantern)
        (self.mine / "a link.safetensors").symlink_to("../another disk/light.safetensors")
        (self.mine / "nowhere.safetensors").symlink_to("not there.safetensors")
        (self.mine / "round").symlink_to(self.mine)
        outcome = self.db("adopt", "mine", "--move", code=7)
        self.assertIn("a link.safetensors: is a link", outcome.out)
        self.assertEqual(self.place.entries()[LANTERN]["path"], str(self.mine / "a link.safetensors"))
        self.assertEqual((self.mine / "a link.safetensors").read_bytes(), self.lantern)
        # Where the file itself is found, too, it is the one.
        self.place.database.unlink()
        (self.mine / "the file.safetensors").write_bytes(self.lantern)
        found = self.outcomes(self.db("adopt", "mine", "--json").json())
        self.assertEqual(found, {"adopted": ["the file.safetensors"], "duplicate": ["a link.safetensors"]})

    def test_killed_on_the_way_no_file_is_read_twice(self):
        self.lay_out()
        self.site.fault("by_hash_ids=stall-before-headers")
        run = self.place.start("db", "adopt", "mine")
        self.site.wait_for("by_hash_ids")
        run.signal(signal.SIGKILL)
        run.finish()
        self.assertTrue(library_is_sound(self.place.database))
        self.assertEqual(self.place.entries(), {})
        with sqlite3.connect(self.place.database) as library:
            hashed = library.execute("SELECT count(*) FROM hash_cache").fetchone()[0]
        self.site.clear_faults()
        report = self.db("adopt", "mine", "--json").json()
        self.assertEqual(hashed, len(report["files"]))
        self.assertIn("adopted", self.outcomes(report))

    def test_without_the_site_nothing_is_lost(self):
        self.lay_out()
        self.site.fault("by_hash_ids=status:404")
        outcome = self.place.run("db", "adopt", "mine")
        self.assertEqual(outcome.code, 4, outcome)
        self.site.clear_faults()
        self.db("adopt", "mine")
        self.assert_refused(self.place.run("db", "adopt", "nowhere"), 4, "no folder")


if __name__ == "__main__":
    unittest.main()

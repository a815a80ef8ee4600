"""Whatever the site calls its things, the screen stays whole and files stay where they belong."""

import json
import re
import unittest
import urllib.parse

from support import EndToEnd, names, wait_until

FILE = 9300420
FILE_NAME = "harborLights_sdxl.safetensors"
CHOICE = ("--model-id", 9100420)

# Text as it stands in a JSON document, with what it is meant to do to a terminal.
HOSTILE = {
    "colours": r"\u001b[31mred",
    "title": r"\u001b]0;owned\u0007",
    "clear": r"\u001b[2J\u001b[H",
    "eight bit": r"\u009b31mred",
    "backspace": r"safe\b\b\b\b",
    "carriage return": r"one\rtwo",
    "newline": r"one\ntwo",
    "delete": r"a\u007fb",
    "right to left": r"\u202egnp.exe",
    "isolates": r"\u2066x\u2069\u200f",
    "separators": r"a\u2028b\u2029c",
    "nothing": r"a\u0000b",
}
# What no terminal may be sent, newlines of our own aside.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

# File names that lead elsewhere, mean something else, or fit nowhere.
PLACES = {
    "upwards": "../../../../outside.safetensors",
    "absolute": "/etc/outside.safetensors",
    "backslashes": r"..\\..\\outside.safetensors",
    "encoded": "%2e%2e%2foutside.safetensors",
    "device": "CON.safetensors",
    "device with blanks": "aux .safetensors",
    "trailing dots": "model.safetensors...",
    "only dots": "...",
    "stream": "model.safetensors:hidden",
    "long": "n" * 300 + ".safetensors",
    "long and wide": "灯" * 200 + ".safetensors",
    "hidden": ".bashrc",
    "our own": "model.safetensors.9300420.tmp",
    "empty": "",
    "blank": "   ",
    "newline": r"one\ntwo.safetensors",
    "escape": r"\u001b[31m.safetensors",
    "right to left": r"\u202esrosnetefas.exe",
    "nothing": r"a\u0000b.safetensors",
}
DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{word}{digit}" for word in ("COM", "LPT") for digit in range(1, 10))}


class Names(EndToEnd):
    def rename(self, old, new):
        """The site uses another name, in all documents."""
        self.site.fault(f"/api=replace-text:{old}=>{new}")

    def file_called(self, name):
        self.site.reset()
        self.site.fault(f'/api=replace-text:"name":"{FILE_NAME}"=>"name":"{name}"')


class Screen(Names):
    def assert_clean(self, text):
        found = CONTROL.search(text)
        self.assertIsNone(found, found and f"{found.group()!r} in …{text[max(0, found.start() - 60):found.end()]!r}")

    def test_names_on_a_screen(self):
        for what, name in HOSTILE.items():
            with self.subTest(what):
                self.site.reset()
                for old in ("Harbor Lights", "tidepool", FILE_NAME, '"name":"sdxl', "SDXL 1.0", "Approaching"):
                    self.rename(old, ('"name":"' if old.startswith('"') else "") + name)
                self.site.fault("download=status:410")
                for arguments in (["download", "--dry-run", *CHOICE], ["download", "--yes", *CHOICE], ["db", "view"],
                                  ["db", "search", "9"]):
                    outcome = self.place.run(*arguments)
                    self.assert_clean(outcome.out)
                    self.assert_clean(outcome.err)
                self.assertIn("v_9200420", self.place.run("db", "view").out)

    def test_names_in_json_come_back_as_they_were(self):
        for what, name in HOSTILE.items():
            with self.subTest(what):
                self.site.reset()
                self.rename("Harbor Lights", name)
                outcome = self.place.run("download", "--dry-run", "--json", *CHOICE)
                self.assertEqual(outcome.code, 0, outcome)
                self.assertEqual(outcome.json()["plan"]["items"][0]["model_name"], json.loads(f'"{name}"'))

    def test_names_in_json_on_a_screen(self):
        for name in HOSTILE.values():
            self.site.reset()
            self.rename("Harbor Lights", name)
            self.assert_clean(self.place.run("download", "--dry-run", "--json", *CHOICE).out)

    def test_names_in_the_live_area(self):
        self.file_called(r"\u001b[2J\u202elive.safetensors")
        self.site.options(storage_rate=400_000)
        terminal = self.place.terminal("download", "--yes", *CHOICE)
        terminal.expect(r"live\.safetensors +\[")
        self.assertEqual(terminal.finish(), 0, terminal)
        # Our own: cursor up and erase below.
        self.assert_clean(re.sub(r"\x1b\[\d+F\x1b\[J|\r\n", "", terminal.text))

    def test_what_the_site_says_in_an_error(self):
        self.site.fault(r'models=status:400:message', r'models=body:{"error":"\u001b[31mred\u202e\u009b2J"}')
        outcome = self.place.run("download", "--yes")
        self.assertNotEqual(outcome.code, 0)
        self.assertIn("red", outcome.err)
        self.assert_clean(outcome.err)

    def test_what_the_site_says_in_a_log(self):
        self.site.fault("models=status:503:json@1", r'models=body:{"error":"\u001b[31mred\u202e"}@1')
        outcome = self.download("--log-api", "--log-format", "json", "-u", "tidepool")
        self.assert_clean(outcome.err)
        self.assert_clean((self.place.downloads / "api.log").read_text())

    def test_a_hostile_argument(self):
        outcome = self.place.run("download", "--\x1b[31mflag")
        self.assertEqual(outcome.code, 2)
        self.assert_clean(outcome.err)
        self.assert_clean(self.place.run("download", "--sort", "\x1b[31mNewest\u202e").err)


class Places(Names):
    def assert_safe(self, place):
        """One component after the other: what every file system takes and no system treats as something else."""
        for part in place.split("/"):
            self.assertLessEqual(len(part.encode()), 255, part)
            self.assertNotIn(part, ("", ".", ".."))
            self.assertFalse(CONTROL.search(part) or re.search(r'[<>:"\\|?*]', part), repr(part))
            self.assertFalse(part.endswith((".", " ")), repr(part))
            self.assertNotIn(part.split(".")[0].rstrip(" ").upper(), DEVICES)

    def fetched(self, *arguments):
        """Where the file came to lie, as a path below the root; nothing else was made anywhere."""
        before = names(self.place.root)
        self.download(*CHOICE, *arguments)
        made = {name for name in names(self.place.root) - before if "civitai_download.db" not in name}
        self.assertEqual(len(made), 1, made)
        place = made.pop()
        self.assertTrue(place.startswith("work/downloads/"), place)
        self.assert_file(self.place.root / place, FILE)
        self.assertEqual(self.place.entries()[FILE]["path"], str(self.place.root / place))
        return place.removeprefix("work/downloads/")

    def start_anew(self):
        self.place.remove()
        self.setUp()

    def test_names_of_files_in_the_plan(self):
        for what, name in PLACES.items():
            with self.subTest(what):
                self.file_called(name)
                path = self.dry(*CHOICE)["plan"]["items"][0]["path"]
                self.assertTrue(path.startswith(f"{self.place.downloads}/"), path)
                self.assert_safe(path.removeprefix(f"{self.place.downloads}/"))
                self.assertFalse(path.endswith(".tmp"))

    def test_names_of_files_given_by_storage(self):
        for what, name in PLACES.items():
            with self.subTest(what):
                self.start_anew()
                # Nothing in front of the name that would make it harmless.
                self.place.write("config.toml", 'PathTemplate = "{fileName}.{ext}"\n')
                encoded = urllib.parse.quote(json.loads(f'"{name}"'), safe="")
                self.site.fault(f"storage=header:Content-Disposition=attachment; filename*=UTF-8''{encoded}")
                place = self.fetched()
                self.assert_safe(place)
                self.assertFalse(place.endswith(".tmp"))

    def test_forms_of_names_given_by_storage(self):
        for variant in ("traversal", "empty", "long", "latin1", "percent", "unquoted", "both", "trailing-semicolon"):
            with self.subTest(variant):
                self.start_anew()
                self.site.fault(f"storage=content-disposition:{variant}")
                self.assert_safe(self.fetched())

    def test_names_of_models_versions_and_types(self):
        for what, name in PLACES.items():
            with self.subTest(what):
                self.start_anew()
                for member in ('"name":"Harbor Lights"', '"name":"sdxl"', '"baseModel":"SDXL 1.0"', '"type":"LORA"'):
                    self.rename(member, member.split(":")[0] + f':"{name}"')
                place = self.fetched()
                self.assert_safe(place)
                self.assertEqual(place.count("/"), 5)

    def test_documents_beside_them(self):
        self.rename("Harbor Lights", "../../outside")
        self.download(*CHOICE, "--metadata", "--model-info")
        self.assertEqual([name for name in names(self.place.root) if not name.startswith("work/downloads/")], [])
        for name in names(self.place.downloads):
            self.assert_safe(name)

    def test_two_files_that_would_share_a_path(self):
        self.download("--model-id", 9100530)
        self.assertEqual(names(self.place.downloads), {
            "checkpoint/qwen/quartz_engine/9100530-quartzengine_v09/v0.9/9200530_quartzEngine_v09.gguf",
            "checkpoint/qwen/quartz_engine/9100530-quartzengine_v09/v0.9/9200530_quartzEngine_v09-9300531.gguf"})

    def test_a_link_in_the_way_is_not_followed_outside(self):
        """A symbolic link under the final name is somebody's: it stays, and so does what it points to."""
        outside = self.place.write("outside.txt", "mine\n")
        place = self.place.downloads / "lora/sdxl_1.0/harbor_lights/9100420-harborlights_sdxl/sdxl"
        place.mkdir(parents=True)
        (place / "9200420_harborLights_sdxl.safetensors").symlink_to(outside)
        self.download(*CHOICE)
        self.assertEqual(outside.read_text(), "mine\n")
        self.assert_file(place / "9200420_harborLights_sdxl-9300420.safetensors", FILE)


class Clean(Names):
    def test_partial_files_have_safe_names_too(self):
        self.file_called("n" * 300 + r"\n.safetensors")
        self.site.options(storage_rate=200_000)
        run = self.place.start("download", "--yes", *CHOICE)
        partial = wait_until(lambda: self.place.partial(FILE), "the transfer begins")
        self.assertLessEqual(len(partial.name.encode()), 255)
        self.assertFalse(CONTROL.search(partial.name))
        self.site.options(storage_rate=0)
        self.assertEqual(run.finish().code, 0)


if __name__ == "__main__":
    unittest.main()

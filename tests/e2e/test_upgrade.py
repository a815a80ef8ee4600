"""Newer versions: outdated and upgrade, with and without replacing the old one."""

from support import KILL, KIB, EndToEnd, names, tree, wait_until

PONY, SDXL = 9300421, 9300420  # of Harbor Lights; the second one is newer
TRASH = ".civitai-trash"
# Both versions for the same base model.
SAME = "models=replace-text:Pony=>SDXL 1.0"


class Upgrading(EndToEnd):
    def setUp(self):
        super().setUp()
        self.download("--model-version-id", 9200421)
        self.site.fault(SAME)
        self.site.clear_journal()

    def run_well(self, *arguments):
        outcome = self.place.run(*arguments, "--api-delay", 0)
        self.assertEqual(outcome.code, 0, outcome)
        return outcome

    def path(self, file_id):
        return self.place.downloads / self.place.entries()[file_id]["path"]


class Outdated(Upgrading):
    def test_the_table(self):
        before = tree(self.place.downloads)
        outcome = self.run_well("outdated")
        self.assertRegex(outcome.out, r"\nHarbor Lights +pony +sdxl +SDXL 1\.0 +2026-02-01 +v_9200420\n")
        self.assertIn("1 model compared: 1 newer version\n", outcome.err)
        self.assertIn("hint: `upgrade` fetches them", outcome.err)
        self.assert_asked(models=1)
        query = self.site.journal("models")[0]
        self.assertIn("ids=9100420", str(query))
        self.assertEqual(tree(self.place.downloads), before)

    def test_the_json(self):
        self.assertEqual(self.run_well("outdated", "--json").json(), {
            "models": 1, "outdated": [{
                "model_id": 9100420, "model_name": "Harbor Lights", "model_type": "LORA", "version_id": 9200421,
                "version_name": "pony", "base_model": "Pony", "newest_version_id": 9200420,
                "newest_version_name": "sdxl", "newest_base_model": "SDXL 1.0",
                "published_at": "2026-02-01T07:00:00.000Z"}],
            "gone": [], "trouble": None})

    def test_another_base_model_is_another_thing_unless_it_is_not(self):
        self.site.clear_faults()
        self.assertEqual(self.run_well("outdated", "--json").json()["outdated"], [])
        found = self.run_well("outdated", "--json", "--any-base-model").json()["outdated"]
        self.assertEqual([one["newest_version_id"] for one in found], [9200420])

    def test_a_model_that_is_gone(self):
        self.site.fault("models=drop-first-item", "model=status:404:json")
        outcome = self.run_well("outdated")
        self.assertRegex(outcome.out, r"Harbor Lights +9100420 +1 +not on the site any more")
        gone = self.run_well("outdated", "--json").json()["gone"]
        self.assertEqual([(one["model_id"], one["why"], one["files"]) for one in gone], [(9100420, "gone", 1)])

    def test_a_version_that_was_deleted_is_not_missed(self):
        self.download("--model-version-id", 9200420)
        self.run_well("delete", "-y", "v_9200420")
        self.assertEqual(self.run_well("outdated", "--json").json()["outdated"], [])

    def test_without_a_library(self):
        self.assert_refused(self.place.run("outdated", "--save-path", self.place.folder / "none"), 4, "no library")
        self.assert_refused(self.place.run("outdated", "77"), 4, "nothing of what is named")


class Upgrade(Upgrading):
    def test_it_fetches_the_new_one_beside_the_old(self):
        outcome = self.run_well("upgrade", "-y")
        self.assertIn("1 downloaded", outcome.err)
        self.assert_file(self.path(SDXL), SDXL)
        self.assert_file(self.path(PONY), PONY)
        outcome = self.run_well("upgrade", "-y")
        self.assertIn("1 model compared: 0 newer versions", outcome.err)

    def test_a_dry_run_changes_nothing(self):
        before = tree(self.place.downloads)
        outcome = self.run_well("upgrade", "--dry-run", "--replace")
        self.assertIn("harborLights_sdxl.safetensors", outcome.out)
        self.assertIn("into the trash, once the new ones are proven: 1 old file, 440.0 KiB", outcome.out)
        plan = self.run_well("upgrade", "-n", "--replace", "--json").json()
        self.assertEqual([item["file_id"] for item in plan["plan"]["items"]], [SDXL])
        self.assertEqual(len(plan["replaces"]), 1)
        self.assertEqual(tree(self.place.downloads), before)

    def test_it_asks(self):
        self.assert_refused(self.place.run("upgrade"), 2, "no terminal", "hint: add --yes")
        terminal = self.place.terminal("upgrade", "--api-delay", 0)
        terminal.expect(r"Upgrade\? \[y/N\] ")
        terminal.type("n\n")
        self.assertEqual(terminal.finish(), 0, terminal)
        self.assertEqual(set(self.place.entries()), {PONY})

    def test_replacing_and_back(self):
        old = self.path(PONY)
        outcome = self.run_well("upgrade", "-y", "--replace", "9100420")
        self.assertIn("1 old file replaced (440.0 KiB in the trash)", outcome.err)
        self.assertEqual(set(self.place.entries()), {SDXL})
        self.assertFalse(old.exists())
        self.download("--model-id", 9100420, "--all-versions", "--nsfw")
        self.assertFalse(old.exists(), "what was replaced is not wanted any more")
        acts = self.run_well("trash", "list", "--json").json()["acts"]
        self.assertEqual([act["kind"] for act in acts], ["replace"])
        self.run_well("undo")
        self.assert_file(old, PONY)
        self.assert_file(self.path(SDXL), SDXL)

    def test_a_new_one_that_is_wrong_replaces_nothing(self):
        self.site.fault(f"storage=wrong-bytes#file:{SDXL}")
        outcome = self.place.run("upgrade", "-y", "--replace", "--api-delay", 0)
        self.assertEqual(outcome.code, 8, outcome)
        self.assert_file(self.path(PONY), PONY)
        self.assertEqual(self.run_well("trash", "list", "--json").json()["acts"], [])

    def test_killed_on_its_way_it_replaces_nothing_and_can_go_on(self):
        self.site.options(storage_rate=60 * KIB)
        run = self.place.start("upgrade", "-y", "--replace", "--api-delay", 0)
        wait_until(lambda: self.place.partial(SDXL), "the transfer has begun")
        self.assertTrue(list((self.place.downloads / TRASH).glob("0*/waiting.json")))
        run.signal(KILL)
        run.finish()
        self.assert_file(self.path(PONY), PONY)
        self.site.options(storage_rate=0)
        outcome = self.run_well("upgrade", "-y", "--replace")
        self.assertIn("1 old file replaced", outcome.err)
        self.assertEqual(set(self.place.entries()), {SDXL})
        self.assertEqual([name for name in names(self.place.downloads) if name.endswith("waiting.json")], [])

    def test_the_report_as_json(self):
        report = self.run_well("upgrade", "-y", "--replace", "--json").json()
        self.assertEqual([item["outcome"] for item in report["report"]["items"]], ["downloaded"])
        self.assertEqual([file["file_id"] for file in report["replaced"]["files"]], [PONY])

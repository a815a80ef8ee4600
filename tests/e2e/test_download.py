"""The main job: choose by criteria, see the plan, download, verify, record; and once more with nothing to do."""

import datetime
import gzip
import json
import unittest

from support import MIB, EndToEnd, names, open_library, small_disk, tree, wait_until

# Files of the demo catalogue that a plain run takes, each at its documented place.
DEFAULT_PLACES = {
    9300001: "checkpoint/sdxl_1.0/meridian_mix/9100001-meridianmix_v30/v3.0/9200031_meridianMix_v30.safetensors",
    9300002: "checkpoint/sdxl_1.0/meridian_mix/9100001-meridianmix_v30/v3.0/"
             "9200031_meridianMix_v30-9300002.safetensors",
    9300004: "checkpoint/sdxl_1.0/meridian_mix/9100001-meridianmix_v30/v3.0/9200031_meridianMix_v30.yaml",
    9300420: "lora/sdxl_1.0/harbor_lights/9100420-harborlights_sdxl/sdxl/9200420_harborLights_sdxl.safetensors",
    9300530: "checkpoint/qwen/quartz_engine/9100530-quartzengine_v09/v0.9/9200530_quartzEngine_v09.gguf",
    9300531: "checkpoint/qwen/quartz_engine/9100530-quartzengine_v09/v0.9/9200530_quartzEngine_v09-9300531.gguf",
    9300640: "vae/sd_1.5/soft_glass_vae/9100640-softglass/v1.0/9200640_softGlass.safetensors",
    9300750: "workflows/sdxl_1.0/river_study-layered_upscale/9100750-riverstudy_v10/v1.0/9200750_riverStudy_v10.zip",
}
VAE_PLACE = DEFAULT_PLACES[9300640]


def value_in(text, start):
    """The text of the JSON value that begins with `start`, exactly as it stands in the document."""
    begin = text.index(start)
    _, end = json.JSONDecoder().raw_decode(text, begin)
    return text[begin:end]


class WholeRun(EndToEnd):
    def test_every_wanted_file_arrives_proven_at_its_place_and_in_the_library(self):
        outcome = self.download()
        self.assertEqual(outcome.out, "", "data goes to standard output, a download has none")
        self.assertIn("to download: 8 files, 26.8 MiB into ", outcome.err)
        self.assertIn("8 downloaded; 26.8 MiB in ", outcome.err)
        self.assertEqual(names(self.place.downloads), set(DEFAULT_PLACES.values()))
        offered = self.site.files()
        entries = self.place.entries()
        self.assertEqual(set(entries), set(DEFAULT_PLACES))
        for file_id, place in DEFAULT_PLACES.items():
            path = self.place.downloads / place
            self.assert_file(path, file_id)
            entry = entries[file_id]
            self.assertEqual(entry["status"], "Downloaded")
            self.assertEqual(entry["path"], str(path))
            self.assertEqual(entry["size"], offered[file_id]["size"])
            self.assertEqual((entry["version_id"], entry["model_id"]),
                             (offered[file_id]["version_id"], offered[file_id]["model_id"]))
            self.assertEqual(entry["error"], "")
        self.assert_asked(models=1, download=8, storage=self.site.routes()["storage"])
        self.assert_no_leak()

    def test_what_is_left_out_is_listed_with_its_reason(self):
        outcome = self.download("--nsfw")
        for name, why in [("meridianMix_v30_trainingData.zip", "not yet scanned"),
                          ("Paper Lantern Style", "early access until 2099-06-14"),
                          ("glimmer-neg.pt", "flagged as dangerous")]:
            line = next(line for line in outcome.err.splitlines() if name in line)
            self.assertIn(why, line)

    def test_a_second_run_fetches_nothing(self):
        self.download()
        before = tree(self.place.downloads)
        self.site.clear_journal()
        outcome = self.download()
        self.assert_asked(models=1)
        self.assertIn("8 already here", outcome.err)
        self.assertIn("nothing to ", outcome.err)
        self.assertEqual(names(self.place.downloads), set(DEFAULT_PLACES.values()))
        for name, state in before.items():
            if not name.startswith("civitai_download.db"):
                self.assertEqual(tree(self.place.downloads)[name], state, name)

    def test_a_document_that_two_files_share_is_written_once(self):
        outcome = self.download("--metadata", "--model-version-id", 9200031, "-c", 3)
        self.assertIn("2 JSON documents to write", outcome.err)
        self.assertIn("2 JSON documents written", outcome.err)

    def test_a_second_run_beside_saved_metadata_has_nothing_to_write(self):
        self.download("--metadata", "--model-info")
        before = names(self.place.downloads)
        again = self.download("--metadata", "--model-info", "--json").json()
        self.assertEqual(again["plan"]["items"], [])
        self.assertEqual(again["report"]["documents_written"], 0)
        self.assertEqual(names(self.place.downloads), before)

    def test_files_run_at_once_as_many_as_asked(self):
        self.site.options(storage_rate=4 * MIB)
        self.download("-c", 3, "--connections", 1)
        self.assertEqual(self.site.summary()["max_in_flight"]["storage"], 3)

    def test_a_file_gets_as_many_connections_as_allowed_where_each_is_slow(self):
        self.site.options(storage_rate=4 * MIB)
        self.download("--model-version-id", 9200010, "--connections", 3)
        self.assertEqual(self.site.summary()["max_in_flight"]["storage"], 3)
        self.assertEqual(self.site.routes()["download"], 1, "one link is enough for all")

    def test_a_file_that_was_deleted_is_fetched_again(self):
        self.download("--model-id", 9100640)
        (self.place.downloads / VAE_PLACE).unlink()
        self.download("--model-id", 9100640)
        self.assert_file(self.place.downloads / VAE_PLACE, 9300640)

    def test_a_file_without_a_record_is_proven_and_adopted(self):
        self.download("--model-id", 9100640)
        for helper in self.place.downloads.glob("civitai_download.db*"):
            helper.unlink()
        self.site.clear_journal()
        outcome = self.download("--model-id", 9100640)
        self.assertIn("1 found in place", outcome.err)
        self.assert_asked(model=1)
        self.assertEqual(self.place.entries()[9300640]["status"], "Downloaded")

    def test_a_foreign_file_of_the_same_name_stays(self):
        foreign = self.place.write(f"downloads/{VAE_PLACE}", "mine\n")
        self.download("--model-id", 9100640)
        self.assertEqual(foreign.read_text(), "mine\n")
        twin = foreign.with_name("9200640_softGlass-9300640.safetensors")
        self.assert_file(twin, 9300640)
        self.assertEqual(self.place.entries()[9300640]["path"], str(twin))

    def test_an_expired_link_is_resolved_anew(self):
        self.site.fault("storage=link-expired@1")
        self.download("--model-id", 9100640)
        self.assert_asked(model=1, download=2, storage=2)
        self.assert_file(self.place.downloads / VAE_PLACE, 9300640)

    def test_a_broken_transfer_goes_on_where_it_broke(self):
        self.site.fault("storage=reset-after:200000@1")
        self.download("--model-id", 9100640)
        self.assertEqual(self.site.ranges(9300640), [None, "bytes=200000-"])
        self.assert_asked(model=1, download=1, storage=2)
        self.assert_file(self.place.downloads / VAE_PLACE, 9300640)

    def test_a_link_that_expires_midway_is_resolved_anew_and_nothing_is_fetched_twice(self):
        self.site.fault("storage=reset-after:200000@1", "storage=link-expired@2")
        self.download("--model-id", 9100640)
        self.assertEqual(self.site.ranges(9300640), [None, "bytes=200000-", "bytes=200000-"])
        self.assert_asked(model=1, download=2, storage=3)
        self.assert_file(self.place.downloads / VAE_PLACE, 9300640)

    def test_the_key_goes_to_the_site_and_nowhere_else(self):
        self.site.options(require_login=True)
        self.download("--model-id", 9100640, CIVITAI_TOKEN="valid-key")
        keys = {entry["route"]: dict(entry["headers"]).get("Authorization") for entry in self.site.journal()}
        self.assertEqual(keys, {"model": "Bearer valid-key", "download": "Bearer valid-key", "storage": None})
        self.assert_no_leak()


class DryRun(EndToEnd):
    def test_changes_nothing_on_an_empty_disk(self):
        before = tree(self.place.root)
        outcome = self.place.run("download", "--dry-run")
        self.assertEqual(outcome.code, 0, outcome)
        self.assertIn("to download: 8 files, 26.8 MiB into ", outcome.out)
        for place in DEFAULT_PLACES.values():
            self.assertIn(place, outcome.out)
        self.assertEqual(tree(self.place.root), before)
        self.assert_asked(models=1)

    def test_changes_nothing_beside_a_library(self):
        self.download("--model-id", 9100640)
        before = tree(self.place.downloads)
        plan = self.dry()["plan"]
        self.assertNotIn(9300640, [item["file_id"] for item in plan["items"]])
        # A reader of a WAL database may leave its empty helpers behind, nothing else.
        after = {name: state for name, state in tree(self.place.downloads).items()
                 if not name.endswith(("-wal", "-shm"))}
        self.assertEqual(after, {name: state for name, state in before.items() if not name.endswith(("-wal", "-shm"))})

    def test_asks_no_question_and_needs_no_terminal(self):
        self.assertEqual(self.place.run("download", "--dry-run", "--model-id", 9100640).code, 0)


class Json(EndToEnd):
    def test_the_plan(self):
        outcome = self.place.run("download", "--dry-run", "--json")
        self.assertEqual(outcome.code, 0, outcome)
        self.assertEqual(outcome.err, "")
        root = outcome.json()
        self.assertEqual(list(root), ["scan", "plan"])
        self.assertEqual(root["scan"]["files"], 8)
        self.assertEqual(root["scan"]["skipped"], {"paid": 1, "not_scanned": 1, "flagged": 1})
        plan = root["plan"]
        self.assertEqual(plan["bytes_to_fetch"], sum(item["size"] for item in plan["items"]))
        self.assertGreater(plan["free_bytes"], 0)
        self.assertEqual({item["file_id"]: item["path"] for item in plan["items"]},
                         {file_id: str(self.place.downloads / place) for file_id, place in DEFAULT_PLACES.items()})
        self.assertEqual({item["action"] for item in plan["items"]}, {"fetch"})
        self.assertEqual([skipped["reason"] for skipped in plan["skipped"]], ["not_scanned", "paid", "flagged"])

    def test_the_report(self):
        self.site.fault("storage=wrong-bytes#file:9300640")
        outcome = self.download("--json", code=7)
        root = outcome.json()
        self.assertEqual(list(root), ["scan", "plan", "report"])
        report = root["report"]
        self.assertEqual((report["downloaded"], report["failed"]), (7, 1))
        outcomes = {item["file_id"]: item for item in report["items"]}
        self.assertEqual(outcomes[9300640]["outcome"], "failed")
        self.assertEqual(outcomes[9300640]["error"]["kind"], "verification")
        self.assertEqual(outcomes[9300001]["outcome"], "downloaded")
        self.assertEqual(outcomes[9300001]["path"], str(self.place.downloads / DEFAULT_PLACES[9300001]))
        self.assertIsNone(outcomes[9300001]["error"])
        self.assertIsNone(report["stopped_by"])

    def test_a_run_with_nothing_to_do_reports_too(self):
        self.download("--model-id", 9100640)
        root = self.download("--model-id", 9100640, "--json").json()
        self.assertEqual(root["scan"]["skipped"], {"already_here": 1})
        self.assertEqual((root["plan"]["items"], root["report"]["items"]), ([], []))


class Documents(EndToEnd):
    def page(self):
        """The list page as the program received it."""
        return self.site.raw(self.site.journal("models")[0]["target"]).decode()

    def test_metadata_is_the_version_as_received(self):
        # What no parser of today knows, in a spelling that no writer would choose.
        self.site.fault(r'models=replace-text:"baseModelType":"Standard"=>"baseModelType" : "Standard" ,'
                        r' "invented":{"n":1e3,"big":9007199254740993123,"\u00e9":"\/é","again":[ ]}')
        self.download("--metadata")
        page = self.page()
        for file_id, place in DEFAULT_PLACES.items():
            version = self.site.files()[file_id]["version_id"]
            saved = (self.place.downloads / place).with_suffix(".json").read_bytes().decode()
            self.assertEqual(saved, value_in(page, f'{{"id":{version},"index"'))
            self.assertIn('"big":9007199254740993123', saved)

    def test_the_library_keeps_the_version_as_received(self):
        self.download("-q", "Harbor")
        with open_library(self.place.database) as library:
            packed = library.execute("SELECT json_gzip FROM version_documents WHERE version_id = 9200420").fetchone()
        self.assertEqual(gzip.decompress(packed[0]).decode(), value_in(self.page(), '{"id":9200420,"index"'))

    def test_model_info_is_the_model_as_received(self):
        self.download("--model-info", "-q", "Harbor")
        saved = self.place.downloads / "lora/sdxl_1.0/harbor_lights/9100420-harbor_lights.json"
        self.assertEqual(saved.read_bytes().decode(), value_in(self.page(), '{"id":9100420,"name"'))

    def test_model_info_is_saved_of_models_of_which_no_file_is_wanted(self):
        self.download("--model-info", "--nsfw", "-q", "Glimmer")
        self.assertEqual(names(self.place.downloads),
                         {"textualinversion/sd_1.5/glimmer_negative/9100310-glimmer_negative.json"})
        self.assertEqual(self.place.entries(), {})

    def test_model_info_is_not_saved_where_every_base_model_is_to_be_left_out(self):
        self.download("--model-info", "--nsfw", "-q", "Glimmer", "--ignore-base-models", "SD 1.5")
        self.assertEqual(names(self.place.downloads), set())

    def test_models_whose_info_would_share_one_path_are_told_apart(self):
        self.place.write("config.toml", 'ModelInfoTemplate = "{type}.json"\n')
        for _ in range(2):
            self.place.run("download", "--meta-only", "--model-info", "-t", "Checkpoint")
            found = {json.loads(path.read_text())["id"]: path.name
                     for path in self.place.downloads.glob("checkpoint*.json")}
            self.assertEqual(set(found), {9100001, 9100530})
            self.assertIn("checkpoint.json", found.values())

    def test_meta_only_writes_documents_without_asking_and_fetches_no_file(self):
        outcome = self.place.run("download", "--meta-only", "--model-info", "-q", "Harbor")
        self.assertEqual(outcome.code, 0, outcome)
        self.assert_asked(models=1)
        self.assertEqual(names(self.place.downloads), {
            "lora/sdxl_1.0/harbor_lights/9100420-harbor_lights.json",
            "lora/sdxl_1.0/harbor_lights/9100420-harborlights_sdxl/sdxl/9200420_harborLights_sdxl.json"})
        self.assertEqual(self.place.entries(), {})

    def test_metadata_asked_for_later_is_added_to_what_is_here(self):
        self.download("--model-id", 9100640)
        self.download("--model-id", 9100640, "--metadata")
        document = (self.place.downloads / VAE_PLACE).with_suffix(".json")
        self.assertEqual(json.loads(document.read_text())["id"], 9200640)

    def test_a_document_that_is_not_ours_stays(self):
        foreign = self.place.write(f"downloads/{VAE_PLACE}".replace(".safetensors", ".json"), '{"my":"notes"}')
        self.download("--model-id", 9100640, "--metadata")
        self.assertEqual(foreign.read_text(), '{"my":"notes"}')


class Choice(EndToEnd):
    """Which files the flags choose, seen in the plan."""

    def files(self, *arguments):
        return {item["file_id"] for item in self.dry(*arguments)["plan"]["items"]}

    def skipped(self, *arguments):
        return {(entry["reason"], entry["file_id"] or entry["version_id"] or entry["model_id"])
                for entry in self.dry(*arguments)["plan"]["skipped"]}

    def test_the_newest_version_by_publication_or_all(self):
        self.assertEqual(self.files("--model-id", 9100420), {9300420})
        self.assertEqual(self.files("--model-id", 9100420, "--all-versions"), {9300420, 9300421})

    def test_the_newest_version_of_the_base_models_asked_for(self):
        self.assertEqual(self.files("-b", "Pony"), {9300421})
        self.assertEqual(self.files("-b", "SD 1.5"), {9300021, 9300640})
        self.assertEqual(self.files("--base-models", "Pony,Qwen"), {9300421, 9300530, 9300531})
        self.assertEqual(self.files("--base-model", "Pony", "--base-model", "Qwen"), {9300421, 9300530, 9300531})
        self.assertEqual(self.files("--ignore-base-models", "sd 1.5,QWEN,pony"),
                         {9300001, 9300002, 9300004, 9300420, 9300750})

    def test_primary_pruned_fp16(self):
        self.assertEqual(self.files("--primary-only"), {9300001, 9300420, 9300530, 9300640, 9300750})
        # Both speak of checkpoints; other types are not touched.
        for flag in ("--pruned", "--fp16"):
            self.assertEqual(self.files(flag), {9300001, 9300420, 9300640, 9300750})
        self.assertIn(("not_fp16", 9300002), self.skipped("--fp16"))

    def test_names_to_leave_out(self):
        self.assertEqual(self.files("--ignore-filename-strings", "YAML,quartz"),
                         {9300001, 9300002, 9300420, 9300640, 9300750})

    def test_types_under_every_name_of_the_flag(self):
        for flag in ("-t", "-m", "--type", "--model-types"):
            self.assertEqual(self.files(flag, "VAE,Workflows"), {9300640, 9300750}, flag)
            self.assertEqual(self.files(flag, "VAE", flag, "Workflows"), {9300640, 9300750}, flag)

    def test_several_tags_are_several_passes_merged(self):
        for flag in ("--tag", "--tags"):
            self.site.clear_journal()
            plan = self.dry(flag, "style,tool")
            self.assertEqual({item["file_id"] for item in plan["plan"]["items"]}, {9300420, 9300640, 9300750})
            self.assertEqual(plan["scan"]["models"], 5)
            asked = [dict(entry["query"])["tag"] for entry in self.site.journal("models")]
            self.assertEqual(asked, ["style", "tool"])
        # A model that has both tags is taken once.
        self.assertEqual(self.dry("--tag", "landscape", "--tag", "style")["scan"]["models"], 3)

    def test_several_users_are_several_passes_merged(self):
        for flag in ("-u", "--username", "--usernames"):
            self.site.clear_journal()
            self.assertEqual(self.files(flag, "tidepool", flag, "marrow_and_ink"),
                             {9300420, 9300530, 9300531, 9300640})
            asked = [dict(entry["query"])["username"] for entry in self.site.journal("models")]
            self.assertEqual(asked, ["tidepool", "marrow_and_ink"])

    def test_a_search(self):
        for flag in ("-q", "--query"):
            self.assertEqual(self.files(flag, "quartz"), {9300530, 9300531})

    def test_one_model_or_one_version(self):
        self.assertEqual(self.files("--model-id", 9100640), {9300640})
        self.assertEqual(self.files("--model-version-id", 9200421), {9300421})
        self.assertEqual(self.files("--model-version-id", 9200421, "--model-id", 9100640), {9300421})

    def test_what_was_flagged_or_sold_only_on_demand(self):
        self.assertEqual(self.skipped(), {("not_scanned", 9300005), ("paid", 9200222), ("flagged", 9300310)})
        self.assertEqual(self.files("--allow-unsafe") - set(DEFAULT_PLACES), {9300005, 9300310})
        self.assertEqual(self.files("--include-paid") - set(DEFAULT_PLACES), {9300041})

    def test_limit_counts_models_over_all_pages(self):
        self.site.options(page_size_cap=2)
        scan = self.dry("-l", 3)["scan"]
        self.assertEqual((scan["models"], scan["pages"], scan["limit_reached"]), (3, 2, True))
        scan = self.dry("--limit", 0)["scan"]
        self.assertEqual((scan["models"], scan["pages"], scan["limit_reached"]), (7, 4, False))
        told = self.place.run("download", "--dry-run", "--limit", 3).out
        self.assertIn("stopped at --limit", told)

    def test_max_pages(self):
        self.site.options(page_size_cap=2)
        scan = self.dry("--max-pages", 2)["scan"]
        self.assertEqual((scan["models"], scan["pages"], scan["max_pages_reached"]), (4, 2, True))

    def test_the_request_carries_what_was_asked(self):
        self.dry("--sort", "Newest", "--period", "Month", "--nsfw", "-t", "LORA", "-b", "Pony", "-q", "lights")
        asked = dict(self.site.journal("models")[0]["query"])
        expected = {"sort": "Newest", "period": "Month", "nsfw": "true", "types": "LORA", "baseModels": "Pony",
                    "query": "lights"}
        self.assertEqual({name: asked.get(name) for name in expected}, expected)

    def test_short_forms(self):
        self.dry("-s", "Oldest", "-p", "Year", "-c", 2)
        asked = dict(self.site.journal("models")[0]["query"])
        self.assertEqual((asked["sort"], asked["period"]), ("Oldest", "Year"))


class Scan(EndToEnd):
    """The list in pages of two models, and what may be wrong with it."""

    def setUp(self):
        super().setUp()
        self.site.options(page_size_cap=2)

    def scan(self, *arguments, code=0):
        return self.dry("--limit", 0, *arguments, code=code)["scan"]

    def test_a_cursor_that_repeats_ends_the_scan_with_a_note(self):
        for fault, models in (("same-cursor@2-", 4), ("cursor-cycle", 6)):
            with self.subTest(fault):
                self.site.clear_faults()
                self.site.fault(f"models={fault}")
                scan = self.scan(code=5)
                self.assertEqual(scan["models"], models)
                self.assertTrue(scan["gave_up"], "what may be incomplete is no success")
                self.assertIn("the list may be incomplete", scan["notices"][0])

    def test_an_empty_page_is_not_the_end(self):
        self.site.fault("models=empty-page@2")
        scan = self.scan()
        self.assertEqual((scan["pages"], scan["models"]), (4, 5))

    def test_a_model_on_two_pages_is_taken_once(self):
        self.site.fault("models=duplicate-item")
        self.assertEqual(self.scan()["models"], 7)

    def test_what_a_sorted_list_loses_is_found_by_a_second_walk(self):
        self.site.options(newest_drops_one=True)
        scan = self.scan("--sort", "Newest")
        self.assertEqual(scan["models"], 7)
        self.assertIn("a second walk found the rest", scan["notices"][0])

    def test_a_scan_that_breaks_off_keeps_what_it_has_and_says_so(self):
        self.site.fault("models=status:401:login@3-")
        scan = self.scan(code=3)
        self.assertEqual((scan["pages"], scan["models"]), (2, 4))
        self.assertEqual(scan["notices"], ["the scan broke off after page 2"])
        self.site.clear_faults()
        self.site.fault("models=status:401:login@3-")
        outcome = self.download("--limit", 0, code=3)
        self.assertIn("the scan broke off after page 2", outcome.err)
        self.assertIn("5 downloaded", outcome.err)

    def test_the_site_is_not_hurried(self):
        self.place.run("download", "--dry-run", "--limit", 0, "--api-delay", 150)
        times = [datetime.datetime.strptime(entry["started"], "%Y-%m-%dT%H:%M:%S.%fZ")
                 for entry in self.site.journal("models")]
        self.assertEqual(len(times), 4)
        # The site notes when a request reached it: on a busy machine some time after it was sent.
        for earlier, later in zip(times, times[1:]):
            self.assertGreaterEqual((later - earlier).total_seconds(), 0.1)
        self.assertGreaterEqual((times[-1] - times[0]).total_seconds(), 0.4)

    def test_a_line_tells_how_far_it_is(self):
        self.site.options(latency_ms=300)
        terminal = self.place.terminal("download", "--dry-run", "--limit", 0)
        terminal.expect(r"scanning: page [1-3], [246] models, \d files? wanted")
        self.assertEqual(terminal.finish(), 0, terminal)
        self.assertEqual([line for line in terminal.screen() if line.startswith("scanning")], [])


class Places(EndToEnd):
    def test_the_old_version_of_a_model_has_its_own_folders(self):
        self.download("--model-version-id", 9200010, "--model-info", "--metadata")
        self.assertEqual(names(self.place.downloads), {
            "checkpoint/sd_1.5/meridian_mix/9100001-meridianmix_v10/v1.0/9200010_meridianMix_v10.safetensors",
            "checkpoint/sd_1.5/meridian_mix/9100001-meridianmix_v10/v1.0/9200010_meridianMix_v10.json",
            "checkpoint/sd_1.5/meridian_mix/9100001-meridian_mix.json"})

    def test_another_template_and_another_root(self):
        self.place.write("config.toml", 'PathTemplate = "{creator}/{fileID}_{fileName}.{ext}"\n')
        self.download("--save-path", "elsewhere", "--model-id", 9100640)
        self.assertEqual(names(self.place.folder / "elsewhere"), {"tidepool/9300640_softGlass.safetensors"})

    def test_names_beyond_ascii(self):
        self.download("--model-version-id", 9200201)
        self.assertEqual(names(self.place.downloads), {
            "lora/sdxl_1.0/paper_lantern_style/9100200-file-9300042/v1_sdxl/9200201_紙灯籠.safetensors",
            "lora/sdxl_1.0/paper_lantern_style/9100200-paper_lantern_examples/v1_sdxl/"
            "9200201_paper lantern examples.zip"})


class FullDisk(EndToEnd):
    def test_a_plan_that_cannot_fit_is_refused_before_anything_is_fetched(self):
        with small_disk(self, self.place.downloads, 16 * MIB):
            outcome = self.download(code=9)
            self.assertIn("error: 26.8 MiB are needed", outcome.err)
            self.assertIn("hint: make room", outcome.err)
            self.assert_asked(models=1)
            self.assertEqual(names(self.place.downloads), set())

    def test_a_disk_that_fills_up_ends_the_run_and_room_lets_it_finish(self):
        place = "checkpoint/sd_1.5/meridian_mix/9100001-meridianmix_v10/v1.0/9200010_meridianMix_v10.safetensors"
        with small_disk(self, self.place.downloads, 8 * MIB):
            self.site.options(storage_rate=MIB)
            run = self.place.start("download", "--yes", "--model-version-id", 9200010, "--connections", 1)
            wait_until(lambda: self.place.partial(9300021) and self.place.partial(9300021).stat().st_size > 256 * 1024,
                       "the first bytes are here")
            ballast = self.place.downloads / "ballast"
            self._fill(ballast)
            outcome = run.finish()
            self.assertEqual(outcome.code, 9, outcome)
            self.assertIn("run the same command again to continue", outcome.err)
            self.assertFalse((self.place.downloads / place).exists())
            self.assertTrue(self.place.partial(9300021), "what had arrived is kept")
            ballast.unlink()
            self.site.options(storage_rate=0)
            self.download("--model-version-id", 9200010)
            self.assert_file(self.place.downloads / place, 9300021)
            self.assertEqual(self.place.entries()[9300021]["status"], "Downloaded")

    @staticmethod
    def _fill(path):
        try:
            with open(path, "wb", buffering=0) as file:
                while True:
                    file.write(b"x" * 65536)
        except OSError:
            pass


if __name__ == "__main__":
    unittest.main()

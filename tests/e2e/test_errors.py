"""What goes wrong, what is said about it, with which exit code, and what stays behind."""

import json
import os
import re
import stat
import subprocess
import unittest

from support import LIMIT, PROGRAM, EndToEnd, names, unplugged

VAE = ("--model-id", 9100640)
VAE_FILE = 9300640
VAE_PLACE = "vae/sd_1.5/soft_glass_vae/9100640-softglass/v1.0/9200640_softGlass.safetensors"
LORA = ("--model-id", 9100420)
LORA_FILE = 9300420
KEY = "k3y-0f-a-person-0123456789"


class StandardStreams(EndToEnd):
    def run_in_shell(self, redirections, *arguments):
        line = f'exec "$0" "$@" {redirections}'
        return subprocess.run(["sh", "-c", line, PROGRAM, *map(str, arguments)], env=self.place.environment,
                              cwd=self.place.folder, capture_output=True, text=True, timeout=LIMIT, check=False)

    def test_data_that_cannot_be_written_is_no_success(self):
        plan = ("download", "--dry-run", "--json", *VAE)
        self.assertEqual(self.run_in_shell("", *plan).returncode, 0)
        full = self.run_in_shell(">/dev/full", *plan)
        self.assertEqual((full.returncode, full.stderr),
                         (9, "error: cannot write to standard output: no space left on device\n"))
        self.assertEqual(self.run_in_shell(">&-", *plan).returncode, 1)

    def test_without_any_stream_nothing_strays_into_the_files(self):
        outcome = self.run_in_shell("<&- >&- 2>&-", "download", "--yes", "--log-api", "--log-level", "debug", *VAE)
        self.assertEqual(outcome.returncode, 0)
        self.assert_file(self.place.downloads / VAE_PLACE, VAE_FILE)
        for line in (self.place.downloads / "api.log").read_text().splitlines():
            self.assertRegex(line, r"^\d{4}-\d\d-\d\dT[^ ]+ GET ")


class Usage(EndToEnd):
    """Refused before anything is asked of the site."""

    def refused(self, *arguments, words=()):
        outcome = self.place.run("download", "--yes", *arguments)
        self.assert_refused(outcome, 2, *words)
        self.assert_asked()
        self.assertFalse(self.place.downloads.exists())

    def test_an_unknown_flag_with_the_nearest_one(self):
        self.refused("--limitt", 3, words=["unknown flag --limitt", "hint: did you mean --limit?"])

    def test_a_flag_of_another_command(self):
        self.refused("--check-hash", words=["it belongs to: db verify"])

    def test_an_unknown_command_with_the_nearest_one(self):
        outcome = self.place.run("downlod")
        self.assert_refused(outcome, 2, "unknown command downlod", "did you mean download?")

    def test_words_in_the_wrong_case(self):
        for flag, wrong, right in [("--sort", "newest", "Newest"), ("--period", "alltime", "AllTime"),
                                   ("--type", "lora", "LORA"), ("--log-level", "Debug", "debug")]:
            with self.subTest(flag):
                self.refused(flag, wrong, words=[f'{flag}: unknown value "{wrong}"', "allowed: ", f'"{right}"?'])

    def test_words_that_are_none(self):
        self.refused("--sort", "Cheapest", words=['"Cheapest"', "Highest Rated, Most Downloaded"])
        self.refused("--period", "Decade", words=['"Decade"', "AllTime, Year, Month, Week, Day"])

    def test_numbers(self):
        self.refused("--limit", "ten", words=['"ten"', "whole number"])
        self.refused("--limit", "-1", words=["--limit"])
        self.refused("--concurrency", 0, words=["1 to 64"])
        self.refused("--model-id", "12x", words=["--model-id"])
        self.refused("--limit", words=["--limit needs a value"])

    def test_a_wrong_template_names_the_known_placeholders(self):
        self.place.write("config.toml", 'PathTemplate = "{typ}/{fileName}.{ext}"\n')
        outcome = self.place.run("download", "--yes")
        self.assert_refused(outcome, 2, "PathTemplate", "{typ}", "did you mean {type}?")
        self.assert_asked()

    def test_an_unknown_base_model_only_warns(self):
        outcome = self.place.run("download", "--dry-run", "--base-model", "SDXL 1")
        self.assertEqual(outcome.code, 0, outcome)
        self.assertIn('warning: --base-model: "SDXL 1" is not among the known names; nearest: SDXL 1.0', outcome.err)
        self.assert_asked(models=1)

    def test_a_key_on_the_command_line_is_refused_and_not_repeated(self):
        for flag in ("--token", "--api-key"):
            outcome = self.place.run("download", "--yes", flag, KEY)
            self.assert_refused(outcome, 2, "every user of this machine", "CIVITAI_TOKEN")
            self.assertNotIn(KEY, outcome.err)

    def test_a_target_that_is_no_folder(self):
        self.place.write("downloads", "a file\n")
        outcome = self.place.run("download", "--yes", *VAE)
        self.assert_refused(outcome, 1, "downloads", "not a directory")
        self.assert_asked()

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_a_target_that_may_not_be_written(self):
        self.place.downloads.mkdir(mode=0o555)
        outcome = self.place.run("download", "--yes", *VAE)
        self.assert_refused(outcome, 1, str(self.place.downloads))
        self.assert_asked()


class Unreachable(EndToEnd):
    def test_an_unplugged_site_ends_after_the_usual_tries(self):
        with unplugged() as address:
            outcome = self.place.run("download", "--yes", *VAE, CIVITAI_BASE_URL=address)
        self.assert_refused(outcome, 5, "connect")
        self.assertEqual(outcome.err.count("trying again in"), 4)
        self.assertIn("warning: model 9100640: failed to connect to 127.0.0.1 ", outcome.err)
        self.assertIn("hint: check the network", outcome.err)
        self.assertFalse(self.place.downloads.exists(), "nothing is left behind by a run that found nothing")

    def test_a_passing_trouble_is_waited_out(self):
        self.site.fault("models=status:503:html@1", "download=status:500@1", "storage=reset-after:1000@1")
        self.download("-u", "tidepool")
        self.assertEqual(set(self.place.entries()), {VAE_FILE, LORA_FILE})

    def test_the_edge_in_front_of_the_site_refuses(self):
        self.site.fault("models=status:403:challenge")
        self.assert_refused(self.download(code=5), 5, "network edge", "hint: ")

    def test_a_web_page_in_place_of_the_list_once(self):
        self.site.fault("models=html-200@1")
        self.assertIn("a web page instead of data; trying again", self.download("-u", "tidepool").err)


class NotThere(EndToEnd):
    def test_a_model_or_version_that_does_not_exist(self):
        for choice in (("--model-id", 42), ("--model-version-id", 42)):
            self.assert_refused(self.download(*choice, code=4), 4, "42", "does not have it")

    def test_an_unknown_creator(self):
        self.assert_refused(self.download("-u", "nobody_here", code=4), 4, "User not found")

    def test_an_unknown_creator_among_others(self):
        plan = self.dry("-u", "tidepool,nobody_here,marrow_and_ink")
        self.assertIn("the site does not know the creator 'nobody_here'", plan["scan"]["notices"])
        self.assertIn(9300530, [item["file_id"] for item in plan["plan"]["items"]])

    def test_an_unknown_tag_never_means_everything(self):
        outcome = self.place.run("download", "--dry-run", "--json", "--tag", "lanscape")
        self.assertEqual(json.loads(outcome.out)["plan"]["items"], [])

    def test_an_archived_model_is_listed_as_such(self):
        outcome = self.download("--model-id", 9100900)
        self.assertRegex(outcome.err, r"Retired Sketch Helper +archived")
        self.assertNotIn("everything that is wanted is here", outcome.err)
        self.assert_asked(model=1)

    def test_a_model_archived_since_the_scan(self):
        self.site.fault("download=status:410")
        outcome = self.download(*VAE, code=4)
        self.assertIn("archived", outcome.err)

    def test_a_file_withdrawn_since_the_scan(self):
        self.site.fault("download=status:404")
        outcome = self.download(*VAE, code=4)
        self.assertIn("does not find this file", outcome.err)
        self.assertIn("hint: it may have been withdrawn", outcome.err)


class NoGrant(EndToEnd):
    def failed(self, *arguments, code=3, words=(), **more):
        """A run whose only file was refused: said on the screen, kept in the library, nothing under the final name."""
        outcome = self.download(*arguments, code=code, **more)
        self.assertIn("0 downloaded, 1 failed", outcome.err)
        entry = next(iter(self.place.entries().values()))
        self.assertEqual(entry["status"], "Error")
        for word in words:
            self.assertIn(word, outcome.err)
            self.assertIn(word, entry["error"])
        self.assertEqual([name for name in names(self.place.downloads) if not name.endswith(".tmp")], [])
        return outcome

    def test_a_login_is_needed_and_there_is_no_key(self):
        self.site.options(require_login=True)
        outcome = self.failed(*VAE, words=["signed-in users only"])
        self.assertIn("hint: create a key at civitai.com/user/account and set CIVITAI_TOKEN", outcome.err)

    def test_a_redirect_to_the_login_page(self):
        self.site.fault("download=redirect-to:{api}/login?returnUrl=x")
        self.failed(*VAE, words=["signed-in users only", "CIVITAI_TOKEN"])

    def test_a_key_that_the_site_does_not_know(self):
        self.site.options(require_login=True)
        outcome = self.download(code=3, CIVITAI_TOKEN=KEY)
        self.assertIn("error: the site refuses the API key: it is wrong, expired or revoked", outcome.err)
        self.assertIn("hint: create a new key", outcome.err)
        self.assertIn("the run was ended early\n", outcome.err)
        self.assertNotIn("run the same command again", outcome.err)
        self.assertEqual(self.site.routes()["me"], 1)

    def test_a_refused_key_is_not_blamed_on_the_creator(self):
        self.site.options(require_login=True)
        outcome = self.download(*VAE, code=3, CIVITAI_TOKEN=KEY)
        self.assertNotIn("switched downloads off", outcome.err + self.place.entries()[VAE_FILE]["error"])

    def test_early_access_that_was_asked_for(self):
        self.failed("--model-version-id", 9200222, "--include-paid", words=["early access until 2099-06-14"])

    def test_early_access_of_somebody_who_has_bought_it(self):
        self.download("--model-version-id", 9200222, "--include-paid", CIVITAI_TOKEN="owner-key")
        self.assertEqual(self.place.entries()[9300041]["status"], "Downloaded")

    def test_early_access_is_not_tried_unasked(self):
        outcome = self.download("--model-version-id", 9200222)
        self.assertIn("early access until 2099-06-14", outcome.err)
        self.assertNotIn("download", self.site.routes())

    def test_a_paid_file_and_a_missing_grant(self):
        self.site.fault("download=status:403:paywall")
        self.failed(*VAE, words=["not free", "look at its page"])
        self.site.clear_faults()
        self.failed(*VAE, words=["no grant"], CIVITAI_TOKEN="no-grant-key")

    def test_downloads_that_the_creator_switched_off(self):
        self.site.fault("download=status:401:disabled")
        self.failed(*VAE, words=["the creator has switched downloads off"], CIVITAI_TOKEN="valid-key")

    def test_a_country_that_is_refused(self):
        self.site.fault("models=status:451:region")
        self.assert_refused(self.download(code=3), 3, "this country")


class Quota(EndToEnd):
    def test_too_many_downloads_pause_the_queue_then_end_the_run_and_the_next_one_goes_on(self):
        self.site.fault("download=retry-after:1@3-")
        outcome = self.download("-c", 1, code=6)
        self.assertIn("the site asks to slow down", outcome.err)
        self.assertIn("run the same command again", outcome.err)
        self.assertEqual(outcome.err.count("error: "), 1, outcome)
        self.assertIn("2 downloaded, 1 failed, 5 not finished", outcome.err)
        self.assertRegex(outcome.err, r"all downloads pause for .*\(1 of 3\)")
        self.assertEqual(self.site.routes()["download"], 2 + 4, "asked again after each of three pauses")
        self.site.clear_faults()
        self.site.clear_journal()
        self.download()
        self.assertEqual(self.site.routes()["download"], 6, "one link for each file that is left")

    def test_a_list_that_asks_to_slow_down_is_given_its_time(self):
        self.site.fault("models=retry-after:1@1")
        outcome = self.download("-u", "tidepool")
        self.assertRegex(outcome.err, r"the site asks to slow down.*; trying again in 1\.[01] s")


class WrongBytes(EndToEnd):
    def assert_rejected(self, outcome, place, file_id):
        promised, found = re.search(r"promised (\S+ [0-9a-f]+), found (\S+ [0-9a-f]+)", outcome.err).groups()
        self.assertNotEqual(promised, found)
        self.assertEqual(names(self.place.downloads), {f"{place}.{file_id}.rejected.tmp"})
        entry = self.place.entries()[file_id]
        self.assertEqual(entry["status"], "Error")
        self.assertIn(promised, entry["error"])
        self.assertIn(found, entry["error"])

    def test_a_strong_hash_that_does_not_fit(self):
        self.site.fault("storage=wrong-bytes")
        outcome = self.download(*LORA, code=8)
        self.assert_rejected(outcome, "lora/sdxl_1.0/harbor_lights/9100420-harborlights_sdxl/sdxl/"
                                      "9200420_harborLights_sdxl.safetensors", LORA_FILE)
        self.assertIn("hint: the bytes are kept for inspection in ", outcome.err)
        self.assertEqual(self.site.routes()["storage"], 2, "one fresh try, then no more")

    def test_a_weak_hash_that_does_not_fit(self):
        self.site.fault("storage=zero-bytes")
        self.assert_rejected(self.download(*VAE, code=8), VAE_PLACE, VAE_FILE)

    def test_the_fresh_try_may_help(self):
        self.site.fault("storage=wrong-bytes@1")
        self.download(*LORA)
        self.assertEqual(self.place.entries()[LORA_FILE]["status"], "Downloaded")

    def test_another_length_than_promised(self):
        self.site.fault("storage=length-change")
        outcome = self.download(*VAE, code=8)
        self.assertIn("the server has 333825 bytes, 333824 were promised", outcome.err)
        self.assertEqual(self.place.entries()[VAE_FILE]["status"], "Error")
        self.assertFalse((self.place.downloads / VAE_PLACE).exists())

    def test_a_web_page_in_place_of_the_file_once(self):
        self.site.fault("storage=html-200@1")
        self.download(*VAE)
        self.assert_file(self.place.downloads / VAE_PLACE, VAE_FILE)

    def test_a_web_page_in_place_of_the_file(self):
        """One that says what it is, and one that claims to be the file."""
        self.site.fault(f"storage=html-200#file:{VAE_FILE}", f"storage=html-as-file#file:{LORA_FILE}")
        outcome = self.download("-u", "tidepool", code=5)
        for name in ("softGlass", "harborLights_sdxl"):
            self.assertRegex(outcome.err, rf"error: .*{name}\.safetensors: .*a web page instead of the file\n")
        self.assertEqual(outcome.err.count("hint: "), 1, "the same advice is given once")
        self.assertEqual([name for name in names(self.place.downloads) if not name.endswith(".tmp")], [])

    def test_some_failed_is_an_exit_code_of_its_own(self):
        self.site.fault(f"storage=wrong-bytes#file:{VAE_FILE}")
        outcome = self.download(code=7)
        self.assertIn("7 downloaded, 1 failed", outcome.err)
        statuses = {file_id: entry["status"] for file_id, entry in self.place.entries().items()}
        self.assertEqual(statuses.pop(VAE_FILE), "Error")
        self.assertEqual(set(statuses.values()), {"Downloaded"})

    def test_the_next_run_tries_what_failed(self):
        self.site.fault("storage=wrong-bytes")
        self.download(*VAE, code=8)
        self.site.clear_faults()
        self.download(*VAE)
        self.assert_file(self.place.downloads / VAE_PLACE, VAE_FILE)
        self.assertEqual(self.place.entries()[VAE_FILE]["error"], "")

    def test_a_refused_file_leaves_no_empty_remains(self):
        self.site.options(require_login=True)
        self.download(*VAE, code=3)
        self.assertEqual(names(self.place.downloads), set())


class Secrets(EndToEnd):
    site_arguments = ("--token", f"{KEY}=valid", "--backend", "alternating", "--require-login")

    def setUp(self):
        super().setUp()
        self.site.options(require_login=True)

    def secrets(self):
        """The key, and every signature of the links given out."""
        found = {KEY}
        for entry in self.site.journal("storage"):
            for name, value in entry["query"]:
                if name in ("X-Amz-Signature", "X-Amz-Credential", "Authorization"):
                    found.add(value)
        self.assertGreater(len(found), 8)
        return found

    def test_none_is_written_or_shown_anywhere(self):
        self.site.fault("storage=status:503@1", "storage=link-expired@3", f"storage=wrong-bytes#file:{VAE_FILE}")
        run = self.place.start("download", "--yes", "--log-api", "--log-level", "debug", "--json", CIVITAI_TOKEN=KEY)
        self.site.wait_for("storage")
        with open(f"/proc/{run.pid}/cmdline", "rb") as arguments:
            self.assertNotIn(KEY.encode(), arguments.read())
        outcome = run.finish()
        self.assertEqual(outcome.code, 7, outcome)
        shown = self.place.run("db", "view", "--json").out + self.place.run("debug", "show-config",
                                                                           CIVITAI_TOKEN=KEY).out
        written = b"".join(path.read_bytes() for path in self.place.root.rglob("*") if path.is_file())
        everything = (outcome.out + outcome.err + shown).encode() + written
        for secret in self.secrets():
            self.assertNotIn(secret.encode(), everything)
        self.assert_no_leak()

    def test_the_api_log_tells_every_request_and_belongs_to_its_owner(self):
        os.umask(0)
        self.addCleanup(os.umask, 0o022)
        log = self.place.write("downloads/api.log", "an older line\n")
        log.chmod(0o644)
        self.download(*LORA, "--log-api", CIVITAI_TOKEN=KEY)
        self.assertEqual(stat.S_IMODE(log.stat().st_mode), 0o600)
        lines = log.read_text().splitlines()
        self.assertEqual(lines[0], "an older line")
        self.assertEqual(len(lines), 4)
        for line, (route, status) in zip(lines[1:], [("/api/v1/models/9100420", 200),
                                                     ("/api/download/models/9200420", 307),
                                                     ("/.*/harborLights_sdxl", 200)]):
            self.assertRegex(line, rf"^\d{{4}}-\d\d-\d\dT[\d:.]+Z GET http://127\.0\.0\.1:\d+{route}.* -> {status} ")
        self.assertIn("[redacted]", lines[3])

    def test_no_log_unless_asked_for(self):
        self.download(*LORA, CIVITAI_TOKEN=KEY)
        self.assertFalse((self.place.downloads / "api.log").exists())


class Logs(EndToEnd):
    def test_json_lines_parse(self):
        self.site.fault("models=status:500@1", "storage=status:503@1")
        outcome = self.download("-b", '"SDXL ""1.0"""', "-b", "Qwen", "--log-format", "json", "--log-level", "debug")
        lines = [json.loads(line) for line in outcome.err.splitlines() if line.startswith("{")]
        self.assertEqual({line["level"] for line in lines}, {"debug", "warning"})
        for line in lines:
            self.assertEqual(sorted(line), ["level", "msg", "time"])
            self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertTrue(any('SDXL "1.0"' in line["msg"] for line in lines), lines)

    def test_levels(self):
        for level, expected in [("debug", {"warning", "debug"}), ("info", {"warning"}), ("warn", {"warning"}),
                                ("error", set())]:
            with self.subTest(level):
                outcome = self.place.run("download", "--dry-run", "-b", "Nonsense", "--log-level", level)
                found = set(re.findall(r"^(warning|debug): ", outcome.err, re.MULTILINE))
                self.assertEqual(found, expected, outcome)

    def test_the_configuration_may_set_both(self):
        self.place.write("config.toml", 'LogLevel = "error"\nLogFormat = "json"\n')
        outcome = self.place.run("download", "--dry-run", "-b", "Nonsense")
        self.assertEqual(outcome.err, "")


if __name__ == "__main__":
    unittest.main()

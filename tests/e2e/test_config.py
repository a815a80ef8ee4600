"""Where settings come from, how they are checked and shown, and the documents made from the table of options."""

import http.server
import json
import os
import pathlib
import shutil
import subprocess
import threading
import unittest

from support import PROGRAM, EndToEnd, names

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
KEY = "k3y-0f-a-person-0123456789"


class Config(EndToEnd):
    def config(self, *arguments, **environment):
        """The merged configuration as `debug show-config` prints it."""
        outcome = self.place.run("debug", "show-config", *arguments, **environment)
        self.assertEqual(outcome.code, 0, outcome)
        return outcome.json()

    def origins(self, *arguments, **environment):
        return self.config("--origins", *arguments, **environment)

    def user_config(self, text):
        path = self.place.home / ".config/civitai-downloader/config.toml"
        path.parent.mkdir(parents=True)
        path.write_text(text)
        return path


class Precedence(Config):
    def test_flag_before_environment_before_file_before_default(self):
        expected = [("https://civitai.com", "default", {}, ()),
                    ("http://file.test", "file config.toml:1", {}, ()),
                    ("http://variable.test", "environment CIVITAI_BASE_URL", {"url": "http://variable.test"}, ()),
                    ("http://flag.test", "flag --base-url", {"url": "http://variable.test"},
                     ("--base-url", "http://flag.test"))]
        for number, (value, origin, environment, flags) in enumerate(expected):
            if number == 1:
                self.place.write("config.toml", 'BaseUrl = "http://file.test"\n')
            shown = self.origins(*flags, CIVITAI_BASE_URL=environment.get("url"))["BaseUrl"]
            self.assertEqual((shown["value"], shown["origin"]), (value, origin))

    def test_a_file_sets_what_download_does(self):
        self.place.write("config.toml", 'SavePath = "models"\nModelTypes = ["VAE"]\nLimit = 5\nMetadata = true\n')
        self.download()
        found = {pathlib.PurePath(name).name for name in names(self.place.folder / "models")}
        self.assertEqual(found, {"9200640_softGlass.json", "9200640_softGlass.safetensors"})
        asked = dict(self.site.journal("models")[0]["query"])
        self.assertEqual((asked["limit"], asked["types"]), ("5", "VAE"))

    def test_a_flag_goes_before_the_file_for_download(self):
        self.place.write("config.toml", 'ModelTypes = ["VAE"]\nNsfw = true\n')
        self.dry("--type", "Workflows", "--no-nsfw")
        asked = dict(self.site.journal("models")[0]["query"])
        self.assertEqual((asked["types"], asked["nsfw"]), ("Workflows", "false"))

    def test_the_environment_alone(self):
        self.site.options(require_login=True)
        for name in ("CIVITAI_TOKEN", "CIVITAI_API_TOKEN", "CIVITAI_API_KEY"):
            shown = self.origins(**{name: KEY})["ApiKey"]
            self.assertEqual(shown, {"value": "[redacted]", "origin": f"environment {name}"})


class SearchOrder(Config):
    """--config, then ./config.toml, then beside the program, then the person's configuration folder."""

    def setUp(self):
        super().setUp()
        folder = self.place.root / "program"
        folder.mkdir()
        self.program = folder / "civitai-downloader"
        shutil.copy2(PROGRAM, self.program)
        self.beside = folder / "config.toml"

    def limit(self, *arguments):
        done = subprocess.run([self.program, "debug", "show-config", *arguments], env=self.place.environment,
                              cwd=self.place.folder, stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)["Limit"]

    def test_each_place_hides_the_ones_behind_it(self):
        self.assertEqual(self.limit(), 100)
        self.user_config("Limit = 1\n")
        self.assertEqual(self.limit(), 1)
        self.beside.write_text("Limit = 2\n")
        self.assertEqual(self.limit(), 2)
        self.place.write("config.toml", "Limit = 3\n")
        self.assertEqual(self.limit(), 3)
        self.place.write("other.toml", "Limit = 4\n")
        self.assertEqual(self.limit("--config", "other.toml"), 4)

    def test_the_home_folder_serves_where_xdg_says_nothing(self):
        self.user_config("Limit = 1\n")
        del self.place.environment["XDG_CONFIG_HOME"]
        self.assertEqual(self.limit(), 1)

    def test_a_file_that_was_named_must_exist(self):
        outcome = self.place.run("debug", "show-config", "--config", "absent.toml")
        self.assert_refused(outcome, 2, "absent.toml")


class File(Config):
    def test_unknown_keys_warn_with_the_nearest_one(self):
        self.place.write("config.toml", 'SavePaht = "x"\nLimit = 7\n\n[Download]\nSomething = 1\n')
        outcome = self.place.run("debug", "show-config")
        self.assertEqual(outcome.code, 0, outcome)
        self.assertIn('warning: config.toml:1: unknown key "SavePaht", ignored; did you mean "SavePath"?', outcome.err)
        self.assertIn("config.toml:5", outcome.err)
        self.assertEqual(outcome.json()["Limit"], 7)

    def test_keys_of_later_versions_of_the_original_program(self):
        self.place.write("config.toml",
                         "DownloadConcurrency = 9\nSaveMetadata = true\n\n[Download]\nAllVersions = true\n")
        shown = self.config()
        self.assertEqual((shown["Concurrency"], shown["Metadata"], shown["AllVersions"]), (9, True, True))

    def test_a_malformed_file_is_refused_with_its_line(self):
        self.place.write("config.toml", 'SavePath = "x"\nLimit = = 3\n')
        for command in (["debug", "show-config"], ["download", "--yes"], ["db", "view"]):
            self.assert_refused(self.place.run(*command), 2, "config.toml:2", "TOML")
        self.assert_asked()

    def test_a_value_of_the_wrong_kind_is_refused_with_its_line(self):
        for text, words in [('Limit = "3"\n', "whole number"), ('\nSort = "newest"\n', '"Newest"'),
                            ('\n\nModelTypes = ["lora"]\n', '"LORA"'), ("Concurrency = 0\n", "1 to 64")]:
            self.place.write("config.toml", text)
            line = text.rstrip("\n").count("\n") + 1
            self.assert_refused(self.place.run("download", "--yes"), 2, f"config.toml:{line}: ", words)
        self.assert_asked()

    def test_the_example_is_in_step_and_works(self):
        printed = self.place.run("debug", "print-config-example")
        self.assertEqual(printed.code, 0, printed)
        self.assertEqual(printed.out, (REPOSITORY / "config.toml.example").read_text())
        # With every remark taken for a setting it says what is the default anyway.
        plain = self.config(CIVITAI_BASE_URL=None)
        settings = [line[1:] if line.startswith("#") and " = " in line and line[1].isupper() else line
                    for line in printed.out.splitlines()]
        self.place.write("config.toml", "\n".join(settings) + "\n")
        outcome = self.place.run("debug", "show-config", CIVITAI_BASE_URL=None)
        self.assertEqual((outcome.code, outcome.err), (0, ""), outcome)
        self.assertEqual({**outcome.json(), "config_file": ""}, {**plain, "config_file": ""})

    def test_the_page_of_options_is_in_step(self):
        printed = self.place.run("debug", "print-options")
        self.assertEqual(printed.out, (REPOSITORY / "docs/options.md").read_text())

    def test_documents_are_printed_beside_a_broken_file(self):
        self.place.write("config.toml", "= broken\n")
        self.assertEqual(self.place.run("debug", "print-config-example").code, 0)


class ShowConfig(Config):
    def test_the_key_is_never_shown(self):
        self.place.write("config.toml", f'ApiKey = "{KEY}"\n')
        outcome = self.place.run("debug", "show-config", "--origins")
        self.assertEqual(outcome.json()["ApiKey"], {"value": "[redacted]", "origin": "file config.toml:1"})
        self.assertNotIn(KEY, outcome.out + outcome.err)

    def test_passwords_of_proxies_are_not_shown(self):
        shown = self.config(https_proxy="http://me:s3cret@proxy.test:3128")
        self.assertNotIn("s3cret", str(shown))
        self.assertIn("proxy.test", str(shown["proxies"]))

    def test_what_was_not_set_is_shown_with_its_default(self):
        shown = self.config(CIVITAI_BASE_URL=None)
        expected = {"SavePath": "downloads", "Sort": "Most Downloaded", "Period": "AllTime", "Limit": 100,
                    "Concurrency": 4, "Tags": [], "Nsfw": False, "ApiDelayMs": 200, "ApiKey": "",
                    "BaseUrl": "https://civitai.com", "database_file": "downloads/civitai_download.db"}
        self.assertEqual({name: shown[name] for name in expected}, expected)


class Token(Config):
    def assert_key_used(self, outcome):
        self.assertEqual(outcome.code, 0, outcome)
        sent = {dict(entry["headers"]).get("Authorization") for entry in self.site.journal("models")}
        self.assertEqual(sent, {f"Bearer {KEY}"})

    def test_from_a_file(self):
        self.place.write("key.txt", f"{KEY}\n")
        self.assert_key_used(self.place.run("download", "--dry-run", "--token-file", "key.txt"))

    def test_from_standard_input(self):
        self.assert_key_used(self.place.run("download", "--dry-run", "--token-file", "-", stdin=f"{KEY}\n".encode()))

    def test_a_token_file_goes_before_the_environment(self):
        self.place.write("key.txt", KEY)
        self.assert_key_used(self.place.run("download", "--dry-run", "--token-file", "key.txt", CIVITAI_TOKEN="other",
                                            CIVITAI_API_KEY="another"))

    def test_two_variables_that_differ_are_refused(self):
        outcome = self.place.run("download", "--dry-run", CIVITAI_TOKEN=KEY, CIVITAI_API_KEY="another-one")
        self.assert_refused(outcome, 2, "CIVITAI_TOKEN and CIVITAI_API_KEY are both set and differ", "hint: ")
        self.assertNotIn(KEY, outcome.err)
        self.assert_asked()
        self.assert_key_used(self.place.run("download", "--dry-run", CIVITAI_TOKEN=KEY, CIVITAI_API_KEY=KEY))

    def test_an_empty_or_absent_file_is_refused(self):
        self.place.write("empty.txt", "\n")
        self.assert_refused(self.place.run("download", "--dry-run", "--token-file", "empty.txt"), 2, "no key in it")
        self.assert_refused(self.place.run("download", "--dry-run", "--token-file", "absent.txt"), 2, "absent.txt")
        self.assert_asked()


class Listener(http.server.ThreadingHTTPServer):
    """A proxy that answers every request with an empty list and remembers it."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.seen.append((self.path, dict(self.headers)))
            body = b'{"items":[],"metadata":{}}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.seen = []
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def close(self):
        self.shutdown()
        self.server_close()
        self._thread.join()


class Proxy(Config):
    def setUp(self):
        super().setUp()
        self.proxy = Listener()
        self.addCleanup(self.proxy.close)
        self.address = f"http://127.0.0.1:{self.proxy.server_port}"

    def test_the_proxy_of_the_environment_is_used(self):
        outcome = self.place.run("download", "--dry-run", CIVITAI_BASE_URL="http://site.test", http_proxy=self.address)
        self.assertEqual(outcome.code, 0, outcome)
        self.assertRegex(self.proxy.seen[0][0], r"^http://site\.test/api/v1/models\?")

    def test_not_for_hosts_that_need_none(self):
        self.assertEqual(self.place.run("download", "--dry-run", http_proxy=self.address, no_proxy="127.0.0.1").code, 0)
        self.assertEqual(self.proxy.seen, [])
        self.assert_asked(models=1)

    def test_the_key_does_not_travel_in_the_clear(self):
        self.place.run("download", "--dry-run", CIVITAI_BASE_URL="http://site.test", http_proxy=self.address,
                       CIVITAI_TOKEN=KEY)
        self.assertEqual(len(self.proxy.seen), 1)
        self.assertNotIn(KEY, str(self.proxy.seen))


class PrintApiUrl(Config):
    def urls(self, *arguments):
        outcome = self.place.run("debug", "print-api-url", *arguments)
        self.assertEqual(outcome.code, 0, outcome)
        return [line.removeprefix(self.site.api) for line in outcome.out.splitlines()]

    def sent(self, *arguments):
        self.site.clear_journal()
        self.dry(*arguments)
        return [entry["target"] for entry in self.site.journal("models")]

    def test_download_is_exactly_what_is_sent(self):
        for choice in ([], ["-t", "LORA,Checkpoint", "-b", "SDXL 1.0", "-q", "a b&c=d/é", "--nsfw", "-l", "3"],
                       ["-s", "Newest", "-p", "Week", "-u", "tidepool"], ["--tag", "style,tool", "-u", "tidepool"]):
            with self.subTest(choice):
                self.assertEqual(self.urls("download", *choice), self.sent(*choice))

    def test_one_model_or_version(self):
        self.assertEqual(self.urls("download", "--model-id", 9100640), ["/api/v1/models/9100640"])
        self.assertEqual(self.urls("download", "--model-version-id", 9200640), ["/api/v1/model-versions/9200640"])

    def test_the_exact_text(self):
        self.assertEqual(self.urls("download", "-t", "LORA", "-b", "SDXL 1.0"), [
            "/api/v1/models?limit=100&types=LORA&baseModels=SDXL%201.0&sort=Most%20Downloaded&period=AllTime"
            "&nsfw=false"])
        self.assertEqual(self.urls("images", "--model-version-id", 3, "-u", "a b", "-s", "Most Reactions"), [
            "/api/v1/images?limit=100&modelVersionId=3&username=a%20b&browsingLevel=31&sort=Most%20Reactions"
            "&period=AllTime&withMeta=true"])

    def test_nothing_is_sent_and_no_key_is_shown(self):
        outcome = self.place.run("debug", "print-api-url", "download", CIVITAI_TOKEN=KEY)
        self.assertNotIn(KEY, outcome.out + outcome.err)
        self.assert_asked()
        self.assertEqual(os.listdir(self.place.folder), [])


class Help(EndToEnd):
    def test_every_flag_of_the_promise_is_explained(self):
        shown = self.place.run("download", "--help")
        self.assertEqual(shown.code, 0, shown)
        for flag in ("-t", "-m", "--type", "--model-types", "-b", "--base-model", "--base-models", "--nsfw", "-l",
                     "--limit", "-s", "--sort", "-p", "--period", "--primary-only", "-q", "--query", "--tag", "--tags",
                     "-u", "--username", "--usernames", "--model-id", "--model-version-id", "--pruned", "--fp16", "-c",
                     "--concurrency", "--max-pages", "--metadata", "-y", "--yes", "--meta-only", "--model-info",
                     "--version-images", "--model-images", "--all-versions", "--ignore-base-models",
                     "--ignore-filename-strings", "--config", "--log-level", "--log-format", "--log-api",
                     "--save-path", "--api-timeout", "--api-delay", "--dry-run", "--json"):
            self.assertRegex(shown.out, rf"(?m)^  (.*[ ,])?{flag}([ ,]|$)", flag)

    def test_no_command_and_the_version(self):
        self.assert_refused(self.place.run(), 2, "a command is missing", "one of: download, ")
        self.assertRegex(self.place.run("--version").out, r"^civitai-downloader \d+\.\d+\.\d+\n$")


if __name__ == "__main__":
    unittest.main()

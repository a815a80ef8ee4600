"""Stopping and going on: Ctrl-C, SIGTERM, the second Ctrl-C, kill -9, and two copies at once."""

import sqlite3
import time
import unittest

from support import (INTERRUPT, KIB, KILL, LIMIT, MIB, TERMINATE, EndToEnd, library_is_sound, names,
                     wait_until)

FILE = 9300021
CHOICE = ("--model-version-id", 9200010, "--connections", 1)  # so that the bytes come in order
PLACE = "checkpoint/sd_1.5/meridian_mix/9100001-meridianmix_v10/v1.0/9200010_meridianMix_v10.safetensors"
PARTIAL, STATE = f"{PLACE}.{FILE}.tmp", f"{PLACE}.{FILE}.state.tmp"
SIZE = 4 * MIB
SLOW = 600 * KIB  # bytes per second


class Interrupting(EndToEnd):
    def setUp(self):
        super().setUp()
        self.site.options(storage_rate=SLOW)
        self.target = self.place.downloads / PLACE

    def here(self):
        partial = self.place.downloads / PARTIAL
        return partial.stat().st_size if partial.exists() else 0

    def start(self, *arguments, at_least=256 * KIB):
        """A run that has got so many bytes of its file."""
        run = self.place.start("download", "--yes", *CHOICE, *arguments)
        wait_until(lambda: self.here() >= at_least, "the first bytes arrive")
        return run

    def go_on(self):
        """The same command again, on a fast line; gives the Range of its request for the file."""
        self.site.options(storage_rate=0)
        self.site.clear_journal()
        outcome = self.download(*CHOICE)
        self.assert_file(self.target, FILE)
        self.assertEqual(names(self.place.downloads), {PLACE}, "partial file and state are gone")
        self.assertEqual(self.place.entries()[FILE]["status"], "Downloaded")
        ranges = self.site.ranges(FILE)
        self.assertEqual(len(ranges), 1)
        return ranges[0], outcome


class OneSignal(Interrupting):
    def assert_saved(self, outcome):
        self.assertEqual(outcome.code, 130, outcome)
        self.assertIn("run the same command again to continue", outcome.err)
        self.assertEqual(names(self.place.downloads), {PARTIAL, STATE}, "nothing stands under the final name")
        entry = self.place.entries()[FILE]
        self.assertEqual((entry["status"], entry["path"]), ("Pending", str(self.target)))

    def test_sigint_loses_nothing_and_the_next_run_resumes(self):
        run = self.start()
        run.signal(INTERRUPT)
        self.assert_saved(run.finish(within=10))
        saved = self.here()
        asked, outcome = self.go_on()
        self.assertEqual(asked, f"bytes={saved}-")
        self.assertIn("resume at ", outcome.err)

    def test_sigterm_loses_nothing_and_the_next_run_resumes(self):
        run = self.start()
        run.signal(TERMINATE)
        self.assert_saved(run.finish(within=10))
        saved = self.here()
        self.assertEqual(self.go_on()[0], f"bytes={saved}-")

    def test_a_plan_knows_what_is_here(self):
        run = self.start()
        run.signal(INTERRUPT)
        run.finish()
        plan = self.dry(*CHOICE)["plan"]
        self.assertEqual((plan["items"][0]["action"], plan["items"][0]["present"]), ("resume", self.here()))
        self.assertEqual(plan["bytes_to_fetch"], SIZE - self.here())

    def test_ctrl_c_on_a_terminal_leaves_a_clean_screen(self):
        terminal = self.place.terminal("download", "--yes", *CHOICE)
        terminal.expect(r"0 of 1 file  \d")
        terminal.type("\x03")
        self.assertEqual(terminal.finish(within=10), 130, terminal)
        screen = terminal.screen()
        self.assertIn("interrupted; run the same command again to continue", screen)
        self.assertEqual([line for line in screen if "[#" in line or "[." in line or " of 1 file" in line], [])

    def test_an_interrupted_scan_ends_too(self):
        self.site.fault("models=stall-before-headers")
        run = self.place.start("download", "--yes")
        self.site.wait_for("models")
        run.signal(INTERRUPT)
        outcome = run.finish(within=10)
        self.assertEqual(outcome.code, 130, outcome)
        self.assertIn("interrupted", outcome.err)

    def test_an_interrupted_retry_pause_ends_too(self):
        self.site.fault("models=retry-after:300")
        run = self.place.start("download", "--yes")
        self.site.wait_for("models")
        run.signal(INTERRUPT)
        self.assertEqual(run.finish(within=10).code, 130)

    def test_json_reports_what_was_interrupted(self):
        run = self.start("--json")
        run.signal(INTERRUPT)
        outcome = run.finish(within=10)
        self.assertEqual(outcome.code, 130, outcome)
        report = outcome.json()["report"]
        self.assertEqual(report["stopped_by"]["kind"], "cancelled")
        self.assertEqual(report["items"][0]["outcome"], "interrupted")


class SecondSignal(Interrupting):
    def test_ends_at_once_even_while_something_hangs(self):
        """Somebody else holds the library, so that the run cannot end before its patience does."""
        run = self.start(at_least=SIZE // 2)
        holder = sqlite3.connect(self.place.database, isolation_level=None, timeout=LIMIT)
        self.addCleanup(holder.close)
        holder.execute("BEGIN IMMEDIATE")
        self.site.options(storage_rate=0)
        wait_until(lambda: self.target.exists(), "the file is placed, and its record waits for the library")
        run.signal(INTERRUPT)
        wait_until(lambda: "press Ctrl-C again" in run.err_so_far(), "the first signal is noticed")
        self.assertTrue(run.is_running())
        begun = time.monotonic()
        run.signal(INTERRUPT)
        outcome = run.finish(within=5)
        self.assertEqual(outcome.code, 130, outcome)
        self.assertLess(time.monotonic() - begun, 2)
        holder.execute("ROLLBACK")
        # The file was placed and never recorded: the next run proves it and fetches nothing.
        self.site.clear_journal()
        self.assertIn("1 found in place", self.download(*CHOICE).err)
        self.assertEqual(self.site.ranges(FILE), [])
        self.assert_file(self.target, FILE)
        self.assertEqual(self.place.entries()[FILE]["status"], "Downloaded")

    def test_two_at_once_while_the_line_is_silent(self):
        self.site.options(storage_rate=0)
        self.site.fault(f"storage=stall-after:{MIB}@1")
        run = self.start(at_least=MIB)
        run.signal(INTERRUPT)
        run.signal(INTERRUPT)
        self.assertEqual(run.finish(within=5).code, 130)
        self.go_on()


class Killed(Interrupting):
    def test_the_next_run_goes_on_where_it_was_although_nothing_was_flushed(self):
        run = self.start(at_least=512 * KIB)
        run.signal(KILL)
        run.finish()
        self.assertEqual(names(self.place.downloads), {PARTIAL, STATE})
        self.assertTrue(library_is_sound(self.place.database))
        here = self.here()
        asked, _ = self.go_on()
        self.assertRegex(asked, r"^bytes=[1-9]\d+-$")
        # What came in the last few milliseconds may be untold.
        self.assertGreater(int(asked[len("bytes="):-1]), here - 128 * KIB)

    def test_a_partial_file_without_a_state_is_begun_anew(self):
        run = self.start(at_least=64 * KIB)
        run.signal(KILL)
        run.finish()
        (self.place.downloads / STATE).unlink(missing_ok=True)
        asked, _ = self.go_on()
        self.assertIsNone(asked)

    def test_a_damaged_partial_file_never_becomes_a_model(self):
        run = self.start()
        run.signal(INTERRUPT)
        run.finish()
        with open(self.place.downloads / PARTIAL, "r+b") as partial:
            partial.write(b"damage")
        self.site.options(storage_rate=0)
        self.download(*CHOICE)
        self.assert_file(self.target, FILE)


class TwoCopies(EndToEnd):
    def assert_everything_is_right(self):
        entries = self.place.entries()
        self.assertEqual({entry["status"] for entry in entries.values()}, {"Downloaded"})
        offered = self.site.files()
        for file_id, entry in entries.items():
            path = self.place.downloads / entry["path"]
            self.assertEqual(path.stat().st_size, offered[file_id]["size"])
            self.assert_file(path, file_id)
        self.assertTrue(library_is_sound(self.place.database))

    def test_both_end_and_together_they_bring_every_file(self):
        self.site.options(storage_rate=4 * MIB)
        runs = [self.place.start("download", "--yes") for _ in range(2)]
        for outcome in [run.finish() for run in runs]:
            # What the other one is fetching is not fetched twice, and said so.
            self.assertIn(outcome.code, (0, 7), outcome)
        self.assertEqual(len(self.place.entries()), 8)
        self.site.clear_journal()
        self.download()
        self.assertNotIn("storage", self.site.routes())
        self.assert_everything_is_right()

    def test_a_file_that_another_run_is_fetching_is_left_to_it(self):
        self.site.options(storage_rate=SLOW)
        first = self.place.start("download", "--yes", *CHOICE)
        wait_until(lambda: self.place.partial(FILE), "the first one has begun")
        second = self.place.run("download", "--yes", *CHOICE)
        self.assertEqual(second.code, 5, second)
        self.assertIn("another process is downloading this file", second.err)
        self.assertTrue(first.is_running())
        entry = self.place.entries()[FILE]
        self.assertEqual((entry["status"], entry["error"]), ("Pending", ""), "it is the first one's to say")
        self.site.options(storage_rate=0)
        self.assertEqual(first.finish().code, 0)
        self.assertEqual(len(self.site.ranges(FILE)), 1)
        self.assert_everything_is_right()

    def other_run_between_plan_and_answer(self):
        terminal = self.place.terminal("download", *CHOICE)
        terminal.expect(r"\[y/N\] ")
        self.download(*CHOICE)
        terminal.type("y\n")
        self.assertEqual(terminal.finish(), 0, terminal)

    def test_what_another_run_has_brought_since_the_plan_gets_no_twin(self):
        self.other_run_between_plan_and_answer()
        self.assertEqual(names(self.place.downloads), {PLACE})
        self.assert_everything_is_right()

    def test_what_another_run_has_brought_since_the_plan_is_not_fetched_again(self):
        self.other_run_between_plan_and_answer()
        self.assertEqual(len(self.site.ranges(FILE)), 1)


if __name__ == "__main__":
    unittest.main()

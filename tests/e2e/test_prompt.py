"""What a person sees: the plan, the question, the live area; and what is said where nobody can answer."""

import re
import unittest

from support import MIB, EndToEnd, Screen, names

VAE = ("--model-id", 9100640)
VAE_PLACE = "vae/sd_1.5/soft_glass_vae/9100640-softglass/v1.0/9200640_softGlass.safetensors"
QUESTION = r"Download\? \[y/N\] "


class WithoutTerminal(EndToEnd):
    def test_nothing_happens_without_yes(self):
        outcome = self.place.run("download", *VAE)
        self.assert_refused(outcome, 2, "there is no terminal", "hint: add --yes")
        self.assert_asked()
        self.assertFalse(self.place.downloads.exists())

    def test_a_pipe_that_could_answer_is_no_person(self):
        outcome = self.place.run("download", *VAE, stdin=b"y\n")
        self.assert_refused(outcome, 2, "--yes")
        self.assert_asked()

    def test_the_configuration_may_say_yes(self):
        self.place.write("config.toml", "SkipConfirmation = true\n")
        self.assertEqual(self.place.run("download", *VAE).code, 0)
        self.assertEqual(names(self.place.downloads), {VAE_PLACE})

    def test_no_control_sequences_without_a_terminal(self):
        outcome = self.place.run("download", "--yes")
        self.assertNotIn("\x1b", outcome.err + outcome.out)

    def test_plain_lines_tell_of_a_long_run(self):
        self.site.options(storage_rate=700_000)
        outcome = self.place.run("download", "--yes", "--model-version-id", 9200010, "--connections", 1)
        self.assertEqual(outcome.code, 0, outcome)
        self.assertRegex(outcome.err, r"0 of 1 file  [\d.]+ MiB of 4\.0 MiB  [\d.]+ [KM]iB/s  \d+s left\n")


class Question(EndToEnd):
    def ask(self, *arguments, **more):
        terminal = self.place.terminal("download", "--api-delay", 0, *arguments, **more)
        terminal.expect(QUESTION)
        return terminal

    def assert_nothing_was_fetched(self):
        self.assertEqual(set(self.site.routes()) - {"models", "model"}, set())
        self.assertFalse(self.place.downloads.exists(), "not even a library")

    def test_the_plan_comes_first_and_y_downloads_it(self):
        terminal = self.ask()
        shown = "\n".join(terminal.screen())
        for words in ("Meridian Mix", "Harbor Lights", "to download: 8 files, 26.8 MiB into ", " free)",
                      "flagged as dangerous", "early access until 2099-06-14"):
            self.assertIn(words, shown)
        self.assert_asked(models=1)
        terminal.type("y\n")
        self.assertEqual(terminal.finish(), 0, terminal)
        self.assertIn("8 downloaded; 26.8 MiB in ", terminal.text)
        self.assertEqual(len(names(self.place.downloads)), 8)

    def test_yes_in_full_and_in_capitals(self):
        terminal = self.ask(*VAE)
        terminal.type("YES\n")
        self.assertEqual(terminal.finish(), 0, terminal)
        self.assertEqual(names(self.place.downloads), {VAE_PLACE})

    def test_n_and_an_empty_line_download_nothing(self):
        for answer in ("n\n", "No\n", "\n"):
            with self.subTest(answer):
                terminal = self.ask(*VAE)
                terminal.type(answer)
                self.assertEqual(terminal.finish(), 0, terminal)
                self.assertIn("nothing downloaded", terminal.text)
                self.assert_nothing_was_fetched()

    def test_any_other_answer_is_asked_again(self):
        terminal = self.ask(*VAE)
        terminal.type("perhaps\n")
        terminal.expect("please answer yes or no")
        terminal.expect(QUESTION)
        terminal.type("n\n")
        self.assertEqual(terminal.finish(), 0, terminal)
        self.assert_nothing_was_fetched()

    def test_ctrl_d_downloads_nothing(self):
        terminal = self.ask(*VAE)
        terminal.type("\x04")
        self.assertEqual(terminal.finish(), 130, terminal)
        self.assert_nothing_was_fetched()

    def test_ctrl_c_at_the_question_ends_the_program(self):
        terminal = self.ask(*VAE)
        terminal.type("\x03")
        self.assertEqual(terminal.finish(), 130, terminal)
        self.assert_nothing_was_fetched()

    def test_the_question_is_never_asked_blindly(self):
        """Whatever keeps the plan off the screen, who is asked sees what for."""
        for flag in ("--json", "--quiet"):
            with self.subTest(flag):
                terminal = self.ask(*VAE, flag)
                self.assertIn("to download: 1 file", terminal.text)
                terminal.type("n\n")
                self.assertEqual(terminal.finish(), 0, terminal)

    def test_nothing_is_asked_when_there_is_nothing_to_do(self):
        self.download(*VAE)
        terminal = self.place.terminal("download", *VAE)
        self.assertEqual(terminal.finish(), 0, terminal)
        self.assertNotIn("[y/N]", terminal.text)


class LiveArea(EndToEnd):
    def test_lines_for_running_files_and_a_total_and_a_clean_screen_afterwards(self):
        self.site.options(storage_rate=2 * MIB)
        terminal = self.place.terminal("download", "--yes", "--nsfw", columns=110)
        size = r"[\d.]+ [KM]?i?B"
        terminal.expect(rf"quartzEngine_v09\.gguf +\[#*\.*\] +\d+% +{size} +{size}/s +\d+s")
        terminal.expect(rf"\d of 8 files  {size} of 26\.8 MiB  {size}/s  \d+s left")
        self.assertEqual(terminal.finish(), 0, terminal)
        screen = terminal.screen()
        self.assertRegex(screen[-2], r"^8 downloaded; 26\.8 MiB in [\d.]+ s$")
        self.assertEqual(screen[-1], "")
        left_over = [line for line in screen if re.search(r"\[[#.]{5,}\]| of 8 files|scanning", line)]
        self.assertEqual(left_over, [])

    def test_no_line_is_wider_than_the_terminal(self):
        self.site.options(storage_rate=4 * MIB)
        terminal = self.place.terminal("download", "--yes", columns=60)
        terminal.expect(r"of 8 files")
        self.assertEqual(terminal.finish(), 0, terminal)
        drawn = [line for line in re.split(r"\x1b\[\d*[FJ]|\r?\n", terminal.text) if re.search(r"\[[#.]+\]", line)]
        self.assertTrue(drawn)
        self.assertLessEqual(max(map(len, drawn)), 60)

    def test_messages_do_not_tear_the_area(self):
        self.site.fault("storage=wrong-bytes#file:9300640")
        self.site.options(storage_rate=3 * MIB)
        terminal = self.place.terminal("download", "--yes", "--log-level", "debug")
        self.assertEqual(terminal.finish(), 7, terminal)
        screen = terminal.screen()
        for begin in ("warning: softGlass.safetensors: wrong content", "error: Soft Glass VAE / softGlass.safet"):
            self.assertTrue(any(line.startswith(begin) for line in screen), screen)
        self.assertEqual([line for line in screen if re.search(r"\[[#.]{5,}\]", line)], [])

    def test_no_control_sequences_on_a_dumb_terminal(self):
        terminal = self.place.terminal("download", "--yes", *VAE, TERM="dumb")
        self.assertEqual(terminal.finish(), 0, terminal)
        self.assertNotIn("\x1b", terminal.text)

    def test_json_on_standard_output_is_nothing_but_json(self):
        with open(self.place.root / "out.json", "w+b") as out:
            terminal = self.place.terminal("download", "--yes", "--json", *VAE, stdout=out)
            self.assertEqual(terminal.finish(), 0, terminal)
            out.seek(0)
            self.assertTrue(out.read().startswith(b"{"))


class Quiet(EndToEnd):
    def test_nothing_is_said_when_all_goes_well(self):
        outcome = self.download("--quiet")
        self.assertEqual((outcome.out, outcome.err), ("", ""))

    def test_nothing_is_drawn_on_a_terminal(self):
        terminal = self.place.terminal("download", "--yes", "--quiet")
        self.assertEqual(terminal.finish(), 0, terminal)
        self.assertEqual(terminal.raw, b"")

    def test_q_is_quiet_where_it_is_no_search(self):
        self.download(*VAE)
        outcome = self.place.run("db", "view", "-q")
        self.assertIn("v_9200640", outcome.out)
        self.assertEqual(outcome.err, "")

    def test_errors_are_said(self):
        self.site.fault("storage=wrong-bytes#file:9300640")
        outcome = self.download("--quiet", *VAE, code=8)
        self.assertIn("error: ", outcome.err)
        self.assertNotIn("downloaded", outcome.err)
        self.assertEqual(outcome.out, "")


class TheScreenItself(unittest.TestCase):
    """The terminal that these tests look at."""

    def test_cursor_up_and_erase(self):
        screen = Screen(80, 24).feed("above\r\none\r\ntwo\r\n\x1b[2F\x1b[Jthree\r\n")
        self.assertEqual(screen.lines(), ["above", "three", ""])


if __name__ == "__main__":
    unittest.main()

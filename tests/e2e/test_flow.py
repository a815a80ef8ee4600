"""How fast bytes may come, and what happens when there were too many."""

import time
import unittest

from support import MIB, EndToEnd


class Rate(EndToEnd):
    site_arguments = ("--files", "3x512KiB")

    def timed(self, *arguments):
        begun = time.monotonic()
        self.download("--limit", 0, "--api-delay", 0, *arguments)
        return time.monotonic() - begun

    def test_is_one_budget_over_all_files(self):
        self.assertGreater(self.timed("--limit-rate", "1M"), 1.2, "1.5 MiB at 1 MiB/s")
        for file_id, entry in self.place.entries().items():
            self.assert_file(self.place.downloads / entry["path"], file_id)

    def test_may_be_off(self):
        self.assertLess(self.timed("--limit-rate", "off"), 10)

    def test_may_come_from_the_configuration_and_follow_the_time_of_day(self):
        self.place.write("config.toml", 'LimitRate = "00:00,1M 23:59,1M"\n')
        self.assertGreater(self.timed(), 1.2)

    def test_is_refused_with_the_forms_that_it_may_have(self):
        outcome = self.place.run("download", "--limit-rate", "fast", "--yes")
        self.assertEqual(outcome.code, 2, outcome)
        self.assertIn("'fast' is not a rate", outcome.err)
        self.assertIn("08:00,2M 23:00,off", outcome.err)


if __name__ == "__main__":
    unittest.main()

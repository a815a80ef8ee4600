"""Memory that does not grow with the size of the job. Prints what it has measured.

A large file is 512 MiB; with CIVITAI_SLOW_TESTS=1 and 10 GiB to spare it is 4 GiB, and the files are many more.
"""

import os
import pathlib
import shutil
import tempfile
import unittest

from support import GIB, INTERRUPT, MIB, SANITIZED, EndToEnd

SLOW = os.environ.get("CIVITAI_SLOW_TESTS") == "1"
LARGE = 4 * GIB if SLOW and shutil.disk_usage(tempfile.gettempdir()).free > 10 * GIB else 512 * MIB
MANY = 2000 if SLOW else 300


class Measured(EndToEnd):
    def measure(self, *arguments):
        outcome, seconds, peak = self.place.measure("download", "--yes", "--api-delay", 0, *arguments)
        self.assertEqual(outcome.code, 0, outcome)
        return outcome, seconds, peak

    def assert_memory(self, peak, limit):
        if SANITIZED:
            self.skipTest("what a sanitizer takes of memory is its own")
        self.assertLess(peak, limit)


class LargeScan(Measured):
    site_arguments = ("--models", "5000")

    def test_5000_models_are_scanned_in_little_memory(self):
        # The stand-in makes its catalogue's hashes on the first request.
        self.dry("--nsfw", "--limit", 0)
        self.site.clear_journal()
        outcome, seconds, peak = self.measure("--nsfw", "--limit", 0, "--dry-run", "--json")
        scan = outcome.json()["scan"]
        print(f"\nscan of {scan['models']} models on {scan['pages']} pages, {scan['files']} files wanted:"
              f" {seconds:.1f} s, {peak:.0f} MiB")
        self.assertGreater(scan["models"], 4500)
        self.assertEqual(scan["notices"], [])
        self.assert_asked(models=scan["pages"])
        self.assert_memory(peak, 150)


class LargeFile(Measured):
    site_arguments = ("--files", f"1x{LARGE // MIB}MiB", "--publish", "sha256,blake3,autov2")

    def test_a_large_file_takes_little_memory(self):
        offered = next(iter(self.site.files().values()))
        outcome, seconds, peak = self.measure("--json")
        item = outcome.json()["report"]["items"][0]
        print(f"\nfile of {LARGE // MIB} MiB: {seconds:.1f} s, {LARGE / MIB / seconds:.0f} MiB/s, {peak:.0f} MiB")
        self.assertEqual(os.stat(item["path"]).st_size, LARGE)
        self.assertEqual(offered["size"], LARGE)
        self.assertEqual(item["proven_by"], "BLAKE3")
        self.assert_memory(peak, 64)


class ManyFiles(Measured):
    site_arguments = ("--files", f"{MANY}x20KiB")

    def test_many_small_files(self):
        _, seconds, peak = self.measure("--limit", 0)
        print(f"\n{MANY} files of 20 KiB: {seconds:.1f} s, {peak:.0f} MiB")
        entries = self.place.entries()
        self.assertEqual(len(entries), MANY)
        self.assertEqual({entry["status"] for entry in entries.values()}, {"Downloaded"})
        self.site.clear_journal()
        self.download("--limit", 0)
        self.assertEqual(set(self.site.routes()), {"models"})
        self.assert_memory(peak, 64)

    def test_many_small_files_take_few_threads(self):
        at_once = 16
        self.site.fault("storage=stall-after:1000")
        run = self.place.start("download", "--yes", "--api-delay", 0, "--limit", 0)
        self.site.wait_for("storage", at_once)
        status = pathlib.Path(f"/proc/{run.pid}/status").read_text()
        threads = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("Threads:"))
        run.signal(INTERRUPT)
        self.assertEqual(run.finish().code, 130)
        print(f"\n{threads} threads for {MANY} files, {at_once} at once")
        self.assertGreater(threads, at_once)
        self.assertLessEqual(threads, at_once + 12)


if __name__ == "__main__":
    unittest.main()

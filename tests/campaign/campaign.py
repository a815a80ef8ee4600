"""Stops the program at random moments of a long plan and looks at what it leaves behind.

    python3 campaign.py --how kill        # 200 rounds of kill -9, by hand: ten minutes, 8 GiB of room
    python3 campaign.py --how int         # the same with Ctrl-C
    python3 campaign.py --rounds 8        # both in turn; the test suite has a short one of these

One library is filled by run after run, each ended at a random moment, from a site whose links live two seconds and
whose storage breaks off, stalls, expires and refuses at random. After every round: nothing but whole, right files under
final names, and a library that never says Downloaded of anything else. After the last run, which is left alone: every
file right, no partial file left, and the bytes that the storage has sent exceed the bytes needed by less than 5 %.

Needed is each file once. Sent is every byte of a body that the storage gave to its sockets, whether the program lived
to see it or not, and whichever fault cut it off: nothing is subtracted.
"""

import argparse
import pathlib
import random
import signal
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from support import MIB, Site, Workspace, library_is_sound, sha256_of  # noqa: E402

LINK_LIFETIME_MS = 2_000
EXCESS = 0.05
# What goes wrong on the way, a little of everything.
TROUBLE = (
    "storage=close-after:3000000",
    "storage=reset-after:5000000",
    "storage=status:503:xml",
    "storage=status:500:html",
    "storage=link-expired",
    "storage=reset-before-headers",
    "storage=keep-alive-dropped",
    "download=status:503:busy",
    "download=link-expires-now",
)


class Failure(Exception):
    """The program has broken a promise."""


def demand(condition, what):
    if not condition:
        raise Failure(what)


class Watcher:
    """Looks at the final names all the time: what stands there is whole and right from the first moment."""

    def __init__(self, folder, sizes):
        self._folder, self._sizes = folder, sizes
        self._end = threading.Event()
        self.wrong = []
        self.looks = 0
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self):
        while not self._end.wait(0.01):
            for path in self._folder.rglob("*.safetensors"):
                if path.stat().st_size not in self._sizes:
                    self.wrong.append(str(path))
            self.looks += 1

    def stop(self):
        self._end.set()
        self._thread.join()
        demand(self.looks > 0, "the watcher never looked")
        demand(not self.wrong, f"half a file under its final name: {self.wrong[:3]}")


class Campaign:
    def __init__(self, arguments):
        self.dice = random.Random(arguments.seed)
        print(f"seed {arguments.seed}: replay with --seed {arguments.seed}", flush=True)
        self.arguments = arguments
        publish = ["--publish", "sha256", "crc32"]
        files = [word for group in arguments.files for word in ("--files", group)]
        self.site = Site(*files, *publish, "--throttle", arguments.rate)
        self.site.options(link_lifetime_ms=LINK_LIFETIME_MS)
        self.place = Workspace(self.site)
        self.offered = self.site.files(within=600)
        self.good = {}  # path -> time of change when its content was found right
        self.sent = 0

    def close(self):
        self.place.remove()
        self.site.stop()

    def needed(self):
        return sum(file["size"] for file in self.offered.values())

    def make_trouble(self):
        self.site.clear_faults()
        kinds = self.dice.sample(TROUBLE, 3)
        self.site.fault(*(f"{kind}@{self.dice.randint(1, 12)}" for kind in kinds))

    def start(self):
        return self.place.start("download", "--yes", "--api-delay", "0", "--limit", "0", "--quiet")

    def count_bytes(self):
        """What storage has sent since the last count."""
        entries = self.site.journal("storage")
        self.site.clear_journal()
        self.sent += sum(entry["bytes_sent"] for entry in entries)

    def ended_early(self, how):
        """A run that is ended at a random moment; true when it was done before."""
        self.make_trouble()
        watcher = Watcher(self.place.downloads, {file["size"] for file in self.offered.values()})
        run = self.start()
        try:
            moment = time.monotonic() + self.dice.uniform(0.05, self.arguments.longest)
            while run.is_running() and time.monotonic() < moment:
                time.sleep(0.005)
            done = not run.is_running()
            if not done:
                run.signal(signal.SIGKILL if how == "kill" else signal.SIGINT)
            outcome = run.finish()
        finally:
            run.close()
            watcher.stop()
        expected = (0, 7) if done else (-9,) if how == "kill" else (130, 0, 7)
        demand(outcome.code in expected, f"unexpected end after {how}: {outcome}")
        self.check()
        self.count_bytes()
        return done

    def check(self):
        """Everything visible is right, and the library says nothing else."""
        demand(library_is_sound(self.place.database), "the library is damaged") if self.place.database.exists() else None
        hashes = {file["sha256"].lower() for file in self.offered.values()}
        for path in self.place.downloads.rglob("*.safetensors"):
            if self.good.get(path) != path.stat().st_mtime_ns:
                demand(sha256_of(path) in hashes, f"wrong content under a final name: {path}")
                self.good[path] = path.stat().st_mtime_ns
        if not self.place.database.exists():
            return
        for file_id, entry in self.place.entries().items():
            if entry["status"] == "Downloaded":
                demand(pathlib.Path(entry["path"]) in self.good, f"recorded, but not there: {entry['path']} ({file_id})")

    def finish(self):
        """Runs that are left alone until nothing is to be done."""
        self.site.clear_faults()
        for _ in range(3):
            run = self.start()
            outcome = run.finish(within=600)
            run.close()
            if outcome.code == 0:
                break
        demand(outcome.code == 0, f"the last run fails: {outcome}")
        self.check()
        self.count_bytes()
        entries = self.place.entries()
        demand(set(entries) == set(self.offered), "the library lacks files")
        for file_id, entry in entries.items():
            demand(entry["status"] == "Downloaded", f"file {file_id} is {entry['status']}")
            demand(sha256_of(entry["path"]) == self.offered[file_id]["sha256"].lower(), f"wrong bytes in {entry['path']}")
        left = [str(path) for path in self.place.downloads.rglob("*.tmp")]
        demand(not left, f"left behind: {left[:3]}")
        excess = self.sent / self.needed() - 1
        print(f"needed {self.needed() / MIB:.0f} MiB, sent {self.sent / MIB:.0f} MiB: {excess:+.1%}")
        demand(excess < EXCESS, f"{excess:.1%} more bytes than needed")

    def run(self):
        rounds = ended = 0
        while rounds < self.arguments.rounds:
            how = self.arguments.how
            if how == "both":
                how = "kill" if rounds % 2 == 0 else "int"
            rounds += 1
            if self.ended_early(how):
                break
            ended += 1
        print(f"{ended} runs ended early, {len(self.good)} of {len(self.offered)} files complete by then")
        demand(ended >= min(self.arguments.rounds, 5), "the plan was done too early: offer more or larger files")
        self.finish()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--how", choices=("kill", "int", "both"), default="both")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--files", nargs="+", default=["40x200MiB", "200x100KiB"])
    parser.add_argument("--rate", default="1MiB", help="bytes per second of one storage connection")
    parser.add_argument("--longest", type=float, default=4, help="seconds that a run is left alive at most")
    campaign = Campaign(parser.parse_args())
    try:
        campaign.run()
    except Failure as failure:
        print(f"campaign failed (seed {campaign.arguments.seed}): {failure}")
        return 1
    finally:
        campaign.close()
    print("campaign passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())

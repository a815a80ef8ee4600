"""Measures commands against each other: alternating rounds, medians, ratios, CPU time and peak memory of the whole process tree."""
import os
import pathlib
import resource
import shutil
import signal
import statistics
import subprocess
import tempfile
import time


class Contender:
    """A command under test: `command(folder)` gives what to run in an empty folder."""

    def __init__(self, name, command, env=None, prepare=None):
        self.name, self.command, self.env, self.prepare = name, command, env or {}, prepare
        self.walls, self.cpus, self.peaks = [], [], []

    def median(self):
        return statistics.median(self.walls)


def _run_once(contender, folder):
    if contender.prepare:
        contender.prepare(folder)
    env = dict(os.environ, **contender.env)
    log = open(folder / "output.log", "wb")
    started = time.perf_counter()
    process = subprocess.Popen(contender.command(folder), cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        tail = (folder / "output.log").read_bytes()[-2000:].decode(errors="replace")
        raise SystemExit(f"{contender.name} failed with {process.returncode}:\n{tail}")
    contender.walls.append(wall)
    contender.cpus.append(usage.ru_utime + usage.ru_stime)
    contender.peaks.append(usage.ru_maxrss / 1024)


def alternate(contenders, rounds, work, warm=None):
    """Runs all contenders in turn, `rounds` times; each run in a fresh folder. `warm()` runs before each, uncounted."""
    folders = []
    for number in range(rounds):
        for contender in contenders:
            folder = pathlib.Path(tempfile.mkdtemp(dir=work))
            folders.append(folder)
            if warm:
                warm()
            os.sync()
            _run_once(contender, folder)
            # Large results go at once, many small ones at the end: making files right after a mass delete is slow.
            for path in folder.rglob("*"):
                if path.is_file() and path.stat().st_size > 8 << 20:
                    path.unlink()
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def table(title, contenders, base, note=""):
    """A Markdown table; ratios are median wall times relative to `base` (larger than 1: slower than it)."""
    lines = [f"## {title}", ""]
    if note:
        lines += [note, ""]
    lines += ["| contender | median s | min s | max s | ratio | CPU s | peak MiB |", "|---|---|---|---|---|---|---|"]
    for c in contenders:
        lines.append(
            f"| {c.name} | {c.median():.3f} | {min(c.walls):.3f} | {max(c.walls):.3f} | {c.median() / base.median():.2f} |"
            f" {statistics.median(c.cpus):.2f} | {max(c.peaks):.1f} |"
        )
    return "\n".join(lines) + "\n"


class Server:
    """A child process that is stopped when the block ends."""

    def __init__(self, command, ready, **options):
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)
        limit = time.monotonic() + 60
        while not ready():
            if self.process.poll() is not None:
                raise SystemExit(f"{command[0]} ended with {self.process.returncode}")
            if time.monotonic() > limit:
                raise SystemExit(f"{command[0]} did not start")
            time.sleep(0.02)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def allow_many_files():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))

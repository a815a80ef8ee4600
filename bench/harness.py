"""Measures commands against each other: alternating rounds, medians, ratios, CPU time and peak memory of the whole process tree."""
import os
import pathlib
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time


class Contender:
    """A command under test: `command(folder)` gives what to run in an empty folder."""

    def __init__(self, name, command, env=None, prepare=None):
        self.name, self.command, self.env, self.prepare = name, command, env or {}, prepare
        self.walls, self.cpus, self.peaks = [], [], []

    def median(self):
        return statistics.median(self.walls)


class PeakMemory:
    """The most memory that a process and its children have held, looked at all the time while the block runs: what the kernel
    tells at the end (ru_maxrss) includes the interpreter that the process was forked from."""

    def __init__(self, pid):
        self.pid, self.mebibytes = pid, 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _watch(self):
        while not self._over.wait(0.01):
            self.mebibytes = max(self.mebibytes, self._now(self.pid))

    def _now(self, pid):
        try:
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:
            return 0.0
        # Until it has become the command, the process is a copy of the interpreter.
        if f"Name:\t{pathlib.Path(sys.executable).name}" in status:
            return 0.0
        own = next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)
        return own + sum(self._now(child) for child in children)


def _run_once(contender, folder):
    if contender.prepare:
        contender.prepare(folder)
    env = dict(os.environ, **contender.env)
    log = open(folder / "output.log", "wb")
    started = time.perf_counter()
    process = subprocess.Popen(contender.command(folder), cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    with PeakMemory(process.pid) as peak:
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        tail = (folder / "output.log").read_bytes()[-2000:].decode(errors="replace")
        raise SystemExit(f"{contender.name} failed with {process.returncode}:\n{tail}")
    contender.walls.append(wall)
    contender.cpus.append(usage.ru_utime + usage.ru_stime)
    contender.peaks.append(peak.mebibytes)


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

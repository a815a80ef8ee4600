"""What the end-to-end tests share: the stand-in site, the program as a child process, terminals, folders, the library.

The programs under test come from the environment: CIVITAI_DOWNLOADER and CIVITAI_STANDIN name the built binaries.
Nothing here sleeps for luck: everything waits for a condition, with a limit.
"""

import contextlib
import dataclasses
import fcntl
import hashlib
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest
import urllib.request

PROGRAM = os.environ.get("CIVITAI_DOWNLOADER", "")
STANDIN = os.environ.get("CIVITAI_STANDIN", "")
# Sanitizers make a program slow and large: limits of time stretch, limits of memory do not hold.
SANITIZED = bool(os.environ.get("CIVITAI_SANITIZE"))
LIMIT = 120 if SANITIZED else 45  # seconds that anything may take before a test gives up

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB

# A proxy of the machine must not come between the tests and the site.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class GaveUp(AssertionError):
    """A condition did not come true in time."""


def wait_until(condition, what, within=LIMIT):
    """Polls until `condition()` gives something true, and returns that."""
    end = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise GaveUp(f"waited {within} s in vain: {what}")
        time.sleep(0.01)


# ---- the site ----


@contextlib.contextmanager
def unplugged():
    """The address of a site that nobody serves. The port is taken, so that no server of another test comes to stand there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


class Site:
    """A running civitai-standin, with its control listener."""

    _defaults = {
        "latency_ms": 0,
        "storage_rate": 0,
        "link_lifetime_ms": 86_400_000,
        "require_login": False,
        "page_size_cap": 0,
        "download_quota": 0,
        "newest_drops_one": False,
    }

    def __init__(self, *arguments):
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="civitai-site-"))
        ports = self._folder / "ports.json"
        self._errors = open(self._folder / "errors.txt", "w+b")
        self._process = subprocess.Popen(
            [STANDIN, "--ports-file", str(ports), "--exit-with-parent", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._errors)
        try:
            wait_until(lambda: ports.exists() or self._process.poll() is not None, "the stand-in starts")
            urls = json.loads(ports.read_text())
        except BaseException:
            print(self.errors())
            self.stop()
            raise
        self.api, self.storage, self._admin = urls["api"], urls["storage"], urls["admin"]

    def errors(self):
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace")

    def stop(self):
        self._process.stdin.close()
        self._process.terminate()
        self._process.wait(LIMIT)
        self._errors.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def reset(self):
        """As if it had just been started."""
        self.clear_faults()
        self.options(**self._defaults)
        self.clear_journal()

    def _ask(self, method, path, body=None, within=LIMIT):
        request = urllib.request.Request(self._admin + path, data=body, method=method)
        with _direct.open(request, timeout=within) as answer:
            return json.load(answer)

    def journal(self, route=None):
        """The requests seen so far, oldest first; those of one route ("models", "download", "storage", …)."""
        return self._ask("GET", "/journal" + (f"?route={route}" if route else ""))["entries"]

    def clear_journal(self):
        self._ask("DELETE", "/journal")

    def summary(self):
        return self._ask("GET", "/summary")

    def fault(self, *rules):
        """Adds rules ROUTE=KIND[:PARAMETER][@FROM-TO][#file:ID]; gives their ids."""
        return self._ask("POST", "/faults", json.dumps(rules).encode())["ids"]

    def clear_faults(self):
        self._ask("DELETE", "/faults")

    def options(self, **options):
        self._ask("POST", "/options", json.dumps(options).encode())

    def advance_clock(self, seconds):
        self._ask("POST", "/clock", json.dumps({"advance_ms": seconds * 1000}).encode())

    def expire_links(self):
        self._ask("POST", "/links/expire", b"")

    def files(self, within=LIMIT):
        """What is on offer: {file id: {"name", "size", "sha256", "version_id", "model_id", …}}; hashed the first time."""
        return {file["id"]: file for file in self._ask("GET", "/files", within=within)["files"]}

    def raw(self, target):
        """The body of an answer of the site, as its bytes. It does not stay in the journal's way: ask it last."""
        with _direct.open(self.api + target, timeout=LIMIT) as answer:
            return answer.read()

    def routes(self):
        """How many requests each route has seen."""
        return self.summary()["requests"]

    def wait_for(self, route, count=1):
        return wait_until(lambda: len(self.journal(route)) >= count, f"{count} requests of {route}")

    def ranges(self, file_id):
        """The Range headers (None: the whole file) with which the file was asked from storage, in order."""
        found = [entry for entry in self.journal("storage") if entry["file_id"] == file_id]
        return [dict(entry["headers"]).get("Range") for entry in found]


# ---- the program ----


@dataclasses.dataclass
class Outcome:
    """What a finished run left behind."""

    arguments: list
    code: int
    out: str
    err: str

    def json(self):
        return json.loads(self.out)

    def __str__(self):
        words = " ".join(str(word) for word in self.arguments)
        return (f"\n$ civitai-downloader {words}\nexit code {self.code}\n"
                f"-- stdout\n{self.out}\n-- stderr\n{self.err}\n--")


# A process inherits the peak of the one that started it: only a small one can start what is to be measured.
_MEASURE = """
import os, resource, sys
_, peak, *command = sys.argv
_, status = os.waitpid(os.posix_spawn(command[0], command, os.environ), 0)
with open(peak, "w") as file:
    file.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(os.waitstatus_to_exitcode(status))
"""


class Run:
    """A run in the background."""

    def __init__(self, arguments, environment, folder, stdin=None, launcher=()):
        self.arguments = arguments
        self._stdin = stdin
        self._out, self._err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [*launcher, PROGRAM, *arguments], env=environment, cwd=folder, start_new_session=True,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE, stdout=self._out, stderr=self._err)
        self.pid = self.process.pid

    def signal(self, number):
        self.process.send_signal(number)

    def is_running(self):
        return self.process.poll() is None

    def err_so_far(self):
        """What stands on standard error by now."""
        return os.pread(self._err.fileno(), MIB, 0).decode("utf-8", "replace")

    def finish(self, within=LIMIT):
        """Waits for the end; kills and complains when it does not come."""
        try:
            self.process.communicate(self._stdin, timeout=within)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise GaveUp(f"the program did not end within {within} s{self._outcome()}") from None
        return self._outcome()

    def _outcome(self):
        texts = []
        for stream in (self._out, self._err):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "surrogateescape"))
        return Outcome(self.arguments, self.process.returncode, *texts)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for stream in (self._out, self._err, self.process.stdin):
            if stream:
                stream.close()


class Terminal:
    """A run on a terminal of its own: what a person would see and type."""

    def __init__(self, arguments, environment, folder, columns=120, rows=40, stdout=None):
        self.arguments = arguments
        self.columns, self.rows = columns, rows
        self.raw = b""  # all that was written to the terminal
        self._seen = 0  # of the text, what expect() has passed
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

        def take_terminal():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            [PROGRAM, *arguments], env=environment, cwd=folder, preexec_fn=take_terminal,
            stdin=slave, stdout=slave if stdout is None else stdout, stderr=slave)
        os.close(slave)

    @property
    def text(self):
        return self.raw.decode("utf-8", "replace")

    def _pump(self, seconds):
        """Takes what has come; False when nothing more can come."""
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return True
        try:
            chunk = os.read(self._master, 65536)
        except OSError:  # the other side is closed
            chunk = b""
        self.raw += chunk
        return bool(chunk)

    def expect(self, pattern, within=LIMIT):
        """Waits until the pattern appears behind what was expected before; gives the match."""
        end = time.monotonic() + within
        open_still = True
        while True:
            found = re.compile(pattern).search(self.text, self._seen)
            if found:
                self._seen = found.end()
                return found
            if not open_still or time.monotonic() > end:
                raise GaveUp(f"'{pattern}' did not appear{self}")
            open_still = self._pump(0.05)

    def type(self, text):
        os.write(self._master, text.encode())

    def finish(self, within=LIMIT):
        """Waits for the end and gives the exit code."""
        end = time.monotonic() + within
        while self._pump(0.05):
            if time.monotonic() > end:
                raise GaveUp(f"the program did not end within {within} s{self}")
        return self.process.wait(max(1, end - time.monotonic()))

    def screen(self):
        """What stands on the screen now, line by line."""
        return Screen(self.columns, self.rows).feed(self.text).lines()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._master)

    def __str__(self):
        return f"\n$ civitai-downloader {' '.join(map(str, self.arguments))}\n{self.text!r}\n"


class Screen:
    """Just enough of a terminal to know what stands on it: text, line ends, cursor up, erase below, erase line."""

    _control = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])")

    def __init__(self, columns, rows):
        self._columns, self._rows = columns, rows
        self._lines = [""]  # with what has scrolled away
        self._row = self._column = 0

    def feed(self, text):
        at = 0
        while at < len(text):
            control = self._control.match(text, at)
            if control:
                self._obey(control.group(1), control.group(2))
                at = control.end()
            else:
                self._put(text[at])
                at += 1
        return self

    def _put(self, letter):
        if letter == "\r":
            self._column = 0
        elif letter == "\n":
            self._row += 1
        elif letter >= " ":
            if self._column >= self._columns:
                self._row, self._column = self._row + 1, 0
            self._fill()
            line = self._lines[self._row].ljust(self._column)
            self._lines[self._row] = line[:self._column] + letter + line[self._column + 1:]
            self._column += 1
        self._fill()

    def _fill(self):
        while len(self._lines) <= self._row:
            self._lines.append("")

    def _obey(self, numbers, letter):
        top = max(0, len(self._lines) - self._rows)
        if letter == "F":
            self._row, self._column = max(top, self._row - int(numbers or 1)), 0
        elif letter == "J" and numbers in ("", "0"):
            self._lines[self._row] = self._lines[self._row][:self._column]
            del self._lines[self._row + 1:]
        elif letter == "K":
            self._lines[self._row] = self._lines[self._row][:self._column]
        elif letter != "m":
            raise AssertionError(f"the screen does not know ESC [ {numbers} {letter}")

    def lines(self):
        return [line.rstrip() for line in self._lines]


# ---- files ----


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(MIB), b""):
            digest.update(chunk)
    return digest.hexdigest()


def tree(folder):
    """Everything below a folder with size and time of change: equal trees mean that nothing was touched."""
    found = {}
    for path in sorted(pathlib.Path(folder).rglob("*")):
        status = path.lstat()
        found[str(path.relative_to(folder))] = (status.st_mode, status.st_size, status.st_mtime_ns)
    return found


def names(folder):
    """The files below a folder, as relative paths; without the library and its helpers."""
    found = {str(path.relative_to(folder)) for path in pathlib.Path(folder).rglob("*") if not path.is_dir()}
    return {name for name in found if not name.startswith("civitai_download.db")}


# ---- the library ----


@contextlib.contextmanager
def open_library(path):
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=LIMIT)
    connection.row_factory = sqlite3.Row
    try:
        yield connection
    finally:
        connection.close()


def library_entries(path):
    """The rows of the view `entries`, by file id."""
    with open_library(path) as library:
        return {row["file_id"]: dict(row) for row in library.execute("SELECT * FROM entries")}


def library_is_sound(path):
    with open_library(path) as library:
        whole = library.execute("PRAGMA integrity_check").fetchall()
        strangers = library.execute("PRAGMA foreign_key_check").fetchall()
    return [row[0] for row in whole] == ["ok"] and not strangers


# ---- a person's machine ----


class Workspace:
    """A home folder and a working folder of its own, and the program started there."""

    def __init__(self, site):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="civitai-e2e-")).resolve()
        self.home = self.root / "home"
        self.folder = self.root / "work"
        self.home.mkdir()
        self.folder.mkdir()
        self.downloads = self.folder / "downloads"
        self.database = self.downloads / "civitai_download.db"
        self._running = []
        passed = {name: os.environ[name] for name in os.environ if name.endswith("SAN_OPTIONS")}
        self.environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "TERM": "xterm",
            "LANG": "C.UTF-8",
            "CIVITAI_BASE_URL": site.api,
            **passed,
        }

    def start(self, *arguments, stdin=None, **environment):
        """Starts a run in the background. Variables set to None are removed."""
        run = Run([str(argument) for argument in arguments], self._with(environment), self.folder, stdin)
        self._running.append(run)
        return run

    def run(self, *arguments, stdin=None, within=LIMIT, **environment):
        return self.start(*arguments, stdin=stdin, **environment).finish(within)

    def terminal(self, *arguments, columns=120, rows=40, stdout=None, **environment):
        terminal = Terminal([str(argument) for argument in arguments], self._with(environment), self.folder, columns,
                            rows, stdout)
        self._running.append(terminal)
        return terminal

    def measure(self, *arguments, within=10 * LIMIT):
        """Runs to the end; gives the outcome, the seconds it took, and its peak of memory in MiB."""
        peak = self.root / "peak"
        run = Run([str(argument) for argument in arguments], self.environment, self.folder,
                  launcher=(sys.executable, "-c", _MEASURE, str(peak)))
        self._running.append(run)
        begun = time.monotonic()
        outcome = run.finish(within)
        return outcome, time.monotonic() - begun, int(peak.read_text()) / 1024

    def _with(self, changes):
        merged = {**self.environment, **changes}
        return {name: str(value) for name, value in merged.items() if value is not None}

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def entries(self):
        return library_entries(self.database)

    def partial(self, file_id):
        """The partial file of a file id, or None."""
        return next(iter(self.downloads.rglob(f"*.{file_id}.tmp")), None)

    def remove(self):
        for running in self._running:
            running.close()
        shutil.rmtree(self.root, ignore_errors=True)


class EndToEnd(unittest.TestCase):
    """A test with a site (one per class, reset for each test) and a workspace of its own."""

    site_arguments = ()

    @classmethod
    def setUpClass(cls):
        if not PROGRAM or not STANDIN:
            raise AssertionError("set CIVITAI_DOWNLOADER and CIVITAI_STANDIN to the built programs")
        cls.site = Site(*cls.site_arguments)
        cls.addClassCleanup(cls.site.stop)

    def setUp(self):
        self.site.reset()
        self.place = Workspace(self.site)
        self.addCleanup(self.place.remove)

    def download(self, *arguments, code=0, **more):
        """A run of `download --yes` that must end with `code`."""
        outcome = self.place.run("download", "--yes", "--api-delay", 0, *arguments, **more)
        self.assertEqual(outcome.code, code, outcome)
        return outcome

    def dry(self, *arguments, code=0, **more):
        """The plan as JSON."""
        outcome = self.place.run("download", "--dry-run", "--json", "--api-delay", 0, *arguments, **more)
        self.assertEqual(outcome.code, code, outcome)
        return outcome.json()

    def assert_refused(self, outcome, code, *words):
        """Ended with the code, an "error:" line and these words on standard error, and no data."""
        self.assertEqual(outcome.code, code, outcome)
        self.assertEqual(outcome.out, "", outcome)
        self.assertIn("error: ", outcome.err, outcome)
        for word in words:
            self.assertIn(word, outcome.err, outcome)

    def assert_asked(self, **routes):
        """The site has seen these requests and no others."""
        self.assertEqual(self.site.routes(), routes)

    def assert_file(self, path, file_id):
        """The file is what the site offers under the id."""
        self.assertTrue(path.is_file(), f"{path} is missing; there are {sorted(names(self.place.downloads))}")
        self.assertEqual(sha256_of(path), self.site.files()[file_id]["sha256"].lower())

    def assert_no_leak(self):
        self.assertEqual(self.site.summary()["leaks"], [])


def known_fault(what):
    """Marks a test that shows a fault of the program that is known and not mended yet: it must fail, or be unmarked."""
    def mark(test):
        test.__doc__ = f"Known fault: {what}."
        return unittest.expectedFailure(test)
    return mark


@contextlib.contextmanager
def mounted(test, folder, *arguments):
    """Something mounted at the folder; the test is skipped where that cannot be done."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        test.skipTest("only root can mount")
    mount = subprocess.run(["mount", *arguments, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if mount.returncode != 0:
        test.skipTest(f"cannot mount: {mount.stdout.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def small_disk(test, folder, size):
    """A disk of `size` bytes mounted at the folder; the test is skipped where that cannot be done."""
    return mounted(test, folder, "-t", "tmpfs", "-o", f"size={size}", "tmpfs")


@contextlib.contextmanager
def write_protected(test, folder):
    """Nothing in the folder can be written, made or removed. Root, whom modes do not hold, gets a read-only mount."""
    if os.geteuid() == 0:
        with mounted(test, folder, "--bind", str(folder)):
            subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
            yield
        return
    places = [folder, *folder.rglob("*")]
    modes = [place.stat().st_mode for place in places]
    for place, mode in zip(places, modes):
        place.chmod(mode & 0o555)
    try:
        yield
    finally:
        for place, mode in zip(places, modes):
            place.chmod(mode)


INTERRUPT = signal.SIGINT
TERMINATE = signal.SIGTERM
KILL = signal.SIGKILL

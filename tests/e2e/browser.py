"""Chromium without a window, driven by chromedriver's HTTP interface (W3C WebDriver): as much of it as the tests need."""

import json
import pathlib
import shutil
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request

from support import LIMIT, wait_until

CHROMEDRIVER = shutil.which("chromedriver")
CHROMIUM = shutil.which("chromium")

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_element = "element-6066-11e4-a52e-4f735466cecf"  # the key that the standard gives to references
KEYS = {"enter": "\ue007", "escape": "\ue00c", "left": "\ue012", "up": "\ue013", "right": "\ue014", "down": "\ue015"}


class Browser:
    """One window of a browser of its own, with an empty profile."""

    def __init__(self, width=1280, height=900, dark=False):
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="civitai-browser-"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._base = f"http://127.0.0.1:{port}"
        self._driver = subprocess.Popen([CHROMEDRIVER, f"--port={port}"], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._session = None
        try:
            wait_until(self._is_ready, "chromedriver starts")
            self._session = self._start(width, height, dark)
        except BaseException:
            self.close()
            raise

    def _is_ready(self):
        try:
            return self._ask("GET", "/status")["ready"]
        except (OSError, urllib.error.URLError):
            return False

    def _start(self, width, height, dark):
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync",
                 "--disable-dev-shm-usage", f"--user-data-dir={self._folder / 'profile'}",
                 f"--window-size={width},{height}"]
        if dark:
            flags.append("--blink-settings=preferredColorScheme=0")
        options = {"binary": CHROMIUM, "args": flags}
        wanted = {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options,
                                                   "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}}
        return "/session/" + self._ask("POST", "/session", wanted)["sessionId"]

    def _ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._base + path, data=data, method=method)
        try:
            with _direct.open(request, timeout=LIMIT) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode(errors="replace")) from None

    def _do(self, method, path, body=None):
        return self._ask(method, self._session + path, body)

    def open(self, path):
        self._do("POST", "/url", {"url": pathlib.Path(path).resolve().as_uri()})

    def run(self, script, *arguments):
        """The value of a script that ends with `return`."""
        return self._do("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def _find(self, selector):
        return self._do("POST", "/element", {"using": "css selector", "value": selector})[_element]

    def click(self, selector):
        self._do("POST", f"/element/{self._find(selector)}/click", {})

    def press(self, *keys):
        """Types on the keyboard, wherever the focus is."""
        strokes = [{"type": kind, "value": KEYS.get(key, key)} for key in keys for kind in ("keyDown", "keyUp")]
        self._do("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]})

    def complaints(self):
        """What stands in the console: errors of scripts, refused and failed requests."""
        return [entry["message"] for entry in self._do("POST", "/se/log", {"type": "browser"})]

    def requests(self):
        """The addresses that the browser has asked for since the last call."""
        entries = self._do("POST", "/se/log", {"type": "performance"})
        events = [json.loads(entry["message"])["message"] for entry in entries]
        return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]

    def screenshot(self):
        """As PNG, in base64."""
        return self._do("GET", "/screenshot")

    def close(self):
        if self._session:
            self._do("DELETE", "")
        self._driver.terminate()
        self._driver.wait(LIMIT)
        shutil.rmtree(self._folder, ignore_errors=True)

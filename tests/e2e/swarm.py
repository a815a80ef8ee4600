"""BitTorrent on loopback for the end-to-end tests: a tracker, and aria2 as peers that know nobody but it."""

import collections
import http.server
import shutil
import socket
import struct
import subprocess
import threading
import urllib.parse

from support import LIMIT, wait_until


def need(*programs):
    """Other people's programs that the tests compare with; scripts/install-deps knows their packages."""
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        raise AssertionError(f"scripts/install-deps test installs what is missing: {', '.join(missing)}")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Tracker:
    """Tells every peer of a torrent of the others (BEP 3 and 23)."""

    def __init__(self):
        self.peers = collections.defaultdict(dict)  # info-hash: {peer id: (port, bytes left)}
        tracker = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query, encoding="latin-1")
                body = tracker.announce({name: values[0] for name, values in query.items()})
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/announce"

    def announce(self, query):
        peers = self.peers[query["info_hash"].encode("latin-1").hex()]
        if query.get("event") == "stopped":
            peers.pop(query["peer_id"], None)
        else:
            peers[query["peer_id"]] = (int(query["port"]), int(query["left"]))
        others = [port for peer, (port, _) in peers.items() if peer != query["peer_id"]]
        compact = b"".join(socket.inet_aton("127.0.0.1") + struct.pack(">H", port) for port in others)
        return b"d8:intervali1800e5:peers%d:%se" % (len(compact), compact)

    def seeds(self, info_hash):
        return [port for port, left in self.peers[info_hash].values() if left == 0]

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Peer:
    """aria2 with a torrent and a folder; what it needs to know of either is told by flags."""

    def __init__(self, torrent, folder, *flags):
        folder.mkdir(parents=True, exist_ok=True)
        self.log = open(folder.parent / f"{folder.name}.log", "w+b")
        self.process = subprocess.Popen(
            ["aria2c", "--no-conf", "--enable-dht=false", "--enable-dht6=false", "--bt-enable-lpd=false",
             "--enable-peer-exchange=false", "--disable-ipv6", "--interface=127.0.0.1", "--file-allocation=none",
             f"--listen-port={free_port()}", "--summary-interval=0", f"--dir={folder}",
             *flags, str(torrent)], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def finish(self):
        code = self.process.wait(LIMIT)
        self.log.seek(0)
        return code, self.log.read().decode(errors="replace")

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()  # asked politely it takes seconds to say goodbye to everybody
            self.process.wait(LIMIT)
        self.log.close()


def transfer(tracker, info_hash, torrent, source, target):
    """Seeds from one folder, fetches into another; gives what the fetching peer said, and its exit code."""
    seeder = Peer(torrent, source, "--seed-ratio=0.0", "--bt-seed-unverified=true")
    try:
        wait_until(lambda: tracker.seeds(info_hash), "the seeder announces itself")
        leecher = Peer(torrent, target, "--seed-time=0")
        try:
            return leecher.finish()
        finally:
            leecher.stop()
    finally:
        seeder.stop()

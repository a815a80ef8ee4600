"""The two servers of a measurement: nginx as storage, the stand-in site as API that leads to it."""
import json
import os
import socket
import subprocess

from harness import Server


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Storage:
    """nginx over a folder: `plain` port, `slow` port with a rate per connection, `tls` port with HTTP/2."""

    def __init__(self, folder, work, rate="20m"):
        self.folder, self.work = folder, work
        self.plain, self.slow, self.tls = free_port(), free_port(), free_port()
        key, certificate = work / "key.pem", work / "certificate.pem"
        if not certificate.exists():
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                 "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate],
                check=True, capture_output=True)
        self.certificate = certificate
        self.config = work / "nginx.conf"
        # Workers of another user could not enter the folder.
        user = "user root; " if os.geteuid() == 0 else ""
        self.config.write_text(f"""
            {user}daemon off; worker_processes 2; pid {work}/nginx.pid; error_log stderr error;
            events {{ worker_connections 4096; }}
            http {{
              access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; default_type application/octet-stream;
              client_body_temp_path {work}/t1; proxy_temp_path {work}/t2; fastcgi_temp_path {work}/t3;
              uwsgi_temp_path {work}/t4; scgi_temp_path {work}/t5;
              server {{ listen 127.0.0.1:{self.plain}; root {folder}; }}
              server {{ listen 127.0.0.1:{self.slow}; root {folder}; limit_rate {rate}; }}
              server {{ listen 127.0.0.1:{self.tls} ssl http2; root {folder}; http2_max_concurrent_streams 512;
                        ssl_certificate {certificate}; ssl_certificate_key {key}; ssl_protocols TLSv1.3; }}
            }}
        """)

    def start(self):
        return Server(["nginx", "-c", str(self.config)], lambda: is_open(self.plain))


class Api:
    """The stand-in site with a catalogue of files; its links lead to `storage_url`."""

    def __init__(self, program, catalogue, work):
        self.program, self.catalogue, self.work = str(program), catalogue, work
        self.url = ""

    def dump(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([self.program, *self.catalogue, "--dump-files", str(folder)], check=True, stdout=subprocess.DEVNULL)
        return sorted(folder.iterdir(), key=lambda path: int(path.name))

    def start(self, storage_url):
        ports = self.work / f"ports-{free_port()}.json"
        elsewhere = ["--storage-url", storage_url] if storage_url else []
        server = Server([self.program, *self.catalogue, "--ports-file", str(ports), *elsewhere],
                        ports.exists, stdout=subprocess.DEVNULL)
        self.url = json.loads(ports.read_text())["api"]
        return server


def read_all(paths):
    """Brings files into the page cache."""
    for path in paths:
        with open(path, "rb", buffering=0) as file:
            while file.read(16 << 20):
                pass


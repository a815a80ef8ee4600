"""Images: many small files of which only a list is known."""
import contextlib
import json
import shutil
import subprocess

from bench import fixed
from harness import Contender, Server, alternate, table
from sites import Storage, free_port, is_open, read_all

PICTURES = "2000x100KiB"


@contextlib.contextmanager
def offered(bench, base_of):
    """A site that lists the pictures, and a server that has them: (address of the site, paths, folder, storage)."""
    site = bench.program("civitai-standin")
    folder = bench.work / "pictures"
    if not folder.exists():
        subprocess.run([site, "--pictures", PICTURES, "--dump-files", str(folder)], check=True, stdout=subprocess.DEVNULL)
    storage = Storage(folder, bench.work)
    ports = bench.work / f"ports-{free_port()}.json"
    paths = sorted(folder.rglob("*.jpeg"))
    try:
        with storage.start(), contextlib.ExitStack() as more:
            base = base_of(storage, more)
            command = [site, "--pictures", PICTURES, "--images-url", base, "--ports-file", str(ports)]
            with Server(command, ports.exists, stdout=subprocess.DEVNULL):
                yield json.loads(ports.read_text())["api"], base, paths, storage
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def ours(bench, api, storage, *flags, name):
    def command(folder):
        return [bench.program("civitai-downloader"), "images", "-u", "aya_draws", "--quiet", "--limit", "0", "--api-delay", "0",
                "--save-path", str(folder / "downloads"), *flags]

    return Contender(name, command, env={"CIVITAI_BASE_URL": api, "HOME": "/nonexistent",
                                         "CURL_CA_BUNDLE": str(storage.certificate)})


def curl_list(bench, base, paths):
    folder = bench.work / "pictures"
    config = bench.work / "curl-pictures.txt"
    config.write_text("".join(f'url = "{base}/{path.relative_to(folder)}"\noutput = "{path.name}"\n' for path in paths))
    return config


def images(bench):
    """2,000 images of 100 KiB"""
    with offered(bench, lambda storage, _: f"http://127.0.0.1:{storage.plain}") as (api, base, paths, storage):
        curl = curl_list(bench, base, paths)
        own = ours(bench, api, storage, "-c", "16", name="civitai-downloader images -c 16")
        contenders = [
            own,
            fixed("curl --parallel --parallel-max 16", "curl", "-s", "--parallel", "--parallel-max", "16", "-K", curl),
        ]
        alternate(contenders, bench.rounds, bench.work, lambda: read_all(paths))
    return table("2,000 images of 100 KiB", contenders, own,
                 "civitai-downloader also asks for the list, looks at the bytes, flushes, renames and records each.")


def images_far_away(bench):
    """2,000 images of 100 KiB over HTTP/2 and a way of 40 ms"""

    def far(storage, more):
        port = free_port()
        proxy = [bench.program("delay_proxy"), str(port), str(storage.tls), "20"]
        more.enter_context(Server(proxy, lambda: is_open(port)))
        return f"https://127.0.0.1:{port}"

    with offered(bench, far) as (api, base, paths, storage):
        curl = curl_list(bench, base, paths)
        own = ours(bench, api, storage, "-c", "128", name="civitai-downloader images -c 128")
        contenders = [
            own,
            ours(bench, api, storage, name="civitai-downloader images (defaults)"),
            fixed("curl --parallel --parallel-max 128", "curl", "-s", "--http2", "--cacert", storage.certificate, "--parallel",
                  "--parallel-max", "128", "-K", curl),
        ]
        alternate(contenders, bench.rounds, bench.work, lambda: read_all(paths))
    return table("2,000 images of 100 KiB, HTTP/2, 40 ms of round trip", contenders, own,
                 "A proxy of our own (bench/delay_proxy.cpp) delays each way by 20 ms.")


CASES = {
    "images": images,
    "images-far-away": images_far_away,
}

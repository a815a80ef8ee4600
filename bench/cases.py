"""The cases of bench/run: each is a function that measures and gives a Markdown table. Its docstring says what it is."""
import pathlib
import subprocess

from harness import Contender, Server, alternate, table
from sites import Api, Storage, free_port, is_open, read_all

GIB = 1 << 30


class Bench:
    """What a case works with."""

    def __init__(self, programs, work, rounds):
        self.programs, self.work, self.rounds = programs, work, rounds

    def program(self, name):
        return str(self.programs / name)

    def offer(self, files, publish):
        """A site with equal files, and their bytes in a folder: (api, storage, paths)."""
        api = Api(self.program("civitai-standin"), ["--files", files, "--publish", *publish], self.work)
        folder = self.work / f"offer-{files}"
        paths = api.dump(folder) if not folder.exists() else sorted(folder.iterdir(), key=lambda path: int(path.name))
        return api, Storage(folder, self.work), paths

    def drop(self, paths):
        for path in paths:
            path.unlink(missing_ok=True)
        if paths:
            paths[0].parent.rmdir()

    def ours(self, api, *flags, name="civitai-downloader", env=None):
        def command(folder):
            return [self.program("civitai-downloader"), "download", "--yes", "--quiet", "--limit", "0", "--api-delay", "0",
                    "--save-path", str(folder / "downloads"), *flags]

        return Contender(name, command, env={"CIVITAI_BASE_URL": api.url, "HOME": "/nonexistent", **(env or {})})


def fixed(name, *words):
    return Contender(name, lambda folder: [str(word) for word in words])


def shell(name, line):
    return Contender(name, lambda folder: ["sh", "-ec", line])


def checksum(path):
    return subprocess.run(["openssl", "dgst", "-sha256", "-r", path], check=True, capture_output=True).stdout.split()[0].decode()


def one_large(bench):
    """One file of 4 GiB whose SHA-256 is known, page cache warm"""
    api, storage, paths = bench.offer("1x4GiB", ["sha256"])
    digest = checksum(paths[0])
    with storage.start(), api.start(f"http://127.0.0.1:{storage.plain}"):
        url = f"http://127.0.0.1:{storage.plain}/{paths[0].name}"
        ours = bench.ours(api)
        aria2 = ["aria2c", "-q", "-x16", "-s16", "--file-allocation=falloc", "-o", "f"]
        contenders = [
            ours,
            fixed("bare_get (no verdict, no flush)", bench.program("bare_get"), url, "f", "sha256"),
            fixed("curl -o (verifies nothing)", "curl", "-s", "-o", "f", url),
            shell("curl, then openssl dgst -sha256", f"curl -s -o f {url}; openssl dgst -sha256 f"),
            fixed("aria2c -x16, checksum on", *aria2, f"--checksum=sha-256={digest}", url),
        ]
        alternate(contenders, bench.rounds, bench.work, lambda: read_all(paths))
    bench.drop(paths)
    return table("One 4 GiB file, SHA-256 known", contenders, ours)


def one_large_blake3(bench):
    """One file of 4 GiB whose BLAKE3 is known"""
    api, storage, paths = bench.offer("1x4GiB", ["blake3"])
    with storage.start(), api.start(f"http://127.0.0.1:{storage.plain}"):
        url = f"http://127.0.0.1:{storage.plain}/{paths[0].name}"
        ours = bench.ours(api)
        contenders = [
            ours,
            fixed("bare_get, BLAKE3", bench.program("bare_get"), url, "f", "blake3"),
            fixed("curl -o (verifies nothing)", "curl", "-s", "-o", "f", url),
            fixed("wget2 (verifies nothing)", "wget2", "-q", "-O", "f", url),
        ]
        alternate(contenders, bench.rounds, bench.work, lambda: read_all(paths))
    bench.drop(paths)
    return table("One 4 GiB file, BLAKE3 known", contenders, ours)


def url_lists(bench, storage_url, paths):
    """The same downloads as a configuration for curl and a list for aria2c and wget2."""
    curl = bench.work / "curl.txt"
    curl.write_text("".join(f'url = "{storage_url}/{path.name}"\noutput = "{path.name}"\n' for path in paths))
    urls = bench.work / "urls.txt"
    urls.write_text("".join(f"{storage_url}/{path.name}\n" for path in paths))
    return curl, urls


def four_large(bench):
    """Four files of 2 GiB"""
    api, storage, paths = bench.offer("4x2GiB", ["sha256"])
    with storage.start(), api.start(f"http://127.0.0.1:{storage.plain}"):
        curl, urls = url_lists(bench, f"http://127.0.0.1:{storage.plain}", paths)
        ours = bench.ours(api)
        contenders = [
            ours,
            fixed("curl --parallel", "curl", "-s", "--parallel", "--parallel-max", "4", "-K", curl),
            fixed("aria2c -j4 -x4", "aria2c", "-q", "-j4", "-x4", "-s4", "--file-allocation=falloc", "-i", urls),
            fixed("wget2 --max-threads=4", "wget2", "-q", "--max-threads=4", "-i", urls),
        ]
        alternate(contenders, bench.rounds, bench.work, lambda: read_all(paths))
    bench.drop(paths)
    return table("Four 2 GiB files", contenders, ours, "Only civitai-downloader verifies, flushes and records.")


def small_files(bench):
    """2,000 files of 100 KiB"""
    api, storage, paths = bench.offer("2000x100KiB", ["sha256"])
    with storage.start(), api.start(f"http://127.0.0.1:{storage.plain}"):
        curl, urls = url_lists(bench, f"http://127.0.0.1:{storage.plain}", paths)
        ours = bench.ours(api, "-c", "16")
        contenders = [
            ours,
            fixed("curl --parallel --parallel-max 16", "curl", "-s", "--parallel", "--parallel-max", "16", "-K", curl),
            fixed("aria2c -j16", "aria2c", "-q", "-j16", "-i", urls),
            fixed("wget2 --max-threads=16", "wget2", "-q", "--max-threads=16", "-i", urls),
        ]
        alternate(contenders, bench.rounds, bench.work, lambda: read_all(paths))
    bench.drop(paths)
    return table("2,000 files of 100 KiB", contenders, ours,
                 "civitai-downloader also asks the site for each file's link, verifies, flushes, renames and records each.")


def ranges_case(bench, title, note, url_of, start_more=None):
    api, storage, paths = bench.offer("1x256MiB", ["sha256"])
    with storage.start():
        with start_more(storage) if start_more else storage_as_is():
            url = url_of(storage)
            with api.start(url):
                target = f"{url}/{paths[0].name}"
                ours = bench.ours(api, "--connections", "16", name="civitai-downloader --connections 16")
                contenders = [
                    ours,
                    bench.ours(api, name="civitai-downloader (defaults)"),
                    fixed("aria2c -x16 -s16", "aria2c", "-q", "-x16", "-s16", "-k1M", "-o", "f", target),
                    fixed("aria2c -x8 -s8", "aria2c", "-q", "-x8", "-s8", "-k1M", "-o", "f", target),
                    fixed("curl -o", "curl", "-s", "-o", "f", target),
                ]
                alternate(contenders, bench.rounds, bench.work, lambda: read_all(paths))
    bench.drop(paths)
    return table(title, contenders, ours, note)


class storage_as_is:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def throttled(bench):
    """One file of 256 MiB, 20 MB/s on each connection"""
    return ranges_case(bench, "256 MiB, each connection limited to 20 MB/s", "The limit is nginx's `limit_rate 20m`.",
                       lambda storage: f"http://127.0.0.1:{storage.slow}")


def far_away(bench):
    """One file of 256 MiB over a way of 40 ms"""
    port = free_port()

    def start(storage):
        command = [bench.program("delay_proxy"), str(port), str(storage.plain), "20"]
        return Server(command, lambda: is_open(port))

    return ranges_case(bench, "256 MiB, 40 ms of round trip",
                       "A proxy of our own (bench/delay_proxy.cpp) delays each way by 20 ms; at most 1 MiB of a connection is under way.",
                       lambda storage: f"http://127.0.0.1:{port}", start)


def tls(bench):
    """One file of 1 GiB over TLS 1.3"""
    api, storage, paths = bench.offer("1x1GiB", ["sha256"])
    with storage.start(), api.start(f"https://127.0.0.1:{storage.tls}"):
        url = f"https://127.0.0.1:{storage.tls}/{paths[0].name}"
        ours = bench.ours(api, env={"SSL_CERT_FILE": str(storage.certificate)})
        contenders = [
            ours,
            fixed("curl -o", "curl", "-s", "--cacert", storage.certificate, "-o", "f", url),
            fixed("aria2c -x8", "aria2c", "-q", "-x8", "-s8", f"--ca-certificate={storage.certificate}", "-o", "f", url),
            fixed("wget2", "wget2", "-q", f"--ca-certificate={storage.certificate}", "-O", "f", url),
        ]
        alternate(contenders, bench.rounds, bench.work, lambda: read_all(paths))
    bench.drop(paths)
    return table("1 GiB over TLS 1.3", contenders, ours)


def memory(bench):
    """Peak memory for 1 GiB and for 16 GiB, from the stand-in alone"""
    contenders = []
    for files in ("1x1GiB", "1x16GiB"):
        api = Api(bench.program("civitai-standin"), ["--files", files, "--publish", "blake3"], bench.work)
        with api.start(None):
            contenders.append(bench.ours(api, name=f"civitai-downloader, {files[2:]}"))
            alternate(contenders[-1:], 1, bench.work)
    return table("Peak memory", contenders, contenders[0], "Flat: it does not grow with the file.")


CASES = {
    "one-large": one_large,
    "one-large-blake3": one_large_blake3,
    "four-large": four_large,
    "small-files": small_files,
    "throttled": throttled,
    "far-away": far_away,
    "tls": tls,
    "memory": memory,
}

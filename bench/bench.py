"""What the cases of bench/cases/ share: the site and its files, our program, and its contenders."""
import shutil
import subprocess

from harness import Contender
from sites import Api, Storage


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

    def drop_folder(self, folder):
        shutil.rmtree(folder)

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


def url_lists(bench, storage_url, paths):
    """The same downloads as a configuration for curl and a list for aria2c and wget2."""
    curl = bench.work / "curl.txt"
    curl.write_text("".join(f'url = "{storage_url}/{path.name}"\noutput = "{path.name}"\n' for path in paths))
    urls = bench.work / "urls.txt"
    urls.write_text("".join(f"{storage_url}/{path.name}\n" for path in paths))
    return curl, urls

"""Cases about the library: verifying it at the speed of the hash, and looking into one of 100,000 entries."""
import random
import sqlite3
import subprocess

from bench import fixed, shell
from harness import alternate, table
from sites import Api, read_all

ENTRIES = 100_000


def _empty_library(bench, downloads):
    """A library made by the program, with one small file in it: (database, folder)."""
    downloads.mkdir(parents=True)
    api = Api(bench.program("civitai-standin"), ["--files", "1x1KiB", "--publish", "sha256"], bench.work)
    with api.start(None):
        subprocess.run([bench.program("civitai-downloader"), "download", "--yes", "--quiet", "--limit", "0", "--api-delay", "0",
                        "--base-url", api.url, "--save-path", str(downloads)], check=True, env={"HOME": "/nonexistent"})
    return downloads / "civitai_download.db"


def _add(library, number, path, size, *, sha256=None, blake3=None, name=None, creator="someone", tags="", words=""):
    """One model with one version with one file, which lies at the path."""
    ident = 50_000_000 + number
    kind = ("LORA", "Checkpoint", "VAE")[number % 3]
    library.execute("INSERT INTO models VALUES (?, ?, ?, ?, ?)", [ident, name or f"Model {number}", kind, creator, tags])
    library.execute("INSERT INTO versions VALUES (?, ?, ?, 'SDXL 1.0', ?)", [ident, ident, f"v{number % 9}.0", words])
    library.execute("INSERT INTO files VALUES (?, ?, ?, 'Model', ?, 'Downloaded', '', 1, 1, ?, ?, NULL, NULL, NULL, NULL)",
                    [ident, ident, path.name, size, sha256, blake3])
    library.execute("INSERT INTO placements (file_id, is_current, state, path, size, proof_kind, proof_value, verified_at)"
                    " VALUES (?, 1, 'Present', ?, ?, 'SHA256', '', 1)", [ident, str(path), size])


def _digests(command, paths):
    lines = subprocess.run([*command, *map(str, paths)], check=True, capture_output=True, text=True).stdout.splitlines()
    return [line.split()[0] for line in lines]


def _large_library(bench, publish):
    """200 files of 20 MiB and 4 of 2 GiB in a library that knows one hash of each: (folder, paths)."""
    folder = bench.work / f"library-{publish}"
    database = _empty_library(bench, folder)
    block = random.Random(1).randbytes(20 << 20)
    paths = []
    for number in range(204):
        paths.append(folder / f"{number:03}.safetensors")
        with open(paths[-1], "wb") as file:
            file.write(number.to_bytes(8, "little"))
            file.write(block[8:])
            for _ in range(0 if number < 200 else 102):
                file.write(block)
    command = ["b3sum"] if publish == "blake3" else ["openssl", "dgst", "-sha256", "-r"]
    with sqlite3.connect(database) as library:
        for number, (path, digest) in enumerate(zip(paths, _digests(command, paths))):
            _add(library, number, path, path.stat().st_size, **{publish: digest})
    return folder, paths


def _verify_case(bench, publish, title, peer, note):
    folder, paths = _large_library(bench, publish)
    ours = fixed(f"civitai-downloader db verify ({publish})", bench.program("civitai-downloader"), "db", "verify", "--no",
                 "--quiet", "--save-path", folder)
    contenders = [ours, peer(folder)]
    alternate(contenders, bench.rounds, bench.work, lambda: read_all(paths))
    bench.drop_folder(folder)
    return table(title, contenders, ours, note)


def verify_blake3(bench):
    """Verifying 200 x 20 MiB + 4 x 2 GiB whose BLAKE3 is known, page cache warm"""
    return _verify_case(
        bench, "blake3", "Verify 200 x 20 MiB + 4 x 2 GiB, BLAKE3 known",
        lambda folder: shell("b3sum", f"b3sum {folder}/*.safetensors"),
        "b3sum only prints digests; db verify compares and records each.")


def verify_sha256(bench):
    """Verifying 200 x 20 MiB + 4 x 2 GiB whose SHA-256 is known, page cache warm"""
    return _verify_case(
        bench, "sha256", "Verify 200 x 20 MiB + 4 x 2 GiB, only SHA-256 known",
        lambda folder: shell("find | xargs -P2 openssl dgst -sha256",
                             f"find {folder} -name '*.safetensors' -print0 | xargs -0 -P2 -n4 openssl dgst -sha256"),
        "openssl only prints digests; db verify compares and records each.")


def _many(bench):
    """A library of 100,000 entries whose files are there, of one byte each."""
    downloads = bench.work / "many"
    database = _empty_library(bench, downloads)
    words = ("paper lantern river glass night meridian harbour velvet copper winter garden signal orchid marble thunder amber"
             " juniper atlas ember cobalt willow saffron onyx quartz").split()
    with sqlite3.connect(database) as library:
        for number in range(ENTRIES):
            a, b, c = words[number % 24], words[number // 24 % 24], words[number // 576 % 24]
            path = downloads / "models" / str(number // 1000) / f"{a}_{b}_{number}.safetensors"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x")
            _add(library, number, path, 1, sha256=f"{number:064x}", name=f"{a} {b} {c} {number}".title(),
                 creator=f"creator{number % 997}", tags=f"{c}\nstyle\nphoto\nconcept art", words=f"{b} trigger")
    # The next command that writes brings the index up to date.
    subprocess.run([bench.program("civitai-downloader"), "db", "verify", "--no", "--quiet", "--check-hash=false", "--save-path",
                    str(downloads)], check=True, stdout=subprocess.DEVNULL, env={"HOME": "/nonexistent"})
    return downloads


def many_entries(bench):
    """Looking into a library of 100,000 entries: time and memory"""
    downloads = _many(bench)

    def look(name, *words):
        return fixed(name, bench.program("civitai-downloader"), "db", *words, "--save-path", downloads)

    contenders = [
        look("db search, a rare word", "search", "99983"),
        look("db search, three words", "search", "lantern", "river", "glass"),
        look("db search, a word in every entry", "search", "style"),
        look("db search, two letters", "search", "qu"),
        look("db search, nothing found", "search", "nothinglikeit"),
        look("db show", "show", "v_50012345"),
        look("db stats", "stats"),
        look("db view", "view"),
        look("db view --json", "view", "--json"),
        look("db view --csv --sort size", "view", "--csv", "--sort", "size"),
        look("db verify --check-hash=false", "verify", "--no", "--quiet", "--check-hash=false"),
    ]
    alternate(contenders, bench.rounds, bench.work)
    bench.drop_folder(downloads)
    return table("A library of 100,000 entries", contenders, contenders[0], "Whole runs of the program, its start included.")


CASES = {
    "verify-blake3": verify_blake3,
    "verify-sha256": verify_sha256,
    "many-entries": many_entries,
}

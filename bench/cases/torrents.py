"""Torrents of one large file."""
from bench import fixed
from harness import Contender, alternate, table
from sites import Api, read_all

ANNOUNCE = "http://127.0.0.1:9/announce"


def torrents(bench):
    """Torrents of one file of 4 GiB in pieces of 2 MiB, page cache warm"""
    api = Api(bench.program("civitai-standin"), ["--files", "1x4GiB", "--publish", "blake3"], bench.work)
    downloads = bench.work / "library"
    with api.start(None):
        # The folder at the end of our usual command is that of a run; here it stays.
        fetch = bench.ours(api, "--save-path", str(downloads), name="download")
        alternate([fetch], 1, bench.work)
    source = next(path for path in downloads.rglob("*") if path.suffix == ".safetensors")

    def ours(*flags):
        return Contender(" ".join(["civitai-downloader torrent", *flags]),
                         lambda folder: [bench.program("civitai-downloader"), "torrent", "--quiet", "--announce", ANNOUNCE, "--per",
                                         "file", "--save-path", str(downloads), "-o", str(folder), *flags], env={"HOME": "/nonexistent"})

    base = ours("--v1")
    contenders = [
        base,
        fixed("mktorrent -t 2", "mktorrent", "-t", "2", "-l", "21", "-a", ANNOUNCE, "-o", "m.torrent", source),
        fixed("transmission-create", "transmission-create", "-s", "2048", "-t", ANNOUNCE, "-o", "t.torrent", source),
        ours("--v2"),
        ours(),
    ]
    alternate(contenders, bench.rounds, bench.work, lambda: read_all([source]))
    source.unlink()
    return table("Torrent of one 4 GiB file", contenders, base,
                 "Without `--v1` or `--v2` the torrent is hybrid: SHA-1 and SHA-256 of every byte. The others make v1.")


CASES = {
    "torrents": torrents,
}

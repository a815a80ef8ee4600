"""Many small files."""
from bench import fixed, url_lists
from harness import alternate, table
from sites import read_all


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


CASES = {
    "small-files": small_files,
}

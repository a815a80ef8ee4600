"""Large files on a fast line."""
from bench import checksum, fixed, shell, url_lists
from harness import alternate, table
from sites import Api, read_all


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
    "tls": tls,
    "memory": memory,
}

"""Lines on which one connection is not enough."""
import contextlib

from bench import fixed
from harness import Server, alternate, table
from sites import free_port, is_open, read_all


def ranges_case(bench, title, note, url_of, start_more=None):
    api, storage, paths = bench.offer("1x256MiB", ["sha256", "blake3"])  # as the site does
    with storage.start():
        with start_more(storage) if start_more else contextlib.nullcontext():
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
                       "A proxy of our own (bench/delay_proxy.cpp) delays each way by 20 ms; at most 2 MiB of a connection are under way.",
                       lambda storage: f"http://127.0.0.1:{port}", start)


CASES = {
    "throttled": throttled,
    "far-away": far_away,
}

"""A small load generator: a few clients with kept connections, for a number of requests, over loopback only."""

import http.client
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

Request = tuple[str, str, bytes, dict[str, str]]
HOST = "127.0.0.1"
TIMEOUT = 60


@dataclass(frozen=True)
class Figures:
    """What one case took: milliseconds, requests a second, and the bytes of the last answer."""

    count: int
    p50_ms: float
    p95_ms: float
    per_second: float
    bytes: int = 0

    def as_dict(self) -> dict[str, float]:
        """Plain numbers for the JSON file."""
        return asdict(self)


def figures(times: list[float], elapsed: float, size: int = 0) -> Figures:
    """Figures of single durations (seconds) inside one elapsed stretch."""
    ordered = sorted(times)
    return Figures(
        count=len(ordered),
        p50_ms=round(statistics.median(ordered) * 1000, 2),
        p95_ms=round(ordered[int(len(ordered) * 0.95) - 1] * 1000, 2),
        per_second=round(len(ordered) / elapsed, 1),
        bytes=size,
    )


def run(port: int, make: Callable[[int], Request], count: int, clients: int, expect: int) -> Figures:
    """Send `count` requests from `clients` threads; raises RuntimeError on any other answer than `expect`."""
    times: list[list[float]] = [[] for _ in range(clients)]
    wrong: list[str] = []
    sizes: list[int] = [0]

    def work(client: int) -> None:
        connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT)
        for n in range(client, count, clients):
            method, path, body, headers = make(n)
            begun = time.perf_counter()
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
            times[client].append(time.perf_counter() - begun)
            sizes[0] = len(content)
            if answer.status != expect:
                wrong.append(f"{method} {path}: {answer.status} {content[:300]!r}")
                return

    begun = time.perf_counter()
    threads = [threading.Thread(target=work, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - begun
    if wrong:
        raise RuntimeError(wrong[0])
    return figures([each for part in times for each in part], elapsed, sizes[0])

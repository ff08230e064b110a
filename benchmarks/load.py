"""A small load generator over loopback: a few clients with kept connections, in rounds."""

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass

Request = tuple[str, str, bytes, dict[str, str]]
HOST = "127.0.0.1"
TIMEOUT = 60
RENEW = 25
"""Requests on one connection: a connection stays with one worker process, so kept ones may all have the same."""


@dataclass(frozen=True)
class Round:
    """One stretch of requests: each one's seconds, the seconds of all, CPU milliseconds for one, bytes of an answer."""

    times: list[float]
    elapsed: float
    web_ms: float = 0.0
    store_ms: float = 0.0
    bytes: int = 0

    @property
    def per_second(self) -> float:
        """How many were answered in a second."""
        return len(self.times) / self.elapsed


@dataclass(frozen=True)
class Figures:
    """What one case took: milliseconds, requests a second and CPU as the median round has them, the answer's bytes.

    `web_ms` is the web server's CPU time for a request, `store_ms` that of PostgreSQL and Valkey.
    """

    count: int
    p50_ms: float
    p95_ms: float
    per_second: float
    web_ms: float
    store_ms: float
    bytes: int

    def as_dict(self) -> dict[str, float]:
        """Plain numbers for the JSON file."""
        return asdict(self)


def figures(rounds: Sequence[Round]) -> Figures:
    """The figures of some rounds of one case."""
    ordered = sorted(each for one in rounds for each in one.times)
    return Figures(
        count=len(ordered),
        p50_ms=round(statistics.median(ordered) * 1000, 2),
        p95_ms=round(ordered[int(len(ordered) * 0.95) - 1] * 1000, 2),
        per_second=round(statistics.median(one.per_second for one in rounds), 1),
        web_ms=round(statistics.median(one.web_ms for one in rounds), 2),
        store_ms=round(statistics.median(one.store_ms for one in rounds), 2),
        bytes=rounds[-1].bytes,
    )


def run(port: int, make: Callable[[int], Request], numbers: range, clients: int, expect: Collection[int]) -> Round:
    """Send the requests of these numbers from some threads; raises RuntimeError on an answer that is not in `expect`.

    They are written and signed beforehand: the client's own work is no part of the measurement.
    """
    requests = [[make(n) for n in numbers[client::clients]] for client in range(clients)]
    times: list[list[float]] = [[] for _ in range(clients)]
    wrong: list[str] = []
    sizes: list[int] = [0]

    def work(client: int) -> None:
        for sent, (method, path, body, headers) in enumerate(requests[client]):
            if sent % RENEW == 0:
                connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT)
            begun = time.perf_counter()
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
            times[client].append(time.perf_counter() - begun)
            sizes[0] = len(content)
            if answer.status not in expect:
                wrong.append(f"{method} {path}: {answer.status} {content[:300]!r}")
                return
            if (sent + 1) % RENEW == 0:
                connection.close()

    begun = time.perf_counter()
    threads = [threading.Thread(target=work, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - begun
    if wrong:
        raise RuntimeError(wrong[0])
    return Round([each for part in times for each in part], elapsed, bytes=sizes[0])

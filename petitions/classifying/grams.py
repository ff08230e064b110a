"""Messages as counts of their runs of one to three characters. Needs numpy only.

A run is one number: 21 bits for each character and the highest bit for the title, so that a run in the title and the
same run in the text are two things. Distinct runs are distinct numbers: nothing collides.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LONGEST_RUN = 3
BITS = np.uint64(21)
TITLE_BIT = np.uint64(1 << 63)
MAX_CHARACTERS = 20_000
"""What is read of one field: enough for any message, and a bound for a pasted book."""

Message = tuple[str, str]
Keys = NDArray[np.uint64]


@dataclass(frozen=True)
class Counted:
    """Runs of several messages: run `keys[n]` stands `counts[n]` times in message `rows[n]` (ascending)."""

    size: int
    rows: NDArray[np.int64]
    keys: Keys
    counts: NDArray[np.float32]

    def only(self, chosen: NDArray[np.bool_]) -> "Counted":
        """The chosen ones of the messages (a mask over them), numbered anew."""
        kept = chosen[self.rows]
        renumbered = np.cumsum(chosen) - 1
        return Counted(int(chosen.sum()), renumbered[self.rows[kept]], self.keys[kept], self.counts[kept])


def count_runs(messages: Sequence[Message]) -> Counted:
    """Count the runs of messages, each a title and a text; either may be empty."""
    keys: list[Keys] = []
    counts: list[NDArray[np.int64]] = []
    for title, text in messages:
        found, times = np.unique(np.concatenate([_runs(text), _runs(title) | TITLE_BIT]), return_counts=True)
        keys.append(found)
        counts.append(times)
    lengths = [len(each) for each in keys]
    return Counted(
        len(keys),
        np.repeat(np.arange(len(keys)), lengths),
        np.concatenate(keys) if keys else np.empty(0, np.uint64),
        np.concatenate(counts).astype(np.float32) if counts else np.empty(0, np.float32),
    )


def plain(text: str) -> str:
    """A text as its runs are taken: full-width forms as usual ones, small letters, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text[:MAX_CHARACTERS]).lower().split())


def _runs(text: str) -> Keys:
    points = np.frombuffer(plain(text).encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    found, runs = [points], points
    for length in range(2, LONGEST_RUN + 1):
        runs = (runs[: max(0, len(points) - length + 1)] << BITS) | points[length - 1 :]
        found.append(runs)
    return np.concatenate(found)

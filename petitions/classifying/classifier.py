"""A trained classifier: what it knows, how it scores, how it lies on disk. Needs numpy, not scikit-learn.

The file is a plain archive of number arrays and one JSON text: reading one never runs code from it.
"""

import json
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from petitions.classifying.grams import TITLE_BIT, Counted, Keys, Message, count_runs

FORMAT = 1
BATCH = 256
Scores = NDArray[np.float64]


class ClassifierUnreadable(Exception):
    """The file is no classifier, or one of another format; the text says which."""


@dataclass(frozen=True)
class Classifier:
    """Weights of the known runs for each label.

    `keys` ascend; `idf` and the rows of `weights` belong to them; `scale` turns margins into chances that come true;
    `about` is what training tells of itself: date, size, cross-validation figures.
    """

    labels: list[str]
    keys: Keys
    idf: NDArray[np.float32]
    weights: NDArray[np.float16]
    bias: NDArray[np.float32]
    scale: float
    about: dict[str, Any]

    def ranked(self, title: str, text: str) -> list[tuple[str, float]]:
        """Every label with its chance (0 to 1, together 1), the likeliest first."""
        return self.ranked_many([(title, text)])[0]

    def ranked_many(self, messages: Sequence[Message]) -> list[list[tuple[str, float]]]:
        """As `ranked`, for many messages in little more than their own time."""
        found = []
        for start in range(0, len(messages), BATCH):
            for row in self.chances(count_runs(messages[start : start + BATCH])):
                found.append([(self.labels[n], float(row[n])) for n in np.argsort(-row, kind="stable")])
        return found

    def chances(self, counted: Counted) -> Scores:
        """One row for each message, one column for each label; a row adds up to 1."""
        return softmax(self.margins(counted) * self.scale)

    def margins(self, counted: Counted) -> Scores:
        """How far each message lies on each label's side."""
        rows, places, values = weigh(counted, self.keys, self.idf)
        picked = self.weights[places]
        sums = [np.bincount(rows, values * picked[:, n], counted.size) for n in range(len(self.labels))]
        return np.asarray(np.stack(sums, axis=1) + self.bias, np.float64)

    def save(self, path: Path) -> None:
        """Write the file, for its owner's eyes (runs of letters are scraps of what people said).

        Whoever reads meanwhile gets the old one or the new one, whole.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        told = {"format": FORMAT, "labels": self.labels, "scale": self.scale, "about": self.about}
        text = np.frombuffer(json.dumps(told, ensure_ascii=False).encode(), np.uint8)
        try:
            draft.touch(mode=0o600)
            with draft.open("wb") as file:
                np.savez(file, text=text, keys=self.keys, idf=self.idf, weights=self.weights, bias=self.bias)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


def load(path: Path) -> Classifier:
    """Read a file that `save` wrote. Raises ClassifierUnreadable, FileNotFoundError."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            told = json.loads(arrays["text"].tobytes())
            if told["format"] != FORMAT:
                raise ClassifierUnreadable(f"{path}：格式 {told['format']}，这个版本只读格式 {FORMAT}，请重新训练")
            found = Classifier(
                list(told["labels"]),
                arrays["keys"],
                arrays["idf"],
                arrays["weights"],
                arrays["bias"],
                float(told["scale"]),
                dict(told["about"]),
            )
    except (KeyError, TypeError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ClassifierUnreadable(f"{path} 不是分类模型，请重新训练") from error
    _check(found, path)
    return found


def _check(found: Classifier, path: Path) -> None:
    runs, labels = len(found.keys), len(found.labels)
    if (found.idf.shape, found.weights.shape, found.bias.shape) != ((runs,), (runs, labels), (labels,)):
        raise ClassifierUnreadable(f"{path} 不完整，请重新训练")


def weigh(
    counted: Counted, keys: Keys, idf: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The known runs as (message, place in `keys`, weight): damped counts × rarity, title and text each of length 1."""
    if not len(keys):
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    places = np.minimum(np.searchsorted(keys, counted.keys), len(keys) - 1)
    known = keys[places] == counted.keys
    rows, places = counted.rows[known], places[known]
    values = (1 + np.log(counted.counts[known])) * idf[places].astype(np.float64)
    part = rows * 2 + (counted.keys[known] >= TITLE_BIT)
    lengths = np.sqrt(np.bincount(part, values * values, counted.size * 2))
    return rows, places, values / lengths[part]


def softmax(margins: Scores) -> Scores:
    """Chances from margins, row by row."""
    powers = np.exp(margins - margins.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)

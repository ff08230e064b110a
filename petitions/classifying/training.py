"""Training a classifier. Needs scikit-learn: only the training command and its tests import this.

One linear support vector machine for each label against the rest, over damped and rarity-weighted runs, each run
stretched by how differently the label and the rest use it (the log-count ratio of naive Bayes). Labels weigh the same
however many messages they have. Everything folds into one weight for each run and label.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from petitions.classifying.classifier import Classifier, Scores, softmax, weigh
from petitions.classifying.grams import Counted, Keys, count_runs

FOLDS = 5
SEED = 20261123
IN_MESSAGES = 3
SMOOTH, STRETCH = 0.1, 0.3
TOLERANCE = 1e-2
MOST_WEIGHTS = 18_000_000
BINS = 10


class TrainingRefused(Exception):
    """There is too little to learn from; the text says what is missing."""


@dataclass(frozen=True)
class Example:
    """A message that somebody labelled; `weight` says how much it counts."""

    title: str
    text: str
    label: str
    weight: float = 1.0


def train(examples: Sequence[Example], *, at: datetime, source: str) -> Classifier:
    """Learn from examples; `about` tells how well, by cross-validation over FOLDS parts.

    Labels with fewer than FOLDS examples are left out and named in `about`. Raises TrainingRefused when fewer than
    two labels are left.
    """
    begun = time.perf_counter()
    kept, rare = _usable(examples)
    labels = sorted({each.label for each in kept})
    if len(labels) < 2:
        raise TrainingRefused(_("至少要有两个类别，每个不少于 %d 条，才能训练") % FOLDS)
    counted = count_runs([(each.title, each.text) for each in kept])
    truth = np.array([labels.index(each.label) for each in kept])
    weight = np.array([each.weight for each in kept])
    unseen = _unseen_margins(counted, truth, weight, labels)
    scale = _scale(unseen, truth)
    about = {
        "at": at.isoformat(timespec="seconds"),
        "source": source,
        "examples": len(kept),
        "left_out": rare,
        **_figures(unseen, truth, softmax(unseen * scale), labels),
    }
    found = _fit(counted, truth, weight, labels)
    about["seconds"] = round(time.perf_counter() - begun, 1)
    return Classifier(labels, found.keys, found.idf, found.weights, found.bias, scale, about)


def _usable(examples: Sequence[Example]) -> tuple[list[Example], dict[str, int]]:
    """Each message once (the last word on it counts), without empty ones and labels too rare to be learnt."""
    said = {(each.title, each.text): each for each in examples if each.label and (each.title or each.text).strip()}
    many: dict[str, int] = {}
    for each in said.values():
        many[each.label] = many.get(each.label, 0) + 1
    rare = {label: count for label, count in many.items() if count < FOLDS}
    return [each for each in said.values() if each.label not in rare], rare


def _unseen_margins(counted: Counted, truth: NDArray[Any], weight: NDArray[Any], labels: list[str]) -> Scores:
    """Each message's margins by a classifier that has not seen it."""
    margins = np.zeros((counted.size, len(labels)))
    for seen, unseen in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(truth, truth):
        mask = np.zeros(counted.size, bool)
        mask[seen] = True
        part = _fit(counted.only(mask), truth[mask], weight[mask], labels)
        margins[np.sort(unseen)] = part.margins(counted.only(~mask))
    return margins


def _fit(counted: Counted, truth: NDArray[Any], weight: NDArray[Any], labels: list[str]) -> Classifier:
    keys, idf = _vocabulary(counted)
    rows, places, values = weigh(counted, keys, idf)
    matrix = csr_matrix((values, (rows, places)), shape=(counted.size, len(keys)))
    fitted = [_one_label(matrix, weight, truth == n) for n in range(len(labels))]
    weights = np.stack([each[0] for each in fitted], axis=1)
    bias = np.array([each[1] for each in fitted], np.float32)
    most = max(1, MOST_WEIGHTS // len(labels))
    if len(keys) > most:
        kept = np.sort(np.argsort(-np.abs(weights).max(axis=1))[:most])
        keys, idf, weights = keys[kept], idf[kept], weights[kept]
    return Classifier(labels, keys, idf, weights.astype(np.float16), bias, 1.0, {})


def _vocabulary(counted: Counted) -> tuple[Keys, NDArray[np.float32]]:
    """The runs that stand in IN_MESSAGES messages or more, and how rare each is."""
    keys, messages = np.unique(counted.keys, return_counts=True)
    common = messages >= IN_MESSAGES
    idf = np.log((1 + counted.size) / (1 + messages[common])) + 1
    return keys[common], idf.astype(np.float32)


def _one_label(matrix: Any, weight: NDArray[Any], is_label: NDArray[np.bool_]) -> tuple[NDArray[Any], float]:
    """The weights of one label against the rest, and its bias."""
    here = matrix.T @ is_label.astype(float) + SMOOTH
    there = matrix.T @ (~is_label).astype(float) + SMOOTH
    stretch = np.abs(np.log((here / here.sum()) / (there / there.sum()))) ** STRETCH
    machine = LinearSVC(C=1.0, class_weight="balanced", tol=TOLERANCE, random_state=SEED)
    stretched = csr_matrix((matrix.data * stretch[matrix.indices], matrix.indices, matrix.indptr), matrix.shape)
    machine.fit(stretched, is_label, sample_weight=weight)
    return machine.coef_[0] * stretch, float(machine.intercept_[0])


def _scale(margins: Scores, truth: NDArray[Any]) -> float:
    """The factor that makes chances out of margins come true most nearly (temperature scaling)."""

    def surprise(log_scale: float) -> float:
        chances = softmax(margins * np.exp(log_scale))
        return float(-np.log(np.maximum(chances[np.arange(len(truth)), truth], 1e-12)).mean())

    return float(np.exp(minimize_scalar(surprise, bounds=(-3, 4), method="bounded").x))


def _figures(margins: Scores, truth: NDArray[Any], chances: Scores, labels: list[str]) -> dict[str, Any]:
    """Macro-F1 over all labels and for each, accuracy, and by how much chances miss the share that came true."""
    guess = margins.argmax(axis=1)
    each = f1_score(truth, guess, average=None)
    best, right = chances.max(axis=1), guess == truth
    bins = np.minimum((best * BINS).astype(int), BINS - 1)
    missed = sum(abs(best[bins == n].mean() - right[bins == n].mean()) * (bins == n).mean() for n in set(bins.tolist()))
    return {
        "macro_f1": round(float(each.mean()), 4),
        "accuracy": round(float(right.mean()), 4),
        "calibration_error": round(float(missed), 4),
        "f1": {label: round(float(value), 4) for label, value in zip(labels, each, strict=True)},
    }

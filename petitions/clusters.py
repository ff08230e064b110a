"""Messages about one problem, found by their words: rare pairs of characters, such as the names of places, weigh most.

No ORM. scipy is loaded only where it is used.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from petitions import search

Message = tuple[str, str]
TITLE_WEIGHT = 3
MOST_CHARACTERS = 600
CLOSE = 0.36
"""How alike (cosine, 0 to 1) a message is to the middle one of its cluster at least."""

SAME = 0.5
"""How alike two clusters' middles are that are one."""

JOINS = 0.26
"""How alike a message is to a cluster's middle at least to join it: a middle says more than one message does."""

BLOCK, ROUNDS = 512, 3


def clusters(messages: Sequence[Message], *, least: int = 2, close: float = CLOSE) -> list[list[int]]:
    """Messages (title, text) that say the same, as lists of their places, the largest first; each begins with the one
    that is nearest to all others. Those with fewer than `least` are left out. The same input gives the same output.
    """
    if len(messages) < least:
        return []
    weights = _weights(messages)
    near = _near(weights, close)
    found: list[list[int]] = []
    free = np.ones(len(messages), bool)
    for seed in sorted(range(len(messages)), key=lambda place: (-len(near[place]), place)):
        if not free[seed]:
            continue
        mine = [int(place) for place in near[seed] if free[place]]
        free[mine] = False
        if len(mine) > 1:
            found.append(mine)
    for _round in range(ROUNDS):
        found = _gathered(_joined(found, weights), weights)
    kept = [each for each in found if len(each) >= least]
    return sorted((_centred(each, weights) for each in kept), key=lambda each: (-len(each), each[0]))


def _weights(messages: Sequence[Message]) -> Any:
    """Each message as a row of length 1: how often each pair stands in it (damped) × how rare it is."""
    from scipy.sparse import csr_matrix

    words: dict[str, int] = {}
    rows, columns, values = [], [], []
    for place, (title, text) in enumerate(messages):
        counts = Counter(search.tokens(text[:MOST_CHARACTERS]))
        for token in search.tokens(title):
            counts[token] += TITLE_WEIGHT
        for token, count in counts.items():
            rows.append(place)
            columns.append(words.setdefault(token, len(words)))
            values.append(1 + np.log(count))
    counted = csr_matrix((values, (rows, columns)), shape=(len(messages), max(1, len(words))), dtype=np.float32)
    known = np.bincount(counted.indices, minlength=counted.shape[1])
    counted.data *= 1 + np.log((1 + len(messages)) / (1 + known[counted.indices])).astype(np.float32)
    return _unit(counted)


def _unit(rows: Any) -> Any:
    from scipy.sparse import diags

    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return (diags(1 / np.where(lengths > 0, lengths, 1)) @ rows).tocsr().astype(np.float32)


def _near(weights: Any, close: float) -> list[NDArray[np.int64]]:
    """For each message those that are close to it, itself among them."""
    found: list[NDArray[np.int64]] = []
    turned = weights.T.tocsc()
    for begin in range(0, weights.shape[0], BLOCK):
        block = (weights[begin : begin + BLOCK] @ turned).toarray()
        found += [np.union1d(np.flatnonzero(row >= close), [begin + place]) for place, row in enumerate(block)]
    return found


def _joined(groups: list[list[int]], weights: Any) -> list[list[int]]:
    """Clusters whose middles are alike become one: a large one is often found in two pieces."""
    if not groups:
        return []
    middles = _unit(_middles(groups, weights))
    alike = (middles @ middles.T).toarray() >= SAME
    owner = list(range(len(groups)))
    for place in range(len(groups)):
        first = int(np.flatnonzero(alike[place])[0])
        owner[place] = owner[first] if first < place else place
    found: dict[int, list[int]] = {}
    for place, group in enumerate(groups):
        found.setdefault(owner[place], []).extend(group)
    return list(found.values())


def _gathered(groups: list[list[int]], weights: Any) -> list[list[int]]:
    """Every message, taken or not, goes to the cluster whose middle it is most like, if it is like it enough."""
    if not groups:
        return []
    middles = _unit(_middles(groups, weights)).T.tocsc()
    found: list[list[int]] = [[] for _group in groups]
    for begin in range(0, weights.shape[0], BLOCK):
        block = (weights[begin : begin + BLOCK] @ middles).toarray()
        for place, best in enumerate(block.argmax(axis=1)):
            if block[place, best] >= JOINS:
                found[int(best)].append(begin + place)
    return [each for each in found if len(each) > 1]


def _middles(groups: list[list[int]], weights: Any) -> Any:
    from scipy.sparse import csr_matrix

    rows = np.repeat(np.arange(len(groups)), [len(each) for each in groups])
    members = np.concatenate([np.asarray(each) for each in groups])
    ones = np.ones(len(members), np.float32)
    return csr_matrix((ones, (rows, members)), shape=(len(groups), weights.shape[0])) @ weights


def _centred(group: list[int], weights: Any) -> list[int]:
    """The same, the one nearest to the middle first, the others in the order they came."""
    mine = sorted(group)
    rows = weights[mine]
    middle = rows.sum(axis=0)
    best = int(np.argmax(np.asarray(rows @ middle.T).ravel()))
    return [mine[best], *mine[:best], *mine[best + 1 :]]

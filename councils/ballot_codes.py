"""Codes that open a ballot online, and receipts that say whether a vote was counted; pure."""

import secrets

from community_portal.privacy.normal import CODE, normalise
from petitions.numbers import ALPHABET

LENGTH = 10
HALF = LENGTH // 2


def new_codes(count: int) -> list[str]:
    """So many different codes of ten characters that are not mistaken for one another (no 0 O 1 I L)."""
    found: set[str] = set()
    while len(found) < count:
        found.add("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))
    return list(found)


def spelt(code: str) -> str:
    """How a code is printed: ABCDE-FGHJK."""
    return f"{code[:HALF]}-{code[HALF:]}" if code else ""


def typed(text: str) -> str:
    """A code as people type it in its one spelling; empty for what cannot be one."""
    bare = normalise(CODE, text)
    return bare if len(bare) == LENGTH and set(bare) <= set(ALPHABET) else ""

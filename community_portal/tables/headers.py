"""Headers as other people write them, matched with our fields by synonyms. Pure."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence

_PUNCTUATION = re.compile(r"[\s_\-*:：()（）【】\[\]/]+")


def plain(header: str) -> str:
    """A header without case, spaces and punctuation."""
    return _PUNCTUATION.sub("", unicodedata.normalize("NFKC", header)).lower()


def match(
    headers: Iterable[str], synonyms: Mapping[str, Sequence[str]], nested: Collection[str] = frozenset()
) -> dict[str, str]:
    """The header that holds each field. A field's synonyms are tried in order; no header serves two fields.

    A dotted header (a nested object's) counts only for the fields in `nested`, and after all others.
    """
    known: dict[str, str] = {}
    deeper: dict[str, str] = {}
    for header in headers:
        path, _dot, last = header.rpartition(".")
        (deeper if path else known).setdefault(plain(last), header)
    found: dict[str, str] = {}
    for field, words in synonyms.items():
        header = next((known[word] for word in words if word in known), "")
        if header and header not in found.values():
            found[field] = header
    for field in (each for each in synonyms if each in nested and each not in found):
        header = next((deeper[word] for word in synonyms[field] if word in deeper), "")
        if header:
            found[field] = header
    return found

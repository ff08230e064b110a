"""One spelling for the numbers and codes people type, so that equal numbers have equal blind indexes; pure."""

import re
import unicodedata

PHONE, ID_NUMBER, CODE = "phone", "id_number", "code"
KINDS = (PHONE, ID_NUMBER, CODE)

_FILLERS = re.compile(r"[\s\-‐‑‒–—―−_.·()/]+")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_COUNTRY = re.compile(r"(?:\+|00)86(?=[0-9]{7})|86(?=1[3-9][0-9]{9}$)")


def half_width(text: str) -> str:
    """Full-width digits, letters, signs and spaces as their ordinary forms, without spaces at the ends."""
    return unicodedata.normalize("NFKC", text).strip()


def normalise(kind: str, text: str) -> str:
    """The one spelling of a phone, an ID number or a code that people type: no spaces or dashes, capitals, no +86.

    A landline written with +86 gets its leading 0 back. Raises ValueError for an unknown kind.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind of personal number: {kind!r}")
    plain = text.isascii() and text.isalnum()
    bare = (text if plain else _FILLERS.sub("", half_width(text))).upper()
    return _national(bare) if kind == PHONE else bare


def _national(bare: str) -> str:
    number, replaced = _COUNTRY.subn("", bare, count=1) if _COUNTRY.match(bare) else (bare, 0)
    if replaced and not _MOBILE.fullmatch(number) and not number.startswith(("0", "400", "800")):
        return "0" + number
    return number

"""Codes that stand for a household: printed in its letter, typed or scanned by whoever lives there."""

import re
import secrets

from django.utils.crypto import salted_hmac

from petitions.numbers import ALPHABET

LENGTH, GROUP = 8, 4
SALT = "household-code"


def new_code() -> str:
    """Eight random characters that are not mistaken for one another: 850 thousand million of them."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def code_from(purpose: str, key: str) -> str:
    """A code that follows from a row's key: nothing to store, and nobody without the portal's key makes one."""
    digits = int.from_bytes(salted_hmac(f"{SALT}:{purpose}", key, algorithm="sha256").digest(), "big")
    return "".join(ALPHABET[digits // len(ALPHABET) ** place % len(ALPHABET)] for place in range(LENGTH))


def bare(typed: str) -> str:
    """A typed code without spaces and dashes, in capitals; "" for what can't be a code."""
    code = re.sub(r"[\s—－–-]+", "", typed).upper()
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def spelt(code: str) -> str:
    """A code as it is printed: ABCD-EFGH."""
    return f"{code[:GROUP]}-{code[GROUP:]}"


def digest_of(code: str) -> str:
    """The keyed hash by which a code is found."""
    return salted_hmac(SALT, code, algorithm="sha256").hexdigest()

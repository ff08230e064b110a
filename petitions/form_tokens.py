"""What a form carries so that it is sent once, by somebody who had the time to read it."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.utils.crypto import salted_hmac

SALT = "petition-form"
MAX_AGE_SECONDS = 24 * 3600


class TokenRefused(Exception):
    """The token is not ours, or older than a day."""


@dataclass(frozen=True)
class Token:
    """One showing of a form: its nonce and how many seconds ago that was."""

    nonce: str
    age: int

    def order_no(self, *said: str) -> str:
        """The number under which what was said is registered: the same words sent twice are one petition.

        Keyed, since a phone is among the words and could be guessed from a plain hash.
        """
        words = salted_hmac(SALT, "\x1f".join(each.strip() for each in said), algorithm="sha256").hexdigest()
        return f"{self.nonce}-{words[:12]}"


def new_token(at: datetime) -> str:
    """A token for a form shown at an instant."""
    return signing.Signer(salt=SALT).sign_object([secrets.token_hex(10), int(at.timestamp())], compress=False)


def read_token(text: str, at: datetime) -> Token:
    """Raises TokenRefused."""
    try:
        nonce, shown_at = signing.Signer(salt=SALT).unsign_object(text)
    except (signing.BadSignature, ValueError) as error:
        raise TokenRefused from error
    age = int(at.timestamp()) - shown_at
    if age > MAX_AGE_SECONDS:
        raise TokenRefused
    return Token(nonce, age)

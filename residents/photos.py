"""Photos of papers as files: drawn anew when they come in, encrypted each with a key of its own."""

import base64
import os
import secrets
from io import BytesIO
from pathlib import Path
from typing import IO
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2000
LISTED_SIDE = 320
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP")
NONCE_BYTES = 12


class PhotoRefused(Exception):
    """What was sent is no photo that can be kept; the text says why."""


def redraw(stream: IO[bytes], size: int) -> bytes:
    """A JPEG of the picture alone, upright, at most 2,000 pixels long: no place, no camera, no foreign bytes.

    Raises PhotoRefused for a file over 10 MB, over 40 million pixels, or of another kind than JPEG, PNG, WebP.
    """
    if size > MOST_BYTES:
        raise PhotoRefused(_("照片超过 10 MB，请拍小一点再传"))
    try:
        with Image.open(stream, formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise PhotoRefused(_("照片的像素太多，请拍小一点再传"))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except PhotoRefused:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise PhotoRefused(_("打不开这张照片，请用 JPG、PNG 或 WebP")) from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = BytesIO()
    upright.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def shrink(picture: bytes) -> bytes:
    """A JPEG as a list shows it, at most 320 pixels long."""
    with Image.open(BytesIO(picture), formats=("JPEG",)) as small:
        small.thumbnail((LISTED_SIDE, LISTED_SIDE))
        out = BytesIO()
        small.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def new_key() -> str:
    """A fresh key as text, to be sealed in the document's row."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def keep(name: UUID, key: str, picture: bytes) -> None:
    """Write a picture's encrypted file."""
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    nonce = os.urandom(NONCE_BYTES)
    path.write_bytes(nonce + _cipher(key).encrypt(nonce, picture, name.bytes))


def read(name: UUID, key: str) -> bytes:
    """The JPEG of a file. Raises FileNotFoundError when it is gone."""
    stored = _path(name).read_bytes()
    return _cipher(key).decrypt(stored[:NONCE_BYTES], stored[NONCE_BYTES:], name.bytes)


def drop(name: UUID) -> None:
    """Remove a file; one that is gone already is fine."""
    _path(name).unlink(missing_ok=True)


def _cipher(key: str) -> AESGCM:
    return AESGCM(base64.b64decode(key))


def _path(name: UUID) -> Path:
    return Path(settings.MEDIA_ROOT) / "papers" / name.hex[:2] / name.hex

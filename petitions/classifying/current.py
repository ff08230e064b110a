"""The classifier in use: the file of the training command, read once by each process and again when it changes."""

import logging
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings

if TYPE_CHECKING:
    from petitions.classifying.classifier import Classifier

logger = logging.getLogger(__name__)


class _Seen(NamedTuple):
    """What the file looked like, and what was in it."""

    look: tuple[int, int, int] | None
    found: "Classifier | None"


_seen = _Seen(None, None)


def current() -> "Classifier | None":
    """The trained classifier, None without one; a file that cannot be read is reported once and counts as none."""
    global _seen
    try:
        about = settings.CLASSIFIER_FILE.stat()
    except OSError:
        return None
    look = (about.st_mtime_ns, about.st_size, about.st_ino)
    if _seen.look != look:
        _seen = _Seen(look, _read())
    return _seen.found


def _read() -> "Classifier | None":
    # numpy is loaded by processes that use a classifier, and only by them.
    from petitions.classifying.classifier import ClassifierUnreadable, load

    try:
        return load(settings.CLASSIFIER_FILE)
    except (ClassifierUnreadable, OSError) as error:
        logger.warning("%s；按关键词判断类别", error)
        return None

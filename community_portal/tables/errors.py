"""Why a whole file cannot be taken."""

MAX_ROWS = 200_000


class FileRefused(Exception):
    """The file cannot be read; the text says why and what to do."""

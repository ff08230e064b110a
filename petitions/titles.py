"""A title for a message that came without one. Pure."""

TITLE_FROM_TEXT = 40


def title_of(text: str) -> str:
    """The first sentence, at most TITLE_FROM_TEXT characters; "" for an empty text."""
    first = next(iter(text.strip().splitlines()), "")
    for mark in "。！？；":
        first = first.split(mark)[0] or first
    return first if len(first) <= TITLE_FROM_TEXT else first[: TITLE_FROM_TEXT - 1] + "…"

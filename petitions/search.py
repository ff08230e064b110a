"""Search words over short Chinese texts: character bigrams in a plain tsvector; no extension is needed."""

import re
import unicodedata

from community_portal.privacy.masking import mask_people_in

WORD = re.compile(r"[0-9a-z]+|[\u3400-\u9fff]+")


def tokens(text: str) -> list[str]:
    """Lower-case words: runs of Latin letters and digits whole, Chinese runs as overlapping pairs of characters."""
    found = []
    for run in WORD.findall(unicodedata.normalize("NFKC", text).lower()):
        if run[0].isascii() or len(run) == 1:
            found.append(run)
        else:
            found.extend(run[n : n + 2] for n in range(len(run) - 1))
    return found


def vector(*texts: str) -> str:
    """A tsvector literal of the texts' tokens; tokens hold letters and digits only, so nothing needs quoting.

    People's numbers stay out of it: a phone is found by its blind index.
    """
    return " ".join(sorted({token for text in texts for token in tokens(mask_people_in(text))}))


def query(text: str) -> str:
    """A tsquery literal asking for every token; "" when the text has none."""
    return " & ".join(dict.fromkeys(tokens(text)))

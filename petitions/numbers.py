"""Order numbers and query codes."""

import secrets
from datetime import datetime

from community_portal.worktime.deadlines import ZONE

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 6
SERIAL = 1_000_000


def number_of(serial: int, at: datetime) -> str:
    """SQ + day + the last six digits of the serial: unique while fewer than a million orders come in a day."""
    return f"{day_prefix(at)}{serial % SERIAL:06d}"


def day_prefix(at: datetime) -> str:
    """What the numbers of a day begin with: SQ20261122-."""
    return f"SQ{at.astimezone(ZONE):%Y%m%d}-"


def new_query_code() -> str:
    """Six random characters that are not mistaken for one another (no 0 O 1 I L)."""
    drawn, code = secrets.randbelow(len(ALPHABET) ** CODE_LENGTH), ""
    for _ in range(CODE_LENGTH):
        drawn, at = divmod(drawn, len(ALPHABET))
        code += ALPHABET[at]
    return code

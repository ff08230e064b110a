"""A council with its parties and representatives, on top of the cast."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from councils.models import Council
    from tests.factories import Cast


@pytest.fixture
def council(cast: "Cast") -> "Council":
    """The estate's council of tests/councils/bodies.py."""
    from tests.councils.bodies import make_council

    return make_council(cast)

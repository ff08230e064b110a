"""The addresses of the interfaces × the roles, for tests/test_every_url.py."""

from typing import Any

from petitions.models import Petition
from residents.models import Visit, VisitDue
from tests.councils.bodies import make_council, make_meeting, make_publication, make_resolution, make_topic
from tests.factories import NOW, Cast

FOUND, ELSEWHERE, UNKNOWN, FORBIDDEN, ABSENT, WRONG_METHOD = 200, 302, 401, 403, 404, 405
ROLES = (
    *("anonymous", "nobody", "admin", "outsider", "other_street", "colleague", "worker", "member", "other_member"),
    *("community_worker", "head", "street", "district"),
)
OUTSIDE = ("nobody", "admin", "outsider", "other_street", "other_member")


def asked(status: int, **but: int) -> dict[str, int]:
    """The same for whoever is signed in, but for some."""
    return {**dict.fromkeys(ROLES, status), "anonymous": UNKNOWN, **but}


def inside(**but: int) -> dict[str, int]:
    """Those whose scope reaches it."""
    return asked(FOUND, **{**dict.fromkeys(OUTSIDE, ABSENT), **but})


def at_home(**but: int) -> dict[str, int]:
    """The same without the units' members."""
    return inside(**{"member": ABSENT, **but})


def none(cast: Cast, petition: Petition) -> dict[str, Any]:
    """An address without parts."""
    return {}


def visit_due(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A visit that the household is owed."""
    from residents.models import CareClass

    row = VisitDue.objects.create(
        household=cast.household, community=cast.community, grid=cast.grid, kind="red", started_at=NOW,
        care_class=CareClass.objects.all()[0], opens_at=NOW, due_at=NOW, rule={}, occasion="test",
    )  # fmt: skip
    return {"pk": row.pk}


def visit(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A visit that was made."""
    row = Visit.objects.create(
        household=cast.household, by=cast.worker, at=NOW, entered_at=NOW, result="seen", fulfils=True
    )
    return {"pk": row.pk}


LISTS = (
    *("petitions", "households", "residents", "visits", "visits-due", "communities", "grids", "buildings"),
    *("organisations", "councils", "topics", "meetings", "resolutions", "publications"),
)
API: dict[str, Any] = {
    "api-schema": (none, dict.fromkeys(ROLES, FOUND)),
    "api-docs": (none, dict.fromkeys(ROLES, FOUND)),
    "interfaces": (none, asked(FOUND, anonymous=ELSEWHERE)),
    "token-revoke": (lambda cast, petition: {"pk": 1}, asked(WRONG_METHOD, anonymous=WRONG_METHOD)),
    **{f"api-{name}-list": (none, asked(FOUND)) for name in LISTS},
    "api-petitions-detail": (lambda cast, petition: {"number": petition.number}, inside(colleague=ABSENT)),
    "api-petitions-act": (
        lambda cast, petition: {"number": petition.number, "verb": "accept"},
        asked(WRONG_METHOD),
    ),
    "api-households-detail": (lambda cast, petition: {"pk": cast.household.pk}, at_home(colleague=ABSENT)),
    "api-residents-detail": (lambda cast, petition: {"id": cast.resident.pk}, at_home(colleague=ABSENT)),
    "api-visits-detail": (visit, at_home(colleague=ABSENT)),
    "api-visits-due-detail": (visit_due, at_home(colleague=ABSENT)),
    "api-communities-detail": (lambda cast, petition: {"code": cast.community.code}, at_home()),
    "api-grids-detail": (lambda cast, petition: {"code": cast.grid.code}, at_home(colleague=ABSENT)),
    "api-buildings-detail": (lambda cast, petition: {"pk": cast.building.pk}, at_home(colleague=ABSENT)),
    "api-organisations-detail": (
        lambda cast, petition: {"pk": cast.property_company.pk},
        at_home(colleague=ABSENT, worker=ABSENT),
    ),
    "api-councils-detail": (lambda cast, petition: {"pk": make_council(cast).pk}, at_home()),
    "api-topics-detail": (lambda cast, petition: {"number": make_topic(cast, make_council(cast)).number}, at_home()),
    "api-meetings-detail": (lambda cast, petition: {"pk": make_meeting(cast, make_council(cast)).pk}, at_home()),
    "api-resolutions-detail": (lambda cast, petition: {"pk": make_resolution(cast, make_council(cast)).pk}, at_home()),
    "api-publications-detail": (
        lambda cast, petition: {"pk": make_publication(cast, make_council(cast)).pk},
        at_home(),
    ),
}

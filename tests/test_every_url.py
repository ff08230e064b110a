"""Every address of the portal × every role: who gets a page, who is sent to sign in, for whom it does not exist."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from petitions.models import Application, BulkRun, ImportBatch, Part, Petition
from residents.models import ColourScheme
from tests.factories import NOW, Cast, make_petition

ROLES = (
    "anonymous",
    "nobody",
    "admin",
    "outsider",
    "other_street",
    "colleague",
    "worker",
    "member",
    "other_member",
    "community_worker",
    "head",
    "street",
    "district",
)
MEMBERS = ("member", "other_member")
OUTSIDE = ("nobody", "admin", "outsider", "other_street", "other_member")
FOUND, NOTHING_TO_SAY, ELSEWHERE, FORBIDDEN, ABSENT, WRONG_METHOD = 200, 204, 302, 403, 404, 405

Row = tuple[Callable[[Cast, Petition], dict[str, Any]], dict[str, int]]


def everybody(status: int, **but: int) -> dict[str, int]:
    """The same answer for all, but for some."""
    return {**dict.fromkeys(ROLES, status), **but}


def staff(**but: int) -> dict[str, int]:
    """Whoever is signed in; those without an appointment read there that they have none."""
    return everybody(FOUND, anonymous=ELSEWHERE, **but)


def inside(**but: int) -> dict[str, int]:
    """Those whose scope reaches the object; for all others it does not exist."""
    return staff(**{**dict.fromkeys(OUTSIDE, ABSENT), **but})


def at_home(**but: int) -> dict[str, int]:
    """The same for what concerns homes and those who live there: no unit's member sees it, whatever it works on."""
    return inside(**{"member": ABSENT, **but})


def none(cast: Cast, petition: Petition) -> dict[str, Any]:
    """An address without parts."""
    return {}


def number(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A petition's number."""
    return {"number": petition.number}


def code(cast: Cast, petition: Petition) -> dict[str, Any]:
    """What a petitioner has in hand."""
    return {"number": petition.number, "code": petition.query_code}


def community(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A community's code."""
    return {"community": cast.community.code}


def code_of(cast: Cast, petition: Petition) -> dict[str, Any]:
    """The same code, as the pages of the wall name it."""
    return {"code": cast.community.code}


def own_scheme(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A colour scheme that the community made for itself."""
    row = ColourScheme.objects.create(code="own", name="本社区", community_id=cast.community.pk)
    return {"pk": row.pk, "version": row.version}


def building(cast: Cast, petition: Petition) -> dict[str, Any]:
    """3号楼."""
    return {"pk": cast.building.pk}


def household(cast: Cast, petition: Petition) -> dict[str, Any]:
    """302 of 3号楼."""
    return {"pk": cast.household.pk}


def batch(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A file that the head uploaded."""
    row = ImportBatch.objects.create(
        by=cast.head, division=cast.community, file_name="a.csv", content="", state="done", created_at=NOW, moved_at=NOW
    )
    return {"pk": row.pk}


def run(cast: Cast, petition: Petition) -> dict[str, Any]:
    """What the head has done to many."""
    made = BulkRun.objects.create(
        by=cast.head, verb="note", petitions=[petition.pk], done=1, state="done", created_at=NOW, moved_at=NOW
    )
    return {"pk": made.pk}


def part(cast: Cast, petition: Petition) -> int:
    """What the department was asked to do."""
    return Part.objects.create(petition=petition, organisation=cast.department, asked_at=NOW, text="来看看").pk


def application(cast: Cast, petition: Petition) -> int:
    """The worker asks for more time."""
    asked = Application.objects.create(
        petition=petition, kind="extend", rung=2, by=cast.worker, at=NOW, until=NOW + timedelta(days=9), text="等配件"
    )
    return asked.pk


def posted() -> dict[str, int]:
    """What the intake form asks for while it is filled in."""
    given = everybody(WRONG_METHOD, anonymous=ELSEWHERE, nobody=FOUND, admin=FOUND)
    return {**given, **dict.fromkeys(MEMBERS, FORBIDDEN)}


CLERKS_ONLY = dict.fromkeys(("colleague", "worker", *MEMBERS), FORBIDDEN)
TABLE: dict[str, Row] = {
    "home": (none, everybody(FOUND)),
    "healthz": (none, everybody(FOUND)),
    "readyz": (none, everybody(FOUND)),
    "ask": (community, everybody(FOUND)),
    "ask-promise": (community, everybody(WRONG_METHOD)),
    "track": (none, everybody(FOUND)),
    "track-detail": (code, everybody(FOUND)),
    "ask-done": (code, everybody(FOUND)),
    "track-supplement": (code, everybody(WRONG_METHOD)),
    "track-rate": (code, everybody(WRONG_METHOD)),
    "track-press": (code, everybody(WRONG_METHOD)),
    "track-review": (code, everybody(WRONG_METHOD)),
    "hotline-orders": (none, everybody(WRONG_METHOD)),
    "sign-in": (none, everybody(ELSEWHERE, anonymous=FOUND)),
    "sign-out": (none, everybody(WRONG_METHOD)),
    "stay": (none, everybody(NOTHING_TO_SAY)),
    "elder-mode": (none, everybody(WRONG_METHOD)),
    "workbench": (none, staff()),
    "notices-read": (none, everybody(WRONG_METHOD)),
    "escalations": (none, staff()),
    "petition-bulk": (none, staff()),
    "bulk-detail": (run, everybody(ABSENT, anonymous=ELSEWHERE, nobody=FOUND, admin=FOUND, head=FOUND)),
    "routing": (none, staff(**CLERKS_ONLY, community_worker=FORBIDDEN)),
    "petition-list": (none, staff()),
    "petition-detail": (number, inside(colleague=ABSENT)),
    "petition-reveal": (number, everybody(WRONG_METHOD)),
    "petition-place": (number, everybody(WRONG_METHOD)),
    "petition-act": (
        lambda cast, petition: {**number(cast, petition), "verb": "accept"},
        inside(colleague=ABSENT, district=ELSEWHERE),
    ),
    "petition-part": (
        lambda cast, petition: {**number(cast, petition), "pk": part(cast, petition), "verb": "answer"},
        inside(colleague=ABSENT, other_member=FOUND),
    ),
    "petition-decide": (
        lambda cast, petition: {**number(cast, petition), "pk": application(cast, petition)},
        everybody(ABSENT, anonymous=ELSEWHERE, street=FOUND, district=FOUND),
    ),
    "petition-new": (none, staff(**dict.fromkeys(MEMBERS, FORBIDDEN))),
    "petition-caller": (none, posted()),
    "petition-preview": (none, posted()),
    "petition-import": (none, staff(**CLERKS_ONLY)),
    "subject-answer": (none, staff(district=FORBIDDEN, **CLERKS_ONLY)),
    "import-detail": (batch, staff(outsider=ABSENT, other_street=ABSENT, **CLERKS_ONLY)),
    "import-bad-rows": (batch, everybody(WRONG_METHOD, anonymous=ELSEWHERE, nobody=FOUND, admin=FOUND)),
    "wall": (none, staff()),
    "wall-building": (building, at_home(colleague=ABSENT)),
    "map": (
        none,
        staff(**dict.fromkeys(("nobody", "admin", "street", "district", *MEMBERS), ELSEWHERE)),
    ),
    "map-edit": (code_of, at_home(colleague=FORBIDDEN, worker=FORBIDDEN, street=FORBIDDEN, district=FORBIDDEN)),
    "colours": (
        code_of,
        at_home(
            colleague=FORBIDDEN, worker=FORBIDDEN, community_worker=FORBIDDEN, street=FORBIDDEN, district=FORBIDDEN
        ),
    ),
    "colours-css": (own_scheme, at_home()),
    "resident-search": (none, staff()),
    "household-panel": (household, at_home(colleague=ABSENT)),
    "visit-round": (none, staff()),
    "visit-new": (household, at_home(colleague=ABSENT)),
    "household-file": (household, at_home(colleague=ABSENT)),
    "household-act": (
        lambda cast, petition: {**household(cast, petition), "task": "facts"},
        at_home(colleague=ABSENT, street=ELSEWHERE, district=ELSEWHERE),
    ),
    "household-owner": (household, everybody(WRONG_METHOD)),
    "household-paper": (lambda cast, petition: {**household(cast, petition), "document": 1}, everybody(WRONG_METHOD)),
    "data-quality": (none, staff()),
    "fault-mended": (lambda cast, petition: {"pk": 1}, everybody(WRONG_METHOD)),
    "coming": (none, staff()),
    "household-reveal": (
        lambda cast, petition: {"pk": cast.household.pk, "resident": cast.resident.pk},
        everybody(ELSEWHERE),
    ),
}


def names(resolver: URLResolver | None = None) -> Iterator[str]:
    """Every named address outside the configuration."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield str(entry.name)
        elif entry.app_name != "admin":
            yield from names(entry)


def test_the_table_knows_every_address() -> None:
    assert set(TABLE) == set(names())


@pytest.mark.parametrize("name", TABLE)
def test_everybody_gets_what_the_table_says(cast: Cast, name: str) -> None:
    parts, expected = TABLE[name]
    petition = make_petition(cast)
    address = reverse(name, kwargs=parts(cast, petition))
    found = {}
    for role in ROLES:
        client = Client()
        if role != "anonymous":
            client.force_login(getattr(cast, role), backend=settings.AUTHENTICATION_BACKENDS[-1])
        found[role] = client.get(address).status_code
    assert found == expected

"""Every address of the portal × every role: who gets a page, who is sent to sign in, for whom it does not exist."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from councils.actions.publishing import objection_raise
from councils.actions.settling import topic_triage
from councils.models import Representative
from grid.models import Handover
from petitions.actions.files import keep_files
from petitions.catalogue import catalogue
from petitions.files import Ready
from petitions.models import Application, BulkRun, Category, ImportBatch, MonthlyTopic, Part, Petition
from residents.models import ColourScheme, Export, HouseholdImport
from tests.councils.ballot_urls import BALLOTS
from tests.councils.bodies import make_council, make_meeting, make_publication, make_resolution, make_topic
from tests.councils.money_urls import MONEY
from tests.factories import NOW, Cast, make_petition
from tests.interfaces.api_urls import API

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


def own_clerks(**but: int) -> dict[str, int]:
    """The clerks and heads of a community; nobody else brings files of households in."""
    return everybody(FORBIDDEN, **{"anonymous": ELSEWHERE, "community_worker": FOUND, "head": FOUND, **but})


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


def households(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A file of households that the head uploaded and that went in."""
    row = HouseholdImport.objects.create(
        by=cast.head, community_id=cast.community.pk, file_name="a.xlsx", content="", has_file=False, state="done",
        created_at=NOW, moved_at=NOW,
    )  # fmt: skip
    return {"pk": row.pk}


def export(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A list that the head took out."""
    row = Export.objects.create(by=cast.head, kind="people", purpose="存档", state="done", created_at=NOW, moved_at=NOW)
    return {"pk": row.pk}


def file(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A file that the worker added."""
    ready = Ready("voice", "audio/mpeg", "a.mp3", b"ID3")
    [row] = keep_files(petition, [ready], by=cast.worker, at=NOW, stage="other", shown=True)
    return {"number": petition.number, "name": row.name}


def file_code(cast: Cast, petition: Petition) -> dict[str, Any]:
    """The same file, as the petitioner reaches it."""
    return {**file(cast, petition), "code": petition.query_code}


def as_json(cast: Cast, petition: Petition) -> dict[str, Any]:
    """An address that ends in the format of its answer."""
    return {"fmt": "json"}


def service(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A service of Open311."""
    return {"code": "facility", "fmt": "json"}


def report(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A petition that Open311 shows."""
    facility = catalogue().category("facility")
    return {"number": make_petition(cast, category=facility).number, "fmt": "json"}


def council(cast: Cast, petition: Petition) -> dict[str, Any]:
    """The estate's council."""
    return {"pk": make_council(cast).pk}


def seat(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A representative's term."""
    return {"pk": Representative.objects.filter(council=make_council(cast)).latest("pk").pk}


def topic(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A topic that waits for its sorting."""
    return {"number": make_topic(cast, make_council(cast)).number}


def sorted_topic(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A topic that is being worked on."""
    parts = topic(cast, petition)
    topic_triage(parts["number"], by=cast.head, at=NOW, way="dated")
    return parts


def own_topic(cast: Cast, petition: Petition) -> dict[str, Any]:
    """What a topic's proposer has in hand."""
    row = make_topic(cast, make_council(cast))
    return {"number": row.number, "code": row.query_code}


def meeting(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A meeting whose notice went out."""
    return {"pk": make_meeting(cast, make_council(cast)).pk}


def item(cast: Cast, petition: Petition) -> dict[str, Any]:
    """An item of a meeting's agenda."""
    return {"pk": make_meeting(cast, make_council(cast)).agenda.latest("pk").pk}


def resolution(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A resolution that waits to be passed."""
    return {"pk": make_resolution(cast, make_council(cast)).pk}


def task(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A task of a resolution."""
    return {"pk": make_resolution(cast, make_council(cast)).tasks.latest("pk").pk}


def publication(cast: Cast, petition: Petition) -> dict[str, Any]:
    """A publication that runs."""
    return {"pk": make_publication(cast, make_council(cast)).pk}


def objection(cast: Cast, petition: Petition) -> dict[str, Any]:
    """An objection that waits for its answer."""
    row = objection_raise(
        make_publication(cast, make_council(cast)).pk, at=timezone.now(), text="车位太少", form_no="1"
    )
    return {"pk": row.pk}


def handover(cast: Cast, petition: Petition) -> dict[str, Any]:
    """The worker's appointment is handed over."""
    row = Handover.objects.create(
        appointment=cast.appointment(cast.worker), grid=cast.grid, community=cast.community, started_at=NOW, due_at=NOW
    )
    return {"pk": row.pk}


LOOKS_ON = dict.fromkeys(("worker", "colleague", "street", "district"), ELSEWHERE)
"""Those who read what a community's clerks and head decide about a council."""


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


def month_topic(cast: Cast, petition: Petition) -> dict[str, Any]:
    """What the street took on for a month."""
    row = MonthlyTopic.objects.create(
        division=cast.street_division, month=NOW.date().replace(day=1), place=cast.community, title="楼道灯",
        category=petition.category or Category.objects.all()[0], owner=cast.street, due_on=NOW.date(), begun_at=NOW,
    )  # fmt: skip
    return {"pk": row.pk}


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
    "track-file": (file_code, everybody(FOUND)),
    "track-press": (code, everybody(WRONG_METHOD)),
    "track-review": (code, everybody(WRONG_METHOD)),
    "hotline-orders": (none, everybody(WRONG_METHOD)),
    "open311-discovery": (as_json, everybody(FOUND)),
    "open311-services": (as_json, everybody(FOUND)),
    "open311-service": (service, everybody(FOUND)),
    "open311-requests": (as_json, everybody(FOUND)),
    "open311-request": (report, everybody(FOUND)),
    "open311-token": (report, everybody(FOUND)),
    "sign-in": (none, everybody(ELSEWHERE, anonymous=FOUND)),
    "sign-out": (none, everybody(WRONG_METHOD)),
    "manifest": (none, everybody(FOUND)),
    "stay": (none, everybody(NOTHING_TO_SAY)),
    "elder-mode": (none, everybody(WRONG_METHOD)),
    "workbench": (none, staff()),
    "mailbox": (none, everybody(ABSENT, anonymous=ELSEWHERE)),
    "notices-read": (none, everybody(WRONG_METHOD)),
    "escalations": (none, staff()),
    "petition-bulk": (none, staff()),
    "bulk-detail": (run, everybody(ABSENT, anonymous=ELSEWHERE, nobody=FOUND, admin=FOUND, head=FOUND)),
    "routing": (none, staff(**CLERKS_ONLY, community_worker=FORBIDDEN)),
    "petition-list": (none, staff()),
    "same-events": (none, staff()),
    "same-answer": (
        number,
        inside(
            colleague=ABSENT,
            worker=ELSEWHERE,
            member=ELSEWHERE,
            community_worker=ELSEWHERE,
            head=ELSEWHERE,
            street=ELSEWHERE,
            district=ELSEWHERE,
        ),
    ),
    "figures": (none, staff()),
    "figure-orders": (none, staff()),
    "figure-ladder": (none, staff()),
    "hot-topics": (none, staff()),
    "hot-topic": (lambda cast, petition: {"category": "facility"}, staff()),
    "monthly-topic": (
        month_topic,
        staff(
            outsider=ABSENT, other_street=ABSENT, worker=ABSENT, colleague=ABSENT, member=ABSENT, other_member=ABSENT
        ),
    ),
    "figure-bulletin": (lambda cast, petition: {"form": "xlsx"}, staff()),
    "petition-detail": (number, inside(colleague=ABSENT)),
    "petition-reveal": (number, everybody(WRONG_METHOD)),
    "patrol": (none, staff()),
    "patrol-start": (none, everybody(WRONG_METHOD)),
    "patrol-find": (none, everybody(ELSEWHERE, **dict.fromkeys(("nobody", "admin"), FOUND))),
    "patrol-end": (none, everybody(WRONG_METHOD)),
    "patrol-log": (none, staff()),
    "petition-files": (number, inside(colleague=ABSENT)),
    "petition-file": (file, inside(colleague=ABSENT)),
    "petition-file-remove": (file, everybody(WRONG_METHOD)),
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
    "petition-fill": (none, posted()),
    "petition-preview": (none, posted()),
    "petition-import": (none, staff(**CLERKS_ONLY)),
    "subject-answer": (none, staff(district=FORBIDDEN, **CLERKS_ONLY)),
    "import-detail": (batch, staff(outsider=ABSENT, other_street=ABSENT, **CLERKS_ONLY)),
    "import-bad-rows": (batch, everybody(WRONG_METHOD, anonymous=ELSEWHERE, nobody=FOUND, admin=FOUND)),
    "household-import": (none, own_clerks(outsider=FOUND)),
    "household-import-detail": (households, own_clerks(outsider=ABSENT)),
    "household-import-columns": (households, own_clerks(outsider=ABSENT, community_worker=ELSEWHERE, head=ELSEWHERE)),
    "household-import-act": (
        lambda cast, petition: {**households(cast, petition), "verb": "run"},
        everybody(WRONG_METHOD, anonymous=ELSEWHERE),
    ),
    "household-import-bad-rows": (households, everybody(WRONG_METHOD, anonymous=ELSEWHERE)),
    "export-new": (
        lambda cast, petition: {"kind": "people"},
        everybody(FORBIDDEN, anonymous=ELSEWHERE, community_worker=FOUND, head=FOUND, outsider=FOUND),
    ),
    "export-detail": (export, everybody(ABSENT, anonymous=ELSEWHERE, head=FOUND)),
    "export-file": (export, everybody(WRONG_METHOD, anonymous=ELSEWHERE)),
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
    "rota": (none, staff()),
    "morning": (none, staff()),
    "duty-feed": (lambda cast, petition: {"key": "nobody-was-given-this"}, everybody(ABSENT)),
    "handover-list": (none, staff()),
    "handover-detail": (handover, at_home(colleague=ABSENT)),
    "sign-round": (none, staff()),
    "sign-record": (none, everybody(WRONG_METHOD, anonymous=ELSEWHERE)),
    "household-watch": (household, at_home(colleague=ABSENT, street=ABSENT, district=ABSENT)),
    "watcher": (lambda cast, petition: {"key": "nobody-was-given-this"}, everybody(ABSENT)),
    "visit-plan": (household, at_home(colleague=ABSENT)),
    "visit-photo": (
        lambda cast, petition: {**household(cast, petition), "photo": 1},
        everybody(ABSENT, anonymous=ELSEWHERE),
    ),
    "checklists": (none, staff()),
    "visit-overview": (none, staff()),
    "visit-together": (none, everybody(WRONG_METHOD, anonymous=ELSEWHERE)),
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
    "council-list": (none, staff()),
    "council-new": (
        none,
        staff(**dict.fromkeys(("worker", "colleague", "street", "other_street", "district", *MEMBERS), ELSEWHERE)),
    ),
    "council-detail": (council, at_home()),
    "council-seats": (lambda cast, petition: {**council(cast, petition), "what": "party"}, at_home(**LOOKS_ON)),
    "council-poster": (council, at_home()),
    "council-letters": (council, at_home(**LOOKS_ON)),
    "representative-end": (seat, at_home(**LOOKS_ON)),
    "topic-new": (council, at_home()),
    "topic-from": (none, everybody(ABSENT, anonymous=ELSEWHERE, nobody=FOUND, admin=FOUND)),
    "topic-detail": (topic, at_home()),
    "topic-reveal": (topic, everybody(WRONG_METHOD, anonymous=ELSEWHERE)),
    "topic-support-add": (topic, everybody(WRONG_METHOD, anonymous=ELSEWHERE)),
    "topic-act": (lambda cast, petition: {**topic(cast, petition), "verb": "triage"}, at_home(**LOOKS_ON)),
    "council-figures": (none, staff()),
    "council-joint": (council, at_home()),
    "council-joint-add": (lambda cast, petition: {**council(cast, petition), "what": "activity"}, at_home(**LOOKS_ON)),
    "meeting-new": (council, at_home(**LOOKS_ON)),
    "meeting-detail": (meeting, at_home()),
    "meeting-act": (lambda cast, petition: {**meeting(cast, petition), "verb": "cancel"}, at_home(**LOOKS_ON)),
    "meeting-seat": (meeting, everybody(WRONG_METHOD, anonymous=ELSEWHERE)),
    "meeting-seat-add": (meeting, at_home(street=ELSEWHERE, district=ELSEWHERE)),
    "meeting-closing": (meeting, everybody(WRONG_METHOD, anonymous=ELSEWHERE)),
    "meeting-file-add": (meeting, everybody(WRONG_METHOD, anonymous=ELSEWHERE)),
    "meeting-paper": (lambda cast, petition: {**meeting(cast, petition), "paper": "notice"}, at_home()),
    "meeting-minutes": (
        lambda cast, petition: {**meeting(cast, petition), "fmt": "docx"},
        at_home(street=ELSEWHERE, district=ELSEWHERE),
    ),
    "item-write": (item, everybody(WRONG_METHOD, anonymous=ELSEWHERE)),
    "council-file": (lambda cast, petition: {"pk": 1}, everybody(ABSENT, anonymous=ELSEWHERE)),
    "resolution-new": (council, at_home(**LOOKS_ON)),
    "resolution-detail": (resolution, at_home()),
    "resolution-act": (lambda cast, petition: {**resolution(cast, petition), "what": "task"}, at_home(**LOOKS_ON)),
    "task-act": (lambda cast, petition: {**task(cast, petition), "what": "drop"}, at_home(**LOOKS_ON)),
    "task-proof": (task, everybody(WRONG_METHOD, anonymous=ELSEWHERE)),
    "publication-detail": (publication, at_home()),
    "objection-answer": (objection, at_home()),
    "meeting-public": (meeting, everybody(FOUND)),
    "publication-public": (publication, everybody(FOUND)),
    "council-public": (council, everybody(FOUND)),
    "topic-ask": (council, everybody(FOUND)),
    "topic-public": (sorted_topic, everybody(FOUND)),
    "topic-own": (own_topic, everybody(FOUND)),
    "household-reveal": (
        lambda cast, petition: {"pk": cast.household.pk, "resident": cast.resident.pk},
        everybody(ELSEWHERE),
    ),
    **BALLOTS,
    **MONEY,
    **API,
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

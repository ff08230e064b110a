"""What the demo's people do beside the loop: units together, applications and their decisions, triage."""

from collections.abc import Callable
from datetime import datetime, timedelta

from community_portal.worktime.querysets import work_calendar
from grid.models import Organisation, Staff
from petitions.actions import applying, excluding, pressing, same, together, triage
from petitions.demo.cast import COMPANY, DEPARTMENT
from petitions.models import Application, Part, Petition
from petitions.workflow import UNANSWERED, Verb

SUMMONED = (DEPARTMENT, "市政养护所")
Deed = Callable[[Petition, Staff, datetime, str], Petition]


def _units(*names: str) -> list[int]:
    return list(Organisation.objects.filter(name__in=names).values_list("pk", flat=True))


def _pending(petition: Petition) -> int:
    return petition.applications.filter(state=Application.State.PENDING).latest("id").pk


def _part(petition: Petition) -> int:
    return Part.objects.filter(petition=petition, answered_at=None, released_at=None).earliest("id").pk


def _alike(petition: Petition) -> int:
    """The one of its category and community that waits longest: what it is put together with."""
    there = Petition.objects.filter(community=petition.community_id, category=petition.category_id)
    others = there.filter(state__in=UNANSWERED, about_staff=None).exclude(pk=petition.pk)
    return others.earliest("registered_at").pk


def _in_days(at: datetime, days: int) -> datetime:
    return work_calendar().closing((at + timedelta(days=days)).date())


def _decided(granted: bool) -> Deed:
    return lambda petition, by, at, text: applying.application_decide(
        _pending(petition), by=by, at=at, granted=granted, text=text
    )


DEEDS: dict[str, Deed] = {
    Verb.JOIN: lambda petition, by, at, text: together.petition_join(
        petition.pk, by=by, at=at, organisations=_units(COMPANY), text=text
    ),
    Verb.SUMMON: lambda petition, by, at, text: together.petition_summon(
        petition.pk, by=by, at=at, organisations=_units(*SUMMONED), text=text
    ),
    Verb.CHECK_IN: lambda petition, by, at, text: together.part_check_in(_part(petition), by=by, at=at, text=text),
    Verb.ANSWER: lambda petition, by, at, text: together.part_answer(_part(petition), by=by, at=at, text=text),
    Verb.RELEASE: lambda petition, by, at, text: together.part_release(_part(petition), by=by, at=at, text=text),
    Verb.ASK_EXTEND: lambda petition, by, at, text: applying.petition_ask_extend(
        petition.pk, by=by, at=at, until=_in_days(at, 20), text=text
    ),
    Verb.ASK_SUSPEND: lambda petition, by, at, text: applying.petition_ask_suspend(
        petition.pk, by=by, at=at, until=_in_days(at, 14), text=text
    ),
    Verb.ASK_RETURN: lambda petition, by, at, text: applying.petition_ask_return(petition.pk, by=by, at=at, text=text),
    Verb.EXTEND: _decided(True),
    Verb.SUSPEND: _decided(True),
    Verb.TAKE_BACK: _decided(True),
    Verb.DENY: _decided(False),
    Verb.UPHOLD: _decided(False),
    Verb.RESUME: lambda petition, by, at, text: applying.petition_resume(petition.pk, by=by, at=at, text=text),
    Verb.REVIEW: lambda petition, by, at, text: applying.petition_review(petition.pk, by=by, at=at, text=text),
    Verb.LEVEL: lambda petition, by, at, text: triage.petition_level(petition.pk, by=by, at=at, level="d15", text=text),
    Verb.PLEDGE: lambda petition, by, at, text: triage.petition_pledge(
        petition.pk, by=by, at=at, until=at + timedelta(days=2), text=text
    ),
    Verb.ON_SPOT: lambda petition, by, at, text: triage.petition_on_spot(petition.pk, by=by, at=at, text=text),
    Verb.REPORT: lambda petition, by, at, text: triage.petition_report(petition.pk, by=by, at=at, text=text),
    Verb.MERGE: lambda petition, by, at, text: same.petition_merge(petition.pk, by=by, at=at, into=_alike(petition)),
    Verb.SPLIT: lambda petition, by, at, text: same.petition_split(petition.pk, by=by, at=at, text=text),
    Verb.EXCLUDE: lambda petition, by, at, text: excluding.petition_exclude(
        petition.pk, by=by, at=at, ground="unclear", text=text
    ),
    Verb.INCLUDE: lambda petition, by, at, text: excluding.petition_include(petition.pk, by=by, at=at, text=text),
    Verb.PRESS: lambda petition, by, at, text: pressing.petition_press(petition.pk, by=by, at=at, text=text),
}
HANDLERS_DEEDS = (Verb.ASK_EXTEND, Verb.ASK_SUSPEND, Verb.ASK_RETURN, Verb.RESUME, Verb.PLEDGE)
UNITS_DEEDS = (Verb.CHECK_IN, Verb.ANSWER)
COMMUNITY_DEEDS = (
    *(Verb.REPORT, Verb.PRESS, Verb.REVIEW, Verb.LEVEL, Verb.RELEASE, Verb.ON_SPOT),
    *(Verb.MERGE, Verb.SPLIT),
)


def actor_of(verb: str, petition: Petition, people: dict[str, Staff], handler: Staff | None) -> Staff:
    """Who would do it: the handler, the summoned unit, the community, else the street."""
    if verb in HANDLERS_DEEDS and handler:
        return handler
    if verb in UNITS_DEEDS:
        return people["qinfeng" if petition.parts.filter(summons__isnull=False).exists() else "pengcheng"]
    return people["linwei" if verb in COMMUNITY_DEEDS else "gaoyuan"]

"""Publications, the objections to them, and what member organisations promised and did."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from councils.actions.base import RESIDENT, CouncilChanged, CouncilRefused, Turn, lock_council, record
from councils.actions.bodies import save_checked
from councils.actions.clocks import Outcome, close_clocks, closing_of, start_clock
from councils.models import Agreement, ClockKind, JointActivity, Objection, Party, Publication, Resolution
from councils.models.publication import DEFAULT_DAYS, MOST_DAYS
from councils.rights import Task
from councils.workflow import ResolutionState, Verb
from grid.models import Staff
from petitions.numbers import new_query_code


@transaction.atomic
def publish(
    council_id: int, *, by: Staff, at: datetime, kind: str, title: str, text: str, days: int = DEFAULT_DAYS,
    resolution: Resolution | None = None,
) -> Publication:  # fmt: skip
    """Publish for so many days: the day it goes up does not count, it ends when work ends on the last one.

    Raises CouncilRefused for a draft, no text, or more days than a month.
    """
    turn = lock_council(council_id, Task.PUBLISH, by=by, at=at)
    if resolution and (resolution.council_id != turn.council.pk or resolution.state == ResolutionState.DRAFT):
        raise CouncilRefused(_("议定以后才能公示"))
    if not text.strip() or not title.strip():
        raise CouncilRefused(_("请写公示的标题和内容"))
    if not 1 <= days <= MOST_DAYS:
        raise CouncilRefused(_("公示 1 到 %d 天") % MOST_DAYS)
    publication = Publication.objects.create(
        council=turn.council, resolution=resolution, kind=kind, title=title.strip()[:80], text=text.strip(), days=days,
        starts_at=at, ends_at=closing_of(localtime(at).date() + timedelta(days=days)), by=by,
    )  # fmt: skip
    record(turn, Verb.PUBLISH, _("%(title)s，%(days)d 天") % {"title": publication.title, "days": days},
           resolution=resolution)  # fmt: skip
    return publication


@transaction.atomic
def publication_withdraw(publication_id: int, *, by: Staff, at: datetime, reason: str) -> Publication:
    """Take it down, with a reason that stays. Raises CouncilRefused."""
    council_id = Publication.objects.values_list("council_id", flat=True).get(pk=publication_id)
    turn = lock_council(council_id, Task.PUBLISH, by=by, at=at)
    publication = Publication.objects.select_for_update().get(pk=publication_id)
    if publication.withdrawn_at:
        raise CouncilChanged(_("这份公示已经撤下"))
    if not reason.strip():
        raise CouncilRefused(_("请写明为什么撤下"))
    publication.withdrawn_at, publication.reason = at, reason.strip()[:200]
    publication.save()
    record(turn, Verb.CANCEL, f"{publication.title}：{publication.reason}", resolution=publication.resolution)
    return publication


@transaction.atomic
def objection_raise(
    publication_id: int, *, at: datetime, text: str, form_no: str, name: str = "", phone: str = ""
) -> Objection:
    """Somebody objects while the publication runs; the clock of the answer starts. The same form twice is one.

    Raises CouncilRefused when it has ended.
    """
    if known := Objection.objects.filter(form_no=form_no).first():
        return known
    publication = Publication.objects.select_for_update(of=("self",)).select_related(
        "council__community__division__parent", "resolution"
    ).get(pk=publication_id)  # fmt: skip
    if publication.withdrawn_at or at > publication.ends_at:
        raise CouncilRefused(_("公示已经结束，不能再提异议；可以直接找居委会"))
    if not text.strip():
        raise CouncilRefused(_("请写明有什么异议"))
    objection = Objection.objects.create(
        publication=publication, form_no=form_no, code=new_query_code(), name=name.strip(), phone=phone.strip(),
        text=text.strip(), at=at,
    )  # fmt: skip
    start_clock(ClockKind.OBJECTION, at=at, objection=objection)
    turn = Turn(publication.council, None, at, RESIDENT)
    path = reverse("publication-detail", args=[publication.pk])
    turn.tell_staff([publication.by_id], _("公示有异议：%s") % publication.title, objection.text, path)
    record(turn, Verb.OBJECT, publication.title, resolution=publication.resolution)
    return objection


@transaction.atomic
def objection_answer(objection_id: int, *, by: Staff, at: datetime, text: str, upheld: bool) -> Objection:
    """Answer an objection, once; whoever raised it is told. Raises CouncilRefused."""
    council_id = Objection.objects.values_list("publication__council_id", flat=True).get(pk=objection_id)
    turn = lock_council(council_id, Task.PUBLISH, by=by, at=at)
    objection = Objection.objects.select_for_update(of=("self",)).select_related("publication__resolution").get(
        pk=objection_id
    )  # fmt: skip
    if objection.answered_at:
        raise CouncilChanged(_("这条异议已经答复了"))
    if not text.strip():
        raise CouncilRefused(_("请写答复"))
    objection.answer, objection.upheld, objection.answered_at, objection.answered_by = text.strip(), upheld, at, by
    objection.save()
    close_clocks(at, Outcome.MET, objection=objection)
    turn.tell_resident(objection.phone, _("您对“%s”的异议有答复") % objection.publication.title, objection.answer)
    record(turn, Verb.ANSWER, _("成立") if upheld else _("不成立"), resolution=objection.publication.resolution)
    return objection


@transaction.atomic
def agreement_sign(
    council_id: int, *, by: Staff, at: datetime, party: Party, title: str, promises: str, signed_on: date,
    ends_on: date | None = None, meetings_a_year: int = 2, activities_a_year: int = 4,
) -> Agreement:  # fmt: skip
    """A member organisation signs. Raises CouncilRefused."""
    turn = lock_council(council_id, Task.SEATS, by=by, at=at)
    if party.council_id != turn.council.pk:
        raise CouncilRefused(_("请选本议事组织的一方"))
    agreement = Agreement(
        council=turn.council, party=party, title=title.strip(), promises=promises.strip(), signed_on=signed_on,
        ends_on=ends_on, meetings_a_year=meetings_a_year, activities_a_year=activities_a_year,
    )  # fmt: skip
    save_checked(agreement)
    record(turn, Verb.SEAT, f"{party.name}：{agreement.title}")
    return agreement


@transaction.atomic
def activity_record(
    council_id: int, *, by: Staff, at: datetime, title: str, held_on: date, parties: Sequence[Party], text: str = ""
) -> JointActivity:
    """Something the member organisations did together. Raises CouncilRefused."""
    turn = lock_council(council_id, Task.SEATS, by=by, at=at)
    if held_on > localtime(at).date():
        raise CouncilRefused(_("活动还没有办，办过以后再登记"))
    if len(parties) < 2 or any(each.council_id != turn.council.pk for each in parties):
        raise CouncilRefused(_("请选本议事组织至少两个参加单位"))
    activity = JointActivity.objects.create(
        council=turn.council, title=title.strip()[:80], held_on=held_on, text=text.strip(), by=by
    )
    activity.parties.set(parties)
    record(turn, Verb.NOTE, f"{activity.title} {held_on}")
    return activity

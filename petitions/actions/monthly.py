"""The month's topic 每月一题: taking a repeated problem on, writing down what is done, ending it with a result."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.notices import outbox
from grid.access import COMMUNITY, DISTRICT, STREET, Role, Scope, ancestors, scope_of
from grid.models import Division, Staff
from petitions.actions.base import ActionRefused, Changed
from petitions.figures.places import divisions_visible_to
from petitions.models import Category, MonthlyTopic, MonthlyTopicEvent
from petitions.querysets import handlers_for

Verb, State = MonthlyTopicEvent.Verb, MonthlyTopic.State
LEADERS = frozenset({Role.COMMUNITY_HEAD, Role.STREET_OFFICER, Role.DISTRICT_OFFICER})
LONGEST_TITLE = 80


@dataclass(frozen=True)
class Wanted:
    """What is taken on: a category, in a place, for the month that begins on a day; by whom, until when, and how."""

    division: Division
    month: date
    place: Division
    category: Category
    title: str
    plan: str
    owner_id: int
    due_on: date


def leads(division: Division, scope: Scope) -> bool:
    """Whether a person decides what a division takes on: its head, or an officer of it or of what it lies in."""
    above = {level: row.pk for level, row in ancestors(division).items()}
    held = scope.roles_over(
        **{
            COMMUNITY: above.get(Division.Level.COMMUNITY),
            STREET: above.get(Division.Level.STREET),
            DISTRICT: above.get(Division.Level.DISTRICT),
        }
    )
    return bool(held & LEADERS)


@transaction.atomic
def topic_begin(wanted: Wanted, *, by: Staff, at: datetime) -> MonthlyTopic:
    """Take it on; its owner is told. Raises ActionRefused, also when the division has one for this month already."""
    title, plan = wanted.title.strip(), wanted.plan.strip()
    on = localtime(at).date()
    scope = scope_of(by, on)
    if not leads(wanted.division, scope):
        raise ActionRefused(_("每月一题由本级的书记、街道或区级来定"))
    if not title or not plan:
        raise ActionRefused(_("请写明题目和打算怎么办"))
    if wanted.due_on < on:
        raise ActionRefused(_("办好的日期已经过了"))
    if not divisions_visible_to(scope).filter(pk=wanted.place.pk).exists():
        raise ActionRefused(_("请选择本辖区的地方"))
    if wanted.owner_id != by.pk and not handlers_for(by, on).filter(staff=wanted.owner_id).exists():
        raise ActionRefused(_("请选择本辖区在岗的人员"))
    topic = MonthlyTopic(
        division=wanted.division, month=wanted.month, place=wanted.place, category=wanted.category,
        title=title[:LONGEST_TITLE], plan=plan, owner_id=wanted.owner_id, due_on=wanted.due_on, begun_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            topic.save()
    except IntegrityError as error:
        there = MonthlyTopic.objects.get(division=wanted.division, month=wanted.month)
        raise Changed(_("这个月已经定了：%s") % there.title) from error
    _say(topic, Verb.BEGIN, by, at, plan)
    return topic


@transaction.atomic
def topic_note(topic_id: int, *, by: Staff, at: datetime, text: str, version: int | None = None) -> MonthlyTopic:
    """Write down what is being done. Raises ActionRefused and Changed."""
    topic = _locked(topic_id, by, at, text, version, (State.OPEN,))
    _say(topic, Verb.NOTE, by, at, text.strip())
    return topic


@transaction.atomic
def topic_finish(topic_id: int, *, by: Staff, at: datetime, text: str, version: int | None = None) -> MonthlyTopic:
    """End it with its result. Raises ActionRefused and Changed."""
    topic = _locked(topic_id, by, at, text, version, (State.OPEN,))
    topic.state, topic.result, topic.done_at = State.DONE, text.strip(), at
    _say(topic, Verb.FINISH, by, at, topic.result)
    return topic


@transaction.atomic
def topic_resume(topic_id: int, *, by: Staff, at: datetime, text: str, version: int | None = None) -> MonthlyTopic:
    """Go on with one that ended too early. Raises ActionRefused and Changed."""
    topic = _locked(topic_id, by, at, text, version, (State.DONE,))
    topic.state, topic.done_at = State.OPEN, None
    _say(topic, Verb.RESUME, by, at, text.strip())
    return topic


def _locked(
    topic_id: int, by: Staff, at: datetime, text: str, version: int | None, states: tuple[str, ...]
) -> MonthlyTopic:
    topic = MonthlyTopic.objects.select_for_update().get(pk=topic_id)
    if topic.owner_id != by.pk and not leads(topic.division, scope_of(by, localtime(at).date())):
        raise ActionRefused(_("由负责人或本级的书记、街道、区级来写"))
    if topic.state not in states:
        raise Changed(_("这一题已是“%s”") % topic.get_state_display())
    if version is not None and version != topic.version:
        raise Changed(_("刚刚有了新的进展，请看过再提交；您填写的内容还在"))
    if not text.strip():
        raise ActionRefused(_("请写明情况或理由"))
    return topic


def _say(topic: MonthlyTopic, verb: MonthlyTopicEvent.Verb, by: Staff, at: datetime, text: str) -> None:
    """Save, append the event, and tell the owner of what others did."""
    topic.version += 1
    topic.save()
    event = MonthlyTopicEvent.objects.create(topic=topic, at=at, by=by, verb=verb, text=text)
    if topic.owner_id != by.pk:
        title = _("每月一题%(verb)s：%(title)s") % {"verb": verb.label, "title": topic.title}
        path = reverse("monthly-topic", args=[topic.pk])
        outbox.save(
            [
                outbox.to_staff(
                    topic.owner_id, event=f"monthly-topic:{event.pk}", at=at, title=title, body=text, path=path
                )
            ]
        )

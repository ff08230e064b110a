"""The councils' part of the answer to "what do you hold about me": topics raised, seats held, objections made."""

from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.privacy.holdings import Section, Subject
from community_portal.privacy.sealing import BlindIndex
from councils.models import Objection, Representative, Topic
from councils.querysets import councils_visible_to, topics_visible_to
from grid.access import Scope

MOST = 100
Facts = list[tuple[str, str]]


def in_councils(subject: Subject, scope: Scope) -> Section | None:
    """What a phone stands in, inside a scope; three queries."""
    if subject.phone_index is None:
        return None
    topics = list(topics_visible_to(scope).filter(proposer_phone_index=subject.phone_index).order_by("-id")[: MOST + 1])
    rows = [_topic(row) for row in topics[:MOST]]
    rows += [_seat(row) for row in _seats(scope, subject.phone_index)]
    objections = Objection.objects.filter(
        phone_index=subject.phone_index, publication__council__in=councils_visible_to(scope)
    ).select_related("publication")
    rows += [_objection(row) for row in objections[:MOST]]
    if not rows:
        return None
    return Section(
        title=_("议事协商"),
        rows=rows,
        origin=_("您提议题、任代表或提异议时留下，用于通知您开会和告诉您结果。"),
        subjects=[f"councils.topic:{row.pk}" for row in topics[:MOST]],
        more=max(0, len(topics) - MOST),
    )


def _seats(scope: Scope, index: BlindIndex) -> QuerySet[Representative]:
    found = Representative.objects.filter(phone_index=index, council__in=councils_visible_to(scope))
    return found.select_related("council", "party").order_by("-id")[:MOST]


def _topic(row: Topic) -> Facts:
    said = [
        (_("议题号"), row.number),
        (_("提出时间"), f"{localtime(row.proposed_at):%Y-%m-%d %H:%M}"),
        (_("姓名"), row.proposer_name),
        (_("电话"), row.proposer_phone),
        (_("内容"), row.text),
        (_("现在的状态"), str(row.get_state_display())),
        (_("答复"), row.answer),
    ]
    return [(name, text) for name, text in said if text]


def _seat(row: Representative) -> Facts:
    return [
        (_("任代表"), f"{row.council.name}（{row.party.name}）"),
        (_("姓名"), row.name),
        (_("电话"), row.phone),
        (_("任期"), f"{row.starts_on} – {row.ends_on or ''}"),
    ]


def _objection(row: Objection) -> Facts:
    return [(_("对公示的异议"), row.publication.title), (_("内容"), row.text), (_("电话"), row.phone)]

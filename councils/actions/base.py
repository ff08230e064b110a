"""What all actions of councils share: refusals, rights, locks, the event row, and who is told."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.notices import outbox
from community_portal.notices.models import Notice
from community_portal.privacy.masking import mask_people_in
from councils.models import Council, CouncilEvent, Meeting, Resolution, Topic
from councils.querysets import councils_visible_to, roles_over
from councils.rights import Task, tasks_for
from councils.workflow import Verb
from grid.access import Role, scope_of
from grid.models import Staff
from grid.querysets import people_in_role

SYSTEM, RESIDENT = "系统", "居民"
TEXT_LENGTH = 400


class CouncilRefused(Exception):
    """The action is not possible; the text says why in the users' words. Nothing was written."""


class CouncilChanged(CouncilRefused):
    """Somebody else was faster: the thing is no longer as the actor saw it."""


@dataclass
class Turn:
    """One action on a locked council or on something of it: who, when, and the notices that leave with it."""

    council: Council
    by: Staff | None
    at: datetime
    actor: str = ""
    notices: list[Notice] = field(default_factory=list)

    def tell_staff(self, staff_ids: Iterable[int | None], title: str, body: str = "", path: str = "") -> None:
        """Put a message to staff members into the turn; nobody is told of their own doing."""
        mine = self.by.pk if self.by else None
        for staff in sorted({pk for pk in staff_ids if pk} - {mine}):
            self.notices.append(outbox.to_staff(staff, event="", at=self.at, title=title, body=body, path=path))

    def tell_resident(self, phone: str, title: str, body: str = "") -> None:
        """Put a text message into the turn, when there is a phone."""
        if phone:
            self.notices.append(outbox.to_resident(phone, event="", at=self.at, title=title, body=body))


def require(council: Council, task: Task, by: Staff, at: datetime) -> None:
    """Raises Council.DoesNotExist outside the scope, CouncilRefused for a task that is not theirs."""
    scope = scope_of(by, localtime(at).date())
    roles = roles_over(scope, council)
    if not roles:
        raise Council.DoesNotExist
    if task not in tasks_for(roles):
        raise CouncilRefused(_("您的岗位可以看这个议事组织，不能做“%s”") % task.label)


def lock_council(council_id: int, task: Task, *, by: Staff, at: datetime) -> Turn:
    """Lock a council for one task. Raises Council.DoesNotExist, CouncilRefused. Call inside a transaction."""
    scope = scope_of(by, localtime(at).date())
    council = (
        councils_visible_to(scope)
        .select_related("community__division__parent")
        .select_for_update(of=("self",))
        .get(pk=council_id)
    )
    require(council, task, by, at)
    return Turn(council, by, at)


def record(
    turn: Turn,
    verb: Verb,
    text: str = "",
    *,
    topic: Topic | None = None,
    meeting: Meeting | None = None,
    resolution: Resolution | None = None,
    data: dict[str, Any] | None = None,
) -> CouncilEvent:
    """Append the event of a turn and put its notices in the outbox, once for each event and recipient."""
    event = CouncilEvent.objects.create(
        council=turn.council,
        topic=topic,
        meeting=meeting,
        resolution=resolution,
        at=turn.at,
        by=turn.by,
        actor="" if turn.by else turn.actor or SYSTEM,
        verb=verb,
        text=mask_people_in(text.strip())[:TEXT_LENGTH],
        data=data or {},
    )
    for notice in turn.notices:
        notice.event = f"council-event:{event.pk}"
    outbox.save(turn.notices)
    turn.notices = []
    return event


def check_version(seen: int | None, now: int) -> None:
    """Raises CouncilChanged when something moved on since the actor saw it."""
    if seen is not None and seen != now:
        raise CouncilChanged(_("刚刚有人改过，请看过最新的情况再提交；您填写的内容还在"))


def clerks_of(council: Council, at: datetime) -> list[int]:
    """The clerks of a council's community, or its head when there is none."""
    on, place = localtime(at).date(), council.community_id
    for role in (Role.COMMUNITY_WORKER, Role.COMMUNITY_HEAD):
        if found := people_in_role((role,), [place], on).get(place):
            return found
    return []


def topic_path(topic: Topic) -> str:
    """A topic's page for staff."""
    return reverse("topic-detail", args=[topic.number])


def council_path(council: Council) -> str:
    """A council's page for staff."""
    return reverse("council-detail", args=[council.pk])

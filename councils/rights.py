"""What can be done around a council and who may do it, as data; no ORM.

The community's own people do the work; those above read it. A grid's worker writes down what residents bring up, works
on what was given to them, and who came to a meeting; what binds the community is its clerks' and its head's.
"""

from collections.abc import Collection

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from grid.access import Role


class Task(TextChoices):
    """One thing that somebody does."""

    FOUND = "found", _("建立议事组织")
    SEATS = "seats", _("登记成员单位和代表")
    BALLOT = "ballot", _("发起表决和计票")
    VOTES = "votes", _("录入选票")
    CODES = "codes", _("发放住户码")
    PROPOSE = "propose", _("登记议题")
    WORK = "work", _("办理议题")
    TRIAGE = "triage", _("给议题分类")
    PLAN = "plan", _("筹备会议")
    ATTEND = "attend", _("登记签到")
    MINUTES = "minutes", _("写纪要")
    RESOLVE = "resolve", _("形成决议")
    PUBLISH = "publish", _("公示")


COMMUNITY = frozenset({Role.COMMUNITY_WORKER, Role.COMMUNITY_HEAD})
CLOSE = COMMUNITY | {Role.GRID_WORKER}
ROLES: dict[Task, frozenset[str]] = {
    **dict.fromkeys(Task, COMMUNITY),
    **dict.fromkeys((Task.PROPOSE, Task.WORK, Task.ATTEND, Task.MINUTES, Task.VOTES), CLOSE),
}


def tasks_for(roles: Collection[str]) -> frozenset[Task]:
    """What people with these roles over a council may do there."""
    return frozenset(task for task, allowed in ROLES.items() if allowed & set(roles))

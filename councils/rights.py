"""What can be done around a council and who may do it, as data; no ORM.

The community's own people do the work; those above read it. A grid's worker writes down what residents bring up and
who came to a meeting; what binds the community is its clerks' and its head's.
"""

from collections.abc import Collection

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from grid.access import Role


class Task(TextChoices):
    """One thing that somebody does; its value stands in addresses."""

    FOUND = "found", _("建立议事组织")
    SEATS = "seats", _("登记成员单位和代表")
    BALLOT = "ballot", _("发起表决和计票")
    VOTES = "votes", _("录入选票")


COMMUNITY = frozenset({Role.COMMUNITY_WORKER, Role.COMMUNITY_HEAD})
CLOSE = COMMUNITY | {Role.GRID_WORKER}
ROLES: dict[Task, frozenset[str]] = {**dict.fromkeys(Task, COMMUNITY), Task.VOTES: CLOSE}


def tasks_for(roles: Collection[str]) -> frozenset[Task]:
    """What people with these roles over a council may do there."""
    return frozenset(task for task, allowed in ROLES.items() if allowed & set(roles))

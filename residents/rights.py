"""What can be done to a household's file and who may do it, as data; no ORM.

The community's own people write the file; those above read it. What changes the wall itself, splitting and joining
dwellings, is the community's, since a grid's worker may not see what stands on the other side.
"""

from collections.abc import Collection

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from grid.access import Role


class Task(TextChoices):
    """One thing that somebody does to a file; its value stands in addresses."""

    FACTS = "facts", _("改房屋情况")
    ADD = "add", _("登记一位居民")
    PERSON = "person", _("改居民信息")
    MOVE = "move", _("搬家或迁出")
    MARRIAGE = "marriage", _("登记结婚")
    BIRTH = "birth", _("登记出生")
    DEATH = "death", _("登记去世")
    CONTACT = "contact", _("紧急联系人")
    DROP_CONTACT = "drop-contact", _("删除紧急联系人")
    TAG = "tag", _("登记标签")
    END_TAG = "end-tag", _("撤销标签")
    CONSENT = "consent", _("登记同意")
    WITHDRAW = "withdraw", _("撤回同意")
    DOCUMENT = "document", _("留存证件照片")
    DROP_DOCUMENT = "drop-document", _("删除证件照片")
    SPLIT = "split", _("分户")
    MERGE = "merge", _("并户")
    MEND = "mend", _("更正疑点")


COMMUNITY = frozenset({Role.COMMUNITY_WORKER, Role.COMMUNITY_HEAD})
CLOSE = COMMUNITY | {Role.GRID_WORKER}
ROLES: dict[Task, frozenset[str]] = {
    **dict.fromkeys(Task, CLOSE),
    Task.SPLIT: COMMUNITY,
    Task.MERGE: COMMUNITY,
}


def tasks_for(roles: Collection[str]) -> frozenset[Task]:
    """What people with these roles over a household may do to its file."""
    return frozenset(task for task, allowed in ROLES.items() if allowed & set(roles))

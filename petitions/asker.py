"""Who asked, as one person may see it: masked by the table of privacy.disclosure, open for a purpose."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.privacy.actions import log_access
from community_portal.privacy.disclosure import NAME, PHONE, Shown, may_open, show, shown
from community_portal.privacy.models import AccessLog
from community_portal.privacy.purposes import EMERGENCY, IDENTITY, OTHER, PETITION, PURPOSES
from grid.models import Staff
from petitions.actions.base import roles_over
from petitions.models import Original, Petition

COLUMNS = {NAME: "caller_name", PHONE: "caller_phone"}
OFFERED = (PETITION, IDENTITY, EMERGENCY, OTHER)


@dataclass(frozen=True)
class Asker:
    """The petitioner's name and phone as shown unasked; `hidden` when the viewer's role does not get the phone."""

    name: str
    phone: str
    hidden: bool
    offered: list[tuple[str, str]]
    """Purposes that open something for this viewer: code and word."""


def asker_of(petition: Petition, staff: Staff, at: datetime) -> Asker:
    """No query beyond the viewer's scope."""
    roles = roles_over(petition, staff, localtime(at).date())
    return Asker(
        show(roles, NAME, petition.caller_name),
        show(roles, PHONE, petition.caller_phone),
        shown(roles, PHONE) is Shown.HIDDEN and bool(petition.caller_phone),
        [(code, str(PURPOSES[code])) for code in OFFERED if _opened(roles, code)],
    )


@transaction.atomic
def asker_reveal(petition: Petition, *, by: Staff, at: datetime, purpose: str) -> dict[str, str]:
    """The name and phone in plain, as far as the viewer's role gets them for this purpose; noted in the access log.

    Whoever gets the phone gets the pasted original too, which may have it in its words.

    `purpose` as purposes.said_in says it. Raises ValidationError (on "purpose") when it says too little, when it opens
    nothing for this role, and when somebody reveals too much within an hour.
    """
    groups = _opened(roles_over(petition, by, localtime(at).date()), purpose)
    if purpose and not groups:
        raise ValidationError({"purpose": _("您的岗位不能为这个用途查看诉求人信息；请选“办理诉求”或“应急联系”。")})
    seen = {group: str(getattr(petition, COLUMNS[group])) for group in groups}
    fields = [COLUMNS[group] for group in groups]
    original = Original.objects.filter(petition=petition).first() if PHONE in groups else None
    if original is not None:
        seen["original"] = original.text
        fields.append("original")
    log_access(
        by=by,
        at=at,
        action=AccessLog.Action.REVEAL,
        subject=f"petitions.petition:{petition.pk}",
        field=",".join(fields),
        purpose=purpose,
    )
    return seen


def _opened(roles: frozenset[str], purpose: str) -> list[str]:
    return [group for group in COLUMNS if shown(roles, group) is Shown.PLAIN or may_open(roles, group, purpose)]

"""Showing who raised a topic to those who say why."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.privacy.actions import log_access
from community_portal.privacy.disclosure import NAME, PHONE, Shown, may_open, shown
from community_portal.privacy.models import AccessLog
from councils.models import Topic
from councils.querysets import roles_over
from grid.access import scope_of
from grid.models import Staff

COLUMNS = {NAME: "proposer_name", PHONE: "proposer_phone"}


@transaction.atomic
def proposer_reveal(topic: Topic, *, by: Staff, at: datetime, purpose: str) -> dict[str, str]:
    """The name and phone in plain, as far as the viewer's role gets them for this purpose; noted in the access log.

    Raises ValidationError (on "purpose") when it says too little or opens nothing for this role.
    """
    roles = roles_over(scope_of(by, localtime(at).date()), topic.council)
    groups = [each for each in COLUMNS if shown(roles, each) is Shown.PLAIN or may_open(roles, each, purpose)]
    if purpose and not groups:
        raise ValidationError({"purpose": _("您的岗位不能为这个用途查看提出人信息。")})
    log_access(
        by=by,
        at=at,
        action=AccessLog.Action.REVEAL,
        subject=f"councils.topic:{topic.pk}",
        field=",".join(COLUMNS[each] for each in groups),
        purpose=purpose,
    )
    return {each: str(getattr(topic, COLUMNS[each])) for each in groups}

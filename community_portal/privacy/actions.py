"""Writing to the access log."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from community_portal.privacy.audit import FIRST, Entry, fingerprint
from community_portal.privacy.models import AccessLog

MIN_PURPOSE, MAX_PURPOSE = 2, 500
# Any fixed number of our own: all writers of the log queue behind it.
_CHAIN_LOCK = 0x61756469746C6F67


def log_access(
    *, by: AbstractBaseUser | None, at: datetime, action: str, subject: str, field: str, purpose: str
) -> AccessLog:
    """Append one entry ("reveal", "export", …) about `subject` ("app.model:id") to the chain.

    Call it as the last write of a transaction: until that ends, other writers wait. Raises ValidationError (on
    "purpose") when the purpose has fewer than 2 or more than 500 characters.
    """
    entry = Entry(at, by.pk if by else None, action, subject, field, _checked(purpose))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
        previous = AccessLog.objects.order_by("-id").values_list("hash", flat=True).first() or FIRST
        return AccessLog.objects.create(
            **vars(entry), previous_hash=previous, hash=fingerprint(settings.INDEX_KEY, previous, entry)
        )


def _checked(purpose: str) -> str:
    purpose = purpose.strip()
    if len(purpose) < MIN_PURPOSE:
        raise ValidationError({"purpose": _("请写明查看或导出的用途，至少 %(n)d 个字。") % {"n": MIN_PURPOSE}})
    if len(purpose) > MAX_PURPOSE:
        raise ValidationError({"purpose": _("用途最多 %(n)d 个字。") % {"n": MAX_PURPOSE}})
    return purpose

"""Writing to the access log."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from community_portal.privacy.audit import FIRST, Entry, chain_key_of, end_seal, fingerprint
from community_portal.privacy.models import AccessLog, AccessLogHead

MIN_PURPOSE, MAX_PURPOSE, MAX_DETAIL = 2, 500, 500
HOUR = timedelta(hours=1)


@transaction.atomic
def log_access(
    *,
    by: AbstractBaseUser | None,
    at: datetime,
    action: str,
    subject: str,
    field: str,
    purpose: str,
    detail: str = "",
) -> AccessLog:
    """Append one entry about `subject` ("app.model:id") to the chain; `action` is one of AccessLog.Action.

    Call it as the last write of a transaction: until that ends, other writers wait. Raises ValidationError (on
    "purpose") when the purpose has fewer than 2 or more than 500 characters, and when a person has revealed more
    than settings.REVEALS_PER_HOUR times within an hour.
    """
    entry = Entry(at, by.pk if by else None, action, subject, field, _checked(purpose), detail[:MAX_DETAIL])
    head = _locked_head()
    if action == AccessLog.Action.REVEAL and by is not None:
        _check_pace(by, at)
    key = bytes.fromhex(head.chain_key)
    row = AccessLog.objects.create(**vars(entry), previous_hash=head.hash, hash=fingerprint(key, head.hash, entry))
    head.entries, head.hash = head.entries + 1, row.hash
    head.seal = end_seal(key, head.entries, head.hash)
    head.save(update_fields=["entries", "hash", "seal"])
    return row


def _locked_head() -> AccessLogHead:
    """The end of the log; all writers queue behind its lock. The first entry of all makes it."""
    head = AccessLogHead.objects.select_for_update().filter(pk=AccessLogHead.ONLY).first()
    if head is None:
        AccessLogHead.objects.bulk_create([_new_head()], ignore_conflicts=True)
        head = AccessLogHead.objects.select_for_update().get(pk=AccessLogHead.ONLY)
    return head


def _new_head() -> AccessLogHead:
    """The end of the log as it stands; a log of the time before ends were kept gets its own."""
    key = chain_key_of(settings.INDEX_KEY)
    entries = AccessLog.objects.count()
    last = AccessLog.objects.order_by("-id").values_list("hash", flat=True).first() or FIRST
    return AccessLogHead(
        pk=AccessLogHead.ONLY, entries=entries, hash=last, seal=end_seal(key, entries, last), chain_key=key.hex()
    )


def _check_pace(by: AbstractBaseUser, at: datetime) -> None:
    most = settings.REVEALS_PER_HOUR
    lately = AccessLog.objects.filter(staff=by.pk, action=AccessLog.Action.REVEAL, at__gt=at - HOUR, at__lte=at)
    times = list(lately.order_by("-at").values_list("at", flat=True)[:most])
    if len(times) < most:
        return
    wait = max(1, -(-int((times[-1] + HOUR - at).total_seconds()) // 60)) if times else 60
    raise ValidationError(
        {
            "purpose": _("一小时内已查看 %(most)d 次原文，到了上限。请 %(wait)d 分钟后再看，急事请同事代看。")
            % {"most": most, "wait": wait}
        }
    )


def _checked(purpose: str) -> str:
    purpose = purpose.strip()
    if len(purpose) < MIN_PURPOSE:
        raise ValidationError({"purpose": _("请写明查看或导出的用途，至少 %(n)d 个字。") % {"n": MIN_PURPOSE}})
    if len(purpose) > MAX_PURPOSE:
        raise ValidationError({"purpose": _("用途最多 %(n)d 个字。") % {"n": MAX_PURPOSE}})
    return purpose

"""Making, using and revoking tokens."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.interfaces.kinds import ACTING, LONGEST_DAYS, Kind
from community_portal.interfaces.models import ApiToken
from grid.models import Staff

PREFIX = "sq_"
MOST_TOKENS = 20


def fingerprint(token: str) -> str:
    """What is stored of a token; tokens are long and random, so a plain hash tells nobody anything."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def token_make(
    *, by: Staff, at: datetime, name: str, reads: Collection[str], acts: Collection[str], days: int
) -> tuple[ApiToken, str]:
    """A new token of a person for so many days, and its text, which is never seen again.

    Raises ValidationError by field: nothing granted, an unknown kind, a lifetime out of bounds, too many in use.
    """
    Staff.objects.select_for_update().get(pk=by.pk)
    _check(reads, acts, days)
    if ApiToken.objects.filter(staff=by, revoked_at__isnull=True, expires_at__gt=at).count() >= MOST_TOKENS:
        raise ValidationError({"name": _("在用的令牌最多 %d 个，请先作废不用的") % MOST_TOKENS})
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        staff=by,
        name=name.strip(),
        fingerprint=fingerprint(text),
        reads=sorted(reads),
        acts=sorted(acts),
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    return token, text


def _check(reads: Collection[str], acts: Collection[str], days: int) -> None:
    if not (reads or acts):
        raise ValidationError({"reads": _("请至少选一类")})
    if not set(reads) <= set(Kind.values):
        raise ValidationError({"reads": _("没有这一类")})
    if not set(acts) <= set(ACTING):
        raise ValidationError({"acts": _("没有这一类")})
    if not 1 <= days <= LONGEST_DAYS:
        raise ValidationError({"days": _("有效期为 1 到 %d 天") % LONGEST_DAYS})


def token_revoke(token_id: int, *, by: Staff, at: datetime) -> bool:
    """End one's own token at once; False when there is no such token in use."""
    mine = ApiToken.objects.filter(pk=token_id, staff=by, revoked_at__isnull=True)
    return bool(mine.update(revoked_at=at))


def token_used(token: ApiToken, *, at: datetime) -> None:
    """Note the day of use, once a day."""
    today = localtime(at).date()
    if token.used_on != today:
        ApiToken.objects.filter(pk=token.pk).exclude(used_on=today).update(used_on=today)
        token.used_on = today

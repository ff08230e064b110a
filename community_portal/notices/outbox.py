"""Making outbox rows; the caller saves them in the transaction of the event."""

from datetime import datetime, time
from typing import Any

from django.conf import settings

from community_portal.notices.models import Mailbox, Notice, resident_of
from community_portal.privacy.masking import mask_people_in
from community_portal.remembered import Remembered
from community_portal.rows import fresh
from community_portal.worktime.deadlines import leave_quiet

_mailed: Remembered[None, frozenset[int]] = Remembered()


def to_staff(staff_id: int, *, event: str, at: datetime, title: str, body: str = "", path: str = "") -> Notice:
    """A message in a staff member's own list, there at once, day and night; numbers in its body are masked."""
    return fresh(
        Notice,
        event=event,
        recipient=f"staff:{staff_id}",
        channel=Notice.Channel.PORTAL,
        staff_id=staff_id,
        title=title[:120],
        body=mask_people_in(body),
        path=path,
        created_at=at,
        not_before=at,
        sent_at=at,
    )


def to_resident(phone: str, *, event: str, at: datetime, title: str, body: str = "", path: str = "") -> Notice:
    """A text message to a resident; inside the quiet hours it waits for the morning."""
    notice = Notice(
        event=event,
        channel=Notice.Channel.SMS,
        phone=phone,
        title=title[:120],
        body=body,
        path=path,
        created_at=at,
        not_before=leave_quiet(at, quiet_hours()),
    )
    notice.recipient = resident_of(notice)
    return notice


def quiet_hours() -> tuple[time, time]:
    """When residents are left in peace, from settings.QUIET_HOURS ("21:00-08:00")."""
    begins, ends = settings.QUIET_HOURS.split("-")
    return time.fromisoformat(begins), time.fromisoformat(ends)


def save(notices: list[Notice]) -> None:
    """Add the rows, by mail too; one that is there already (same event, recipient, channel) stays as it is."""
    if notices:
        Notice.objects.bulk_create(by_mail_too(notices), ignore_conflicts=True)


def by_mail_too(notices: list[Notice]) -> list[Notice]:
    """The messages, and a letter beside each for a staff member who has a mailbox; for whoever inserts them itself."""
    mailed = _mailed.get(None, _with_mailbox) if settings.MAIL else frozenset()
    return [*notices, *(_letter(notice) for notice in notices if notice.staff_id in mailed)]


def _letter(notice: Notice) -> Notice:
    return Notice(
        event=notice.event,
        recipient=notice.recipient,
        channel=Notice.Channel.MAIL,
        staff_id=notice.staff_id,
        title=notice.title,
        body=notice.body,
        path=notice.path,
        created_at=notice.created_at,
        not_before=notice.not_before,
    )


def _with_mailbox() -> frozenset[int]:
    return frozenset(Mailbox.objects.values_list("staff_id", flat=True))


def forget_mailboxes() -> None:
    """Make the next writer look up anew who has a mailbox, after an edit in this process."""
    _mailed.forget()


def unread(staff_id: int) -> Any:
    """A staff member's unread messages in the portal, newest first."""
    return Notice.objects.filter(staff_id=staff_id, channel=Notice.Channel.PORTAL, read_at__isnull=True).order_by("-id")

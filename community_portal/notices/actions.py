"""Sending what waits in the outbox."""

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urljoin
from urllib.request import Request, urlopen

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from community_portal.notices.models import Mailbox, Notice
from community_portal.notices.outbox import forget_mailboxes, quiet_hours, unread
from community_portal.worktime.deadlines import leave_quiet

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10
MAX_WAIT = timedelta(hours=6)
MAX_DOUBLINGS = 9


def send_sms(notice: Notice) -> None:
    """POST one message to the operator's gateway (settings.SMS_URL). Raises OSError or HTTPException when it fails.

    Body: {"key", "phone", "text"}; `key` stays the same over every attempt, so that the gateway can drop a repeat.
    """
    text = f"{notice.title}。{notice.body}" if notice.body else notice.title
    if link := _link(notice):
        text = f"{text} {link}"
    body = json.dumps({"key": str(notice.row_key), "phone": notice.phone, "text": text}).encode()
    request = Request(settings.SMS_URL, body, {"Content-Type": "application/json"}, method="POST")
    with urlopen(request, timeout=TIMEOUT_SECONDS):
        pass


def send_mail(notice: Notice) -> None:
    """Hand one letter to the mail server (settings.EMAIL_HOST). Raises OSError (SMTPException is one) when it fails.

    Its Message-ID stays the same over every attempt, so that a mailbox can drop a repeat. Nothing goes to somebody who
    gave up their mailbox meanwhile: they have the message in the portal.
    """
    mailbox = Mailbox.objects.filter(staff=notice.staff_id).first()
    if mailbox is None:
        return
    sender = settings.DEFAULT_FROM_EMAIL
    EmailMessage(
        subject=" ".join(notice.title.split()),
        body="\n\n".join(part for part in (notice.body or notice.title, _link(notice)) if part),
        to=[mailbox.address],
        headers={"Message-ID": f"<{notice.row_key}@{sender.rpartition('@')[2].rstrip('>')}>"},
    ).send()


def _link(notice: Notice) -> str:
    """Where the message leads, "" where it leads nowhere or the portal does not know its own address."""
    return urljoin(settings.PORTAL_URL, notice.path) if settings.PORTAL_URL and notice.path else ""


def channels(at: datetime) -> dict[str, Callable[[Notice], None]]:
    """What leaves the portal at an instant, by the channels that it is set up for; the rest stays in the outbox.

    Text messages go to residents: what a broken gateway held up until the evening waits for the morning. Staff get
    their mail day and night.
    """
    found: dict[str, Callable[[Notice], None]] = {}
    if settings.MAIL:
        found[Notice.Channel.MAIL] = send_mail
    if settings.SMS_URL and leave_quiet(at, quiet_hours()) == at:
        found[Notice.Channel.SMS] = send_sms
    return found


def send_due(*, at: datetime) -> int:
    """Send every waiting message whose time has come; returns how many left. Safe to run many times at once."""
    ready = channels(at)
    sent = 0
    while ready and (outcome := _send_one(ready, at)) is not None:
        sent += outcome
    return sent


def _send_one(ready: dict[str, Callable[[Notice], None]], at: datetime) -> int | None:
    """1 when a message left, 0 when it failed and waits for its next attempt, None when nothing is due."""
    with transaction.atomic():
        notice = (
            Notice.objects.select_for_update(skip_locked=True)
            .filter(sent_at__isnull=True, not_before__lte=at, channel__in=ready)
            .order_by("not_before")
            .first()
        )
        if notice is None:
            return None
        try:
            ready[notice.channel](notice)
        except Exception as error:  # Whatever is wrong with one message or its gateway, the others still leave.
            logger.warning("notice %s not sent: %r", notice.pk, error)
            notice.error = str(error)[:200] or type(error).__name__
            notice.not_before = at + _wait(notice.attempts)
            notice.attempts += 1
        else:
            notice.sent_at, notice.error = at, ""
        notice.save(update_fields=["error", "attempts", "not_before", "sent_at"])
        return int(notice.sent_at is not None)


def _wait(attempts: int) -> timedelta:
    """How long after so many failures: 2, 4, 8 … minutes, at most MAX_WAIT."""
    return min(timedelta(minutes=2 ** min(attempts + 1, MAX_DOUBLINGS)), MAX_WAIT)


def mailbox_set(staff_id: int, address: str) -> None:
    """Send a staff member's messages to this address too, from now on; an empty one ends that."""
    if address:
        Mailbox.objects.update_or_create(staff_id=staff_id, defaults={"address": address})
    else:
        Mailbox.objects.filter(staff_id=staff_id).delete()
    forget_mailboxes()


def mark_read(*, staff_id: int, at: datetime) -> int:
    """Mark a staff member's unread messages as read; returns how many."""
    return unread(staff_id).order_by().update(read_at=at)

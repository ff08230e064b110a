"""Writes that concern staff as a whole."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from community_portal.notices import outbox
from community_portal.worktime.actions import load_calendar
from community_portal.worktime.querysets import first_gap
from grid.models import Staff

ALARM_AHEAD = timedelta(days=60)


@transaction.atomic
def check_calendar(*, at: datetime) -> int:
    """Load what the holiday library newly covers; tell every administrator, once a day, when days are missing soon.

    A year's holidays are announced in November of the year before, so the alarm rings until somebody updates the
    library or enters the days. Returns how many administrators there are to tell, 0 when nothing is missing.
    """
    today = localdate(at)
    load_calendar(first_year=today.year, until_year=today.year + 1)
    missing = first_gap(today, today + ALARM_AHEAD)
    if missing is None:
        return 0
    title = _("工作日历只到 %(day)s，请补充 %(year)s 年") % {
        "day": missing - timedelta(days=1),
        "year": missing.year,
    }
    body = _("缺少的日子算不出工作日时限，相关时限会一直等待。请升级 chinesecalendar，或在配置后台填写这些日子。")
    event = f"calendar:{missing.year}:{today}"
    administrators = Staff.objects.filter(is_superuser=True, is_active=True).order_by("pk")
    notices = [outbox.to_staff(each.pk, event=event, at=at, title=title, body=body) for each in administrators]
    outbox.save(notices)
    return len(notices)

"""What the portal does by itself, and when (Asia/Shanghai)."""

from typing import Any

from celery.schedules import crontab

A_MINUTE, AN_HOUR = 55, 3_000
"""Seconds after which a run that nobody took is dropped: the next one does its work too."""

EVERY_MINUTE = {
    "sweep-petition-clocks": "petitions.tasks.sweep_clocks",
    "send-notices": "community_portal.notices.tasks.send_due",
    "resume-imports": "petitions.tasks.resume_imports",
    "count-figures": "petitions.tasks.count_figures",
    "sweep-visits": "residents.tasks.sweep_visits",
    "sweep-council-clocks": "councils.tasks.sweep_clocks",
    "sweep-signs": "residents.tasks.sweep_signs",
    "resume-household-imports": "residents.tasks.resume_imports",
    "sweep-handovers": "grid.tasks.sweep_handovers",
}
EVERY_DAY = {
    "anchor-access-log": ("community_portal.privacy.tasks.anchor_access_log", 0, 10),
    "end-forgotten-patrols": ("petitions.tasks.end_forgotten_patrols", 0, 15),
    "open-handovers": ("grid.tasks.open_handovers", 0, 20),
    "recompute-tags": ("residents.tasks.recompute_tags", 1, 20),
    "keep-visit-schedule": ("residents.tasks.keep_schedule", 1, 40),
    "remove-expired-papers": ("residents.tasks.remove_expired_papers", 1, 50),
    "forget-imported-files": ("residents.tasks.forget_files", 3, 20),
    "check-calendar": ("grid.tasks.check_calendar", 8, 5),
}
"""Task, hour and minute."""

RETENTION = ("community_portal.privacy.tasks.apply_retention", 2, 20)


def timetable(*, retention: bool) -> dict[str, dict[str, Any]]:
    """Celery beat's schedule; with `retention` what may no longer be kept is removed each night."""
    daily = {**EVERY_DAY, "apply-retention": RETENTION} if retention else EVERY_DAY
    return {
        **{name: _entry(task, crontab(), A_MINUTE) for name, task in EVERY_MINUTE.items()},
        **{name: _entry(task, crontab(hour=hour, minute=minute)) for name, (task, hour, minute) in daily.items()},
        "reroute-ownerless": _entry("petitions.tasks.reroute_ownerless", crontab(minute=20), AN_HOUR),
        "keep-signs": _entry("residents.tasks.keep_signs", crontab(minute=10)),
        # Each half hour of the morning: a sheet that an outage left out is made when the portal is back.
        "make-morning-sheets": _entry("petitions.tasks.make_morning_sheets", crontab(minute="0,30", hour="6-12")),
    }


def _entry(task: str, when: crontab, expires: int | None = None) -> dict[str, Any]:
    return {"task": task, "schedule": when, **({"options": {"expires": expires}} if expires else {})}

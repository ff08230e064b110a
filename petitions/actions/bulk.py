"""The same action on many petitions, one after the other; a killed run goes on where it stood."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grid.models import Staff
from petitions.actions import ending, handling, pressing, public, triage
from petitions.actions.base import ActionRefused
from petitions.models import BulkRun, Petition
from petitions.querysets import visible_at
from petitions.workflow import Verb

MOST = 200
STALLED = timedelta(minutes=2)
State = BulkRun.State
BULK: dict[Verb, Callable[..., Petition]] = {
    Verb.ACCEPT: handling.petition_accept,
    Verb.DISPATCH: handling.petition_dispatch,
    Verb.NOTE: handling.petition_note,
    Verb.SUPPLEMENT: public.petition_supplement,
    Verb.PRESS: pressing.petition_press,
    Verb.SUPERVISE: pressing.petition_supervise,
    Verb.ACKNOWLEDGE: pressing.petition_acknowledge,
    Verb.LEVEL: triage.petition_level,
    Verb.ON_SPOT: triage.petition_on_spot,
    Verb.RESOLVE: handling.petition_resolve,
    Verb.CLOSE: ending.petition_close,
    Verb.REFUSE: ending.petition_refuse,
}
"""What can be said of many in the same words."""


def bulk_create(*, by: Staff, verb: Verb, petitions: Sequence[int], values: dict[str, Any], at: datetime) -> BulkRun:
    """Keep what is to be done. Raises ActionRefused for nothing, too many, or a verb that is done one by one."""
    if verb not in BULK or not 1 <= len(petitions) <= MOST:
        raise ActionRefused(_("请选择 1 到 %d 件工单和一个能批量办的动作") % MOST)
    return BulkRun.objects.create(
        by=by, verb=verb, petitions=list(petitions), values=values, created_at=at, moved_at=at
    )


def bulk_run(run_id: int, *, now: Callable[[], datetime] = timezone.now) -> BulkRun:
    """Do what is left of a run. Safe to run twice, also at once."""
    while (run := _step(run_id, now())).state != State.DONE:
        pass
    return run


def stalled(at: datetime) -> list[int]:
    """Runs that nobody has moved for a while: their worker was killed, or the queue was away."""
    waiting = BulkRun.objects.filter(state__in=(State.WAITING, State.RUNNING), moved_at__lt=at - STALLED)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _step(run_id: int, at: datetime) -> BulkRun:
    """One petition and the progress that says so, together; a second worker waits for the lock and takes the next."""
    run = BulkRun.objects.select_for_update(of=("self",)).select_related("by").get(pk=run_id)
    if run.state == State.DONE:
        return run
    if run.done < len(run.petitions):
        _take(run, run.petitions[run.done], at)
        run.done += 1
    run.state, run.moved_at = State.RUNNING, at
    if run.done >= len(run.petitions):
        run.state, run.finished_at = State.DONE, at
    run.save(update_fields=["done", "refused", "state", "moved_at", "finished_at"])
    return run


def _take(run: BulkRun, petition_id: int, at: datetime) -> None:
    """Do it to one petition; a refusal is noted, and so is a petition that its actor no longer sees."""
    number = visible_at(run.by, at).filter(pk=petition_id).values_list("number", flat=True).first()
    if number is None:
        run.refused.append({"number": "", "text": _("这件工单已不在您的范围里")})
        return
    try:
        with transaction.atomic():
            BULK[Verb(run.verb)](petition_id, by=run.by, at=at, **run.values)
    except ActionRefused as refusal:
        run.refused.append({"number": number, "text": str(refusal)})

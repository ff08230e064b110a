"""Agreeing that somebody is watched from outside, and lending a neighbour or volunteer a link for it."""

import hashlib
import secrets
from datetime import datetime, time

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.worktime import actions as worktime
from community_portal.worktime.models import Clock
from grid.models import Staff
from residents.actions.base import FileRefused, Turn, Verb, close_file, open_file, stay_in
from residents.actions.sign_days import make_signs
from residents.models import Consent, Resident, SignDue, Stay, Watch, Watcher
from residents.rights import Task

KEY_BYTES = 24
MOST_WATCHERS = 5


@transaction.atomic
def watch_start(
    household_id: int,
    resident_id: int,
    *,
    by: Staff,
    at: datetime,
    morning_by: time,
    evening_by: time,
    face: str = "",
) -> Watch:
    """Look at somebody's curtain and light from now on. A household has one watch at a time.

    Raises Household.DoesNotExist, FileRefused without the person's consent in force.
    """
    turn, _rows = open_file(household_id, Task.CONSENT, by=by, at=at)
    person = stay_in(turn.household, resident_id).resident
    if not _agreed(person, Consent.Purpose.WATCH):
        raise FileRefused(_("本人还没有同意早看窗帘晚看灯，请先登记同意"))
    if not morning_by < evening_by:
        raise FileRefused(_("早上的时间要在晚上的前面"))
    if turn.household.watches.filter(ended_on__isnull=True).exists():
        raise FileRefused(_("这一户已经在看了"))
    watch = Watch.objects.create(
        household=turn.household,
        resident=person,
        face=face.strip()[:10],
        morning_by=morning_by,
        evening_by=evening_by,
        since=turn.day,
        by=by,
    )
    turn.note(Verb.CONSENT, resident=person, text=_("开始早看窗帘晚看灯"))
    close_file(turn)
    make_signs(at=at, watch_ids=[watch.pk])
    return watch


@transaction.atomic
def watch_end(household_id: int, *, by: Staff, at: datetime) -> None:
    """Look no more: open signs are called off, links end. Raises Household.DoesNotExist, FileRefused."""
    turn, _rows = open_file(household_id, Task.CONSENT, by=by, at=at)
    watch = turn.household.watches.filter(ended_on__isnull=True).select_related("resident").first()
    if watch is None:
        raise FileRefused(_("这一户没有在看"))
    end(watch, at)
    turn.note(Verb.CONSENT, resident=watch.resident, text=_("结束早看窗帘晚看灯"))
    close_file(turn)


@transaction.atomic
def watcher_give(household_id: int, *, by: Staff, at: datetime, name: str) -> tuple[Watcher, str]:
    """Lend somebody a link to the household's watch; returns them and the link's key, which is nowhere kept.

    Whoever has one already gets a new one, and the old one ends.

    Raises Household.DoesNotExist, FileRefused without the watched person's consent to it.
    """
    turn, _rows = open_file(household_id, Task.CONSENT, by=by, at=at)
    watch = turn.household.watches.filter(ended_on__isnull=True).select_related("resident").first()
    if watch is None:
        raise FileRefused(_("先开始早看窗帘晚看灯"))
    if not _agreed(watch.resident, Consent.Purpose.NEIGHBOUR):
        raise FileRefused(_("本人还没有同意请邻居或志愿者照看，请先登记同意"))
    if not name.strip():
        raise FileRefused(_("写上照看的人是谁"))
    held = watch.watchers.filter(revoked_at__isnull=True)
    held.filter(name=name.strip()[:40]).update(revoked_at=at)
    if held.count() >= MOST_WATCHERS:
        raise FileRefused(_("最多请 %d 个人照看") % MOST_WATCHERS)
    key = secrets.token_urlsafe(KEY_BYTES)
    watcher = Watcher.objects.create(
        watch=watch, name=name.strip()[:40], key_hash=hash_of(key), given_at=at, given_by=by
    )
    turn.note(Verb.CONSENT, resident=watch.resident, text=_("请人照看：%s") % watcher.name)
    close_file(turn)
    return watcher, key


@transaction.atomic
def watcher_revoke(household_id: int, watcher_id: int, *, by: Staff, at: datetime) -> None:
    """Take a link back; from now on it opens nothing. Raises Household.DoesNotExist, FileRefused."""
    turn, _rows = open_file(household_id, Task.CONSENT, by=by, at=at)
    found = Watcher.objects.filter(pk=watcher_id, watch__household=turn.household, revoked_at__isnull=True)
    watcher = found.select_related("watch__resident").first()
    if watcher is None:
        raise FileRefused(_("这个链接已经收回了"))
    found.update(revoked_at=at)
    turn.note(Verb.CONSENT, resident=watcher.watch.resident, text=_("收回照看：%s") % watcher.name)
    close_file(turn)


def hash_of(key: str) -> str:
    """How a link's key is kept."""
    return hashlib.sha256(key.encode()).hexdigest()


def consent_gone(turn: Turn, person: Resident, purpose: str) -> None:
    """What a withdrawn consent ends: the watch, or the links of those who looked too."""
    watches = Watch.objects.filter(resident=person, ended_on__isnull=True)
    if purpose == Consent.Purpose.WATCH:
        for watch in watches:
            end(watch, turn.at)
    elif purpose == Consent.Purpose.NEIGHBOUR:
        Watcher.objects.filter(watch__in=watches, revoked_at__isnull=True).update(revoked_at=turn.at)


def end(watch: Watch, at: datetime) -> None:
    """End a watch of a locked household, with its open signs and links."""
    watch.ended_on = localtime(at).date()
    watch.save(update_fields=["ended_on"])
    watch.watchers.filter(revoked_at__isnull=True).update(revoked_at=at)
    dues = list(watch.dues.filter(closed_at__isnull=True).select_for_update())
    for due in dues:
        worktime.close(due, Clock.Outcome.CANCELLED, at)
    SignDue.objects.bulk_update(dues, ["closed_at", "outcome", "next_check_at"])


@transaction.atomic
def end_moved(*, at: datetime) -> int:
    """End the watches of people who died or live there no more; returns how many."""
    here = Stay.objects.current().filter(household=OuterRef("household"), resident=OuterRef("resident"))
    gone = Watch.objects.filter(~Exists(here), ended_on__isnull=True).select_related("household")
    watches = list(gone.select_for_update(of=("household", "self"), skip_locked=True).order_by("household"))
    for watch in watches:
        end(watch, at)
    return len(watches)


def _agreed(person: Resident, purpose: str) -> bool:
    return person.consents.filter(purpose=purpose, withdrawn_on__isnull=True).exists()

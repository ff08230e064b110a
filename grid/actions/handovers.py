"""Opening handovers, saying what only the leaver knows, signing item by item, and what the sweep does meanwhile."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.notices import outbox
from community_portal.notices.models import Notice
from community_portal.worktime import actions as worktime
from community_portal.worktime.ladder import StepAction
from community_portal.worktime.models import Clock
from community_portal.worktime.querysets import work_calendar
from grid.access import COMMUNITY, GRID, Role, Scope, scope_of
from grid.belongings import held_by, take
from grid.models import Appointment, Division, Handover, HandoverEvent, HandoverItem, Staff
from grid.querysets import LADDER_ROLES, grid_worker, handovers_visible_to, people_in_role

Verb, Kind = HandoverEvent.Verb, HandoverItem.Kind
OWNERS = (Role.GRID_WORKER, Role.COMMUNITY_WORKER, Role.COMMUNITY_HEAD)
SIGNERS = frozenset(OWNERS)
BY_HAND = (Kind.PROMISE, Kind.KEY, Kind.OTHER)
LONGEST = 500
RULE = {
    "ladder": [
        {"action": "urge", "to": "handler", "amount": 0, "unit": "hour"},
        {"action": "escalate", "to": "community_head", "amount": 1, "unit": "workday"},
        {"action": "escalate", "to": "street", "amount": 3, "unit": "workday"},
    ]
}
RUNGS = {"community_head": Handover.Rung.COMMUNITY, "street": Handover.Rung.STREET}


def ending(on: datetime) -> QuerySet[Appointment]:
    """Appointments in a community that end within HANDOVER_DAYS, or whose holder's account is off, not handed over.

    Whoever only stood in hands nothing over: what is left goes back by the nightly check.
    """
    last = localtime(on).date() + timedelta(days=settings.HANDOVER_DAYS)
    ends = Q(ends_on__lte=last) | Q(staff__is_active=False)
    here = Q(grid__division__level=Division.Level.COMMUNITY) | Q(division__level=Division.Level.COMMUNITY)
    return Appointment.objects.filter(
        ends, here, role__in=OWNERS, handover__isnull=True, stands_in_for__isnull=True
    ).exclude(ends_on__lt=localtime(on).date() - timedelta(days=settings.HANDOVER_DAYS))


def open_handovers(*, at: datetime) -> int:
    """Open the handover of every ending appointment that has something to hand over, once; returns how many.

    Those that are open learn of what came since. One that holds nothing is opened empty and closed at once.
    """
    ids = list(ending(at).values_list("pk", flat=True))
    for pk in ids:
        with transaction.atomic():
            appointment = (
                Appointment.objects.select_related("staff", "grid__division", "division")
                .select_for_update(of=("self",))
                .get(pk=pk)
            )
            if not Handover.objects.filter(appointment=appointment).exists():
                _open(appointment, at)
    for pk in Handover.objects.filter(closed_at__isnull=True).values_list("pk", flat=True):
        with transaction.atomic():
            handover = (
                Handover.objects.select_for_update(of=("self",))
                .select_related("appointment__staff", "appointment__grid")
                .get(pk=pk)
            )
            _fill(handover, at)
    return len(ids)


def _open(appointment: Appointment, at: datetime) -> None:
    community = appointment.grid.division if appointment.grid else appointment.division
    assert community is not None
    last = appointment.ends_on or localtime(at).date()
    handover = Handover(
        appointment=appointment,
        grid=appointment.grid,
        community=community,
        started_at=at,
        due_at=work_calendar().closing(last),
        rule=RULE,
    )
    worktime.set_next_check(handover, at, work_calendar())
    handover.save()
    count = _fill(handover, at)
    _note(handover, Verb.OPEN, at, text=_("%(who)s，%(count)d 项") % {"who": appointment.staff.name, "count": count})
    if not count:
        _close(handover, at)
        return
    told = {appointment.staff_id, *_successors(handover, at), *_heads(handover, at)}
    title = _("交接：%(who)s %(post)s") % {"who": appointment.staff.name, "post": appointment}
    body = _("%(day)s 前逐项签收，共 %(count)d 项") % {"day": last, "count": count}
    outbox.save([_notice(handover, staff, "open", at, title, body) for staff in sorted(told)])


def _fill(handover: Handover, at: datetime) -> int:
    """Add what is held and not listed yet; returns how many items there are."""
    known = set(handover.items.exclude(subject="").values_list("subject", flat=True))
    HandoverItem.objects.bulk_create(
        HandoverItem(
            handover=handover, kind=each.kind, subject=each.subject, title=each.title[:120], path=each.path,
            said=each.said,
        )
        for each in held_by(handover.appointment, at)
        if each.subject not in known
    )  # fmt: skip
    return handover.items.count()


def handover_say(
    handover_id: int, *, by: Staff, at: datetime, said: str, kind: str = "", item_id: int | None = None
) -> HandoverItem:
    """Write down what only the leaver knows: about an item, or (with a kind) a promise or a key of its own.

    Raises Handover.DoesNotExist outside the scope, ValidationError by field.
    """
    said = said.strip()
    if not said or len(said) > LONGEST:
        raise ValidationError({"said": _("请用 %d 个字以内写下来") % LONGEST})
    with transaction.atomic():
        handover = _locked(handover_id, by, at)
        if item_id is not None:
            item = handover.items.filter(pk=item_id).first()
            if item is None:
                raise Handover.DoesNotExist
            item.said = said
            item.save(update_fields=["said"])
        elif kind in BY_HAND:
            item = HandoverItem.objects.create(handover=handover, kind=kind, title=str(Kind(kind).label), said=said)
        else:
            raise ValidationError({"kind": _("请选是哪一类")})
        _note(handover, Verb.SAY, at, by=by, text=item.title)
    return item


@transaction.atomic
def handover_sign(handover_id: int, item_id: int, *, by: Staff, at: datetime) -> HandoverItem:
    """Sign for one item: from now on it is the signer's. The last signature ends the handover.

    Raises Handover.DoesNotExist outside the scope, ValidationError for the leaver, or without a post there.
    """
    handover = _locked(handover_id, by, at)
    item = handover.items.select_for_update().filter(pk=item_id).first()
    if item is None:
        raise Handover.DoesNotExist
    if not may_sign(handover, by, scope_of(by, localtime(at).date())):
        raise ValidationError(_("交接要由接手的人签收"))
    if item.signed_at is None:
        item.signed_at, item.signed_by = at, by
        item.save(update_fields=["signed_at", "signed_by"])
        take(item.kind, item.subject, by=by, at=at)
        _note(handover, Verb.SIGN, at, by=by, text=item.title)
        if not handover.items.filter(signed_at__isnull=True).exists():
            _close(handover, at)
    return item


def may_sign(handover: Handover, staff: Staff, scope: Scope) -> bool:
    """Whether somebody may sign: anybody with a post over the same grid or community but the leaver."""
    roles = scope.roles_over(**{GRID: handover.grid_id, COMMUNITY: handover.community_id})
    return staff.pk != handover.appointment.staff_id and bool(roles & SIGNERS)


def claim_due(at: datetime, limit: int) -> QuerySet[Handover]:
    """Handovers whose next rung has come, locked."""
    return (
        Handover.objects.filter(next_check_at__lte=at)
        .select_related("appointment__staff", "community", "appointment__grid", "appointment__division")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("next_check_at")[:limit]
    )


def sweep(*, at: datetime, batch: int = worktime.BATCH) -> int:
    """Take every rung that has come due; returns how many handovers were handled."""
    return worktime.sweep(claim_due, take_steps, at=at, batch=batch)


def take_steps(handovers: Sequence[Handover], at: datetime) -> None:
    """Remind those who are to sign, then up the ladder."""
    calendar = work_calendar()
    for handover in handovers:
        if not handover.is_open:
            handover.next_check_at = None
            continue
        for step in worktime.rungs_reached(handover, at, calendar):
            left = handover.items.filter(signed_at__isnull=True).count()
            text = _("还有 %d 项没有签收") % left
            up = step.action == StepAction.ESCALATE
            _note(handover, Verb.ESCALATE if up else Verb.URGE, at, text=text)
            title = _("交接没签完：%s") % handover.appointment
            told = _told(handover, step.to, at)
            outbox.save([_notice(handover, staff, str(handover.step), at, title, text) for staff in told])
            handover.step += 1
            handover.breached_at = handover.breached_at or handover.due_at
            if up:
                handover.reached = max(handover.reached, RUNGS[step.to])
        worktime.set_next_check(handover, at, calendar)
    Handover.objects.bulk_update(handovers, ["next_check_at", "breached_at", "step", "reached"])


def _told(handover: Handover, to: str, at: datetime) -> list[int]:
    if to == "street":
        parent = handover.community.parent_id or 0
        return people_in_role(LADDER_ROLES["street"], [parent], localtime(at).date()).get(parent, [])
    successors = _successors(handover, at) if to == "handler" else []
    return successors or _heads(handover, at)


def _successors(handover: Handover, at: datetime) -> list[int]:
    worker = grid_worker(handover.grid_id, localtime(at).date()) if handover.grid_id else None
    return [worker.pk] if worker and worker.pk != handover.appointment.staff_id else []


def _heads(handover: Handover, at: datetime) -> list[int]:
    heads = people_in_role(LADDER_ROLES["community_head"], [handover.community_id], localtime(at).date())
    return heads.get(handover.community_id, [])


def _locked(handover_id: int, by: Staff, at: datetime) -> Handover:
    visible = handovers_visible_to(scope_of(by, localtime(at).date())).filter(closed_at__isnull=True)
    related = ("appointment__staff", "appointment__grid")
    return visible.select_related(*related).select_for_update(of=("self",)).get(pk=handover_id)


def _close(handover: Handover, at: datetime) -> None:
    worktime.close(handover, Clock.Outcome.MET, at)
    handover.save(update_fields=["closed_at", "outcome", "next_check_at", "breached_at"])
    _note(handover, Verb.CLOSE, at)


def _note(handover: Handover, verb: str, at: datetime, *, by: Staff | None = None, text: str = "") -> None:
    HandoverEvent.objects.create(handover=handover, at=at, verb=verb, by=by, text=text[:200])


def _notice(handover: Handover, staff: int, step: str, at: datetime, title: str, body: str) -> Notice:
    path = reverse("handover-detail", args=[handover.pk])
    return outbox.to_staff(staff, event=f"handover:{handover.pk}:{step}", at=at, title=title, body=body, path=path)

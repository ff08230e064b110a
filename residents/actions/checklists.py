"""Writing, taking over and putting away a community's checklists."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from grid.access import COMMUNITY, Role, scope_of
from grid.models import Staff
from residents.models import Checklist, Community, Visit, VisitCheck

WRITERS = frozenset({Role.COMMUNITY_HEAD, Role.COMMUNITY_WORKER})
MOST_ITEMS, LONGEST_ITEM = 20, 60
Checks = Mapping[int, Sequence[str]]


def checklist_save(
    community_id: int,
    *,
    by: Staff,
    at: datetime,
    name: str,
    items: Sequence[str],
    shared: bool = False,
    checklist_id: int | None = None,
) -> Checklist:
    """Write a checklist, or (with an id) write it anew.

    Raises Community.DoesNotExist without a writer's post there, Checklist.DoesNotExist, ValidationError by field.
    """
    _may_write(community_id, by, at)
    items = list(dict.fromkeys(item.strip() for item in items if item.strip()))
    if not name.strip():
        raise ValidationError({"name": _("起个名字")})
    if not 1 <= len(items) <= MOST_ITEMS or any(len(item) > LONGEST_ITEM for item in items):
        raise ValidationError({"items": _("写 1 到 20 条，每条不超过 60 个字")})
    row = Checklist(community_id=community_id)
    if checklist_id is not None:
        row = Checklist.objects.get(pk=checklist_id, community=community_id, active=True)
    row.name, row.items, row.shared = name.strip()[:20], items, shared
    return _saved(row)


def checklist_take(community_id: int, checklist_id: int, *, by: Staff, at: datetime) -> Checklist:
    """Take over what another community shares, or what came with the portal: a copy of one's own from then on.

    Raises Community.DoesNotExist, Checklist.DoesNotExist, ValidationError when one of this name is there already.
    """
    _may_write(community_id, by, at)
    found = offered_to(community_id).get(pk=checklist_id)
    copy = Checklist(
        community_id=community_id, name=found.name, items=found.items, source=found.source, certainty=found.certainty
    )
    return _saved(copy)


def checklist_drop(community_id: int, checklist_id: int, *, by: Staff, at: datetime) -> None:
    """Use it no more; the visits keep what was ticked. Raises Community.DoesNotExist."""
    _may_write(community_id, by, at)
    Checklist.objects.filter(pk=checklist_id, community=community_id).update(active=False)


def checks_keep(visits: Sequence[tuple[Visit, Checks]]) -> None:
    """Keep what was ticked at saved visits; call in the visits' transaction."""
    VisitCheck.objects.bulk_create(
        VisitCheck(visit=visit, checklist_id=pk, done=list(done))
        for visit, checks in visits
        for pk, done in checks.items()
        if done
    )


def own_lists(community_id: int) -> QuerySet[Checklist]:
    """The checklists that a community uses."""
    return Checklist.objects.filter(community=community_id, active=True)


def offered_to(community_id: int) -> QuerySet[Checklist]:
    """What others share and what came with the portal."""
    shared = Q(community__isnull=True) | Q(shared=True)
    return Checklist.objects.filter(shared, active=True).exclude(community=community_id)


def may_write(community_id: int, staff: Staff, at: datetime) -> bool:
    """Whether somebody writes the community's checklists."""
    return bool(scope_of(staff, localtime(at).date()).roles_over(**{COMMUNITY: community_id}) & WRITERS)


def _may_write(community_id: int, by: Staff, at: datetime) -> None:
    if not may_write(community_id, by, at):
        raise Community.DoesNotExist


def _saved(row: Checklist) -> Checklist:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ValidationError({"name": _("已经有一份叫“%s”") % row.name}) from error
    return row

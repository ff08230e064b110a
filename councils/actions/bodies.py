"""Founding bodies, and who joins and leaves them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.privacy.masking import mask_name
from councils.actions.base import CouncilRefused, Turn, lock_council, record
from councils.models import Council, Party, Representative, ResidentsGroup
from councils.querysets import councils_visible_to
from councils.rights import COMMUNITY, Task
from councils.workflow import Verb
from grid.access import scope_of
from grid.models import Organisation, Staff
from residents.models import Building, Community, Estate


def save_checked(row: models.Model) -> None:
    """Save a new row; what its constraints forbid is refused in their own words."""
    try:
        row.full_clean()
    except ValidationError as error:
        raise CouncilRefused("；".join(error.messages)) from error
    row.save()


@transaction.atomic
def council_found(
    community_id: int, *, by: Staff, at: datetime, kind: str, level: str, name: str, founded_on: date,
    estate: Estate | None = None, buildings: Sequence[Building] = (), venue: str = Council.Venue.HALL, place: str = "",
) -> Council:  # fmt: skip
    """Found a body of a community. Raises Community.DoesNotExist outside the scope, CouncilRefused."""
    roles = scope_of(by, localtime(at).date()).roles_over(community=community_id)
    if not roles:
        raise Community.DoesNotExist
    if not roles & COMMUNITY:
        raise CouncilRefused(_("您的岗位不能做“%s”") % Task.FOUND.label)
    grounds = list(buildings) if level == Council.Level.COURTYARD else []
    if level == Council.Level.COURTYARD and not grounds:
        raise CouncilRefused(_("楼院层级的请选楼栋"))
    if any(each.community_id != community_id for each in grounds):
        raise CouncilRefused(_("请选本社区的楼栋"))
    council = Council(
        kind=kind, level=level, name=name.strip(), community_id=community_id, venue=venue, place=place.strip(),
        estate=estate if level != Council.Level.COMMUNITY else None, founded_on=founded_on,
    )  # fmt: skip
    save_checked(council)
    council.buildings.set(grounds)
    record(Turn(council, by, at), Verb.FOUND, council.name)
    return council


@transaction.atomic
def party_join(
    council_id: int, *, by: Staff, at: datetime, kind: str, name: str = "", organisation: Organisation | None = None,
    joined_on: date | None = None,
) -> Party:  # fmt: skip
    """A party takes its seat. Raises Council.DoesNotExist, CouncilRefused."""
    turn = lock_council(council_id, Task.SEATS, by=by, at=at)
    party = Party(
        council=turn.council, kind=kind, organisation=organisation, joined_on=joined_on or localtime(at).date(),
        name=name.strip() or (organisation.name if organisation else ""),
    )  # fmt: skip
    save_checked(party)
    record(turn, Verb.SEAT, f"{party.get_kind_display()} {party.name}")
    return party


@transaction.atomic
def representative_seat(
    council_id: int, *, by: Staff, at: datetime, party: Party, name: str, how: str, chosen_on: date, starts_on: date,
    **more: Any,
) -> Representative:  # fmt: skip
    """A person's term begins; a new leader takes the old one's place. Raises Council.DoesNotExist, CouncilRefused."""
    turn = lock_council(council_id, Task.SEATS, by=by, at=at)
    if party.council_id != turn.council.pk:
        raise CouncilRefused(_("请选本议事组织的一方"))
    seat = Representative(
        council=turn.council, party=party, name=name.strip(), how=how, chosen_on=chosen_on, starts_on=starts_on, **more
    )
    sitting = Representative.objects.filter(council=turn.council, party=party, name=seat.name).on(starts_on)
    if sitting.exists():
        raise CouncilRefused(_("%s 已经是这一方的代表") % mask_name(seat.name))
    save_checked(seat)
    if seat.leads:
        Representative.objects.filter(council=turn.council, leads=True).exclude(pk=seat.pk).update(leads=False)
    record(turn, Verb.SEAT, _("%(party)s代表 %(name)s，%(how)s") % {
        "party": party.name, "name": mask_name(seat.name), "how": seat.get_how_display(),
    })  # fmt: skip
    return seat


@transaction.atomic
def representative_leave(representative_id: int, *, by: Staff, at: datetime, left_by: str, day: date) -> Representative:
    """A term ends before its time. Raises Representative.DoesNotExist, CouncilRefused."""
    scope = scope_of(by, localtime(at).date())
    councils = councils_visible_to(scope).values("pk")
    seat = Representative.objects.select_for_update(of=("self",)).get(pk=representative_id, council__in=councils)
    turn = lock_council(seat.council_id, Task.SEATS, by=by, at=at)
    if day < seat.starts_on or (seat.ends_on and day > seat.ends_on):
        raise CouncilRefused(_("最后一天要在任期以内"))
    seat.ends_on, seat.left_by = day, left_by
    seat.save()
    record(turn, Verb.LEAVE, _("%(name)s %(why)s，任期到 %(day)s") % {
        "name": mask_name(seat.name), "why": seat.get_left_by_display(), "day": day,
    })  # fmt: skip
    return seat


@transaction.atomic
def group_found(
    council_id: int, *, by: Staff, at: datetime, kind: str, name: str, leader_name: str = "", leader_phone: str = ""
) -> ResidentsGroup:
    """A group of the council's community that brings its topics here. Raises Council.DoesNotExist, CouncilRefused."""
    turn = lock_council(council_id, Task.SEATS, by=by, at=at)
    group = ResidentsGroup(
        community=turn.council.community, council=turn.council, kind=kind, name=name.strip(),
        leader_name=leader_name.strip(), leader_phone=leader_phone.strip(), founded_on=localtime(at).date(),
    )  # fmt: skip
    save_checked(group)
    record(turn, Verb.SEAT, f"{group.get_kind_display()} {group.name}")
    return group

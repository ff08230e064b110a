"""People come and go: moves, and the small steps that every coming and going is made of."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from grid.models import Staff
from residents.actions.base import FileRefused, Turn, Verb, close_file, open_file, stay_in
from residents.models import Household, Resident, Stay
from residents.rights import Task

SHARING = "同住"


@transaction.atomic
def residents_move(
    household_id: int,
    *,
    by: Staff,
    at: datetime,
    people: Collection[int],
    to: int | None = None,
    place: str = "",
    relation: str = "",
    registered: bool = False,
    day: date | None = None,
) -> list[Resident]:
    """Let people move out of a household: into another one in `by`'s scope, or away to `place` (in words).

    In the new home `relation` is what each is to its head; without it they keep theirs where nobody lives yet, and
    are 同住 otherwise. `registered` says that their registration (户籍) moves with them. Raises Household.DoesNotExist
    for a home outside the scope, FileRefused for people who are not there, a day before they came, or no aim.
    """
    if to == household_id or not (to or place.strip()):
        raise FileRefused(_("请写明搬到哪一户，或迁往哪里"))
    turn, rows = open_file(household_id, Task.MOVE, by=by, at=at, day=day, others=[to] if to else [])
    stays = [stay_in(turn.household, pk) for pk in people]
    if not stays:
        raise FileRefused(_("请选搬走的人"))
    home = rows[to] if to else None
    settled = home is not None and Stay.objects.current().filter(household=home).exists()
    for stay in stays:
        leave(turn, stay, Stay.Cause.MOVE, _("迁往 %s") % (home or place.strip()))
        if home:
            kin = relation or (SHARING if settled else stay.relation)
            settle(turn, home, stay, Stay.Cause.MOVE, relation=kin, registered=registered)
    close_file(turn)
    return [stay.resident for stay in stays]


def leave(turn: Turn, stay: Stay, cause: str, text: str, *, verb: str = Verb.MOVE_OUT) -> None:
    """End a locked stay on the turn's day, `verb` in its household's history. FileRefused when that is too early."""
    if stay.moved_in and turn.day < stay.moved_in:
        raise FileRefused(
            _("%(name)s %(day)s才住进来，离开的日期不能更早") % {"name": stay.resident.name, "day": stay.moved_in}
        )
    stay.moved_out, stay.left_by = turn.day, cause
    stay.save(update_fields=["moved_out", "left_by"])
    turn.note(verb, household=stay.household, resident=stay.resident, text=text)


def settle(turn: Turn, home: Household, came_from: Stay, cause: str, *, relation: str, registered: bool) -> None:
    """Begin a stay in another household on the turn's day. Raises FileRefused when they belong to it already."""
    if Stay.objects.current().filter(household=home, resident=came_from.resident).exists():
        raise FileRefused(_("%s 已经登记在那一户") % came_from.resident.name)
    Stay.objects.create(
        household=home,
        resident=came_from.resident,
        relation=relation,
        registered_here=registered,
        moved_in=turn.day,
        came_by=cause,
    )
    old = came_from.household
    turn.note(Verb.MOVE_IN, household=home, resident=came_from.resident, text=_("从 %s 迁来") % old)

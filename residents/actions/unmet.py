"""What follows when nobody was met."""

from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.notices import outbox
from grid.models import Staff
from grid.querysets import LADDER_ROLES, people_in_role
from residents.models import Household, Visit, VisitDue, VisitEvent
from residents.paths import path_of
from residents.visit_rules import HEAD, way_after


def missed(household: Household, dues: list[VisitDue], result: str, by: Staff, at: datetime) -> str:
    """Count an attempt that met nobody; the way to try next, the most advanced of all due visits."""
    if result != Visit.Result.NOBODY or not dues:
        return ""
    for due in dues:
        due.tries += 1
        way = way_after(due.tries)
        if way == HEAD and due.reached < VisitDue.Rung.COMMUNITY:
            _call_head(household, due, by, at)
        due.save(update_fields=["tries", "reached"])
    return way_after(max(due.tries for due in dues))


def _call_head(household: Household, due: VisitDue, by: Staff, at: datetime) -> None:
    text = _("连续 %d 次没遇到人，请社区书记出面") % due.tries
    due.reached = VisitDue.Rung.COMMUNITY
    VisitEvent.objects.create(
        due=due, at=at, verb=VisitEvent.Verb.ESCALATE, by=by, text=text, data={"to": "community_head"}
    )
    heads = people_in_role(LADDER_ROLES["community_head"], [household.community_id], localtime(at).date())
    outbox.save(
        [
            outbox.to_staff(
                staff,
                event=f"visit-tries:{due.pk}:{due.tries}",
                at=at,
                title=_("没遇到人：%s") % household,
                body=text,
                path=path_of(household.pk),
            )
            for staff in heads.get(household.community_id, [])
        ]
    )

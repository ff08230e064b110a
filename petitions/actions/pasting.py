"""Registering what was pasted: the petition, and the words it came in."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from grid.models import Staff
from petitions.actions.base import ActionRefused
from petitions.actions.public import petition_supplement
from petitions.actions.register import Intake, is_other_order, register_many
from petitions.models import Original, Petition
from petitions.querysets import visible_at


def petition_paste(intake: Intake, *, original: str, by: Staff, at: datetime) -> tuple[Petition, bool]:
    """Register an order and keep the words it was pasted in; (petition, is new).

    The same number again gives the petition that is there, with other words as a supplement. Raises ActionRefused when
    the number belongs to another order, or to one that `by` does not see.
    """
    try:
        petition, is_new = _written(intake, original, by, at)
    except IntegrityError:
        petition, is_new = _written(intake, original, by, at)
    if is_new or petition.text == intake.text.strip():
        return petition, is_new
    if is_other_order(petition, intake) or not visible_at(by, at).filter(pk=petition.pk).exists():
        raise ActionRefused(_("这个来单编号已用于另一件工单，请核对编号"))
    petition_supplement(petition.pk, by=by, at=at, text=intake.text)
    return petition, False


@transaction.atomic
def _written(intake: Intake, original: str, by: Staff, at: datetime) -> tuple[Petition, bool]:
    petition, is_new = register_many([intake], by=by, at=at)[0]
    if is_new and original.strip():
        Original.objects.create(petition=petition, text=original)
    return petition, is_new

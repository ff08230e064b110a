"""A petition changes hands because its handler has left."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from grid.models import Staff
from petitions.actions.base import SYSTEM, begin, finish, tell_staff
from petitions.actions.timing import restart_sign_in
from petitions.models import Petition
from petitions.workflow import Verb


@transaction.atomic
def petition_hand_over(petition_id: int, *, to: Staff | None, at: datetime, text: str) -> Petition:
    """Give the petition to `to`, whose sign-in clock starts, or (None) put it back into the queue.

    Nobody's decision but what the end of an appointment brings. Whom it complains about never gets it. Raises
    ActionRefused when it is answered already.
    """
    turn = begin(petition_id, Verb.DISPATCH, by=None, at=at, text=text, actor=SYSTEM)
    taker = to if to and to.pk != turn.petition.about_staff_id else None
    turn.petition.handler = taker
    if taker is not None:
        restart_sign_in(turn.petition, at)
        tell_staff(turn, taker.pk, _("接手：%s") % turn.petition.title, turn.text)
    finish(turn, data={"handler": taker.name if taker else ""})
    return turn.petition

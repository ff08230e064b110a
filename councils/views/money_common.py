"""What the pages of money share: finding things inside the scope, and what the viewer may do there."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from councils.bills import bills_visible_to, levies_visible_to
from councils.models import Bill, Council, Levy
from councils.money_rights import Deed, deeds_for
from councils.querysets import councils_visible_to, roles_over
from petitions.views.common import scope_now

ABOVE = "community__division__parent"
Deeds = frozenset[Deed]


def find_council(request: HttpRequest, pk: int, deed: Deed) -> tuple[Council, Deeds]:
    """A council in scope and what the viewer may do with its money; Http404 outside, 403 without this deed."""
    visible = councils_visible_to(scope_now(request)).select_related(ABOVE, "estate")
    council = get_object_or_404(visible, pk=pk)
    return council, allowed(request, council, deed)


def find_levy(request: HttpRequest, pk: int, deed: Deed) -> tuple[Levy, Deeds]:
    """A levy in scope likewise."""
    visible = levies_visible_to(scope_now(request)).select_related(f"council__{ABOVE}", "council__estate", "resolution")
    levy = get_object_or_404(visible, pk=pk)
    return levy, allowed(request, levy.council, deed)


def find_bill(request: HttpRequest, pk: int) -> tuple[Bill, Deeds]:
    """A bill in scope with its standing, for those who may see who owes what."""
    related = ("household__building", f"levy__council__{ABOVE}")
    bill = get_object_or_404(bills_visible_to(scope_now(request)).select_related(*related), pk=pk)
    return bill, allowed(request, bill.levy.council, Deed.BILLS)


def allowed(request: HttpRequest, council: Council, deed: Deed) -> Deeds:
    """What the viewer may do with a council's money; raises PermissionDenied without this deed."""
    deeds = deeds_for(roles_over(scope_now(request), council))
    if deed not in deeds:
        raise PermissionDenied
    return deeds


def may(deeds: Deeds) -> set[str]:
    """The deeds as templates ask for them: "collect" in may."""
    return {deed.value for deed in deeds}

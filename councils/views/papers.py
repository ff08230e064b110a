"""What is printed for the stairway and the letter box: the poster with the code, and the households' letters."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from councils.actions.topics import household_codes_issue
from councils.codes import spelt
from councils.models import Council
from councils.rights import Task
from councils.views.common import find_council, tasks_at
from petitions.views.common import viewer
from residents.models import Building, Household

MOST_LETTERS = 400


@login_required
@require_safe
def council_poster(request: HttpRequest, pk: int) -> HttpResponse:
    """A sheet for each stairway door: what the council is for, and the code that leads to its form."""
    council = find_council(request, pk)
    buildings = ground(council)
    wanted = request.GET.get("building", "")
    chosen = [each for each in buildings if str(each.pk) == wanted] or buildings[:1]
    address = request.build_absolute_uri(reverse("topic-ask", args=[council.pk]))
    sheets = [(each, f"{address}?b={each.pk}") for each in chosen]
    context = {"council": council, "buildings": buildings, "sheets": sheets, "wanted": wanted}
    return render(request, "councils/poster.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def council_letters(request: HttpRequest, pk: int) -> HttpResponse:
    """The letters with the households' codes of one building, to be cut and handed out; made when asked for."""
    council = find_council(request, pk)
    if Task.CODES not in tasks_at(request, council):
        return redirect("council-detail", pk)
    buildings = ground(council)
    chosen = next((each for each in buildings if str(each.pk) == request.POST.get("building", "")), None)
    letters = []
    if chosen:
        homes = Household.objects.filter(building=chosen, ended_on__isnull=True, use=Household.Use.DWELLING)
        ids = list(homes.order_by("unit", "floor", "column").values_list("pk", flat=True)[:MOST_LETTERS])
        rows = household_codes_issue(council.pk, ids, by=viewer(request), at=timezone.now())
        rows.sort(key=lambda row: (row.household.unit, row.household.floor, row.household.column))
        letters = [(row.household, spelt(row.code)) for row in rows]
    context = {
        "council": council,
        "buildings": buildings,
        "chosen": chosen,
        "letters": letters,
        "link": request.build_absolute_uri(reverse("council-public", args=[council.pk])),
    }
    return render(request, "councils/letters.html", context)


def ground(council: Council) -> list[Building]:
    """The buildings that a council decides for, in the order of their places."""
    if council.level == Council.Level.COURTYARD:
        return list(council.buildings.order_by("position"))
    found = Building.objects.filter(community=council.community_id)
    if council.estate_id:
        found = found.filter(estate=council.estate_id)
    return list(found.order_by("position"))

"""Levies on the page: drawn up, looked over household by household, issued, followed up."""

from collections.abc import Callable
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community_portal.ui.paging import CURSOR, KeysetPage
from councils.actions.books import MoneyRefused
from councils.actions.levies import (
    levy_change,
    levy_draft,
    levy_issue,
    levy_remind,
    levy_settle,
    levy_withdraw,
    line_set,
)
from councils.bills import ORDER, standing, tally
from councils.forms.money import LevyForm, LineForm, today
from councils.forms.till import ReasonForm
from councils.levy_shares import Share, ground, rule_in_words, sharing
from councils.models import Bill, CouncilEvent, Levy, Spending
from councils.money_rights import Deed
from councils.views.money_common import Deeds, find_council, find_levy, may
from petitions.views.common import staff_page, viewer
from residents.models import Building

PAGE, EVENTS = 50, 12
OWING, PAID, ALL = "owing", "paid", "all"
TABS = ((OWING, gettext_lazy("欠缴")), (PAID, gettext_lazy("已缴清")), (ALL, gettext_lazy("全部")))


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def levy_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw up a levy."""
    council, _deeds = find_council(request, pk, Deed.DRAFT)
    form = LevyForm(request.POST or None, council=council)
    if request.method == "POST" and form.is_valid():
        try:
            levy = levy_draft(council.pk, by=viewer(request), at=timezone.now(), **form.facts())
        except MoneyRefused as refusal:
            form.refuse(refusal)
        else:
            return redirect("levy-detail", levy.pk)
    context = {"council": council, "form": form}
    return render(request, "councils/money/levy_form.html", context, status=422 if form.errors else 200)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def levy_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    levy, _deeds = find_levy(request, pk, Deed.DRAFT)
    if levy.state != Levy.State.DRAFT:
        return redirect("levy-detail", pk)
    form = LevyForm(request.POST or None, council=levy.council, initial=LevyForm.first_values(levy))
    seen = request.POST.get("seen", str(levy.version))
    if request.method == "POST" and form.is_valid():
        try:
            levy_change(
                pk, by=viewer(request), at=timezone.now(), seen=int(seen) if seen.isdecimal() else 0, **form.facts()
            )
        except MoneyRefused as refusal:
            form.refuse(refusal)
            seen = str(levy.version)
        else:
            return redirect("levy-detail", pk)
    context = {"council": levy.council, "levy": levy, "form": form, "seen": seen}
    return render(request, "councils/money/levy_form.html", context, status=422 if form.errors else 200)


@staff_page
@require_safe
def levy_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft with every share, or an issued levy with its money, its bills and what was spent."""
    levy, deeds = find_levy(request, pk, Deed.BOOKS)
    return show_levy(request, levy, deeds)


def show_levy(request: HttpRequest, levy: Levy, deeds: Deeds, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of a levy in its state."""
    now = timezone.now()
    context: dict[str, Any] = {
        "levy": levy,
        "council": levy.council,
        "may": may(deeds),
        "rule": rule_in_words(levy),
        "now": now,
        "overdue": levy.due_on < today(now),
        "supervise": request.build_absolute_uri(reverse("supervise", args=[levy.code])),
        "events": CouncilEvent.objects.filter(council=levy.council, data__levy=levy.pk)
        .select_related("by")
        .order_by("-id")[:EVENTS],
        **more,
    }
    if levy.state == Levy.State.DRAFT:
        shared = sharing(levy)
        context |= {"shared": shared, "blocks": _by_building(shared.parts, seen=Deed.BILLS in deeds)}
        return render(request, "councils/money/levy_draft.html", context, status=status)
    context |= {"tally": tally(levy), "spendings": _spendings(levy)}
    if Deed.BILLS in deeds:
        context |= _bills(request, levy)
    return render(request, "councils/money/levy.html", context, status=status)


def _by_building(parts: Any, *, seen: bool) -> list[tuple[Building, list[Share], int]]:
    """The shares building by building with what each comes to; none for those who see the books alone."""
    groups = groupby(parts, lambda part: part.household.building) if seen else ()
    found = []
    for building, rows in groups:
        shares = list(rows)
        found.append((building, shares, sum(share.amount for share in shares)))
    return found


def _bills(request: HttpRequest, levy: Levy) -> dict[str, Any]:
    tab = request.GET.get("tab", OWING)
    rows = standing(levy.bills.select_related("household__building__estate"))
    if tab == OWING:
        rows = rows.filter(due__gt=0)
    elif tab == PAID:
        rows = rows.filter(due__lte=0)
    building = request.GET.get("building", "")
    if building.isdecimal() and len(building) < 18:
        rows = rows.filter(household__building=building)
    buildings = Building.objects.filter(households__bills__levy=levy).distinct().order_by("estate__name", "position")
    return {
        "page": KeysetPage(rows, ORDER, request.GET.get(CURSOR), PAGE),
        "tabs": [(name, title, name == tab) for name, title in TABS],
        "tab": tab,
        "buildings": list(buildings),
        "building": building,
    }


def _spendings(levy: Levy) -> Any:
    rows = Spending.objects.filter(levy=levy, reverses__isnull=True).select_related("by", "journal", "reversed_by")
    return rows.prefetch_related("vouchers", "signoffs").order_by("-id")


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def levy_line(request: HttpRequest, pk: int, household: int) -> HttpResponse:
    """What differs for one household of a draft."""
    levy, _deeds = find_levy(request, pk, Deed.DRAFT)
    row = get_object_or_404(ground(levy), pk=household)
    if levy.state != Levy.State.DRAFT:
        return redirect("levy-detail", pk)
    line = levy.lines.filter(household=row).first()
    first = {"shares": line.weight / 100 if line and line.weight is not None else None}
    form = LineForm(request.POST or None, initial=first | {"exempt": line.exempt if line else ""})
    if request.method == "POST" and form.is_valid():
        try:
            line_set(pk, household, by=viewer(request), at=timezone.now(), **form.values())
        except MoneyRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("%s 已改，金额重新算过") % row)
            return redirect("levy-detail", pk)
    context = {"levy": levy, "household": row, "form": form}
    return render(request, "councils/money/line.html", context, status=422 if form.errors else 200)


def _issue(request: HttpRequest, pk: int) -> str:
    levy_issue(pk, by=viewer(request), at=timezone.now(), seen=request.POST.get("seen", ""))
    return _("已开单。接下来打印缴费单，或发提醒")


def _remind(request: HttpRequest, pk: int) -> str:
    sent, silent = levy_remind(pk, by=viewer(request), at=timezone.now())
    said = _("已给 %d 户发短信；夜里的明早发") % sent
    return said + (_("。%d 户没有电话，请打印缴费单上门") % silent if silent else "")


def _withdraw(request: HttpRequest, pk: int) -> str:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise MoneyRefused(_("请写明撤回的原因"))
    levy_withdraw(pk, by=viewer(request), at=timezone.now(), reason=form.cleaned_data["reason"])
    return _("已撤回")


def _settle(request: HttpRequest, pk: int) -> str:
    levy_settle(pk, by=viewer(request), at=timezone.now())
    return _("已结项，公示页写明结余")


VERBS: dict[str, tuple[Deed, Callable[[HttpRequest, int], str]]] = {
    "issue": (Deed.ISSUE, _issue),
    "remind": (Deed.REMIND, _remind),
    "withdraw": (Deed.ISSUE, _withdraw),
    "settle": (Deed.ISSUE, _settle),
}


@staff_page
@require_POST
def levy_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One press of a button on a levy's page."""
    if verb not in VERBS:
        raise Http404
    deed, act = VERBS[verb]
    levy, deeds = find_levy(request, pk, deed)
    try:
        messages.success(request, act(request, pk))
    except MoneyRefused as refusal:
        return show_levy(request, levy, deeds, status=409, problem=str(refusal), reason=request.POST.get("reason", ""))
    return redirect("levy-detail", pk)


@staff_page
@require_safe
def levy_slips(request: HttpRequest, pk: int, building: int) -> HttpResponse:
    """The bills of one building to print, cut and hand out, each with a code that opens it."""
    levy, _deeds = find_levy(request, pk, Deed.BILLS)
    billed = Bill.objects.filter(levy=levy).values("household__building")
    place = get_object_or_404(Building.objects.select_related("estate").filter(pk__in=billed), pk=building)
    rows = standing(levy.bills.filter(household__building=place)).select_related("household__building")
    rows = rows if request.GET.get("all") else rows.filter(due__gt=0)
    bills = [(row, request.build_absolute_uri(reverse("bill", args=[row.code]))) for row in rows.order_by(*ORDER)]
    context = {"levy": levy, "building": place, "bills": bills, "rule": rule_in_words(levy)}
    return render(request, "councils/money/slips.html", context)

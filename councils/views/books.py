"""The books on the page: the board of a council's money, the ledger month by month, spendings and their vouchers."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community_portal.ui.paging import CURSOR, KeysetPage
from councils.actions.books import MoneyRefused, money_move, month_close
from councils.actions.spendings import spending_record, spending_reverse, voucher_picture
from councils.bills import NOTHING, tallies
from councils.forms.money import today
from councils.forms.till import MoveForm, ReasonForm, SpendForm
from councils.funds import funds_of
from councils.ledger import balances, closed_until, journals_between, last_day, lines, month_of
from councils.models import Account, Council, Levy, Spending, Voucher
from councils.money_rights import Deed
from councils.querysets import reach
from councils.views.money_common import ABOVE, allowed, find_council, find_levy, may
from petitions.views.common import scope_now, staff_page, viewer

LEVIES, JOURNALS = 30, 100


@staff_page
@require_safe
def money_board(request: HttpRequest, pk: int) -> HttpResponse:
    """What money there is, what is being collected, and what waits for somebody."""
    council, deeds = find_council(request, pk, Deed.BOOKS)
    told = tallies(council.pk)
    levies = [
        (levy, told.get(levy.pk, NOTHING)) for levy in Levy.objects.filter(council=council).order_by("-id")[:LEVIES]
    ]
    held = balances(council.pk)
    context = {
        "council": council,
        "may": may(deeds),
        "levies": levies,
        "cash": held.get(Account.CASH, 0),
        "bank": held.get(Account.BANK, 0),
        "due": held.get(Account.DUE, 0),
        "unsigned": Spending.objects.unsigned().filter(council=council).select_related("levy").order_by("id"),
        "funds": funds_of(council.pk),
        "today": today(timezone.now()),
    }
    return render(request, "councils/money/board.html", context)


@staff_page
@require_safe
def ledger(request: HttpRequest, pk: int) -> HttpResponse:
    """One month of the books: each account before, during and after, and every journal."""
    council, deeds = find_council(request, pk, Deed.BOOKS)
    return _ledger(request, council, deeds)


def _ledger(
    request: HttpRequest, council: Council, deeds: frozenset[Deed], *, problem: str = "", status: int = 200
) -> HttpResponse:
    now = today(timezone.now())
    first = month_of(request.GET.get("month", ""), now)
    last = last_day(first)
    closed = closed_until(council.pk)
    before, after = first - timedelta(days=1), last + timedelta(days=1)
    context = {
        "council": council,
        "may": may(deeds),
        "first": first,
        "month": f"{first:%Y-%m}",
        "lines": lines(council.pk, first, last),
        "page": KeysetPage(journals_between(council.pk, first, last), ("number",), request.GET.get(CURSOR), JOURNALS),
        "is_closed": closed is not None and last <= closed,
        "over": last < now,
        "before": f"{before:%Y-%m}",
        "after": f"{after:%Y-%m}" if after <= now else "",
        "problem": problem,
    }
    return render(request, "councils/money/ledger.html", context, status=status)


@staff_page
@require_POST
def ledger_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the month that the page shows (`?month=`)."""
    council, deeds = find_council(request, pk, Deed.CLOSE)
    first = month_of(request.GET.get("month", ""), today(timezone.now()))
    try:
        month_close(council.pk, by=viewer(request), at=timezone.now(), year=first.year, month=first.month)
    except MoneyRefused as refusal:
        return _ledger(request, council, deeds, problem=str(refusal), status=409)
    messages.success(request, _("%(year)d 年 %(month)d 月已结账") % {"year": first.year, "month": first.month})
    response = redirect("ledger", pk)
    response["Location"] += f"?month={first:%Y-%m}"
    return response


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def levy_spend(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a spending with photos of its vouchers."""
    levy, deeds = find_levy(request, pk, Deed.SPEND)
    form = SpendForm(request.POST or None, request.FILES or None, initial={"day": today(timezone.now()), "way": "cash"})
    if request.method == "POST" and form.is_valid():
        try:
            spending_record(pk, by=viewer(request), at=timezone.now(), **form.cleaned_data)
        except MoneyRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("已登记，等%s看过凭证签字") % levy.supervisor)
            return redirect("levy-detail", pk)
    held = balances(levy.council_id, levy=levy)
    context = {
        "levy": levy, "form": form, "may": may(deeds), "cash": held.get(Account.CASH, 0),
        "bank": held.get(Account.BANK, 0),
    }  # fmt: skip
    return render(request, "councils/money/spend.html", context, status=422 if form.errors else 200)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def levy_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a levy's cash to the bank, or fetch it."""
    levy, deeds = find_levy(request, pk, Deed.MOVE)
    held = balances(levy.council_id, levy=levy)
    cash = held.get(Account.CASH, 0)
    form = MoveForm(request.POST or None, initial={"day": today(timezone.now()), "amount": cash or None})
    if request.method == "POST" and form.is_valid():
        try:
            money_move(levy.council_id, by=viewer(request), at=timezone.now(), levy_id=pk, **form.cleaned_data)
        except MoneyRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("已记账"))
            return redirect("levy-detail", pk)
    context = {"levy": levy, "form": form, "may": may(deeds), "cash": cash, "bank": held.get(Account.BANK, 0)}
    return render(request, "councils/money/move.html", context, status=422 if form.errors else 200)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def spending_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a wrong spending back, with the reason."""
    visible = Spending.objects.filter(reach(scope_now(request), "council__"), levy__isnull=False)
    spending = get_object_or_404(visible.select_related(f"council__{ABOVE}", "levy", "journal"), pk=pk)
    allowed(request, spending.council, Deed.REVERSE)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            spending_reverse(pk, by=viewer(request), at=timezone.now(), reason=form.cleaned_data["reason"])
        except MoneyRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("已冲销，原来的和冲销的都留在账上"))
            return redirect("levy-detail", spending.levy_id)
    context = {"spending": spending, "levy": spending.levy, "form": form}
    return render(request, "councils/money/spending_back.html", context, status=422 if form.errors else 200)


@staff_page
@require_safe
def voucher(request: HttpRequest, pk: int) -> HttpResponse:
    """The photo of a voucher."""
    visible = Voucher.objects.filter(reach(scope_now(request), "spending__council__"))
    row = get_object_or_404(visible.select_related(f"spending__council__{ABOVE}"), pk=pk)
    allowed(request, row.spending.council, Deed.BOOKS)
    return picture(request, row)


def picture(request: HttpRequest, row: Voucher) -> HttpResponse:
    """A voucher's JPEG, or a page that says that its file is gone."""
    try:
        response = HttpResponse(voucher_picture(row), content_type="image/jpeg")
    except MoneyRefused as refusal:
        return render(request, "councils/money/picture_gone.html", {"problem": str(refusal)}, status=410)
    patch_cache_control(response, no_store=True)
    return response

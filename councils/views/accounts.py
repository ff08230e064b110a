"""What residents see of the money, without an account: their own bill, the open books, the supervisor's page."""

from typing import Any

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from councils.actions.books import MoneyRefused
from councils.actions.spendings import spending_sign
from councils.bills import NOTHING, standing, tallies, tally
from councils.funds import funds_of
from councils.ledger import closed_until
from councils.levy_shares import rule_in_words, shares_text
from councils.models import Bill, Council, FundItem, Levy, Payment, Spending, Voucher
from councils.views.books import picture
from grid.access import place_name

PUBLIC = (Levy.State.ISSUED, Levy.State.SETTLED)
ITEMS = 60
RELATED = "council__community__division__parent"


@never_cache
@require_safe
def bill(request: HttpRequest, code: str) -> HttpResponse:
    """One household's bill, for whoever holds its code."""
    rows = standing(Bill.objects.filter(levy__state__in=PUBLIC))
    row = get_object_or_404(rows.select_related(f"levy__{RELATED}", "household__building"), code=code)
    context = {
        "bill": row,
        "levy": row.levy,
        "place": place_name(row.levy.council.community.division),
        "phone": row.levy.council.community.phone,
        "rule": rule_in_words(row.levy),
        "shares": shares_text(row.weight),
        "over": max(-row.due, 0),
        "payments": Payment.objects.filter(bill=row).order_by("id"),
    }
    return render(request, "councils/money/public_bill.html", context)


@require_safe
def accounts(request: HttpRequest, pk: int) -> HttpResponse:
    """The open books of a council: every levy, and what its money went for."""
    council = get_object_or_404(Council.objects.select_related("community__division__parent"), pk=pk)
    told = tallies(council.pk)
    levies = Levy.objects.filter(council=council, state__in=PUBLIC).order_by("-id")
    context = {
        "council": council,
        "place": place_name(council.community.division),
        "funds": funds_of(council.pk),
        "items": FundItem.objects.filter(fund__council=council, state=FundItem.State.PUBLISHED)
        .select_related("fund")
        .annotate(spent=Sum("spendings__amount"))
        .order_by("-published_on", "-id")[:ITEMS],
        "levies": [(levy, told.get(levy.pk, NOTHING)) for levy in levies],
    }
    return render(request, "councils/money/accounts.html", context)


@require_safe
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """A levy's open books: what came in, what went out, who signed. No household is named, and no debt's place."""
    levy = get_object_or_404(Levy.objects.select_related(RELATED), pk=pk, state__in=PUBLIC)
    context = {
        "levy": levy,
        "place": place_name(levy.council.community.division),
        "rule": rule_in_words(levy),
        "tally": tally(levy),
        "bills": levy.bills.count(),
        "exempt": levy.lines.exclude(exempt="").count(),
        "spendings": _spendings(levy),
        "closed": closed_until(levy.council_id),
        "now": timezone.now(),
    }
    return render(request, "councils/money/statement.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def supervise(request: HttpRequest, code: str) -> HttpResponse:
    """The supervisor's page: every spending with its vouchers, to be agreed to or asked about."""
    levy = get_object_or_404(Levy.objects.select_related(RELATED), code=code, state__in=PUBLIC)
    context: dict[str, Any] = {"problem": "", "at": 0, "text": ""}
    status = 200
    if request.method == "POST":
        number = request.POST.get("spending", "")
        wanted = int(number) if number.isdecimal() and len(number) < 18 else 0
        words = request.POST.get("text", "")[:200]
        try:
            spending_sign(code, wanted, at=timezone.now(), agrees=request.POST.get("agrees") == "1", text=words)
        except Spending.DoesNotExist:
            context["problem"], status = _("没有这一笔支出"), 409
        except MoneyRefused as refusal:
            context, status = {"problem": str(refusal), "at": wanted, "text": words}, 409
        else:
            messages.success(request, _("已记下您的意见，谢谢"))
            return redirect("supervise", code)
    context |= {
        "levy": levy,
        "place": place_name(levy.council.community.division),
        "tally": tally(levy),
        "spendings": _spendings(levy),
    }
    return render(request, "councils/money/supervise.html", context, status=status)


@never_cache
@require_safe
def supervise_picture(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """A voucher, for the supervisor."""
    row = get_object_or_404(Voucher, pk=pk, spending__levy__code=code, spending__levy__state__in=PUBLIC)
    return picture(request, row)


def _spendings(levy: Levy) -> Any:
    rows = Spending.objects.filter(levy=levy, reverses__isnull=True, reversed_by__isnull=True)
    return rows.prefetch_related("vouchers", "signoffs").order_by("id")

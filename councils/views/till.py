"""The till: find a household, take its money, print the receipt; and what may go wrong with a bill."""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from councils.actions.books import MoneyRefused
from councils.actions.payments import bill_waive, payment_refund, payment_reverse, payment_take, waiver_reverse
from councils.bills import ORDER, standing
from councils.forms.money import today
from councils.forms.till import ReasonForm, RefundForm, TakeForm, WaiveForm
from councils.models import Bill, Council, Levy, Payment, Waiver
from councils.money_rights import Deed
from councils.money_words import capital
from councils.querysets import reach
from councils.views.money_common import ABOVE, Deeds, allowed, find_bill, find_council, may
from petitions.views.common import scope_now, staff_page, viewer
from residents.places import locate

MOST, LAST = 20, 5
CODE = re.compile(r"(?:^|/y/b/)([2-9A-HJKMNP-Z]{12})/?$")
"""A bill's code by itself, or at the end of the address that its picture leads to."""


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def till(request: HttpRequest, pk: int) -> HttpResponse:
    """Type a room (3-2-302) or scan a slip, press Enter, press Enter again: taken. The next one starts at once."""
    council, deeds = find_council(request, pk, Deed.COLLECT)
    wanted = (request.POST if request.method == "POST" else request.GET).get("home", "").strip()[:200]
    if request.method == "POST":
        return _take(request, council, deeds, wanted)
    return _till(request, council, deeds, wanted)


def _take(request: HttpRequest, council: Council, deeds: Deeds, wanted: str) -> HttpResponse:
    number = request.POST.get("bill", "")
    bill = get_object_or_404(_bills(council), pk=number if number.isdecimal() and len(number) < 18 else 0)
    form = _form(request, bill, request.POST)
    if form.is_valid():
        try:
            payment, new = payment_take(bill.pk, by=viewer(request), at=timezone.now(), **form.values())
        except MoneyRefused as refusal:
            form.refuse(refusal)
        else:
            if not new:
                messages.info(request, _("这一笔已经收过了，没有再记"))
            return redirect(f"{request.path}?done={payment.pk}")
    return _till(request, council, deeds, wanted, failed=(bill, form), status=422)


def _till(
    request: HttpRequest, council: Council, deeds: Deeds, wanted: str, *, failed: Any = None, status: int = 200
) -> HttpResponse:
    found, places = (list[Any](), list[Any]()) if failed else _found(council, wanted)
    rows = [failed] if failed else [(bill, _form(request, bill) if bill.due > 0 else None) for bill in found]
    last = Payment.objects.filter(council=council).select_related("bill__household__building", "bill__levy", "by")
    context = {
        "council": council, "may": may(deeds), "wanted": wanted, "rows": rows, "places": places,
        "last": last.order_by("-id")[:LAST], "done": _done(request, council),
    }  # fmt: skip
    return render(request, "councils/money/till.html", context, status=status)


def _bills(council: Council) -> Any:
    rows = standing(Bill.objects.filter(levy__council=council, levy__state=Levy.State.ISSUED))
    return rows.select_related("household__building", "levy")


def _found(council: Council, wanted: str) -> tuple[list[Any], list[Any]]:
    """The bills of what was typed or scanned, and the places that it may mean when it is not certain."""
    if not wanted:
        return [], []
    if code := CODE.search(wanted.upper() if "/" not in wanted else wanted):
        return list(_bills(council).filter(code=code[1])), []
    place = locate(wanted, council.community.division)
    if place.household is not None:
        return list(_bills(council).filter(household=place.household).order_by("levy__due_on")), []
    if place.candidates:
        return [], [each for each in place.candidates if each.household][:MOST]
    if place.building is not None:
        return list(_bills(council).filter(household__building=place.building, due__gt=0).order_by(*ORDER)[:MOST]), []
    return [], []


def _form(request: HttpRequest, bill: Any, data: Any = None) -> TakeForm:
    now = timezone.now()
    first = {"amount": max(bill.due, 0), "day": today(now), "way": "cash"}
    return TakeForm(data, at=now, initial=first, auto_id=f"bill-{bill.pk}-%s")


def _done(request: HttpRequest, council: Council) -> Payment | None:
    """The payment that was just taken."""
    number = request.GET.get("done", "")
    if not (number.isdecimal() and len(number) < 18):
        return None
    rows = Payment.objects.filter(council=council).select_related("bill__household__building", "bill__levy")
    return rows.filter(pk=number).first()


@staff_page
@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """A receipt to print."""
    visible = Payment.objects.filter(reach(scope_now(request), "council__"))
    related = (f"council__{ABOVE}", "bill__household__building", "bill__levy", "by", "reverses")
    payment = get_object_or_404(visible.select_related(*related), pk=pk)
    allowed(request, payment.council, Deed.BILLS)
    context = {"payment": payment, "council": payment.council, "capital": capital(payment.amount)}
    return render(request, "councils/money/receipt.html", context)


@staff_page
@require_safe
def bill_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One household's bill: what it paid, what it was let off, and what is done about a mistake."""
    bill, deeds = find_bill(request, pk)
    return _show(request, bill, deeds)


def _show(request: HttpRequest, bill: Any, deeds: Deeds, *, status: int = 200, **more: Any) -> HttpResponse:
    day = today(timezone.now())
    over = max(-bill.due, 0)
    context = {
        "bill": bill,
        "levy": bill.levy,
        "council": bill.levy.council,
        "may": may(deeds),
        "over": over,
        "payments": Payment.objects.filter(bill=bill).select_related("by", "reverses", "reversed_by").order_by("id"),
        "waivers": Waiver.objects.filter(bill=bill).select_related("by", "reverses", "reversed_by").order_by("id"),
        "refund": RefundForm(initial={"amount": over, "day": day, "way": "cash"}, auto_id="refund-%s"),
        "waive": WaiveForm(initial={"amount": max(bill.due, 0) or None}, auto_id="waive-%s"),
        "reason": ReasonForm(auto_id="reason-%s"),
        **more,
    }
    return render(request, "councils/money/bill.html", context, status=status)


def _refund(bill: Bill, **values: Any) -> None:
    payment_refund(bill.pk, **values)


def _waive(bill: Bill, **values: Any) -> None:
    bill_waive(bill.pk, **values)


ACTS: dict[str, tuple[type[forms.Form], Callable[..., None], Any]] = {
    "refund": (RefundForm, _refund, gettext_lazy("已退款，记在账上")),
    "waive": (WaiveForm, _waive, gettext_lazy("已减免，记在账上")),
}


@staff_page
@require_http_methods(["POST"])
def bill_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Give back, or let off."""
    if verb not in ACTS:
        raise Http404
    bill, deeds = find_bill(request, pk)
    form_class, act, done = ACTS[verb]
    form: Any = form_class(request.POST, auto_id=f"{verb}-%s")
    if form.is_valid():
        try:
            act(bill, by=viewer(request), at=timezone.now(), **form.cleaned_data)
        except MoneyRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, done)
            return redirect("bill-detail", pk)
    return _show(request, bill, deeds, status=422, opened=verb, **{verb: form})


@staff_page
@require_http_methods(["POST"])
def posted_reverse(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Take a receipt or a waiver back, with the reason."""
    models: dict[str, Any] = {"receipt": (Payment, payment_reverse), "waiver": (Waiver, waiver_reverse)}
    if kind not in models:
        raise Http404
    model, act = models[kind]
    row = get_object_or_404(model, pk=pk)
    bill, deeds = find_bill(request, row.bill_id)
    form = ReasonForm(request.POST, auto_id="reason-%s")
    if form.is_valid():
        try:
            act(pk, by=viewer(request), at=timezone.now(), reason=form.cleaned_data["reason"])
        except MoneyRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("已冲销，原来的和冲销的都留在账上"))
            return redirect("bill-detail", bill.pk)
    return _show(request, bill, deeds, status=422, reason=form, opened=f"{kind}-{pk}")

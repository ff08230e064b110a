"""The funds on the page: what is left of them, their items, and the next step of each."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from councils.actions.books import MoneyRefused
from councils.actions.funds import fund_grant, grant_reverse, item_propose
from councils.forms.funds import STEP_FORMS, GrantForm, ItemForm, StepForm
from councils.forms.money import today
from councils.forms.till import ReasonForm
from councils.fund_rules import DEEDS, WAY, Step, steps_from
from councils.funds import fund_standing, funds_of, items_visible_to
from councils.models import CouncilEvent, Fund, FundItem, Journal, Spending
from councils.money_rights import Deed
from councils.querysets import reach
from councils.views.money_common import ABOVE, Deeds, allowed, find_council, may
from petitions.views.common import scope_now, staff_page, viewer

ITEMS = 100


@staff_page
@require_safe
def fund_board(request: HttpRequest, pk: int) -> HttpResponse:
    """Every fund with its balance, and the items, those first that wait for the viewer."""
    council, deeds = find_council(request, pk, Deed.BOOKS)
    rows = FundItem.objects.filter(fund__council=council).select_related("fund", "use").order_by("-id")[:ITEMS]
    items = [(item, bool(_forward(item, deeds))) for item in rows]
    items.sort(key=lambda each: (not each[1], each[0].state in (FundItem.State.PUBLISHED, FundItem.State.DROPPED)))
    context = {
        "council": council,
        "may": may(deeds),
        "funds": funds_of(council.pk),
        "items": items,
        "grants": _grants(council.pk),
    }
    return render(request, "councils/money/funds.html", context)


def _grants(council_id: int) -> Any:
    """What was given, entry by entry, with whether it was taken back."""
    rows = Journal.objects.filter(council=council_id, kind=Journal.Kind.BUDGET).select_related("by", "reversed_by")
    return rows.annotate(amount=Sum("entries__amount", filter=Q(entries__amount__gt=0))).order_by("-id")


@staff_page
@require_POST
def grant_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a wrong budget entry back, with the reason."""
    visible = Journal.objects.filter(reach(scope_now(request), "council__"), kind=Journal.Kind.BUDGET)
    journal = get_object_or_404(visible.select_related(f"council__{ABOVE}"), pk=pk)
    allowed(request, journal.council, Deed.BUDGET)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请写明原因"))
        return redirect("fund-board", journal.council_id)
    try:
        grant_reverse(pk, by=viewer(request), at=timezone.now(), reason=form.cleaned_data["reason"])
    except MoneyRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已冲销，原来的和冲销的都留在账上"))
    return redirect("fund-board", journal.council_id)


def _forward(item: FundItem, deeds: Deeds) -> list[Step]:
    steps = steps_from(item.state, deeds)
    return [step for step in steps if step not in (Step.DROP, Step.TAKE_BACK)]


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def fund_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a budget."""
    council, _deeds = find_council(request, pk, Deed.BUDGET)
    now = timezone.now()
    form = GrantForm(request.POST or None, initial={"year": today(now).year, "day": today(now), "kind": "service"})
    if request.method == "POST" and form.is_valid():
        try:
            fund_grant(council.pk, by=viewer(request), at=now, **form.cleaned_data)
        except MoneyRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("已登记额度"))
            return redirect("fund-board", pk)
    context = {"council": council, "form": form}
    return render(request, "councils/money/fund_new.html", context, status=422 if form.errors else 200)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def item_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose an item."""
    visible = Fund.objects.filter(reach(scope_now(request), "council__")).select_related(f"council__{ABOVE}")
    fund = get_object_or_404(visible, pk=pk)
    allowed(request, fund.council, Deed.PROPOSE)
    form = ItemForm(request.POST or None, fund=fund)
    if request.method == "POST" and form.is_valid():
        try:
            item = item_propose(fund.pk, by=viewer(request), at=timezone.now(), **form.cleaned_data)
        except MoneyRefused as refusal:
            form.refuse(refusal)
        else:
            return redirect("fund-item", item.pk)
    context = {"council": fund.council, "standing": fund_standing(fund), "form": form}
    return render(request, "councils/money/item_new.html", context, status=422 if form.errors else 200)


@staff_page
@require_safe
def fund_item(request: HttpRequest, pk: int) -> HttpResponse:
    """One item: its way, and the form of what comes next."""
    item, deeds = _find(request, pk)
    return _show(request, item, deeds)


@staff_page
@require_POST
def item_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take one step of an item's way."""
    if step not in Step.values:
        raise Http404
    wanted = Step(step)
    item, deeds = _find(request, pk)
    if DEEDS[wanted] not in deeds:
        raise PermissionDenied
    form = _form(wanted, item, request)
    if form.is_valid():
        try:
            form.act(by=viewer(request), at=timezone.now())
        except MoneyRefused as refusal:
            form.refuse(refusal)
            item.refresh_from_db(fields=["state"])
        else:
            messages.success(request, form.done)
            return redirect("fund-item", pk)
    return _show(request, item, deeds, failed=(wanted, form), status=422)


def _find(request: HttpRequest, pk: int) -> tuple[FundItem, Deeds]:
    related = (f"fund__council__{ABOVE}", "use", "resolution")
    item = get_object_or_404(items_visible_to(scope_now(request)).select_related(*related), pk=pk)
    return item, allowed(request, item.fund.council, Deed.BOOKS)


def _form(step: Step, item: FundItem, request: HttpRequest | None = None) -> StepForm:
    sent = (request.POST, request.FILES) if request else (None, None)
    return STEP_FORMS[step](*sent, item=item, initial={"day": today(timezone.now())}, auto_id=f"{step}-%s")


def _show(
    request: HttpRequest,
    item: FundItem,
    deeds: Deeds,
    *,
    failed: tuple[Step, StepForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    forms: list[tuple[Step, Any]] = [(step, _form(step, item)) for step in steps_from(item.state, deeds)]
    if failed:
        forms = [failed, *(each for each in forms if each[0] != failed[0])]
    reached = WAY.index(item.state) if item.state in WAY else -1
    spendings = Spending.objects.filter(item=item, reverses__isnull=True).select_related("by", "journal", "reversed_by")
    events = CouncilEvent.objects.filter(council=item.fund.council_id, data__item=item.pk).select_related("by")
    context = {
        "item": item,
        "council": item.fund.council,
        "standing": fund_standing(item.fund),
        "forms": forms,
        "way": [
            (FundItem.State(state).label, "past" if place < reached else "now" if place == reached else "")
            for place, state in enumerate(WAY)
        ],
        "spendings": spendings.prefetch_related("vouchers"),
        "events": events.order_by("-id"),
    }
    return render(request, "councils/money/item.html", context, status=status)

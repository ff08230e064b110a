"""Voting from one's own phone: the code out of the letter, the choice, the receipt. No account, no script needed."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from councils import ballot_page
from councils.actions.ballot_base import AlreadyVoted
from councils.actions.base import CouncilRefused
from councils.actions.voting import ONLINE_CHOICES, coded, vote_online
from councils.ballot_codes import spelt, typed
from councils.models import Ballot, Entitled
from grid.access import place_name
from petitions.limits import TEN_MINUTES, TOO_MANY, Limit, client_address

GUESSES = Limit("vote", 20, TEN_MINUTES)
NOT_FOUND = 404
View = Callable[..., HttpResponse]


class CodeForm(forms.Form):
    """The code as people type it."""

    code = forms.CharField(
        label=gettext_lazy("投票码"),
        help_text=gettext_lazy("在投票信上，十个字母和数字；大小写、横线都可以"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("请填投票码")},
    )


def private(view: View) -> View:
    """Kept by no cache and listed by no search engine."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return never_cache(answer)


@private
@require_http_methods(["GET", "POST"])
def vote(request: HttpRequest) -> HttpResponse:
    """Type the code of one's letter."""
    form = CodeForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        code = typed(form.cleaned_data["code"])
        if code and not GUESSES.wait(client_address(request), timezone.now()) and coded(code).exists():
            return redirect("vote-ballot", code=code)
        return _unknown(request, form)
    return render(request, "councils/vote/code.html", {"form": form})


def _unknown(request: HttpRequest, form: CodeForm) -> HttpResponse:
    """A code that opens nothing counts as a guess."""
    wait = GUESSES.hit(client_address(request), timezone.now())
    said = (
        _("输错的次数太多了，请 %d 分钟后再试。") % wait
        if wait
        else _("没有这个投票码。请对照投票信再看一遍，或者请社区帮您查。")
    )
    form.add_error("code", said)
    return render(request, "councils/vote/code.html", {"form": form}, status=TOO_MANY if wait else NOT_FOUND)


@private
@require_http_methods(["GET", "POST"])
def vote_ballot(request: HttpRequest, code: str) -> HttpResponse:
    """The ballot that a code opens: the motion, what it needs, three answers; afterwards the receipt."""
    now = timezone.now()
    if GUESSES.wait(client_address(request), now):
        return _unknown(request, _filled(code))
    entitled = coded(code).select_related("ballot__council__community__division", "ballot__rule").first()
    if entitled is None:
        return _unknown(request, _filled(code))
    if request.method == "POST":
        try:
            vote_online(code, at=now, choice=request.POST.get("choice", ""))
        except AlreadyVoted:
            return redirect("vote-receipt-of", receipt=entitled.receipt)
        except CouncilRefused as refusal:
            return _page(request, entitled, code, problem=str(refusal), status=422)
        return redirect("vote-receipt-of", receipt=entitled.receipt)
    if _voted(entitled):
        return redirect("vote-receipt-of", receipt=entitled.receipt)
    return _page(request, entitled, code)


def _filled(code: str) -> CodeForm:
    form = CodeForm({"code": code[:30]}, label_suffix="")
    form.is_valid()
    return form


def _page(request: HttpRequest, entitled: Entitled, code: str, problem: str = "", status: int = 200) -> HttpResponse:
    ballot, now = entitled.ballot, timezone.now()
    context = {
        "ballot": ballot,
        "place": place_name(ballot.council.community.division),
        "entitled": entitled,
        "area": entitled.area if ballot.counting().by_area else 0,
        "needs": ballot_page.needs_of(ballot),
        "choices": ONLINE_CHOICES,
        "voting": ballot_page.is_voting(ballot, now),
        "when": ballot_page.moment_words(ballot, now),
        "code": code,
        "problem": problem,
        "now": now,
    }
    return render(request, "councils/vote/ballot.html", context, status=status)


def _voted(entitled: Entitled) -> bool:
    found = getattr(entitled, "participation", None)
    return found is not None and bool(found.channel)


@private
@require_http_methods(["GET", "POST"])
def vote_receipt(request: HttpRequest) -> HttpResponse:
    """Type the code of a receipt, or of a paper's stub."""
    form = CodeForm(request.POST or None, label_suffix="")
    form.fields["code"].label, form.fields["code"].help_text = _("回执码"), _("投票以后看到的，或者印在纸票存根上的")
    if request.method == "POST" and form.is_valid():
        return redirect("vote-receipt-of", receipt=typed(form.cleaned_data["code"]) or "x")
    return render(request, "councils/vote/receipt_form.html", {"form": form})


@private
@require_safe
def vote_receipt_of(request: HttpRequest, receipt: str) -> HttpResponse:
    """Whether this vote was counted, and the result once there is one. It never says what was voted."""
    now = timezone.now()
    rows = Entitled.objects.select_related("ballot__council__community__division", "ballot__rule", "participation")
    blocked = GUESSES.wait(client_address(request), now)
    entitled = None if blocked else rows.defer("code").filter(receipt=typed(receipt) or "-").first()
    if entitled is None:
        wait = blocked or GUESSES.hit(client_address(request), now)
        return render(
            request, "councils/vote/receipt_none.html", {"wait": wait}, status=TOO_MANY if wait else NOT_FOUND
        )
    ballot = entitled.ballot
    context = {
        "ballot": ballot,
        "place": place_name(ballot.council.community.division),
        "receipt": spelt(entitled.receipt),
        "before": entitled.participation if _voted(entitled) else None,
        "when": ballot_page.moment_words(ballot, now),
        "result": ballot_page.result_page(ballot) if ballot.state == Ballot.State.CLOSED else None,
        "stand": ballot_page.stand_of(ballot) if ballot.state == Ballot.State.OPEN else None,
        "needs": ballot_page.needs_of(ballot),
        "now": now,
    }
    return render(request, "councils/vote/receipt.html", context)

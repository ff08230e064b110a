"""The roll of a ballot, and what is printed from it: letters with codes, and ballot papers."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community_portal.privacy.actions import log_access
from community_portal.ui.paging import CURSOR, KeysetPage
from councils import ballot_page
from councils.actions.ballots import entry_leave_out, owners_join, owners_part
from councils.actions.base import CouncilRefused
from councils.ballot_codes import spelt
from councils.models import Ballot, Entitled
from councils.rights import Task
from councils.rolls import Drawn, Entry, changes, draw
from councils.views.ballots import find_ballot
from councils.views.common import tasks_at
from petitions.views.common import staff_page, viewer

SHOWN, MOST_SHEETS, MOST_CHANGES = 100, 400, 50


@staff_page
@require_safe
def ballot_roll(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is entitled: a draft's roll as the files have it now, or the fixed one with who took part."""
    ballot = find_ballot(request, pk)
    now, tasks = timezone.now(), tasks_at(request, ballot.council)
    wanted = request.GET.get("q", "").strip()
    context: dict[str, Any] = {"ballot": ballot, "tasks": tasks, "wanted": wanted, "now": now}
    today = timezone.localdate(now)
    if ballot.state == Ballot.State.DRAFT:
        drawn = draw(ballot, today)
        found = [entry for entry in drawn.entries if not wanted or wanted in f"{entry.place} {entry.name}"]
        context |= {"drawn": drawn, "entries": found[:SHOWN], "more": len(found) > SHOWN, "alike": _alike(drawn)}
        context |= {"joined": {f"o{min(group)}" for group in ballot.joined}, "reasons": _left_out(ballot, drawn)}
        return render(request, "councils/ballots/draft_roll.html", context)
    rows = ballot_page.found_on_roll(ballot, wanted)
    only = request.GET.get("only", "")
    if only in ("voted", "not"):
        voted = rows.filter(participation__isnull=False).exclude(participation__channel="")
        rows = voted if only == "voted" else rows.exclude(pk__in=voted.values("pk"))
    page: KeysetPage[Entitled] = KeysetPage(rows, ("number",), request.GET.get(CURSOR))
    found_changes = changes(ballot, today) if ballot.announced_at else []
    context |= {"page": page, "only": only, "changes": found_changes[:MOST_CHANGES], "changed": len(found_changes)}
    return render(request, "councils/ballots/roll.html", context)


def _alike(drawn: Drawn) -> list[tuple[str, list[Entry]]]:
    """Owners of one name who may be one person."""
    by_key = {entry.key: entry for entry in drawn.entries}
    groups = [[by_key[key] for key in keys if key in by_key] for keys in drawn.alike]
    return [(group[0].name, group) for group in groups if len(group) > 1]


def _left_out(ballot: Ballot, drawn: Drawn) -> list[tuple[Entry, str]]:
    return [(entry, ballot.left_out[entry.key]) for entry in drawn.left_out]


@staff_page
@require_POST
def ballot_roll_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Settle a draft's roll: several dwellings are one owner's, or not; an entry is left out, or taken back."""
    ballot, by, at = find_ballot(request, pk), viewer(request), timezone.now()
    key = request.POST.get("key", "")
    try:
        if verb == "join":
            owners_join(ballot.pk, request.POST.getlist("keys"), by=by, at=at)
        elif verb == "part":
            owners_part(ballot.pk, key, by=by, at=at)
        elif verb in ("leave-out", "take-back"):
            reason = request.POST.get("reason", "") if verb == "leave-out" else ""
            if verb == "leave-out" and len(reason.strip()) < 2:
                raise CouncilRefused(_("请写明为什么不列入"))
            entry_leave_out(ballot.pk, key, by=by, at=at, reason=reason)
        else:
            raise Http404
        messages.success(request, _("名单已改"))
    except CouncilRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("ballot-roll", pk)


@staff_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ballot_letters(request: HttpRequest, pk: int) -> HttpResponse:
    """Letters with one-time codes, a building at a time, once the purpose is in the access log."""
    ballot = find_ballot(request, pk)
    online = Ballot.Channel.ONLINE in ballot.channels
    if ballot.state != Ballot.State.OPEN or not online or Task.BALLOT not in tasks_at(request, ballot.council):
        messages.info(request, _("公告以后、计票以前，有网上投票的才打印投票信"))
        return redirect("ballot-detail", pk)
    problem, letters = "", []
    if request.method == "POST":
        rows = list(_of_building(ballot, request.POST.get("building", ""))[:MOST_SHEETS])
        try:
            log_access(
                by=viewer(request), at=timezone.now(), action="print", subject=f"councils.Ballot:{ballot.pk}",
                field="code", purpose=request.POST.get("purpose", ""), detail=_("%d 封投票信") % len(rows),
            )  # fmt: skip
            letters = [(row, spelt(row.code), _link(request, "vote-ballot", row.code)) for row in rows]
        except ValidationError as error:
            problem = error.messages[0]
    context = {
        "ballot": ballot,
        "needs": ballot_page.needs_of(ballot),
        "buildings": ballot_page.buildings_of(ballot),
        "chosen": request.POST.get("building", ""),
        "letters": letters,
        "problem": problem,
        "address": request.build_absolute_uri(reverse("vote")),
        "purpose": request.POST.get("purpose", _("发放投票信")),
    }
    return render(request, "councils/ballots/letters.html", context, status=422 if problem else 200)


@staff_page
@require_safe
def ballot_papers(request: HttpRequest, pk: int) -> HttpResponse:
    """Ballot papers to print, a building at a time; a secret one bears no number, only the area where that counts."""
    ballot = find_ballot(request, pk)
    on_paper = {Ballot.Channel.PAPER, Ballot.Channel.DOOR} & set(ballot.channels)
    if ballot.state != Ballot.State.OPEN or not on_paper:
        messages.info(request, _("公告以后、计票以前，有纸票的才打印选票"))
        return redirect("ballot-detail", pk)
    building = request.GET.get("building", "")
    rows = _of_building(ballot, building)[:MOST_SHEETS] if building else []
    context = {
        "ballot": ballot,
        "needs": ballot_page.needs_of(ballot),
        "buildings": ballot_page.buildings_of(ballot),
        "chosen": building,
        "papers": [(row, spelt(row.receipt)) for row in rows],
        "by_area": ballot.counting().by_area,
        "receipts": request.build_absolute_uri(reverse("vote-receipt")),
    }
    return render(request, "councils/ballots/papers.html", context)


def _of_building(ballot: Ballot, building: str) -> QuerySet[Entitled]:
    """The entries of one building, of those without one for "none", in order."""
    rows = Entitled.objects.filter(ballot=ballot).order_by("number")
    if building.isascii() and building.isdigit() and len(building) < 18:
        return rows.filter(building=int(building))
    return rows.filter(building=None)


def _link(request: HttpRequest, name: str, *args: str) -> str:
    return request.build_absolute_uri(reverse(name, args=args))

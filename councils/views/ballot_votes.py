"""Votes as workers enter them at the desk and at the door, and the box that two people count."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community_portal.privacy.actions import log_access
from councils import ballot_page
from councils.actions.ballots import code_renew
from councils.actions.base import CouncilRefused
from councils.actions.papers import paper_enter, paper_withdraw
from councils.actions.voting import came, paper_tick, vote_at_door
from councils.ballot_codes import spelt
from councils.forms.ballots import PRESENT, BoxForm, EntryForm
from councils.models import Ballot, Entitled, Participation
from councils.rights import Task
from councils.views.ballots import find_ballot
from councils.views.common import tasks_at
from petitions.views.common import staff_page, viewer
from residents import photos

HITS = 12


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def ballot_enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Find who it is (`?q=` number, door or name; `?who=` the entry), then enter the vote; what was typed stays."""
    ballot = find_ballot(request, pk)
    if ballot.state != Ballot.State.OPEN or Task.VOTES not in tasks_at(request, ballot.council):
        messages.info(request, _("现在不能录入选票"))
        return redirect("ballot-detail", pk)
    who = _entitled(ballot, request.GET.get("who", ""))
    form = EntryForm(request.POST or None, request.FILES or None, ballot=ballot)
    if request.method == "POST" and who and form.is_valid():
        try:
            messages.success(request, _enter(request, ballot, who, form.cleaned_data))
            return redirect("ballot-enter", pk)
        except CouncilRefused as refusal:
            form.add_error(None, str(refusal))
    wanted = request.GET.get("q", "")
    hits = list(ballot_page.found_on_roll(ballot, wanted)[: HITS + 1]) if wanted.strip() else []
    waiting, differing = ballot_page.papers_waiting(ballot, viewer(request))
    context = {
        "ballot": ballot,
        "who": who,
        "before": getattr(who, "participation", None) if who else None,
        "form": form,
        "wanted": wanted,
        "hits": hits[:HITS],
        "more": len(hits) > HITS,
        "waiting": waiting[:HITS],
        "waiting_count": len(waiting),
        "differing": differing,
        "renew": Task.BALLOT in tasks_at(request, ballot.council),
        "now": timezone.now(),
    }
    return render(request, "councils/ballots/enter.html", context, status=422 if form.errors else 200)


def _entitled(ballot: Ballot, pk: str) -> Entitled | None:
    if not (pk.isascii() and pk.isdigit() and len(pk) < 18):
        return None
    return Entitled.objects.filter(ballot=ballot, pk=int(pk)).select_related("participation__by").first()


def _enter(request: HttpRequest, ballot: Ballot, who: Entitled, said: dict[str, Any]) -> str:
    """Do what the form says; the words that tell it. Raises CouncilRefused."""
    by, at, channel = viewer(request), timezone.now(), said["channel"]
    place = _("第 %(number)d 号 %(place)s") % {"number": who.number, "place": who.place or who.name}
    proxy, choice = said.get("proxy", ""), said.get("choice", "")
    if channel == PRESENT:
        came(ballot.pk, who.pk, by=by, at=at)
        return _("%s：已登记到会") % place
    if channel == Ballot.Channel.DOOR:
        vote_at_door(
            ballot.pk, who.pk, by=by, at=at, choice=choice, proxy=proxy, note=said["note"], picture=said["photo"]
        )
        return _("%s：上门的票已计入") % place
    if ballot.secret:
        paper_tick(ballot.pk, who.pk, by=by, at=at, proxy=proxy)
        return _("%s：已登记交票") % place
    _entry, vote = paper_enter(ballot.pk, who.pk, by=by, at=at, choice=choice, proxy=proxy)
    if vote:
        return _("%s：两人录入一致，已计入") % place
    return _("%s：已录第一遍，等另一个人再录一遍才计入") % place


@staff_page
@require_POST
def ballot_entry_act(request: HttpRequest, pk: int, entitled: int, verb: str) -> HttpResponse:
    """Take back one's own reading of a paper, or give somebody a new code."""
    ballot = find_ballot(request, pk)
    try:
        if verb == "withdraw":
            paper_withdraw(ballot.pk, entitled, by=viewer(request), at=timezone.now())
            messages.success(request, _("已撤回您录的这张纸票"))
        elif verb == "renew":
            reason = request.POST.get("reason", "")
            row = code_renew(ballot.pk, entitled, by=viewer(request), at=timezone.now(), reason=reason)
            said = _("第 %(number)d 号的新投票码是 %(code)s，原来的已失效。请当面交给本人")
            messages.success(request, said % {"number": row.number, "code": spelt(row.code)})
        else:
            raise Http404
    except Entitled.DoesNotExist as error:
        raise Http404 from error
    except CouncilRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{reverse('ballot-enter', args=[pk])}?who={entitled}")


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def ballot_box(request: HttpRequest, pk: int) -> HttpResponse:
    """Count a secret ballot's box by oneself; nobody sees the other's count before both are in."""
    ballot = find_ballot(request, pk)
    if not (ballot.secret and ballot.state == Ballot.State.OPEN) or Task.VOTES not in tasks_at(request, ballot.council):
        return redirect("ballot-detail", pk)
    form = BoxForm(request.POST or None, by_area=ballot.counting().by_area)
    if request.method == "POST" and form.is_valid():
        try:
            form.act(ballot, by=viewer(request), at=timezone.now())
            messages.success(request, _("您的清点已记下；另一个人清点出同样的数，就可以计票"))
            return redirect("ballot-detail", pk)
        except CouncilRefused as refusal:
            form.add_error(None, str(refusal))
    context = {"ballot": ballot, "form": form}
    return render(request, "councils/ballots/box.html", context, status=422 if form.errors else 200)


@staff_page
@require_POST
def ballot_evidence(request: HttpRequest, pk: int, entitled: int) -> HttpResponse:
    """The photo taken at a door, with its purpose in the access log; one whose file is gone says what still holds."""
    ballot = find_ballot(request, pk)
    row = Participation.objects.filter(ballot=ballot, entitled=entitled, photo__isnull=False).first()
    if row is None or row.photo is None or Task.BALLOT not in tasks_at(request, ballot.council):
        raise Http404
    try:
        picture = photos.read(row.photo, row.photo_key)
        log_access(
            by=viewer(request), at=timezone.now(), action="reveal", subject=f"councils.Participation:{row.pk}",
            field="photo", purpose=request.POST.get("purpose", ""),
        )  # fmt: skip
    except FileNotFoundError:
        said = _("凭证照片的文件已经不在了，请联系管理员从备份恢复。这一票已在 %s 计入，仍然有效")
        messages.error(request, said % f"{timezone.localtime(row.at):%Y-%m-%d %H:%M}")
        return redirect("ballot-roll", pk)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("ballot-roll", pk)
    return HttpResponse(picture, content_type="image/jpeg", headers={"Cache-Control": "no-store"})

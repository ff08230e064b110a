"""A petition's own pages for whoever holds its number and query code."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community_portal.privacy.masking import mask_phones_in
from community_portal.ui.uploads import go_on
from grid.access import place_name
from petitions.actions.applying import petition_review, reviewable
from petitions.actions.base import RESIDENT, ActionRefused
from petitions.actions.files import petition_send_files
from petitions.actions.pressing import petition_press
from petitions.actions.public import petition_rate, petition_supplement
from petitions.files_shown import shown_files
from petitions.forms.public_forms import RatingForm, ReviewForm, SupplementForm, TrackForm, is_code
from petitions.limits import TEN_MINUTES, TOO_MANY, Limit, asking, client_address
from petitions.models import Application, Petition
from petitions.promises import promise_of
from petitions.same import sizes
from petitions.story import story_of
from petitions.workflow import State

GUESSES = Limit("track", 10, TEN_MINUTES)
PLACES = ("level", "grid", "handler", "community", "street", "district")
View = Callable[..., HttpResponse]


class TooManyGuesses(Exception):
    """Wrong codes came from this address too often; `wait` is in minutes."""

    def __init__(self, wait: int) -> None:
        super().__init__()
        self.wait = wait


def private(view: View) -> View:
    """Kept by no cache and listed by no search engine."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(*args, **kwargs)
        except TooManyGuesses as guessed:
            form = TrackForm({"number": kwargs["number"], "code": ""})
            form.errors.pop("code", None)
            form.add_error(None, _not_found(guessed.wait))
            response = render(args[0], "public/track.html", {"form": form}, status=TOO_MANY)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return never_cache(answer)


@private
@require_GET
def ask_done(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """The receipt: number, query code, QR, promise."""
    petition = own(request, number, code)
    context = {
        "petition": petition,
        "place": _place(petition),
        "promise": promise_of(petition, timezone.now()),
        "link": request.build_absolute_uri(reverse("track-detail", args=[petition.number, petition.query_code])),
    }
    return render(request, "public/done.html", context)


@private
@require_http_methods(["GET", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Number and code lead to the petition's page; wrong ones are told alike, and not too often."""
    form = TrackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        petition = _find(request, form.cleaned_data["number"], form.cleaned_data["code"])
        if isinstance(petition, Petition):
            return redirect("track-detail", number=petition.number, code=petition.query_code)
        form.add_error(None, _not_found(petition))
        return render(request, "public/track.html", {"form": form}, status=TOO_MANY if petition else 200)
    return render(request, "public/track.html", {"form": form})


@private
@require_GET
def track_detail(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """A petition as its petitioner sees it."""
    petition = own(request, number, code)
    return _track_page(request, petition)


@private
@require_POST
def track_supplement(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Add something to one's own petition."""
    petition, now = own(request, number, code), timezone.now()
    if wait := asking().hit(client_address(request), now):
        form = SupplementForm(request.POST)
        form.add_error(None, _("一小时内提交得太多了，请 %d 分钟后再试。您写的还在。") % wait)
        return _track_page(request, petition, supplement=form, status=TOO_MANY)
    form = SupplementForm(request.POST, request.FILES)
    if not form.is_valid():
        return _track_page(request, petition, supplement=form)
    text, files = form.cleaned_data["text"], form.cleaned_data["attached"]
    try:
        if files:
            petition_send_files(petition.pk, files, at=now, text=text)
        else:
            petition_supplement(petition.pk, at=now, text=text)
    except ActionRefused as refused:
        form.add_error(None, str(refused))
        return _track_page(request, petition, supplement=form)
    messages.success(request, _("已补充，办理的人会看到。"))
    return go_on(request, "track-detail", number=number, code=code)


@private
@require_POST
def track_rate(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Rate the answer; "not solved" and "not satisfied" have it done again."""
    petition, now = own(request, number, code), timezone.now()
    form = RatingForm(request.POST, auto_id="rate_%s")
    if not form.is_valid():
        return _track_page(request, petition, rating=form)
    try:
        petition = petition_rate(petition.pk, at=now, **form.cleaned_data)
    except ActionRefused:
        messages.info(request, _("这件事已经评价过了，或正在重新办理。"))
    else:
        done = petition.state == State.CLOSED
        messages.success(request, _("谢谢您的评价。") if done else _("收到，我们重新办理。"))
    return redirect("track-detail", number=number, code=code)


@private
@require_POST
def track_press(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Hurry an overdue petition; the handler hears of it at once."""
    petition = own(request, number, code)
    try:
        petition_press(petition.pk, by=None, at=timezone.now(), actor=RESIDENT)
    except ActionRefused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("已催办，办理的人马上收到。"))
    return redirect("track-detail", number=number, code=code)


@private
@require_POST
def track_review(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Ask the office above to look at the handling again."""
    petition, form = own(request, number, code), ReviewForm(request.POST)
    if not form.is_valid():
        return _track_page(request, petition, review=form)
    try:
        petition_review(petition.pk, by=None, at=timezone.now(), text=form.cleaned_data["text"], actor=RESIDENT)
    except ActionRefused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("收到您的复查申请，结果会告诉您。"))
    return redirect("track-detail", number=number, code=code)


def _track_page(
    request: HttpRequest,
    petition: Petition,
    *,
    supplement: SupplementForm | None = None,
    rating: RatingForm | None = None,
    review: ReviewForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    context = {
        "petition": petition,
        "place": _place(petition),
        "review": (review or ReviewForm()) if _reviewable(petition, now) else None,
        "story": story_of(petition, now),
        "same": sizes([petition.pk]).get(petition.pk, 0),
        "answer": mask_phones_in(petition.answer),
        "said": mask_phones_in(petition.text),
        "files": shown_files(petition, to_petitioner=True),
        "supplement": supplement or SupplementForm(),
        "rating": (rating or RatingForm(auto_id="rate_%s")) if petition.state == State.RESOLVED else None,
    }
    return render(request, "public/track_detail.html", context, status=status)


def _reviewable(petition: Petition, now: datetime) -> bool:
    """Whether its petitioner may ask for a review: answered, in time, and none waits already."""
    if petition.state not in (State.RESOLVED, State.CLOSED) or not reviewable(petition, now):
        return False
    return not petition.applications.filter(state=Application.State.PENDING).exists()


def own(request: HttpRequest, number: str, code: str) -> Petition:
    """The petition that number and code open; a wrong pair does not exist, and counts as a guess."""
    petition = _find(request, number, code)
    if isinstance(petition, Petition):
        return petition
    if petition:
        raise TooManyGuesses(petition)
    raise Http404


def _find(request: HttpRequest, number: str, code: str) -> Petition | int:
    """The petition, or the minutes to wait after too many wrong guesses (0: simply wrong)."""
    now, who = timezone.now(), client_address(request)
    if wait := GUESSES.wait(who, now):
        return wait
    petition = Petition.objects.select_related(*PLACES).filter(number=number).first() if is_code(code) else None
    if petition and constant_time_compare(petition.query_code, code):
        return petition
    return GUESSES.hit(who, now)


def _not_found(wait: int) -> str:
    if wait:
        return _("输错的次数太多了，请 %d 分钟后再试。") % wait
    return _("没有查到。请对照回执，看工单号和查询码有没有写错。")


def _place(petition: Petition) -> str:
    division = petition.community or petition.street or petition.district
    return place_name(division) if division else ""

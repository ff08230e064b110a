"""A council as residents see it: what is being settled, bringing something up, joining, following one's own."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from community_portal.privacy.masking import mask_people_in
from community_portal.ui.paging import CURSOR, KeysetPage
from councils import boards
from councils.actions.base import CouncilRefused
from councils.actions.settling import topic_rate
from councils.actions.topics import BACKABLE, Proposal, topic_propose, topic_support
from councils.forms.topics import ProposeForm, SatisfiedForm, SupportForm
from councils.models import Council, Topic
from councils.querysets import public_topics
from councils.workflow import MeetingState, TopicState, TopicWay, Verb
from grid.access import place_name
from petitions.limits import TEN_MINUTES, TOO_MANY, Limit, asking, client_address
from residents.models import Building

CODES = Limit("household-code", 10, TEN_MINUTES)
TOLD = (
    Verb.PROPOSE,
    Verb.TRIAGE,
    Verb.LIST,
    Verb.REFER,
    Verb.RAISE,
    Verb.DECIDE,
    Verb.SETTLE,
    Verb.DECLINE,
    Verb.MERGE,
)
OPEN_TO_ALL, LATELY, SHOWN = (MeetingState.CALLED, MeetingState.OPEN, MeetingState.HELD), timedelta(days=30), 20
RELATED = ("council__community__division", "building", "raised_as", "merged_into")


@require_GET
def council_public(request: HttpRequest, pk: int) -> HttpResponse:
    """What a council has in hand, newest first."""
    council = _council(pk)
    page = KeysetPage(public_topics(council), ("-id",), request.GET.get(CURSOR))
    now = timezone.now()
    context = {
        **_frame(council),
        "page": page,
        "publications": council.publications.filter(withdrawn_at__isnull=True).order_by("-id")[:SHOWN],
        "meetings": council.meetings.filter(state__in=OPEN_TO_ALL, starts_at__gte=now - LATELY).order_by("starts_at"),
        "conventions": boards.in_force(council, localtime(now).date()),
    }
    return render(request, "councils/public/council.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def topic_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring something up; `?b=` comes from the code in the stairway."""
    council, now = _council(pk), timezone.now()
    building = _door(request, council)
    form = ProposeForm(request.POST or None, at=now)
    form.label_suffix = ""
    status = 200
    if request.method == "POST" and form.is_valid():
        if wait := asking().hit(client_address(request), now):
            form.add_error(None, _("这个网络一小时内提交得太多了，请 %d 分钟后再按“提交”。您写的都还在。") % wait)
            status = TOO_MANY
        else:
            return _take(form, council, building)
    context = {**_frame(council), "form": form, "building": building}
    return render(request, "councils/public/ask.html", context, status=status)


def _take(form: ProposeForm, council: Council, building: Building | None) -> HttpResponse:
    said = form.cleaned_data
    assert form.shown is not None
    proposal = Proposal(
        source=Topic.Source.STAIRWAY, text=said["text"], building=building, name=said["name"], phone=said["phone"],
        form_no=form.shown.order_no(said["text"], said["phone"]),
    )  # fmt: skip
    topic = topic_propose(council.pk, proposal, by=None, at=form.at)
    return redirect("topic-own", topic.number, topic.query_code)


@never_cache
@require_http_methods(["GET", "POST"])
def topic_own(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """One's own topic: its receipt, how far it is, and at the end whether one is content."""
    topic = get_object_or_404(Topic.objects.select_related(*RELATED), number=number)
    if not constant_time_compare(topic.query_code, code):
        return render(request, "councils/public/absent.html", status=404)
    ends = topic.state == TopicState.SETTLED and topic.satisfied is None
    form = SatisfiedForm(request.POST or None) if ends else None
    if form and request.method == "POST" and form.is_valid():
        try:
            topic_rate(number, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("谢谢您的评价。"))
        except CouncilRefused as refusal:
            messages.warning(request, str(refusal))
        return redirect("topic-own", number, code)
    if form:
        form.label_suffix = ""
    link = request.build_absolute_uri(reverse("topic-own", args=[number, code]))
    context = {**_frame(topic.council), **_story(topic), "form": form, "link": link}
    response = render(request, "councils/public/own.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def topic_public(request: HttpRequest, number: str) -> HttpResponse:
    """One topic, and joining it by the code of the household's letter."""
    topic = get_object_or_404(Topic.objects.select_related(*RELATED), number=number)
    if topic.state in (TopicState.PROPOSED, TopicState.DECLINED):
        return render(request, "councils/public/absent.html", status=404)
    form = SupportForm(request.POST or None, initial={"code": request.GET.get("code", "")[:20]})
    form.label_suffix = ""
    status = 200
    if request.method == "POST" and form.is_valid():
        status = _join(request, topic, form)
        if status == 200:
            return redirect("topic-public", number)
    context = {**_frame(topic.council), **_story(topic), "form": form, "open": topic.state in BACKABLE}
    return render(request, "councils/public/topic.html", context, status=status)


def _join(request: HttpRequest, topic: Topic, form: SupportForm) -> int:
    """Join; the status of the answer."""
    now, address = timezone.now(), client_address(request)
    if wait := CODES.wait(address, now):
        form.add_error(None, _("试的次数太多了，请 %d 分钟后再试。") % wait)
        return TOO_MANY
    try:
        support = topic_support(topic.number, at=now, code=form.cleaned_data["code"])
    except CouncilRefused as refusal:
        CODES.hit(address, now)
        form.add_error("code", str(refusal))
        return 422
    again = support.at != now
    messages.success(request, _("这一户已经附议过了，算一次。") if again else _("已记下，您这一户也想解决这件事。"))
    return 200


def _council(pk: int) -> Council:
    return get_object_or_404(Council.objects.select_related("community__division"), pk=pk, ended_on__isnull=True)


def _frame(council: Council) -> dict[str, Any]:
    return {"council": council, "place": place_name(council.community.division)}


def _story(topic: Topic) -> dict[str, Any]:
    """What the public page says of a topic: masked words, and the steps without names; one query."""
    events = topic.events.filter(verb__in=TOLD).order_by("-id")
    return {
        "topic": topic,
        "said": mask_people_in(topic.text),
        "answer": mask_people_in(topic.answer),
        "way": TopicWay(topic.way).label if topic.way else "",
        "steps": [(Verb(event.verb).label, event.at) for event in events],
    }


def _door(request: HttpRequest, council: Council) -> Building | None:
    """The building whose code was scanned; what is not the community's is left out."""
    pk = request.GET.get("b", "")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 10):
        return None
    return Building.objects.filter(pk=pk, community=council.community_id).first()

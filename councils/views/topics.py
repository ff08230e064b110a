"""Topics as staff see them: the list by time, one topic, and doing something to it."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community_portal.privacy.purposes import said_in
from community_portal.ui.forms import choice_field, row_field
from councils.actions.base import CouncilRefused
from councils.actions.people import proposer_reveal
from councils.actions.topics import Proposal, topic_from_petitions, topic_propose, topic_support_enter
from councils.forms.base import ActForm
from councils.forms.topics import FORMS, DoorForm, FromPetitionsForm, StaffTopicForm
from councils.models import Council, Topic
from councils.querysets import councils_visible_to, topics_visible_to
from councils.rights import Task
from councils.topic_page import topic_page, verbs_of
from councils.views.common import attempt, find_council, form_of, tasks_at
from councils.workflow import Verb
from petitions.alike import likely_same
from petitions.models import Petition
from petitions.querysets import visible_to
from petitions.views.common import scope_now, staff_page, viewer
from petitions.workflow import OPEN, State
from residents.models import Building, Household

RELATED = ("council__community__division__parent", "handler", "building", "group", "merged_into", "raised_as")
MORE = 12


@login_required
@require_safe
def topic_detail(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about one topic on one screen."""
    return _show(request, _find(request, number))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def topic_act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """The form of one verb in the topic's page, and doing it. What was typed stays when it could not be done."""
    topic = _find(request, number)
    if verb not in FORMS:
        raise Http404
    if request.method != "POST" and Verb(verb) not in verbs_of(topic, tasks_at(request, topic.council)):
        messages.warning(request, _("这个议题现在不能做“%s”") % Verb(verb).label)
        return redirect("topic-detail", number)
    form = form_of(request, FORMS[Verb(verb)], topic)
    if request.method == "POST" and (answer := attempt(request, form, "topic-detail", number)):
        return answer
    return _show(request, topic, form=form, verb=verb, status=422 if form.errors else 200)


@login_required
@require_POST
@never_cache
def topic_reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Show who raised it once, for a purpose that goes into the access log."""
    topic = _find(request, number)
    try:
        seen = proposer_reveal(topic, by=viewer(request), at=timezone.now(), purpose=said_in(request.POST))
    except ValidationError as error:
        seen = {"problem": error.messages[0]}
    return _show(request, topic, seen=seen)


@login_required
@require_POST
def topic_support_add(request: HttpRequest, number: str) -> HttpResponse:
    """A worker writes down a household that joins."""
    topic = _find(request, number)
    form = _door(request.POST, topic.council)
    if form.is_valid():
        said = form.cleaned_data
        homes = Household.objects.filter(building=said["building"], unit=said["unit"], room=said["room"].upper())
        household = homes.filter(ended_on__isnull=True).first()
        try:
            if household is None:
                raise CouncilRefused(_("这栋楼这个单元没有 %s 室") % said["room"])
            topic_support_enter(number, household.pk, by=viewer(request), at=timezone.now())
        except (CouncilRefused, Household.DoesNotExist) as refusal:
            form.add_error(None, str(refusal) if isinstance(refusal, CouncilRefused) else _("这一户不在您的范围内"))
        else:
            messages.success(request, _("已登记附议：%s") % household)
            return redirect("topic-detail", number)
    return _show(request, topic, door=form, status=422)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def topic_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a topic for a council."""
    council, now = find_council(request, pk), timezone.now()
    form = StaffTopicForm(request.POST or None, at=now, council=council)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        assert form.shown is not None
        proposal = Proposal(
            source=said["source"], text=said["text"], title=said["title"], building=said["building"],
            group=said["group"], name=said["name"], phone=said["phone"], form_no=form.shown.order_no(said["text"]),
        )  # fmt: skip
        try:
            topic = topic_propose(council.pk, proposal, by=viewer(request), at=now)
        except CouncilRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已登记议题 %s") % topic.number)
            return redirect("topic-detail", topic.number)
    may = Task.PROPOSE in tasks_at(request, council)
    context = {"council": council, "form": form, "may": may}
    return render(request, "councils/topic_new.html", context, status=422 if form.errors else 200)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def topic_from(request: HttpRequest) -> HttpResponse:
    """Petitions of one matter become a topic: those that look alike are offered beside the one that was pressed."""
    scope, now = scope_now(request), timezone.now()
    visible = visible_to(scope)
    first = get_object_or_404(
        visible.select_related("building", "grid", "household"), number=request.GET.get("petition", "")
    )
    near, others = _same_matter(visible, first, now)
    councils = councils_visible_to(scope).filter(
        community=first.community_id, kind=Council.Kind.COUNCIL, ended_on__isnull=True
    )
    form = _from_form(request, [first, *near], others, councils)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            topic = topic_from_petitions(
                said["council"].pk, said["numbers"], by=viewer(request), at=now, title=said["title"], text=said["text"]
            )
        except CouncilRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已列为议题，%d 位诉求人会收到消息") % len(said["numbers"]))
            return redirect("topic-detail", topic.number)
    context = {"petition": first, "form": form, "councils": councils}
    return render(request, "councils/topic_from.html", context, status=422 if form.errors else 200)


def _same_matter(visible: QuerySet[Petition], first: Petition, now: datetime) -> tuple[list[Petition], list[Petition]]:
    """Those that look like the same, and other open ones of the same kind in the community; two queries."""
    found = likely_same(
        visible, first.text, now, grid=first.grid, building=first.building, household=first.household
    )  # fmt: skip
    near = [each.petition for each in found if each.petition.pk != first.pk]
    known = [first.pk, *(each.pk for each in near)]
    kin = visible.filter(community=first.community_id, category=first.category_id, state__in=[*OPEN, State.RESOLVED])
    return near, list(kin.exclude(pk__in=known).order_by("-id")[:MORE])


def _from_form(
    request: HttpRequest, same: list[Petition], others: list[Petition], councils: QuerySet[Council]
) -> FromPetitionsForm:
    """The form; what looks like the same matter is ticked."""
    first = same[0]
    initial = {
        "numbers": [each.number for each in same],
        "title": first.title[:80],
        "text": first.text,
        "council": councils.first(),
    }
    form = FromPetitionsForm(request.POST or None, initial=initial)
    offered = [*same, *others]
    choice_field(form, "numbers").choices = [(each.number, f"{each.title}（{each.number}）") for each in offered]
    row_field(form, "council").queryset = councils
    return form


def _find(request: HttpRequest, number: str) -> Topic:
    """The topic with this number inside the viewer's scope; Http404 for any other."""
    return get_object_or_404(topics_visible_to(scope_now(request)).select_related(*RELATED), number=number)


def _door(data: Any, council: Council) -> DoorForm:
    form = DoorForm(data, auto_id="door_%s")
    form.label_suffix = ""
    buildings = Building.objects.filter(community=council.community_id).order_by("position")
    row_field(form, "building").queryset = buildings
    return form


def _show(
    request: HttpRequest, topic: Topic, *, form: ActForm | None = None, verb: str = "",
    seen: dict[str, str] | None = None, door: DoorForm | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    now = timezone.now()
    page = topic_page(topic, viewer(request), now)
    if door is None and page.may_enter:
        door = _door(None, topic.council)
    context = {
        "topic": topic,
        "page": page,
        "petitions": topic.petitions.order_by("-id"),
        "form": form,
        "verb": verb,
        "seen": seen,
        "door": door,
        "now": now,
    }
    return render(request, "councils/topic.html", context, status=status)

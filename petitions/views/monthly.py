"""The month's most repeated problems, and the one that is taken on."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community_portal.ui.charts import Chart, Series
from petitions import hot
from petitions.actions import monthly
from petitions.actions.base import ActionRefused
from petitions.actions.monthly import Wanted, leads
from petitions.catalogue import catalogue
from petitions.figures.places import View, divisions_visible_to
from petitions.figures.reads import month_before
from petitions.figures.sums import month_of, next_month
from petitions.forms.monthly_form import TopicForm, TopicSayForm
from petitions.models import Category, MonthlyTopic
from petitions.views.common import scope_now, staff_page, viewer
from petitions.views.figures import asked_view, figures_for_clerks

ACTS = {"note": monthly.topic_note, "finish": monthly.topic_finish, "resume": monthly.topic_resume}
PAST = 12


@require_safe
@figures_for_clerks
def hot_topics(request: HttpRequest) -> HttpResponse:
    """What was repeated most in the month, by category and place; the month's topic, and those of earlier months."""
    view = asked_view(request)
    topics = list(MonthlyTopic.objects.filter(division=view.place, month__lte=view.month).order_by("-month")[:PAST])
    context = {
        "view": view,
        "found": hot.repeated(view),
        "topic": next((each for each in topics if each.month == view.month), None),
        "earlier": [each for each in topics if each.month != view.month],
        "leads": leads(view.place, scope_now(request)),
        "months": _beside(view),
    }
    return render(request, "figures/topics.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@figures_for_clerks
def hot_topic(request: HttpRequest, category: str) -> HttpResponse:
    """One category in one place: what people say, and the form that takes it on for the division named by `for`."""
    view, scope, today = asked_view(request), scope_now(request), timezone.localdate()
    chosen = catalogue().categories.get(category)
    if chosen is None:
        raise Http404
    division = divisions_visible_to(scope).filter(pk=_number(request.GET.get("for"))).first() or view.place
    initial = {"title": f"{view.name}{chosen.name}"}
    form = TopicForm(request.POST or None, staff=viewer(request), today=today, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            topic = monthly.topic_begin(_wanted(form, view, division, chosen), by=viewer(request), at=timezone.now())
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已定为 %s 的每月一题，负责人会收到消息") % f"{topic.month:%Y-%m}")
            return redirect("monthly-topic", topic.pk)
    there = MonthlyTopic.objects.filter(division=division, month=view.month).first()
    context = {
        "view": view,
        "category": chosen,
        "heard": hot.heard(view, chosen.pk, scope),
        "form": form if there is None and leads(division, scope) else None,
        "there": there,
        "division": division,
        "now": timezone.now(),
    }
    return render(request, "figures/hot_topic.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def monthly_topic(request: HttpRequest, pk: int) -> HttpResponse:
    """A topic that was taken on: plan, course, result, and whether the problem came less often since.

    For those who decide it, those of the place that it is about, and its owner.
    """
    scope, now = scope_now(request), timezone.now()
    within = divisions_visible_to(scope).values("pk")
    concerns = Q(division__in=within) | Q(place__in=within) | Q(owner=viewer(request).pk)
    visible = MonthlyTopic.objects.filter(concerns)
    topic = get_object_or_404(visible.select_related("division", "place", "category", "owner"), pk=pk)
    form = TopicSayForm(request.POST or None, initial={"version": topic.version})
    if request.method == "POST" and form.is_valid():
        act = ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise Http404
        try:
            act(topic.pk, by=viewer(request), at=now, **form.cleaned_data)
        except ActionRefused as refusal:
            form.add_error(None, str(refusal))
            form.data = {**request.POST.dict(), "version": str(MonthlyTopic.objects.get(pk=pk).version)}
        else:
            messages.success(request, _("已记下"))
            return redirect("monthly-topic", topic.pk)
    trend = hot.trend_of(topic, month_of(timezone.localdate()))
    labels = [_("%d 月") % month.month for month, _count in trend]
    context = {
        "topic": topic,
        "events": topic.events.select_related("by").order_by("-id"),
        "form": form if topic.owner_id == viewer(request).pk or leads(topic.division, scope) else None,
        "chart": Chart(_("每月登记几件"), labels, [Series(_("件"), [count for _month, count in trend])], kind="bars"),
        "now": now,
    }
    return render(request, "figures/topic.html", context)


def _wanted(form: TopicForm, view: View, division: Any, category: Category) -> Wanted:
    said = form.cleaned_data
    return Wanted(
        division=division, month=view.month, place=view.place, category=category,
        title=said["title"], plan=said["plan"], owner_id=said["owner"], due_on=said["due_on"],
    )  # fmt: skip


def _beside(view: View) -> tuple[Any, Any]:
    """The month before, and the one after when it has begun."""
    following = next_month(view.month)
    return month_before(view.month), following if following <= timezone.localdate() else None


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0

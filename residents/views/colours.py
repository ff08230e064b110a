"""The colours of a community's wall: picking a scheme, changing its own copy, and the stylesheet of its own colours."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from grid.access import place_name, scope_of
from residents.actions.colours import may_colour, scheme_pick, scheme_save
from residents.forms.colours import RuleFormSet, first_values
from residents.models import ColourRule, ColourScheme, Community, CommunityEvent
from residents.querysets import communities_visible_to
from residents.sheets import choices_for
from residents.views.common import viewer

EVENTS = 10
YEAR = 365 * 24 * 3600


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def colours(request: HttpRequest, code: str) -> HttpResponse:
    """The head's page: the scheme in use, its colours, what changed lately."""
    now = timezone.now()
    scope = scope_of(viewer(request), timezone.localdate(now))
    community = get_object_or_404(communities_visible_to(scope), division__code=code)
    if not may_colour(scope, community.pk):
        raise PermissionDenied
    statuses = list(choices_for(scope).items())
    if request.method != "POST":
        return _page(request, community, _forms(community, statuses), statuses)
    if "pick" in request.POST:
        return _pick(request, community)
    return _save(request, community, statuses)


def _pick(request: HttpRequest, community: Community) -> HttpResponse:
    picked = request.POST["pick"]
    try:
        scheme_pick(
            community.pk, int(picked) if picked.isdecimal() else 0, by=viewer(request), at=timezone.now()
        )  # fmt: skip
    except ColourScheme.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("居民墙已换配色"))
    return redirect("colours", community.division.code)


def _save(request: HttpRequest, community: Community, statuses: list[tuple[str, str]]) -> HttpResponse:
    """Save the colours in the order of the page; one of the arrow buttons moves a colour by one place."""
    formset = _forms(community, statuses, request.POST)
    if not formset.is_valid():
        return _page(request, community, formset, statuses, status=422)
    filled = [form for form in formset if form.has_changed() or form.initial]
    rules = [form.rule() for form in filled if not form.cleaned_data["drop"]]
    _move(rules, request.POST.get("up", ""), request.POST.get("down", ""))
    try:
        scheme_save(community.pk, rules, seen=_seen(request), by=viewer(request), at=timezone.now())
    except ValidationError as error:
        community.scheme.refresh_from_db()
        return _page(request, community, formset, statuses, status=409, problem=error.messages[0])
    messages.success(request, _("配色已保存"))
    return redirect("colours", community.division.code)


def _move(rules: list[ColourRule], up: str, down: str) -> None:
    """Change places with the colour above or below, by number from 0."""
    at, to = (int(up), int(up) - 1) if up.isdecimal() else (int(down), int(down) + 1) if down.isdecimal() else (0, 0)
    if 0 <= at < len(rules) and 0 <= to < len(rules):
        rules[at], rules[to] = rules[to], rules[at]


def _seen(request: HttpRequest) -> tuple[int, int]:
    pk, _dash, version = request.POST.get("seen", "").partition("-")
    return (int(pk), int(version)) if pk.isdecimal() and version.isdecimal() else (0, 0)


def _forms(community: Community, statuses: list[tuple[str, str]], data: Any = None) -> Any:
    rules = list(community.scheme.rules.order_by("rank"))
    return RuleFormSet(data, initial=first_values(rules), form_kwargs={"statuses": statuses}, prefix="c")


def _page(
    request: HttpRequest,
    community: Community,
    formset: Any,
    statuses: list[tuple[str, str]],
    *,
    status: int = 200,
    problem: str = "",
) -> HttpResponse:
    fitting = ColourScheme.objects.filter(Q(community=None) | Q(community=community)).prefetch_related("rules")
    schemes = sorted(fitting, key=lambda scheme: (scheme.community_id is None, scheme.pk))
    events = CommunityEvent.objects.filter(community=community, subject=CommunityEvent.Subject.COLOURS)
    context = {
        "community": community,
        "name": place_name(community.division),
        "schemes": schemes,
        "sheets": [each for each in schemes if any(rule.swatch == "own" for rule in each.rules.all())],
        "formset": formset,
        "seen": f"{community.scheme.pk}-{community.scheme.version}",
        "problem": problem,
        "events": events.select_related("by")[:EVENTS],
        "words": dict(statuses),
    }
    return render(request, "residents/colours.html", context, status=status)


@login_required
@require_safe
def colours_css(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """The stylesheet of a scheme's own colours; its address changes with each version, so browsers may keep it."""
    scope = scope_of(viewer(request), timezone.localdate())
    mine = Q(community=None) | Q(community__in=communities_visible_to(scope).order_by())
    scheme = get_object_or_404(ColourScheme.objects.filter(mine), pk=pk)
    rules = scheme.rules.filter(swatch=ColourRule.Swatch.OWN)
    lines = [
        f".w-c{rule.pk} {{ background: light-dark({rule.ground}, {rule.dark_ground});"
        f" color: light-dark({rule.ink}, {rule.dark_ink}); border-color: transparent; }}"
        for rule in rules
    ]
    response = HttpResponse("\n".join(lines), content_type="text/css; charset=utf-8")
    patch_cache_control(response, private=True, immutable=True, max_age=YEAR if scheme.version == version else 0)
    return response

"""Pages for residents: no account, no script needed."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community_portal.ui.uploads import go_on
from grid.access import place_name
from petitions.actions.base import RESIDENT
from petitions.actions.drafts import Intake
from petitions.actions.files import register_with_files
from petitions.forms.public_forms import BY_CODE, BY_PHONE, AskForm
from petitions.limits import HOUR, TOO_MANY, Limit, asking, client_address
from petitions.models import WEB_FORM, Petition
from petitions.promises import promise_for
from residents.models import Building, Community

PROMISES = Limit("promise", 600, HOUR)
MAX_COMMUNITIES = 60
MANY_COMMUNITIES = 12


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Two doors: ask for something, follow it. One community needs no list; many can be searched."""
    wanted = request.GET.get("q", "").strip()
    rows = Community.objects.select_related("division__parent").order_by("division__code")
    found = rows.filter(Q(division__name__icontains=wanted) | Q(division__parent__name__icontains=wanted))
    communities = list((found if wanted else rows)[: MAX_COMMUNITIES + 1])
    return render(
        request,
        "public/home.html",
        {
            "communities": [(place_name(row.division), row) for row in communities[:MAX_COMMUNITIES]],
            "more": len(communities) > MAX_COMMUNITIES,
            "search": bool(wanted) or len(communities) > MANY_COMMUNITIES,
            "wanted": wanted,
        },
    )


@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, community: str) -> HttpResponse:
    """The request form of a community; `?b=` and `?u=` come from the code at a building's door."""
    now = timezone.now()
    served = _community(community)
    building, unit = _door(request, served)
    if request.method == "POST":
        who = client_address(request)
        files = None if asking().wait(who, now) else request.FILES
        form = AskForm(request.POST, files=files, at=now, building=building)
        if form.is_valid():
            wait = asking().hit(who, now)
            if not wait:
                return _take(request, form, served)
            form.add_error(None, _too_many(wait, served))
            return _ask_page(request, served, form, TOO_MANY)
        return _ask_page(request, served, form)
    where = f"{building.name}{f' {unit} 单元' if unit else ''}" if building else ""
    return _ask_page(request, served, AskForm(at=now, building=building, initial={"where": where}))


def _ask_page(request: HttpRequest, served: Community, form: AskForm, status: int = 200) -> HttpResponse:
    context = {
        "community": served,
        "place": place_name(served.division),
        "form": form,
        "promise": _promise(form, served),
        "query": request.GET.urlencode(),
    }
    return render(request, "public/ask.html", context, status=status)


@require_POST
def ask_promise(request: HttpRequest, community: str) -> HttpResponse:
    """The promise for what is typed so far; a part of the page."""
    now = timezone.now()
    served = _community(community)
    if PROMISES.hit(client_address(request), now):
        return HttpResponse(status=204)
    building, _unit = _door(request, served)
    form = AskForm(request.POST, at=now, building=building)
    return render(request, "public/promise.html", {"promise": _promise(form, served)})


def _promise(form: AskForm, served: Community) -> Any:
    said = {name: str(form[name].value() or "")[:5000] for name in ("text", "where", "contact")}
    return promise_for(
        text=said["text"],
        address=said["where"][:200],
        home=served.division,
        building=form.known_building if form.is_bound else form.building,
        by_phone=said["contact"] != BY_CODE,
        at=form.at,
    )


def _take(request: HttpRequest, form: AskForm, served: Community) -> HttpResponse:
    """Register what a valid form says; the same form sent twice leads to the same receipt."""
    said = form.cleaned_data
    assert form.shown is not None
    petition, _new = register_with_files(
        Intake(
            source=Petition.Source.WEB,
            home=served.division,
            text=said["text"],
            received_at=form.at,
            anonymous=said["contact"] != BY_PHONE,
            caller_name=said["name"],
            caller_phone=said["phone"],
            address=said["where"],
            building=form.known_building,
            external_system=WEB_FORM,
            external_no=form.shown.order_no(said["text"], said["where"], said["phone"]),
            actor=RESIDENT,
        ),
        said["attached"],
        by=None,
        at=form.at,
    )
    return go_on(request, "ask-done", number=petition.number, code=petition.query_code)


def _too_many(wait: int, served: Community) -> str:
    words = _("这个网络一小时内提交得太多了，请 %d 分钟后再按“提交”。您写的都还在。") % wait
    return words + (_("急事请打社区电话 %s。") % served.phone if served.phone else "")


def _community(code: str) -> Community:
    return get_object_or_404(
        Community.objects.select_related("division__parent__parent__parent__parent"), division__code=code
    )


def _door(request: HttpRequest, served: Community) -> tuple[Building | None, int | None]:
    """The building and unit whose code was scanned; what does not belong to this community is left out."""
    building, unit = (request.GET.get(name, "") for name in ("b", "u"))
    if not (building.isascii() and building.isdigit() and len(building) < 10):
        return None, None
    row = Building.objects.select_related("grid", "estate__property_company").filter(pk=building, community=served)
    return row.first(), int(unit) if unit.isascii() and unit.isdigit() and len(unit) < 3 else None

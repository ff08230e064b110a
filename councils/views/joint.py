"""Joint work of the member organisations, and the figures."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from councils.figures import BY, GOAL, figures_of, promise_of
from councils.forms.base import ActForm
from councils.forms.publication import JOINT_FORMS
from councils.models import Council
from councils.querysets import councils_visible_to
from councils.rights import Task
from councils.views.common import attempt, find_council, form_of, tasks_at
from petitions.views.common import scope_now, staff_page

BY_WORDS = dict(zip(BY, (_("按议事组织"), _("按社区"), _("按街道")), strict=True))
UNPROCESSABLE, MOST, YEARS_BACK = 422, 50, 4


@login_required
@require_safe
def council_joint(request: HttpRequest, pk: int) -> HttpResponse:
    """Agreements, what was done together this year, and what is short of the promise."""
    return _show(request, find_council(request, pk))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def council_joint_add(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Register an agreement or an activity."""
    council = find_council(request, pk)
    if what not in JOINT_FORMS:
        raise Http404
    if Task.SEATS not in tasks_at(request, council):
        return redirect("council-joint", pk)
    form = form_of(request, JOINT_FORMS[what], council)
    if request.method == "POST" and (answer := attempt(request, form, "council-joint", pk)):
        return answer
    return _show(request, council, form=form, status=UNPROCESSABLE if form.errors else 200)


def _show(request: HttpRequest, council: Council, *, form: ActForm | None = None, status: int = 200) -> HttpResponse:
    year = localtime(timezone.now()).year
    context = {
        "council": council,
        "promise": promise_of(council, year),
        "year": year,
        "agreements": council.agreements.select_related("party"),
        "activities": council.activities.prefetch_related("parties")[:MOST],
        "may": Task.SEATS in tasks_at(request, council),
        "form": form,
    }
    return render(request, "councils/joint.html", context, status=status)


@staff_page
@require_safe
def council_figures(request: HttpRequest) -> HttpResponse:
    """One year's figures by council, community or street."""
    this_year = localtime(timezone.now()).year
    asked = request.GET.get("year", "")
    years = [this_year - back for back in range(YEARS_BACK)]
    year = int(asked) if asked.isdecimal() and asked.isascii() and int(asked) in years else this_year
    by = request.GET.get("by", "")
    by = by if by in BY else BY[0]
    rows, total = figures_of(councils_visible_to(scope_now(request)), year, by)
    context = {
        "rows": rows,
        "total": total,
        "year": year,
        "years": years,
        "by": by,
        "ways": list(BY_WORDS.items()),
        "goal": GOAL,
    }
    return render(request, "councils/figures.html", context)

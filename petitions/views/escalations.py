"""What was escalated, for community heads, streets and districts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from community_portal.ui.paging import CURSOR
from petitions import escalations as reads
from petitions.forms.acts import AcknowledgeForm
from petitions.views.common import scope_now, staff_page, viewer


@require_safe
@staff_page
def escalations(request: HttpRequest) -> HttpResponse:
    """What reached the viewer's rung and why; others read whom this page is for."""
    if not reads.is_superior(scope_now(request)):
        return render(request, "petitions/not_for_you.html")
    now, staff = timezone.now(), viewer(request)
    page = reads.page_of(staff, now, request.GET.get(CURSOR))
    context = {
        "now": now,
        "page": page,
        "cases": reads.cases(page.rows, staff, now),
        "lately": reads.lately(staff, now),
        "hours": AcknowledgeForm.base_fields["hours"].choices,  # type: ignore[attr-defined]
    }
    return render(request, "petitions/escalations.html", context)

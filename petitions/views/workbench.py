"""The workbench: what to do now, and the messages that came meanwhile."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from community_portal.notices.actions import mark_read
from petitions.desk import NOTICES, desk
from petitions.views.common import staff_page, viewer


@require_safe
@staff_page
def workbench(request: HttpRequest) -> HttpResponse:
    """What is due, by how little time is left."""
    now = timezone.now()
    return render(request, "petitions/workbench.html", {"now": now, "desk": desk(viewer(request), now), "few": NOTICES})


@require_POST
@login_required
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark the viewer's messages as read."""
    count = mark_read(staff_id=viewer(request).pk, at=timezone.now())
    messages.success(request, _("%d 条消息已标为已读") % count)
    return redirect("workbench")

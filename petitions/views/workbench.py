"""The workbench: what to do now, the messages that came meanwhile, and where else they go."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community_portal.notices.actions import mailbox_set, mark_read
from community_portal.notices.models import Mailbox
from petitions.desk import NOTICES, desk
from petitions.forms.mailbox_form import MailboxForm
from petitions.views.common import staff_page, viewer


@require_safe
@staff_page
def workbench(request: HttpRequest) -> HttpResponse:
    """What is due, by how little time is left."""
    now = timezone.now()
    context = {"now": now, "desk": desk(viewer(request), now), "few": NOTICES, "mails": bool(settings.MAIL)}
    return render(request, "petitions/workbench.html", context)


@require_POST
@login_required
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark the viewer's messages as read."""
    count = mark_read(staff_id=viewer(request).pk, at=timezone.now())
    messages.success(request, _("%d 条消息已标为已读") % count)
    return redirect("workbench")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def mailbox(request: HttpRequest) -> HttpResponse:
    """Where the viewer's messages are mailed to; no such page where the portal sends no mail."""
    if not settings.MAIL:
        raise Http404
    staff = viewer(request)
    held = Mailbox.objects.filter(staff=staff).first()
    form = MailboxForm(
        request.POST if request.method == "POST" else None, initial={"address": held.address if held else ""}
    )
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["address"]
        mailbox_set(staff.pk, address)
        messages.success(request, _("以后消息也发到 %s") % address if address else _("不再发邮件，消息在工作台看"))
        return redirect("workbench")
    return render(request, "petitions/mailbox.html", {"form": form})

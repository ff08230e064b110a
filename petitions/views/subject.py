"""What the portal holds about a resident who asks: looked up at the desk, printed, noted in the access log."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community_portal.privacy.actions import log_access
from community_portal.privacy.holdings import Section, Subject, holdings_of
from community_portal.privacy.masking import mask_name
from community_portal.privacy.models import AccessLog
from community_portal.privacy.purposes import SUBJECT, purpose_words
from community_portal.privacy.querysets import looks_at
from grid.access import Role, Scope
from grid.models import Staff
from petitions.forms.subject_forms import SubjectForm
from petitions.views.common import scope_now, staff_page, viewer

ANSWERING = frozenset({Role.COMMUNITY_WORKER, Role.COMMUNITY_HEAD, Role.STREET_OFFICER})
LOOKS = 30


@staff_page
@never_cache
@require_http_methods(["GET", "POST"])
def subject_answer(request: HttpRequest) -> HttpResponse:
    """The form; sent, the answer as a sheet to be printed. Only what lies within the viewer's scope."""
    scope = _answering_scope(request)
    form = SubjectForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        context |= {"now": now, "answer": _answer(form.subject(), scope, viewer(request), now), "place": scope.name}
    return render(request, "privacy/subject.html", context)


@transaction.atomic
def _answer(subject: Subject, scope: Scope, by: Staff, at: datetime) -> dict[str, Any]:
    """The sections and who looked at them before; the question itself goes into the log, found or not."""
    sections = holdings_of(subject, scope)
    looks = list(looks_at([name for section in sections for name in section.subjects])[:LOOKS])
    log_access(
        by=by,
        at=at,
        action=AccessLog.Action.DISCLOSE,
        subject=f"subject:{subject.said}",
        field="phone,id_number" if subject.phone_index and subject.id_index else _given(subject),
        purpose=purpose_words(SUBJECT),
        detail=_summary(sections),
    )
    return {
        "said": subject.said,
        "sections": sections,
        "looks": [(look.at, look.get_action_display(), _who(look), look.purpose) for look in looks],
    }


def _given(subject: Subject) -> str:
    return "phone" if subject.phone_index else "id_number"


def _summary(sections: list[Section]) -> str:
    counts = [f"{section.title} {len(section.rows)}" for section in sections]
    return "，".join(counts) or _("没有找到")


def _who(look: AccessLog) -> str:
    return mask_name(look.staff.name) if look.staff else _("系统")


def _answering_scope(request: HttpRequest) -> Scope:
    """The part of the viewer's scope that answers residents; PermissionDenied without any."""
    scope = scope_now(request)
    mine = replace(scope, posts=frozenset(post for post in scope.posts if post.role in ANSWERING))
    if not mine:
        raise PermissionDenied
    return mine

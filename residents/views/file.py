"""The full file of a household: today, on a past day, and with one of its forms open."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community_portal.privacy.purposes import said_in
from grid.access import Scope, scope_of
from residents.actions.base import FileChanged, FileRefused, ids_of
from residents.actions.documents import document_show
from residents.actions.people import dwelling_reveal
from residents.eyes import Eyes
from residents.file_page import faults_of, file_on, file_page, with_faults
from residents.files import place_words
from residents.forms.base import RELATIONS, FileForm
from residents.forms.tasks import ABOUT_A_LINE, ABOUT_ONE, FORMS
from residents.models import Document, Household, Stay
from residents.querysets import files_visible_to
from residents.retention import HISTORY
from residents.rights import Task, tasks_for
from residents.told import lines_of
from residents.views.common import PanelRequest, viewer

RELATED = ("building__estate", "building__grid", "community__division__parent", "merged_into")


@login_required
@require_safe
def household_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about a household; `?on=` shows the file of a past day."""
    return show_file(request, find_file(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def household_act(request: PanelRequest, pk: int, task: str) -> HttpResponse:
    """The form of one task, and doing it. What was typed stays whenever it could not be done."""
    if task not in FORMS:
        raise Http404
    household, wanted = find_file(request, pk), Task(task)
    if household.ended_on or wanted not in tasks_for(_scope(request).roles_over(**ids_of(household))):
        messages.warning(request, _("您的岗位可以看这份档案，不能做“%s”") % wanted.label)
        return redirect("household-file", pk)
    form = _form(request, household, wanted)
    if request.method == "POST":
        return _do(request, household, form, wanted)
    if request.htmx and not request.htmx.history_restore_request:
        response = render(request, "residents/file/form.html", _form_context(household, form, wanted))
        patch_vary_headers(response, ["HX-Request"])
        return response
    return show_file(request, household, form=form, task=wanted)


@require_POST
@login_required
def household_paper(request: HttpRequest, pk: int, document: int) -> HttpResponse:
    """The photo of a paper, once the purpose is in the access log."""
    try:
        picture = document_show(pk, document, by=viewer(request), at=timezone.now(), purpose=said_in(request.POST))
    except (Household.DoesNotExist, Document.DoesNotExist) as error:
        raise Http404 from error
    except (ValidationError, FileRefused) as error:
        messages.error(request, error.messages[0] if isinstance(error, ValidationError) else str(error))
        return redirect("household-file", pk)
    response = HttpResponse(picture, content_type="image/jpeg")
    patch_cache_control(response, no_store=True)
    return response


@require_POST
@login_required
def household_owner(request: HttpRequest, pk: int) -> HttpResponse:
    """The file with the owner's and the landlord's names and phones open, once the purpose is in the access log."""
    household = find_file(request, pk)
    try:
        dwelling_reveal(pk, by=viewer(request), at=timezone.now(), purpose=said_in(request.POST))
    except Household.DoesNotExist as error:
        raise Http404 from error
    except ValidationError as error:
        return show_file(request, household, owner_problem=error.messages[0], status=422)
    return show_file(request, household, owner=True)


def find_file(request: HttpRequest, pk: int) -> Household:
    """The household inside the viewer's scope, ended or not; Http404 for any other."""
    return get_object_or_404(with_faults(files_visible_to(_scope(request)).select_related(*RELATED)), pk=pk)


def show_file(
    request: HttpRequest,
    household: Household,
    *,
    form: FileForm | None = None,
    task: Task | None = None,
    status: int = 200,
    revealed: Eyes | None = None,
    owner: bool = False,
    **more: Any,
) -> HttpResponse:
    """The page, with a form open in it when there is one."""
    now, scope = timezone.now(), _scope(request)
    day = _past_day(request.GET.get("on", ""), timezone.localdate(now))
    page = file_on(household, scope, day) if day else file_page(household, scope, now, revealed=revealed)
    context: dict[str, Any] = {
        "page": page,
        "household": page.household,
        "place": place_words(household),
        "now": now,
        "today": timezone.localdate(now),
        "may": {task.name.lower() for task in page.tasks},
        "owner": owner,
        "faults": faults_of(household, page.tasks),
        "beyond": day is not None and day < timezone.localdate(now) - timedelta(days=HISTORY.kept_days),
        **more,
    }
    if form is not None and task is not None:
        context |= _form_context(household, form, task)
    response = render(request, "residents/file/page.html", context, status=status)
    patch_cache_control(response, no_store=True)
    return response


def _scope(request: HttpRequest) -> Scope:
    return scope_of(viewer(request), timezone.localdate())


def _past_day(text: str, today: date) -> date | None:
    """The day that was asked for when it is a day before today."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and day < today else None


def _form(request: HttpRequest, household: Household, task: Task) -> FileForm:
    posted = request.method == "POST"
    who = _who(request, household, needed=task in ABOUT_ONE)
    row = _number(request.GET.get("row", ""))
    if row is None and task in ABOUT_A_LINE:
        raise Http404
    return FORMS[task](
        request.POST if posted else None,
        request.FILES if posted else None,
        staff=viewer(request),
        now=timezone.now(),
        household=household,
        who=who,
        row=row,
        auto_id=f"{task}-{who.resident_id if who else 0}_%s",
    )


def _who(request: HttpRequest, household: Household, *, needed: bool) -> Stay | None:
    """The person whom the form is about (`?who=`), with their stay; Http404 for somebody who is not here."""
    number = _number(request.GET.get("who", ""))
    if number is None and not needed:
        return None
    return get_object_or_404(household.stays.current().select_related("resident"), resident=number)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def _several(request: HttpRequest) -> dict[str, list[str]]:
    """The fields of the post that carry more than one value."""
    return {name: request.POST.getlist(name) for name in request.POST if len(request.POST.getlist(name)) > 1}


def _form_context(household: Household, form: FileForm, task: Task) -> dict[str, Any]:
    return {"household": household, "form": form, "task": task, "relations": RELATIONS}


def _do(request: HttpRequest, household: Household, form: FileForm, task: Task) -> HttpResponse:
    if not form.is_valid():
        return show_file(request, household, form=form, task=task, status=422)
    odd = [] if request.POST.get("sure") else form.warnings()
    if odd:
        return show_file(request, household, form=form, task=task, odd=odd)
    try:
        form.act()
    except FileChanged as changed:
        # Sent once more it counts as seen: the newer version goes with it, and the words stay.
        form.data = {**request.POST.dict(), "version": str(changed.version), **_several(request)}
        lines = lines_of(changed.events, _scope(request))
        household = find_file(request, household.pk)
        return show_file(request, household, form=form, task=task, status=409, changed=lines)
    except FileRefused as refusal:
        form.add_error(None, str(refusal))
        return show_file(request, household, form=form, task=task, status=422)
    except ValidationError as error:
        form.add_error(None, error)
        return show_file(request, household, form=form, task=task, status=422)
    except Household.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, form.done)
    return redirect("household-file", household.pk)

"""A community's checklists: writing, sharing, taking over."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from grid.access import scope_of
from residents.actions.checklists import (
    checklist_drop,
    checklist_save,
    checklist_take,
    may_write,
    offered_to,
    own_lists,
)
from residents.forms.checklists import ChecklistForm
from residents.models import Checklist, Community
from residents.querysets import communities_visible_to
from residents.views.common import viewer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def checklists(request: HttpRequest) -> HttpResponse:
    """The checklists of one's community; `?edit=` opens one."""
    now, by = timezone.now(), viewer(request)
    community = communities_visible_to(scope_of(by, timezone.localdate(now))).first()
    if community is None:
        return render(request, "residents/checklists.html", {"community": None})
    text = request.GET.get("edit", "")
    editing = own_lists(community.pk).filter(pk=int(text)).first() if text.isdecimal() and len(text) < 18 else None
    initial = {"name": editing.name, "items": "\n".join(editing.items), "shared": editing.shared} if editing else None
    form = ChecklistForm(request.POST if request.POST.get("verb") == "save" else None, initial=initial)
    if request.method == "POST" and _act(request, community, form, editing):
        return redirect("checklists")
    context = {
        "community": community,
        "own": own_lists(community.pk),
        "offered": offered_to(community.pk).select_related("community__division"),
        "form": form,
        "editing": editing,
        "may_write": may_write(community.pk, by, now),
    }
    return render(request, "residents/checklists.html", context, status=422 if form.errors else 200)


def _act(request: HttpRequest, community: Community, form: ChecklistForm, editing: Checklist | None) -> bool:
    """Whether it was done; a form that could not be kept says why at its fields."""
    by, at, text = viewer(request), timezone.now(), request.POST.get("checklist", "")
    pk = int(text) if text.isdecimal() and len(text) < 18 else 0
    try:
        if request.POST.get("verb") == "take":
            checklist_take(community.pk, pk, by=by, at=at)
            messages.success(request, _("拿来了，可以改成自己的"))
        elif request.POST.get("verb") == "drop":
            checklist_drop(community.pk, pk, by=by, at=at)
        elif not form.is_valid():
            return False
        else:
            known = editing.pk if editing else None
            checklist_save(community.pk, by=by, at=at, checklist_id=known, **form.cleaned_data)
            messages.success(request, _("记好了，走访时就能勾"))
    except (Community.DoesNotExist, Checklist.DoesNotExist) as error:
        raise Http404 from error
    except ValidationError as error:
        if form.is_bound:
            form.add_error(None, error)
            return False
        messages.warning(request, "；".join(error.messages))
    return True

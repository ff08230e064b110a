"""Who asks, for every page of this app."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from grid.access import Scope
from grid.models import Staff
from residents.models import Community


class PanelRequest(HttpRequest):
    """A request that may come from a cell of the wall."""

    htmx: HtmxDetails


def viewer(request: HttpRequest) -> Staff:
    """The signed-in person."""
    assert isinstance(request.user, Staff)
    return request.user


def roles_in(scope: Scope, community: Community) -> frozenset[str]:
    """The roles that a person has over a community as a whole."""
    return scope.roles_over(community=community.pk)

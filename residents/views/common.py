"""Who asks, for every page of this app."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from grid.models import Staff


class PanelRequest(HttpRequest):
    """A request that may come from a cell of the wall."""

    htmx: HtmxDetails


def viewer(request: HttpRequest) -> Staff:
    """The signed-in person."""
    assert isinstance(request.user, Staff)
    return request.user

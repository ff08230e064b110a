"""Who asks, for every page of this app."""

from django.http import HttpRequest

from grid.models import Staff


def viewer(request: HttpRequest) -> Staff:
    """The signed-in person."""
    assert isinstance(request.user, Staff)
    return request.user

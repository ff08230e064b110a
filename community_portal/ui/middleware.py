"""Signed-in sessions end when nobody works in them; the length of a sign-in lock."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

SEEN = "seen"
WRITE_EVERY = 60


class IdleSession:
    """Signs out a session idle for longer than SESSION_IDLE_SECONDS.

    The last use is written at most once a minute, so that an ordinary request writes no session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if SESSION_KEY in request.session:
            note_use(request, int(timezone.now().timestamp()))
        return self.get_response(request)


def note_use(request: HttpRequest, at: int) -> None:
    """Remember that the session was used at this second (since the epoch); end it when its last use is too long ago."""
    idle = at - request.session.get(SEEN, at)
    if idle > settings.SESSION_IDLE_SECONDS:
        logout(request)
        messages.warning(request, _("长时间未操作，请重新登录"))
    elif SEEN not in request.session or idle >= WRITE_EVERY:
        request.session[SEEN] = at


def signin_cooloff(request: HttpRequest | None = None) -> timedelta:
    """How long an account stays locked after too many wrong passwords."""
    return timedelta(seconds=settings.SIGNIN_LOCK_SECONDS)

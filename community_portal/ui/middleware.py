"""Programs go straight to their views; idle sessions end; how long a sign-in is locked."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import cast

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _

SEEN = "seen"
WRITE_EVERY = 60


class Policy(CSPMiddleware):
    """The Content-Security-Policy header of django-csp, put together once: nearly every response has the same."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """As in django-csp, which does it anew where a view, or a nonce, asks for words of its own."""
        own = any(name.startswith("_csp") for name in (*vars(response), *vars(request)))
        if own or settings.DEBUG:
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, _policy())
        return response


@cache
def _policy() -> str:
    return build_policy()


class Programs:
    """Requests of programs (settings.PROGRAM_PATHS) go from here straight to their view.

    They bring a signature or a key of their own, and have no session, signed-in person, form token or messages: the
    middleware behind this one would only look for them. What stands before it (security headers, hosts, compression)
    serves them like everybody. An address that is none goes on like a page that is missing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.answer = convert_exception_to_response(_answer)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(settings.PROGRAM_PATHS):
            try:
                request.resolver_match = resolve(request.path_info)
            except Resolver404:
                return self.get_response(request)
            return cast(HttpResponse, self.answer(request))
        return self.get_response(request)


def _answer(request: HttpRequest) -> HttpResponse:
    match = request.resolver_match
    assert match is not None
    answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return answer


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

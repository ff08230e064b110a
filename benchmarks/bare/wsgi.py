"""The portal with the bare views beside it: same process, same server, same database, no middleware for the latter."""

import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community_portal.settings")

import django

django.setup()

from django.core.handlers.exception import convert_exception_to_response  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402

from benchmarks.bare import views  # noqa: E402

BARE = "/bare/"


class BareHandler(WSGIHandler):
    """Django's own handler with an empty middleware list and the two bare views."""

    def load_middleware(self, is_async: bool = False) -> None:
        """Nothing stands between the server and the view."""
        self._middleware_chain = convert_exception_to_response(self._answer)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        view = views.insert if request.path.endswith("/insert/") else views.latest
        return view(request)


portal, bare = WSGIHandler(), BareHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Hands /bare/ to the bare views and everything else to the portal."""
    handler = bare if environ["PATH_INFO"].startswith(BARE) else portal
    return handler(environ, start_response)

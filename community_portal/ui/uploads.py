"""Where a form with files leads once it is taken; static/js/uploads.js sends it behind the page, to show progress."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url

NEXT, BEHIND = "X-Next", "X-Upload"


def go_on(request: HttpRequest, to: str, *args: Any, **kwargs: Any) -> HttpResponse:
    """Like `redirect`; a form sent in the background is told the address, so that the page itself goes there."""
    if BEHIND not in request.headers:
        return redirect(to, *args, **kwargs)
    return HttpResponse(headers={NEXT: resolve_url(to, *args, **kwargs)})

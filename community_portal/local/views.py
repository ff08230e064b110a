"""What load balancers and administrators ask; no session, no sign-in, no Django database connection."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from community_portal.local import health


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 `ok` when web, database and broker are up, else 503."""
    alive = health.check(deep=False).alive
    return HttpResponse("ok" if alive else "down", status=200 if alive else 503, content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Each part with true or false and a reason for each false; 503 while requests cannot be served."""
    found = health.check(deep=True)
    return JsonResponse({**found.parts, "reasons": found.reasons}, status=200 if found.ready else 503)

"""The addresses of GeoReport v2: read the query, ask, answer in the format asked for."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from petitions.limits import HOUR, Limit, client_address
from petitions.models import Open311Key
from petitions.open311 import listing, services, taking
from petitions.open311.keys import find_key
from petitions.open311.wire import Refused, answer

READS = Limit("open311-read", 3000, HOUR)
WRITES = Limit("open311-write", 600, HOUR)
FORMATS = ("application/json", "text/xml")
CHANGED = "2026-11-25T00:00:00+08:00"
"""When what is written here last changed what clients see."""
AGAIN = "Idempotency-Key"
AGAIN_LENGTH = 64
View = Callable[..., HttpResponse]


def _spoken(*methods: str) -> Callable[[View], View]:
    """Every error in the specification's form, and no more queries from one address than READS."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, fmt: str, **kwargs: Any) -> HttpResponse:
            try:
                if request.method not in (*methods, "HEAD"):
                    raise Refused(405, _("这个地址只接受 %s") % "、".join(methods))
                if minutes := READS.hit(client_address(request), timezone.now()):
                    raise Refused(429, _("查得太多了，请 %d 分钟后再来") % minutes)
                return view(request, *args, fmt=fmt, **kwargs)
            except Refused as refused:
                return answer("errors", refused.content, fmt, refused.status)
            except SuspiciousOperation:
                return answer("errors", Refused(413, _("请求太大或字段太多")).content, fmt, 413)
            except (OperationalError, InterfaceError):
                return answer("errors", Refused(503, _("系统暂时不能受理，请稍后再发")).content, fmt, 503)

        return inner

    return decorate


@_spoken("GET")
def discovery(request: HttpRequest, *, fmt: str) -> HttpResponse:
    """Where this is served, in which formats, and how one gets a key."""
    here = request.build_absolute_uri("/open311/v2")
    content = {
        "changeset": CHANGED,
        "contact": _("所在社区居民委员会"),
        "key_service": _("提交请求要 api_key：请向所在社区或街道索取。查询不用。"),
        "endpoints": [
            {
                "specification": "http://wiki.open311.org/GeoReport_v2",
                "url": here,
                "changeset": CHANGED,
                "type": "production",
                "formats": list(FORMATS),
            }
        ],
    }
    return answer("discovery", content, fmt)


@_spoken("GET")
def service_list(request: HttpRequest, *, fmt: str) -> HttpResponse:
    """GET services."""
    listing.jurisdiction(request.GET.get("jurisdiction_id", ""))
    return answer("services", services.service_list(), fmt)


@_spoken("GET")
def service_definition(request: HttpRequest, code: str, *, fmt: str) -> HttpResponse:
    """GET services/CODE."""
    listing.jurisdiction(request.GET.get("jurisdiction_id", ""))
    return answer("service_definition", services.definition(services.find_service(code)), fmt)


@_spoken("GET", "POST")
def requests(request: HttpRequest, *, fmt: str) -> HttpResponse:
    """GET requests, and POST requests with a key."""
    at = timezone.now()
    if request.method != "POST":
        asked = listing.read_query(request.GET, at)
        return answer("service_requests", listing.requests_asked(asked), fmt)
    key = _key(request)
    if minutes := WRITES.hit(str(key.pk), at):
        raise Refused(429, _("报得太多了，请 %d 分钟后再来") % minutes)
    again = request.headers.get(AGAIN, "").strip()
    if len(again) > AGAIN_LENGTH:
        raise Refused(400, _("%(name)s 最多 %(most)d 个字") % {"name": AGAIN, "most": AGAIN_LENGTH})
    said = {name: request.POST.getlist(name) for name in request.POST}
    return answer("service_requests", [taking.take_in(said, key, again, at)], fmt, 201)


@_spoken("GET")
def request_detail(request: HttpRequest, number: str, *, fmt: str) -> HttpResponse:
    """GET requests/ID."""
    return answer("service_requests", listing.request_of(number), fmt)


@_spoken("GET")
def token(request: HttpRequest, number: str, *, fmt: str) -> HttpResponse:
    """GET tokens/ID: every report gets its number at once, so a token is that number."""
    found = listing.request_of(number)[0]["service_request_id"]
    return answer("service_requests", [{"service_request_id": found, "token": number}], fmt)


def _key(request: HttpRequest) -> Open311Key:
    """Whose key a report carries. Raises Refused: 400 without one (as specified), 403 for a wrong one."""
    said = request.POST.get("api_key", "") or request.GET.get("api_key", "")
    if not said:
        raise Refused(400, _("缺少 api_key"))
    if (key := find_key(said)) is None:
        raise Refused(403, _("api_key 无效或已停用"))
    return key

"""The cases: intake over HTTP, order list, wall, deadline sweep, and the bare view of each kind."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from benchmarks.load import Figures, Request, figures, run
from community_portal.worktime.actions import sweep as sweep_clocks
from grid.models import Appointment, Division, Staff
from petitions.actions import clocks
from petitions.models import HotlineClient, PetitionClock

CLIENTS = 4
REQUESTS = 800
DUE = 2_000
TEXTS = (
    "楼道顶往下滴水，正对着电箱，怕出事，请尽快来看",
    "门前路灯坏了三天，晚上看不见路",
    "底商餐馆油烟直排，晚上开不了窗",
)


def session_of(staff: Staff) -> str:
    """A signed-in session's cookie."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(staff.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = staff.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def someone(role: str) -> Staff:
    """A staff member in a role of the demo community's chain."""
    appointment = Appointment.objects.filter(role=role, ends_on__isnull=True).select_related("staff").order_by("id")[0]
    return appointment.staff


def hotline() -> HotlineClient:
    """The client that the intake case signs with."""
    street = Division.objects.get(code="110105019000", level=Division.Level.STREET)
    HotlineClient.objects.filter(name="bench").delete()
    return HotlineClient.objects.create(
        name="bench", key="bench-key", secret="bench-secret", division=street, created_at=timezone.now()
    )


def order(n: int, run_id: str) -> bytes:
    """One new order, as a hotline writes it."""
    return json.dumps(
        {
            "order_no": f"{run_id}-{n}",
            "received_at": timezone.localtime().isoformat(),
            "title": f"诉求 {n}",
            "text": f"{TEXTS[n % len(TEXTS)]}（{n}）",
            "caller_name": "张三",
            "caller_phone": f"199{n % 100_000_000:08d}",
            "address": f"双合家园{n % 12 + 1}号楼{n % 3 + 1}单元{n % 6 + 1}01",
        }
    ).encode()


def intake(port: int, run_id: str) -> Figures:
    """New orders through the hotline's interface, signed."""
    client = hotline()

    def make(n: int) -> Request:
        body, stamp = order(n, run_id), str(int(time.time()))
        signature = hmac.new(client.secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"X-Portal-Key": client.key, "X-Portal-Timestamp": stamp, "X-Portal-Signature": signature}
        return "POST", "/api/v1/hotline/orders/", body, {"Content-Type": "application/json", **headers}

    return run(port, make, REQUESTS, CLIENTS, expect=201)


def bare_insert(port: int, run_id: str) -> Figures:
    """The same bodies into the bare view."""
    return run(
        port, lambda n: ("POST", "/bare/insert/", order(n, run_id), {"Content-Type": "application/json"}),
        REQUESTS, CLIENTS, expect=201,
    )  # fmt: skip


def page(port: int, path: str, cookie: str = "", count: int = REQUESTS) -> Figures:
    """One page, again and again, as a signed-in person sees it."""
    return run(
        port, lambda n: ("GET", path, b"", {"Cookie": cookie, "Accept-Encoding": "gzip"}), count, CLIENTS, expect=200
    )


def order_list(port: int) -> Figures:
    """The order list of a street officer, newest first."""
    return page(port, "/petitions/", session_of(someone(Appointment.Role.STREET_OFFICER)))


def wall(port: int) -> Figures:
    """The whole community's wall."""
    return page(port, "/wall/", session_of(someone(Appointment.Role.COMMUNITY_HEAD)), REQUESTS // 8)


def sweep() -> Figures:
    """Clocks at their deadline through the one sweep, each taking the rung that urges its handler.

    A duration is a batch's time, with claiming and committing, divided by its clocks.
    """
    at = timezone.now()
    PetitionClock.objects.filter(next_check_at__lte=at).update(next_check_at=at + timedelta(days=1))
    running = PetitionClock.objects.filter(closed_at__isnull=True, due_at__isnull=False)
    ids = list(running.order_by("-id").values_list("pk", flat=True)[:DUE])
    a_moment_ago = at - timedelta(seconds=30)
    PetitionClock.objects.filter(pk__in=ids).update(
        started_at=at - timedelta(days=1), due_at=a_moment_ago, step=1, breached_at=None, next_check_at=a_moment_ago
    )
    times: list[float] = []
    begun = last = time.perf_counter()

    def claim(now: datetime, limit: int) -> QuerySet[PetitionClock]:
        nonlocal last
        found, last = clocks.claim_due(now, limit), time.perf_counter()
        return found

    def act(claimed: Sequence[PetitionClock], now: datetime) -> None:
        clocks.take_steps(claimed, now)
        times.extend([(time.perf_counter() - last) / len(claimed)] * len(claimed))

    sweep_clocks(claim, act, at=at)
    return figures(times, time.perf_counter() - begun)


def settle() -> None:
    """Statistics and visibility as a running database has them."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


CASES: dict[str, Callable[[int], Figures]] = {"list": order_list, "wall": wall}

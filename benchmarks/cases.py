"""The cases: order list, intake and wall over HTTP, each beside the bare view of its kind, and the deadline sweep."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from benchmarks.cpu import Cpu
from benchmarks.load import Request, Round, run
from community_portal.worktime.actions import sweep as sweep_clocks
from grid.models import Appointment, Division, Staff
from petitions.actions import clocks
from petitions.models import HotlineClient, PetitionClock

Role = Appointment.Role
CLIENTS = 4
REQUESTS = 200
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


@dataclass(frozen=True)
class Case:
    """Requests of one kind: what to send for each number, how many a round, and the bare case that limits it."""

    make: Callable[[int], Request]
    expect: int = 200
    count: int = REQUESTS
    limit: str = ""

    def round(self, port: int, nth: int, web: Cpu, store: Cpu) -> Round:
        """Measure the nth round; no two send the same numbers."""
        numbers = range(nth * self.count, (nth + 1) * self.count)
        web_before, store_before = web.seconds(), store.seconds()
        done = run(port, self.make, numbers, CLIENTS, (self.expect,))
        return replace(
            done,
            web_ms=(web.seconds() - web_before) * 1000 / self.count,
            store_ms=(store.seconds() - store_before) * 1000 / self.count,
        )


def cases(run_id: str) -> dict[str, Case]:
    """Every case of one run; `run_id` begins the numbers of its orders. Each bare one stands beside what it limits."""
    officer, head = session_of(someone(Role.STREET_OFFICER)), session_of(someone(Role.COMMUNITY_HEAD))
    return {
        "bare list": Case(page("/bare/list/")),
        "list": Case(page("/petitions/", officer), limit="bare list"),
        "bare insert": Case(bare_insert(run_id), expect=201),
        "intake": Case(intake(run_id), expect=201, limit="bare insert"),
        "wall": Case(page("/wall/", head), count=REQUESTS // 10),
    }


def page(path: str, cookie: str = "") -> Callable[[int], Request]:
    """One page, again and again, as a signed-in person sees it."""
    return lambda n: ("GET", path, b"", {"Cookie": cookie, "Accept-Encoding": "gzip"})


def intake(run_id: str) -> Callable[[int], Request]:
    """New orders through the hotline's interface, signed."""
    client = hotline()

    def make(n: int) -> Request:
        body, stamp = order(n, run_id), str(int(time.time()))
        signature = hmac.new(client.secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"X-Portal-Key": client.key, "X-Portal-Timestamp": stamp, "X-Portal-Signature": signature}
        return "POST", "/api/v1/hotline/orders/", body, {"Content-Type": "application/json", **headers}

    return make


def bare_insert(run_id: str) -> Callable[[int], Request]:
    """The same bodies into the bare view."""
    return lambda n: ("POST", "/bare/insert/", order(n, run_id), {"Content-Type": "application/json"})


def sweep() -> Round:
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
    return Round(times, time.perf_counter() - begun)


def settle() -> None:
    """Statistics and visibility as a running database has them."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")

"""The outbox: once a recipient, in peace at night, and out of the house exactly as promised."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from community_portal.notices import actions, outbox
from community_portal.notices.models import Notice
from community_portal.worktime.deadlines import ZONE
from tests.factories import NOW, Cast
from tests.processes import Process
from tests.threads import at_once

PHONE = "13800000021"
MINUTE = timedelta(minutes=1)
SENDER = """
import sys, django
django.setup()
from datetime import datetime
from community_portal.notices.actions import send_due
send_due(at=datetime.fromisoformat(sys.argv[1]))
"""


def at(text: str) -> datetime:
    """An instant in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def message(event: str = "petition-event:1", when: datetime = NOW, phone: str = PHONE) -> Notice:
    """Put one message to a resident into the outbox."""
    notice = outbox.to_resident(phone, event=event, at=when, title="您的诉求已答复", body="灯已修好")
    outbox.save([notice])
    return Notice.objects.latest("pk")


class Gateway:
    """An SMS operator in this process: keeps what it got, answers as it is told."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.status = 200
        self.raw = b""
        self.slow_phone = ""
        self.arrived, self.answers = Event(), Event()
        self.answers.set()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}/send"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                gateway.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                gateway.arrived.set()
                if gateway.got[-1]["phone"] == gateway.slow_phone:
                    gateway.answers.wait(30)
                if gateway.raw:
                    self.wfile.write(gateway.raw)
                    return
                self.send_response(gateway.status)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        return Handler


@pytest.fixture
def gateway(settings: Settings) -> Iterator[Gateway]:
    """The operator's gateway, which the portal is set up for."""
    found = Gateway()
    settings.SMS_URL = found.url
    yield found
    found.answers.set()
    found.server.shutdown()
    found.server.server_close()


@pytest.mark.django_db
class TestOnce:
    def test_one_event_reaches_a_recipient_once_by_a_channel(self) -> None:
        for _ in range(3):
            message("petition-event:1")
        message("petition-event:2")
        message("petition-event:1", phone="13800000022")
        assert Notice.objects.count() == 3

    def test_the_first_words_stay(self) -> None:
        first = message("petition-event:1")
        outbox.save([outbox.to_resident(PHONE, event="petition-event:1", at=NOW, title="别的话")])
        assert Notice.objects.get().title == first.title

    def test_a_phone_written_in_two_ways_is_one_recipient(self) -> None:
        message(phone="13800000021")
        message(phone="138 0000 0021")
        assert Notice.objects.count() == 1

    def test_the_phone_is_sealed_in_the_table(self) -> None:
        message()
        with connection.cursor() as cursor:
            cursor.execute("SELECT t::text FROM notices_notice t")
            assert PHONE not in cursor.fetchone()[0]

    def test_staff_read_theirs_at_once_and_once(self, cast: Cast) -> None:
        night = at("2026-11-23T23:00")
        outbox.save([outbox.to_staff(cast.worker.pk, event="e:1", at=night, title="催办")])
        assert [notice.title for notice in outbox.unread(cast.worker.pk)] == ["催办"]
        assert not outbox.unread(cast.colleague.pk).exists()
        assert actions.mark_read(staff_id=cast.worker.pk, at=night) == 1
        assert not outbox.unread(cast.worker.pk).exists()


@pytest.mark.django_db
class TestQuietHours:
    def test_a_message_of_the_night_leaves_at_eight(self, gateway: Gateway) -> None:
        message(when=at("2026-11-23T22:30"))
        for quiet in ("2026-11-23T22:30", "2026-11-24T03:00", "2026-11-24T07:59"):
            assert actions.send_due(at=at(quiet)) == 0
        assert gateway.got == []
        assert actions.send_due(at=at("2026-11-24T08:00")) == 1
        assert [each["phone"] for each in gateway.got] == [PHONE]

    def test_a_message_of_the_day_that_was_held_up_waits_too(self, gateway: Gateway) -> None:
        message(when=at("2026-11-23T20:50"))
        assert actions.send_due(at=at("2026-11-23T21:00")) == 0
        assert actions.send_due(at=at("2026-11-24T08:00")) == 1

    def test_a_message_of_the_day_leaves_at_once(self, gateway: Gateway) -> None:
        message()
        assert actions.send_due(at=NOW) == 1


@pytest.mark.django_db
class TestSending:
    def test_the_gateway_gets_key_phone_and_text(self, gateway: Gateway) -> None:
        notice = message()
        assert actions.send_due(at=NOW) == 1
        assert gateway.got == [{"key": str(notice.row_key), "phone": PHONE, "text": "您的诉求已答复。灯已修好"}]
        notice.refresh_from_db()
        assert (notice.sent_at, notice.attempts, notice.error) == (NOW, 0, "")

    def test_what_was_sent_is_not_sent_again(self, gateway: Gateway) -> None:
        message()
        assert actions.send_due(at=NOW) == 1
        assert actions.send_due(at=NOW + MINUTE) == 0
        assert len(gateway.got) == 1

    def test_everything_due_leaves_in_one_go(self, gateway: Gateway) -> None:
        for number in range(5):
            message(f"petition-event:{number}")
        assert actions.send_due(at=NOW) == 5

    def test_without_a_gateway_messages_wait(self, settings: Settings) -> None:
        settings.SMS_URL = ""
        notice = message()
        assert actions.send_due(at=NOW) == 0
        notice.refresh_from_db()
        assert (notice.sent_at, notice.attempts) == (None, 0)


@pytest.mark.django_db
class TestFailure:
    def test_it_backs_off_and_goes_out_later_with_the_same_key(self, gateway: Gateway) -> None:
        notice = message()
        gateway.status = 503
        assert actions.send_due(at=NOW) == 0
        notice.refresh_from_db()
        assert (notice.attempts, notice.not_before) == (1, NOW + 2 * MINUTE)
        assert "503" in notice.error
        assert actions.send_due(at=NOW + MINUTE) == 0
        gateway.status = 200
        assert actions.send_due(at=NOW + 2 * MINUTE) == 1
        assert {each["key"] for each in gateway.got} == {str(notice.row_key)}
        assert len(gateway.got) == 2

    @pytest.mark.parametrize(
        ("attempts", "minutes"), [(0, 2), (1, 4), (2, 8), (7, 256), (8, 360), (40, 360), (30_000, 360)]
    )
    def test_the_wait_doubles_up_to_six_hours(self, gateway: Gateway, attempts: int, minutes: int) -> None:
        gateway.status = 500
        notice = message()
        Notice.objects.filter(pk=notice.pk).update(attempts=attempts)
        actions.send_due(at=NOW)
        notice.refresh_from_db()
        assert notice.not_before == NOW + minutes * MINUTE

    def test_a_gateway_that_talks_nonsense_is_a_failure_too(self, gateway: Gateway) -> None:
        gateway.raw = b"500 lines of nothing\r\n"
        first, second = message("petition-event:1"), message("petition-event:2")
        assert actions.send_due(at=NOW) == 0
        for notice in (first, second):
            notice.refresh_from_db()
            assert (notice.attempts, notice.sent_at) == (1, None)
            assert notice.error

    def test_a_gateway_that_is_away_is_a_failure_too(self, settings: Settings) -> None:
        settings.SMS_URL = "http://127.0.0.1:1/"
        notice = message()
        assert actions.send_due(at=NOW) == 0
        notice.refresh_from_db()
        assert notice.attempts == 1

    def test_one_message_that_cannot_be_opened_does_not_stop_the_others(self, gateway: Gateway) -> None:
        broken, good = message("petition-event:1"), message("petition-event:2")
        Notice.objects.filter(pk=broken.pk).update(row_key="00000000-0000-0000-0000-000000000000")
        assert actions.send_due(at=NOW) == 1
        rows = dict(Notice.objects.values_list("pk", "sent_at"))
        assert rows == {broken.pk: None, good.pk: NOW}
        assert "密文打不开" in Notice.objects.values_list("error", flat=True).get(pk=broken.pk)


@pytest.mark.django_db(transaction=True)
class TestSeveralSenders:
    def test_two_at_once_send_each_message_once(self, gateway: Gateway) -> None:
        notices = [message(f"petition-event:{number}") for number in range(8)]
        sent = at_once(*[lambda: actions.send_due(at=NOW)] * 3)
        assert sum(sent) == 8
        assert sorted(each["key"] for each in gateway.got) == sorted(str(notice.row_key) for notice in notices)

    def test_a_slow_message_does_not_hold_up_another_sender(self, gateway: Gateway) -> None:
        message("petition-event:1", when=NOW - MINUTE)
        gateway.slow_phone = PHONE
        slow = Thread(target=lambda: at_once(lambda: actions.send_due(at=NOW)))
        gateway.answers.clear()
        slow.start()
        assert gateway.arrived.wait(30)
        message("petition-event:2", phone="13800000022")
        assert actions.send_due(at=NOW) == 1
        gateway.answers.set()
        slow.join(30)
        assert [each["phone"] for each in gateway.got] == [PHONE, "13800000022"]
        assert not Notice.objects.filter(sent_at=None).exists()

    def test_a_sender_killed_in_the_middle_leaves_the_message_to_the_next_with_the_same_key(
        self, gateway: Gateway, tmp_path: Path
    ) -> None:
        notice = message()
        gateway.slow_phone = PHONE
        gateway.answers.clear()
        sender = Process(["-c", SENDER, NOW.isoformat()], tmp_path / "sender.log", PORTAL_SMS_URL=gateway.url)
        try:
            sender.wait_until(gateway.arrived.is_set)
        finally:
            sender.kill()
        gateway.answers.set()
        sender_gone(notice)
        notice.refresh_from_db()
        assert notice.sent_at is None
        assert actions.send_due(at=NOW) == 1
        assert [each["key"] for each in gateway.got] == [str(notice.row_key)] * 2


def sender_gone(notice: Notice) -> None:
    """Wait until the database has noticed that the sender died and let go of its message."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM notices_notice WHERE id = %s FOR UPDATE", [notice.pk])

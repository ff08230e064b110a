"""Letters to staff: a real mailbox on a mail server of its own, beside the gateway of text messages, once each."""

import asyncio
import mailbox
import socket
from collections.abc import Iterator
from datetime import datetime
from email import message_from_binary_file, policy
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox as Delivery
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from community_portal import config
from community_portal.notices import actions, outbox
from community_portal.notices.models import Mailbox, Notice
from petitions.actions.triage import petition_on_spot
from tests.factories import NOW, Cast, make_petition
from tests.notices.test_outbox import SENDER, Gateway, gateway, sender_gone
from tests.processes import Process
from tests.threads import at_once

__all__ = ["gateway"]
ADDRESS = "worker@example.cn"
NIGHT = NOW.replace(hour=23)


class Post:
    """A mail server in this process that delivers into a Maildir; it can be told to be slow or to refuse."""

    def __init__(self, folder: Path) -> None:
        self.box = mailbox.Maildir(folder, factory=lambda file: message_from_binary_file(file, policy=policy.default))
        self.arrived = Event()
        self.slow = self.refuses = False
        deliver = Delivery(str(folder)).handle_DATA

        async def take(server: Any, session: Any, envelope: Any) -> str:
            self.arrived.set()
            if self.refuses:
                return "451 try again later"
            while self.slow:
                await asyncio.sleep(0.02)
            answer: str = await deliver(server, session, envelope)
            return answer

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.server = Controller(SimpleNamespace(handle_DATA=take), hostname="127.0.0.1", port=self.port)
        self.server.start()

    @property
    def letters(self) -> list[Any]:
        """What has arrived, in the order of the subjects."""
        return sorted(self.box, key=lambda letter: letter["Message-ID"])


@pytest.fixture
def post(settings: Settings, tmp_path: Path) -> Iterator[Post]:
    """The mail server that the portal is set up for."""
    found = Post(tmp_path / "mail")
    settings.MAIL = f"smtp://127.0.0.1:{found.port}"
    settings.PORTAL_URL = "https://portal.example.cn"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    for name, value in config.mail(settings.MAIL).items():
        setattr(settings, name, value)
    yield found
    found.slow = False
    found.server.stop()


def letter(cast: Cast, event: str = "petition-event:1", when: datetime = NOW) -> Notice:
    """Put one message to the worker into the outbox; its letter."""
    actions.mailbox_set(cast.worker.pk, ADDRESS)
    outbox.save([outbox.to_staff(cast.worker.pk, event=event, at=when, title="派给您：路灯", body="请看", path="/x/")])
    return Notice.objects.filter(channel="mail").latest("pk")


@pytest.mark.django_db
class TestWho:
    def test_a_message_goes_by_mail_to_those_alone_who_gave_an_address(self, cast: Cast, post: Post) -> None:
        letter(cast)
        outbox.save([outbox.to_staff(cast.colleague.pk, event="e:1", at=NOW, title="催办")])
        assert list(Notice.objects.filter(channel="mail").values_list("staff", flat=True)) == [cast.worker.pk]
        assert Notice.objects.filter(channel="portal").count() == 2

    def test_the_portal_lists_it_once(self, cast: Cast, post: Post) -> None:
        letter(cast)
        assert outbox.unread(cast.worker.pk).count() == 1
        assert actions.mark_read(staff_id=cast.worker.pk, at=NOW) == 1

    def test_a_new_petition_is_told_by_mail_as_well(self, cast: Cast, post: Post) -> None:
        actions.mailbox_set(cast.worker.pk, ADDRESS)
        petition = make_petition(cast)
        actions.send_due(at=NOW)
        (got,) = post.letters
        assert petition.title in got["Subject"]

    def test_without_a_mail_server_there_are_no_letters(self, cast: Cast, settings: Settings) -> None:
        settings.MAIL = ""
        actions.mailbox_set(cast.worker.pk, ADDRESS)
        outbox.save([outbox.to_staff(cast.worker.pk, event="e:1", at=NOW, title="催办")])
        assert not Notice.objects.filter(channel="mail").exists()

    def test_who_gave_it_up_gets_no_more(self, cast: Cast, post: Post) -> None:
        letter(cast)
        actions.mailbox_set(cast.worker.pk, "")
        actions.send_due(at=NOW)
        letter_after = outbox.to_staff(cast.worker.pk, event="e:2", at=NOW, title="催办")
        outbox.save([letter_after])
        actions.send_due(at=NOW)
        assert post.letters == []

    def test_everybody_says_for_themselves_where_to(self, cast: Cast, post: Post, client: Client) -> None:
        client.force_login(cast.worker)
        refused = client.post(reverse("mailbox"), {"address": "不是邮箱"})
        assert "邮箱写法不对" in refused.content.decode()
        assert "不是邮箱" in refused.content.decode()
        client.post(reverse("mailbox"), {"address": ADDRESS})
        assert Mailbox.objects.get().address == ADDRESS
        assert ADDRESS in client.get(reverse("mailbox")).content.decode()
        client.post(reverse("mailbox"), {"address": ""})
        assert not Mailbox.objects.exists()


@pytest.mark.django_db
class TestLetter:
    def test_what_is_in_it(self, cast: Cast, post: Post) -> None:
        notice = letter(cast, when=NIGHT)
        assert actions.send_due(at=NIGHT) == 1
        (got,) = post.letters
        assert (got["To"], got["Message-ID"]) == (ADDRESS, f"<{notice.row_key}@localhost>")
        assert got["Subject"] == notice.title
        assert got.get_content().split() == ["请看", "https://portal.example.cn/x/"]

    def test_a_server_that_refuses_is_tried_again(self, cast: Cast, post: Post) -> None:
        notice = letter(cast)
        post.refuses = True
        assert actions.send_due(at=NOW) == 0
        notice.refresh_from_db()
        assert (notice.attempts, notice.sent_at) == (1, None)
        assert "451" in notice.error
        post.refuses = False
        assert actions.send_due(at=notice.not_before) == 1
        assert len(post.letters) == 1


@pytest.mark.django_db
class TestAddress:
    @pytest.mark.parametrize(
        ("url", "port", "ssl", "tls"),
        [
            ("smtp://mail.example.cn", 25, False, False),
            ("smtps://a%40b.cn:p%2Fw@mail.example.cn", 465, True, False),
            ("smtp+tls://mail.example.cn:2525", 2525, False, True),
        ],
    )
    def test_of_the_server(self, url: str, port: int, ssl: bool, tls: bool) -> None:
        found = config.mail(url)
        assert (found["EMAIL_PORT"], found["EMAIL_USE_SSL"], found["EMAIL_USE_TLS"]) == (port, ssl, tls)
        if "@" in url:
            assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("a@b.cn", "p/w")

    @pytest.mark.parametrize("url", ["mail.example.cn", "http://mail.example.cn", "smtp://"])
    def test_that_is_none(self, url: str) -> None:
        with pytest.raises(config.ConfigError):
            config.mail(url)


@pytest.mark.django_db(transaction=True)
class TestOnceEach:
    def test_several_senders_deliver_each_letter_and_each_text_once(
        self, cast: Cast, post: Post, gateway: Gateway
    ) -> None:
        actions.mailbox_set(cast.worker.pk, ADDRESS)
        petitions = [make_petition(cast, caller_phone=f"1380000{n:04}") for n in range(4)]
        for petition in petitions:
            petition_on_spot(petition.pk, by=cast.head, at=NOW, text="已换好")
        waiting = Notice.objects.filter(sent_at=None).count()
        assert sum(at_once(*[lambda: actions.send_due(at=NOW)] * 3)) == waiting
        ids = [got["Message-ID"] for got in post.letters]
        assert len(ids) == len(set(ids)) == Notice.objects.filter(channel="mail").count()
        keys = [got["key"] for got in gateway.got]
        assert len(keys) == len(set(keys)) == Notice.objects.filter(channel="sms").count()
        assert {got["phone"] for got in gateway.got} == {f"1380000{n:04}" for n in range(4)}

    def test_a_sender_killed_while_the_mail_server_takes_a_letter(
        self, cast: Cast, post: Post, settings: Settings, tmp_path: Path
    ) -> None:
        first, second = letter(cast, "e:1"), letter(cast, "e:2")
        post.slow = True
        sender = Process(
            ["-c", SENDER, NOW.isoformat()], tmp_path / "sender.log", PORTAL_MAIL_URL=settings.MAIL, PORTAL_SMS_URL=""
        )
        try:
            sender.wait_until(post.arrived.is_set)
        finally:
            sender.kill()
        sender_gone(first)
        post.slow = False
        assert actions.send_due(at=NOW) == 2
        assert {got["Message-ID"] for got in post.letters} == {
            f"<{notice.row_key}@localhost>" for notice in (first, second)
        }
        assert len(post.letters) == 2
        assert not Notice.objects.filter(sent_at=None).exists()


@pytest.mark.django_db
def test_residents_get_no_letters(cast: Cast, post: Post, gateway: Gateway) -> None:
    petition = make_petition(cast, caller_phone="13800000021")
    actions.mailbox_set(cast.head.pk, "head@example.cn")
    petition_on_spot(petition.pk, by=cast.head, at=NOW, text="已换好")
    actions.send_due(at=NOW)
    assert all(got["To"] == "head@example.cn" for got in post.letters)
    page = reverse("track-detail", args=[petition.number, petition.query_code])
    assert gateway.got[-1]["text"].endswith(f"已换好 https://portal.example.cn{page}")

"""Signing in, the idle session and the elder mode, as a person meets them."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from grid.models import Staff

PASSWORD = "yi-ge-chang-mima"


@pytest.fixture
def worker(db: None) -> Staff:
    return Staff.objects.create_user("ma", PASSWORD, name="马建国")


def sign_in(client: Client, password: str = PASSWORD, **more: str) -> object:
    return client.post(reverse("sign-in"), {"username": "ma", "password": password, **more})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_right_password_leads_to_the_workbench(client: Client, worker: Staff) -> None:
    response = sign_in(client)
    assert response.status_code == 302
    assert response.url == reverse("workbench")


def test_a_page_asked_for_before_is_where_one_lands(client: Client, worker: Staff) -> None:
    assert sign_in(client, next=reverse("wall")).url == reverse("wall")
    client.logout()
    assert sign_in(client, next="https://evil.example/").url == reverse("workbench")


def test_a_wrong_password_keeps_the_account_and_says_what_to_do(client: Client, worker: Staff) -> None:
    page = sign_in(client, "cuo").content.decode()
    assert "账号或密码不对" in page
    assert 'value="ma"' in page
    assert "cuo" not in page


def test_a_closed_account_looks_like_a_wrong_password(client: Client, worker: Staff) -> None:
    Staff.objects.update(is_active=False)
    assert "账号或密码不对" in sign_in(client).content.decode()


def test_too_many_wrong_passwords_lock_with_the_minutes_to_wait(
    client: Client, worker: Staff, settings: Settings
) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    settings.SIGNIN_LOCK_SECONDS = 300
    for _ in range(3):
        response = sign_in(client, "cuo")
    assert response.status_code == 429
    assert "请等 5 分钟再登录" in response.content.decode()
    assert sign_in(client).status_code == 429
    assert not signed_in(client)


def test_signing_out_takes_a_post(client: Client, worker: Staff) -> None:
    client.force_login(worker)
    assert client.get(reverse("sign-out")).status_code == 405
    assert signed_in(client)
    response = client.post(reverse("sign-out"))
    assert response.url == reverse("home")
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not signed_in(client)


def rest(client: Client, seconds: int) -> None:
    """Make the last use of the session so many seconds older."""
    session = client.session
    session["seen"] = int(timezone.now().timestamp()) - seconds
    session.save()


@pytest.fixture
def at_work(client: Client, worker: Staff, settings: Settings) -> Client:
    settings.SESSION_IDLE_SECONDS = 600
    client.force_login(worker)
    return client


def test_a_session_left_idle_ends_with_a_message(at_work: Client) -> None:
    rest(at_work, 700)
    response = at_work.get(reverse("sign-in"))
    assert "长时间未操作，请重新登录" in response.content.decode()
    assert not signed_in(at_work)
    assert "长时间未操作" not in at_work.get(reverse("sign-in")).content.decode()


def test_a_session_in_use_goes_on(at_work: Client) -> None:
    for _ in range(3):
        rest(at_work, 500)
        at_work.get(reverse("sign-in"))
        assert signed_in(at_work)
        assert int(timezone.now().timestamp()) - at_work.session["seen"] < 60


def test_typing_keeps_the_session(at_work: Client) -> None:
    rest(at_work, 500)
    assert at_work.get(reverse("stay")).status_code == 204
    assert int(timezone.now().timestamp()) - at_work.session["seen"] < 60


def test_an_ordinary_request_writes_no_session(at_work: Client) -> None:
    at_work.get(reverse("sign-in"))
    with CaptureQueriesContext(connection) as asked:
        at_work.get(reverse("sign-in"))
    assert not [each for each in asked if "django_session" in each["sql"] and not each["sql"].startswith("SELECT")]


def test_elder_mode_is_kept_and_goes_back_to_the_page(client: Client, db: None) -> None:
    page = reverse("sign-in") + "?next=/wall/"
    assert client.post(reverse("elder-mode"), {"on": "1", "next": page}).url == page
    assert '<html lang="zh-Hans" class="elder">' in client.get(page).content.decode()
    client.post(reverse("elder-mode"), {"on": "0", "next": page})
    assert 'class="elder"' not in client.get(page).content.decode()


def test_elder_mode_leads_nowhere_else(client: Client, db: None) -> None:
    for address in ("https://evil.example/", "//evil.example/", "", "javascript:alert(1)"):
        assert client.post(reverse("elder-mode"), {"on": "1", "next": address}).url == reverse("home")
    assert client.get(reverse("elder-mode")).status_code == 405


def test_a_public_page_without_a_cookie_asks_the_database_nothing(
    client: Client, db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert client.get(reverse("sign-in")).status_code == 200

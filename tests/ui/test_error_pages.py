"""The pages for when something went wrong: in our words, and without the database."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path


def denied(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def suspicious(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret detail")


def posted(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


urlpatterns = [
    path("denied/", denied),
    path("suspicious/", suspicious),
    path("broken/", broken),
    path("posted/", posted),
]


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/nowhere/", 404, "没有找到这一页"),
        ("/denied/", 403, "这一页不对您开放"),
        ("/suspicious/", 400, "这个请求看不明白"),
        ("/broken/", 500, "系统出错了"),
    ],
)
@override_settings(ROOT_URLCONF="tests.ui.test_error_pages")
def test_each_error_has_a_page_that_says_what_to_do(address: str, status: int, words: str) -> None:
    response = Client(raise_request_exception=False).get(address)
    page = response.content.decode()
    assert response.status_code == status
    assert words in page
    assert 'href="/"' in page
    assert "secret detail" not in page


@override_settings(ROOT_URLCONF="tests.ui.test_error_pages")
def test_a_form_from_an_old_page_is_refused_in_words() -> None:
    response = Client(enforce_csrf_checks=True).post("/posted/")
    assert response.status_code == 403
    assert "页面放得太久" in response.content.decode()

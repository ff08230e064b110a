"""Programs go straight to their views, with every header that pages have."""

from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from community_portal.ui.middleware import Policy, Programs

SAFE = (
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
)
ORDERS = reverse("hotline-orders")


def behind(request: HttpRequest) -> HttpResponse:
    """The rest of the middleware."""
    return HttpResponse("behind")


class TestPrograms:
    def test_they_get_the_headers_that_pages_get(self, db: None) -> None:
        page, answer = Client().get(reverse("sign-in")), Client().post(ORDERS)
        assert {name: answer[name] for name in SAFE} == {name: page[name] for name in SAFE}
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert answer["Content-Length"] == str(len(answer.content))

    def test_no_session_is_begun_for_them(self, db: None) -> None:
        answer = Client().post(ORDERS)
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")

    def test_only_their_addresses_leave_the_way(self, rf: RequestFactory) -> None:
        programs = Programs(behind)
        assert programs(rf.get(reverse("sign-in"))).content == b"behind"
        assert programs(rf.get("/api/v1/nothing/")).content == b"behind"
        assert programs(rf.get(ORDERS)).status_code == 405

    def test_a_missing_address_is_a_missing_page(self, db: None) -> None:
        assert Client().get("/api/v1/nothing/").status_code == 404

    def test_a_foreign_host_is_refused(self, db: None, settings: Any) -> None:
        settings.ALLOWED_HOSTS = ["portal.example"]
        assert Client().post(ORDERS, headers={"Host": "elsewhere.example"}).status_code == 400

    def test_every_view_there_stands_without_a_form_token(self) -> None:
        """The check of form tokens is not on their way, so none may count on it."""
        from django.urls import get_resolver

        prefixes = tuple(path.strip("/") for path in settings.PROGRAM_PATHS)
        views = [
            pattern.callback
            for resolver in get_resolver().url_patterns
            for group in getattr(resolver, "url_patterns", ())
            if str(getattr(group, "pattern", "")).startswith(prefixes)
            for pattern in group.url_patterns
        ]
        assert views
        assert all(getattr(view, "csrf_exempt", False) for view in views)


class TestPolicy:
    @pytest.fixture
    def request_(self, rf: RequestFactory) -> HttpRequest:
        return rf.get("/")

    def test_it_is_what_the_settings_say(self, request_: HttpRequest) -> None:
        said = Policy(behind)(request_)["Content-Security-Policy"]
        for name, sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items():
            assert f"{name} {' '.join(sources)}" in said

    def test_words_of_a_views_own_count(self, request_: HttpRequest) -> None:
        def own(request: HttpRequest) -> HttpResponse:
            answer = HttpResponse()
            vars(answer)["_csp_update"] = {"img-src": ["blob:"]}
            return answer

        assert "blob:" in Policy(own)(request_)["Content-Security-Policy"]
        assert "blob:" not in Policy(behind)(request_)["Content-Security-Policy"]

    def test_a_header_that_is_there_stays(self, request_: HttpRequest) -> None:
        def own(request: HttpRequest) -> HttpResponse:
            return HttpResponse(headers={"Content-Security-Policy": "default-src 'none'"})

        assert Policy(own)(request_)["Content-Security-Policy"] == "default-src 'none'"

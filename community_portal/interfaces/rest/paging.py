"""Keyset pages of the REST interface: `next` and `previous` are whole addresses, null at the ends."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from community_portal.interfaces.rest.errors import Invalid
from community_portal.ui.paging import CURSOR, BadCursor, KeysetPage, read_cursor

PAGE_SIZE = "size"
USUAL, MOST = 50, 200


class Keyset(BasePagination):
    """Pages in the view's `order`; nothing is counted."""

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        """One page. Raises Invalid (400) for a cursor of another list, or a size out of bounds."""
        order: tuple[str, ...] = view.order  # type: ignore[union-attr]
        cursor = request.query_params.get(CURSOR) or None
        if cursor:
            try:
                read_cursor(queryset.model, order, cursor)
            except BadCursor as error:
                raise Invalid({CURSOR: [_("不是这张清单给出的位置")]}, 400) from error
        self._request = request
        self._page: KeysetPage[Any] = KeysetPage(queryset, order, cursor, _size(request))
        return self._page.rows

    def get_paginated_response(self, data: Any) -> Response:
        """The page and the addresses of its neighbours."""
        return Response(
            {
                "next": self._address(self._page.next),
                "previous": self._address(self._page.previous),
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The same as a schema."""
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": address, "previous": address, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """What the address of a page may say."""
        return [
            {
                "name": CURSOR,
                "in": "query",
                "description": _("上一页给出的位置"),
                "schema": {"type": "string"},
            },
            {
                "name": PAGE_SIZE,
                "in": "query",
                "description": _("一页多少条"),
                "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
            },
        ]

    def _address(self, cursor: str | None) -> str | None:
        if cursor is None:
            return None
        return str(replace_query_param(self._request.build_absolute_uri(), CURSOR, cursor))


def _size(request: Request) -> int:
    said = request.query_params.get(PAGE_SIZE, "")
    if not said:
        return USUAL
    if not (said.isascii() and said.isdigit() and len(said) < 5 and 1 <= int(said) <= MOST):
        raise Invalid({PAGE_SIZE: [_("应为 1 到 %d 的整数") % MOST]}, 400)
    return int(said)

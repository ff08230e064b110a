"""GeoReport v2 on the wire: one content as JSON or as XML, and its errors."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

from django.http import HttpResponse
from django.utils import timezone

TYPES = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
ITEMS = {
    "attributes": "attribute",
    "endpoints": "endpoint",
    "errors": "error",
    "formats": "format",
    "service_requests": "request",
    "services": "service",
    "values": "value",
}
"""How a list's parts are called in XML."""
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Refused(Exception):
    """An answer other than success: the HTTP status, and each thing that is wrong in words."""

    def __init__(self, status: int, *problems: str) -> None:
        super().__init__("；".join(problems))
        self.status, self.problems = status, problems

    @property
    def content(self) -> list[dict[str, Any]]:
        """The errors as the specification lists them."""
        return [{"code": self.status, "description": problem} for problem in self.problems]


def answer(root: str, content: Any, fmt: str, status: int = 200) -> HttpResponse:
    """A response in `fmt` (json or xml); `root` names the outermost element, which JSON does without."""
    body = _xml(root, content) if fmt == "xml" else json.dumps(content, ensure_ascii=False).encode()
    return HttpResponse(body, content_type=TYPES[fmt], status=status)


def instant(value: datetime | None) -> str | None:
    """An instant as the specification writes it (ISO 8601 with the zone)."""
    return timezone.localtime(value).isoformat(timespec="seconds") if value else None


def _xml(root: str, content: Any) -> bytes:
    element = ElementTree.Element(root)
    _fill(element, content)
    found: bytes = ElementTree.tostring(element, encoding="utf-8", xml_declaration=True)
    return found


def _fill(element: ElementTree.Element, content: Any) -> None:
    if isinstance(content, Mapping):
        for name, value in content.items():
            _fill(ElementTree.SubElement(element, name), value)
    elif isinstance(content, Sequence) and not isinstance(content, str):
        for value in content:
            _fill(ElementTree.SubElement(element, ITEMS[element.tag]), value)
    elif isinstance(content, bool):
        element.text = "true" if content else "false"
    elif content is not None:
        element.text = NOT_XML.sub("", str(content))

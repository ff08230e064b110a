"""Cells as clean text. Pure."""

import json
from datetime import date, datetime
from typing import Any


def text_of(value: Any) -> str:
    """A cell as people see it; whole numbers without a point, no characters that a database refuses."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    return clean(str(value)).strip()


def clean(text: str) -> str:
    """Without NUL and without halves of surrogate pairs."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def flatten(value: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """A nested object with dotted names; lists become one text."""
    flat: dict[str, Any] = {}
    for name, part in value.items():
        key = f"{prefix}{clean(name)}"
        if isinstance(part, dict):
            flat |= flatten(part, f"{key}.")
        elif isinstance(part, list):
            flat[key] = _joined(part)
        else:
            flat[key] = part
    return flat


def _joined(parts: list[Any]) -> str:
    if all(isinstance(part, str | int | float) for part in parts):
        return "、".join(text_of(part) for part in parts)
    return clean(json.dumps(parts, ensure_ascii=False))

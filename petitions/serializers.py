"""What the hotline's API takes and gives."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from petitions.actions.drafts import ADDRESS_LENGTH, TITLE_LENGTH, Intake
from petitions.catalogue import catalogue
from petitions.models import HotlineClient, Petition, PetitionClock

AHEAD = timedelta(minutes=5)
OLDEST_YEAR = 1990
REQUIRED = {"required": gettext_lazy("必填"), "blank": gettext_lazy("不能为空"), "null": gettext_lazy("不能为空")}


def _text(max_length: int, *, required: bool = False) -> serializers.CharField:
    messages: dict[str, Any] = {
        **REQUIRED,
        "max_length": gettext_lazy("最多 {max_length} 个字"),
        "invalid": gettext_lazy("应为文字"),
    }
    if required:
        return serializers.CharField(max_length=max_length, error_messages=messages)
    return serializers.CharField(
        max_length=max_length, required=False, allow_blank=True, allow_null=True, error_messages=messages
    )


class InstantField(serializers.DateTimeField):
    """A time with its zone, or without one in the portal's; an impossible one is an error of the field."""

    def enforce_timezone(self, value: datetime) -> datetime:
        """As the field does; years 1 and 9999 leave the calendar when their zone is changed."""
        try:
            return super().enforce_timezone(value)
        except OverflowError:
            self.fail("overflow")


class OrderSerializer(serializers.Serializer):
    """One hotline order as it arrives."""

    order_no = _text(64, required=True)
    received_at = InstantField(
        error_messages={
            **REQUIRED,
            "invalid": gettext_lazy("时间写法不对，应为 2026-07-15T08:43:42+08:00"),
            "date": gettext_lazy("只有日期，还缺几点几分"),
            "overflow": gettext_lazy("时间超出范围"),
            "make_aware": gettext_lazy("时间超出范围"),
        }
    )
    title = _text(1000)
    text = _text(200_000, required=True)
    caller_name = _text(100)
    caller_phone = _text(100)
    address = _text(1000)
    category = _text(100)
    level = _text(100)
    anonymous = serializers.BooleanField(
        required=False, default=False, error_messages={**REQUIRED, "invalid": gettext_lazy("应为 true 或 false")}
    )

    def validate_received_at(self, value: datetime) -> datetime:
        """Not in the future (clocks may differ by five minutes), and not before there were hotlines."""
        if value > timezone.now() + AHEAD:
            raise serializers.ValidationError(_("受理时间在未来，请检查发送方的时钟"))
        if value.year < OLDEST_YEAR:
            raise serializers.ValidationError(_("受理时间早于 %d 年") % OLDEST_YEAR)
        return value


ORDER = OrderSerializer()
"""Validates every request: binding eleven fields anew costs more than reading them, and nothing is kept between two."""


def order_intake(order: dict[str, Any], client: HotlineClient) -> Intake:
    """A valid order as intake. Words of the hotline's own for category or level, and what is too long, stay as data."""
    said = {name: order.get(name) or "" for name in ("title", "address", "category", "level")}
    category, level = catalogue().category(said["category"]), catalogue().level(said["level"])
    kept = {
        "title": said["title"] if len(said["title"]) > TITLE_LENGTH else "",
        "address": said["address"] if len(said["address"]) > ADDRESS_LENGTH else "",
        "category": "" if category else said["category"],
        "level": "" if level else said["level"],
    }
    return Intake(
        source=Petition.Source.HOTLINE,
        home=client.division,
        text=order["text"],
        received_at=order["received_at"],
        title=said["title"],
        category=category,
        level=level,
        anonymous=order["anonymous"],
        caller_name=order.get("caller_name") or "",
        caller_phone=order.get("caller_phone") or "",
        address=said["address"],
        external_system=client.name,
        external_no=order["order_no"],
        actor=client.name[:20],
        data={name: value for name, value in kept.items() if value},
    )


def _by_deadline(clock: PetitionClock) -> tuple[bool, float]:
    return clock.due_at is None, clock.due_at.timestamp() if clock.due_at else 0


def order_answer(petition: Petition) -> dict[str, Any]:
    """What the hotline is told: number, query code, where it went, and what must happen by when.

    The petition comes with its `open_clocks`.
    """
    division = petition.community or petition.street or petition.district
    return {
        "number": petition.number,
        "query_code": petition.query_code,
        "state": petition.state,
        "division": division.code if division else None,
        "grid": petition.grid.code if petition.grid else None,
        "household": str(petition.household) if petition.household else None,
        "level": petition.level.code,
        "clocks": [
            {
                "kind": clock.kind,
                "due_at": timezone.localtime(clock.due_at).isoformat(timespec="seconds") if clock.due_at else None,
            }
            for clock in sorted(petition.open_clocks, key=_by_deadline)
        ],
    }

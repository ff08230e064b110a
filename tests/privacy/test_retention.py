"""What is kept long enough goes, and leaves a trace that holds nothing of it."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.core.management import CommandError, call_command
from django.db.models import QuerySet
from django.utils import timezone
from pytest_django import Settings

from community_portal.privacy import inventory, retention
from community_portal.privacy.models import AccessLog, Tombstone
from community_portal.privacy.retention import Act, Rule, apply_rule, due, register_rule, rules
from community_portal.privacy.sealing import blind_index
from tests.privacy.models import Card

pytestmark = pytest.mark.usefixtures("sealed_tables")
AT = datetime(2026, 11, 23, 2, 20, tzinfo=UTC)
PHONE = "13800138000"


@pytest.fixture(autouse=True)
def _own_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the rules of the test."""
    monkeypatch.setattr(retention, "_rules", {})


def old_cards(_before: datetime) -> QuerySet[Card]:
    return Card.objects.exclude(title="新")


def rule(act: Act = Act.CLEAR, **over: object) -> Rule:
    values = {
        "code": "cards.phone", "label": "卡片上的电话", "model": Card, "rows": old_cards, "days": 30, "act": act,
        "source": "试验", "certainty": "?", "clear": ("phone",) if act != Act.DELETE else (),
    }  # fmt: skip
    made = Rule(**{**values, **over})  # type: ignore[arg-type]
    register_rule(made)
    return made


def test_a_cleared_field_goes_with_its_index_and_leaves_a_tombstone() -> None:
    old, new = Card.objects.create(phone=PHONE, remark="注"), Card.objects.create(phone=PHONE, title="新")
    assert apply_rule(rule(), at=AT) == 1
    assert [card.phone for card in Card.objects.order_by("pk")] == ["", PHONE]
    assert Card.objects.get(pk=old.pk).remark == "注"
    assert Card.objects.get(phone_index=blind_index("phone", PHONE)) == new
    stone = Tombstone.objects.get()
    assert (stone.model, stone.row_id, stone.row_key) == ("privacy_tests.card", old.pk, old.row_key)
    assert (stone.rule, stone.act, stone.fields, stone.at) == ("cards.phone", "clear", "phone", AT)


def test_numbers_in_free_text_are_masked_when_a_rule_says_so() -> None:
    Card.objects.create(phone=PHONE, title=f"找{PHONE}")
    apply_rule(rule(Act.PSEUDONYMISE, scrub=("title",)), at=AT)
    assert (Card.objects.get().phone, Card.objects.get().title) == ("", "找138****8000")


def test_a_deleted_row_is_gone_but_for_its_tombstone() -> None:
    old = Card.objects.create(phone=PHONE)
    heard: list[list[int]] = []
    apply_rule(rule(Act.DELETE, beside=lambda keys, _at: heard.append(list(keys))), at=AT)
    assert not Card.objects.exists()
    assert heard == [[old.pk]]
    assert Tombstone.objects.get().row_id == old.pk


def test_a_second_run_finds_nothing_and_logs_nothing() -> None:
    Card.objects.create(phone=PHONE)
    wanted = rule()
    assert [apply_rule(wanted, at=AT) for _ in range(2)] == [1, 0]
    entry = AccessLog.objects.get()
    assert (entry.action, entry.subject) == ("retain", "retention:cards.phone")
    assert entry.detail == "1 行，卡片上的电话保存 30 天，之后清空字段"


def test_many_rows_go_batch_by_batch() -> None:
    Card.objects.bulk_create([Card(phone=PHONE) for _ in range(7)])
    heard: list[int] = []
    assert apply_rule(rule(), at=AT, told=heard.append, batch=3) == 7
    assert heard == [3, 6, 7]


def test_the_days_can_be_set(settings: Settings) -> None:
    asked: list[datetime] = []

    def rows(before: datetime) -> QuerySet[Card]:
        asked.append(before)
        return Card.objects.all()

    wanted = rule(rows=rows)
    due(wanted, AT)
    settings.RETENTION_DAYS = {"cards.phone": 7}
    due(wanted, AT)
    assert asked == [AT - timedelta(days=30), AT - timedelta(days=7)]
    assert "保存 7 天" in wanted.words


def test_a_rule_about_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(FieldDoesNotExist):
        rule(clear=("shoe_size",))


def test_the_command_says_first_and_does_then() -> None:
    Card.objects.create(phone=PHONE)
    rule()
    out = StringIO()
    call_command("apply_retention", "--dry-run", stdout=out)
    assert out.getvalue() == (
        "cards.phone：卡片上的电话保存 30 天，之后清空字段（试验，⚠ 未核实）——到期 1 行，没有改动\n"
    )
    assert Card.objects.get().phone == PHONE
    assert not Tombstone.objects.exists()
    assert not AccessLog.objects.exists()
    call_command("apply_retention", "--rule", "cards.phone", stdout=out)
    assert "处理了 1 行" in out.getvalue()
    assert Card.objects.get().phone == ""
    with pytest.raises(CommandError, match=r"没有规则 x；有的是：cards\.phone"):
        call_command("apply_retention", "--rule", "x")


def test_the_nightly_task_applies_every_rule() -> None:
    from community_portal.privacy.tasks import apply_retention

    Card.objects.create(phone=PHONE)
    rule(rows=lambda before: Card.objects.filter(pk__gt=0) if before < timezone.now() else Card.objects.none())
    apply_retention()
    assert Card.objects.get().phone == ""


def test_a_sealed_column_of_no_group_is_reported_and_one_with_an_index_is_known() -> None:
    assert inventory.group_of(Card, "phone") == "phone"
    assert [each.msg for each in inventory.check_declared() if each.obj.model is Card] == [
        "privacy_tests.Card.remark belongs to no field group."
    ]
    with pytest.raises(ValueError, match="shoe_size"):
        inventory.declare(Card, remark="shoe_size")
    assert rules() == []

"""Who sees what, who may take what out, and what a purpose must say."""

import pytest
from django.core.exceptions import ValidationError

from community_portal.privacy import disclosure, exports, purposes
from community_portal.privacy.disclosure import GROUPS, OPENED, ROLES, TABLE, Shown, may_open, show, shown
from community_portal.privacy.exports import export_permission, log_export, watermark
from community_portal.privacy.models import AccessLog
from community_portal.privacy.purposes import code_of, purpose_words, said_in
from grid.models import Appointment
from tests.factories import NOW, Cast


def test_the_tables_name_every_group_and_only_real_roles() -> None:
    assert set(TABLE) == set(GROUPS)
    assert {role for row in (*TABLE.values(), *OPENED.values(), *exports.EXPORTS.values()) for role in row} == set(
        ROLES
    )
    assert set(ROLES) == set(Appointment.Role.values)
    assert set(exports.EXPORTS) == set(exports.KINDS)


@pytest.mark.parametrize(
    ("role", "group", "text", "seen"),
    [
        ("organisation_member", "phone", "13800138000", "138****8000"),
        ("organisation_member", "birth_date", "1949-12-31", ""),
        ("organisation_member", "health", "失能", ""),
        ("grid_worker", "phone", "13800138000", "138****8000"),
        ("grid_worker", "name", "王小明", "王**"),
        ("community_head", "id_number", "11010519491231002X", "110105********002X"),
        ("street_officer", "id_number", "11010519491231002X", ""),
        ("district_officer", "phone", "13800138000", ""),
        ("street_officer", "birth_date", "1949-12-31", "1949-**-**"),
        ("community_worker", "birth_date", "1949-12-31", "1949-12-31"),
        ("street_officer", "health", "失能", ""),
        ("grid_worker", "health", "失能", "失能"),
    ],
)
def test_what_a_role_sees_unasked(role: str, group: str, text: str, seen: str) -> None:
    assert show([role], group, text) == seen


def test_of_several_roles_the_most_open_counts_and_without_any_nothing_shows() -> None:
    assert shown(["district_officer", "community_worker"], "health") is Shown.PLAIN
    assert shown([], "name") is Shown.HIDDEN
    with pytest.raises(KeyError):
        shown(["grid_worker"], "shoe_size")


def test_what_has_no_mask_of_its_own_is_hidden_whole() -> None:
    assert disclosure.mask("health", "失能") == "****"
    assert disclosure.mask("health", "") == ""


@pytest.mark.parametrize(
    ("role", "group", "purpose", "opens"),
    [
        ("organisation_member", "phone", "办理诉求", True),
        ("organisation_member", "phone", "走访", False),
        ("organisation_member", "id_number", "核对身份", False),
        ("grid_worker", "phone", "走访", True),
        ("grid_worker", "phone", "上门前联系", True),
        ("grid_worker", "id_number", "核对身份：换门禁卡", True),
        ("grid_worker", "id_number", "办理诉求", False),
        ("district_officer", "phone", "办理诉求", True),
        ("district_officer", "phone", "其他：统计", False),
        ("district_officer", "id_number", "核对身份", False),
        ("street_officer", "health", "emergency", True),
        ("street_officer", "health", "办理诉求", False),
        ("community_head", "secret", "核对身份", False),
    ],
)
def test_what_a_purpose_opens(role: str, group: str, purpose: str, opens: bool) -> None:
    assert may_open([role], group, purpose) is opens


class TestPurposes:
    def test_one_of_the_list_says_enough_and_other_needs_words(self) -> None:
        assert purpose_words("visit") == "走访"
        assert purpose_words("visit", " 端午慰问 ") == "走访：端午慰问"
        assert purpose_words("other", "拆迁登记") == "其他：拆迁登记"
        for code, words in (("other", ""), ("other", "x"), ("report", " "), ("fun", "随便看看")):
            with pytest.raises(ValidationError) as refused:
                purpose_words(code, words)
            assert "purpose" in refused.value.message_dict

    def test_words_lead_back_to_the_list(self) -> None:
        assert [code_of(each) for each in ("走访：端午", "visit", "办理诉求", "看看")] == [
            "visit",
            "visit",
            "petition",
            "other",
        ]
        assert all(code_of(str(label)) == code for code, label in purposes.PURPOSES.items())

    def test_a_form_may_choose_or_say_it_in_its_own_words(self) -> None:
        assert said_in({"purpose": "identity"}) == "核对身份"
        assert said_in({"purpose": "other", "purpose_words": "入学证明"}) == "其他：入学证明"
        assert said_in({"purpose": "上门前联系"}) == "上门前联系"
        assert said_in({}) == ""
        with pytest.raises(ValidationError):
            said_in({"purpose": "other"})


class TestExports:
    def test_who_may_take_what_out(self) -> None:
        table = {
            kind: [
                permission and permission.plain for permission in (export_permission([role], kind) for role in ROLES)
            ]
            for kind in exports.KINDS
        }
        assert table == {
            "households": [None, False, False, True, False, None],
            "people": [None, None, False, True, None, None],
            "petitions": [None, False, True, True, False, False],
            "ledger": [None, False, True, True, False, False],
            "council-ledger": [None, None, True, True, True, True],
        }
        assert export_permission([], "people") is None
        with pytest.raises(KeyError):
            export_permission(["community_head"], "everything")

    def test_cells_are_masked_or_plain_and_what_the_role_never_sees_stays_empty(self) -> None:
        masked, plain = (
            export_permission(["street_officer"], "petitions"),
            export_permission(["community_head"], "people"),
        )
        assert masked is not None
        assert plain is not None
        assert [masked.cell(g, t) for g, t in (("phone", "13800138000"), ("health", "失能"))] == ["138****8000", ""]
        assert plain.cell("id_number", "11010519491231002X") == "11010519491231002X"

    def test_a_role_that_takes_nothing_out_adds_nothing_to_one_that_does(self) -> None:
        both = export_permission(["grid_worker", "community_worker"], "people")
        assert both is not None
        assert both.roles == {"community_worker"}

    def test_each_export_is_logged_with_condition_count_and_purpose(self, cast: Cast) -> None:
        permission = export_permission(["community_worker"], "people")
        assert permission is not None
        log_export(
            permission, by=cast.community_worker, at=NOW, purpose="上级交办的统计或台账：年报", rows=1204,
            condition="3号楼，80 岁以上", columns=["姓名", "电话"],
        )  # fmt: skip
        entry = AccessLog.objects.get()
        assert (entry.action, entry.subject, entry.field) == ("export", "export:people", "姓名,电话")
        assert entry.detail == "1204 行；3号楼，80 岁以上；脱敏"
        with pytest.raises(ValidationError):
            log_export(permission, by=cast.community_worker, at=NOW, purpose="", rows=1, condition="")

    def test_the_watermark_says_who_when_and_what_for(self) -> None:
        line = watermark("孙丽", NOW, "走访")
        assert line == "孙丽 2026-11-23 10:00 导出，用途：走访。含个人信息，不得外传，用后销毁。"

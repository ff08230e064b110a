"""Pasted text: what is read out of it, and that nothing of it gets lost."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from petitions.pasted.filling import Filled, read_pasted
from petitions.pasted.guesses import phone_in, time_in
from petitions.pasted.headings import usual
from petitions.pasted.orders import read_orders
from tests.factories import NOW

HOTLINE = Path(__file__).resolve().parents[3] / "shared" / "data" / "hotline_orders_dev.json"
ONE_LINE = "工单编号:GD20261123001 来电人:张三 电话:13800000001 诉求内容:双合家园3号楼2单元302楼道灯不亮，看不清"
BOXED = (
    "【工单编号】BJ-2026-001\n【来电人】李女士\n【联系电话】１３９００００００００\n【诉求内容】\n楼道漏水，滴到电箱。\n请来看。\n"
    "【诉求地址】双合家园1号楼\n【回访要求】晚上八点后"
)
ONE_AFTER_ANOTHER = (
    "来电人：王五；电话：010-62345678；受理时间：2026年11月23日 08:43；地址：双合家园2号楼101；反映内容：停水"
)
NUMBERED = (
    "1、来电人：张三\n2、电话：13800000001（女儿）\n3、问题描述：电梯坏了\n4、来电时间：昨天下午3点半\n"
    "5、身份证号：110105195001010018"
)
NO_COLONS = "联系电话13800000000\n姓名 张三\n诉求内容 楼上漏水\n到我家"
GLUED = "来电人:张三电话:13800000001诉求内容:停水三天"
SHEET_ROW = "工单编号\tA1\t来电人\t张三\t联系电话\t13800000001\t诉求内容\t停水"
EQUALS = (
    "诉求人姓名=赵六，业主电话=18600001111，报修地址=5号楼3单元，匿名：是，类别：水电气热，性质：投诉，内容=水管爆了"
)
CHAT = "您好 我是王芳，我们3号楼2单元的路灯坏了三天了，麻烦看看，电话13812345678"
CHAT_HEAD = "张三 2026-11-23 09:12:33\n楼下垃圾没人收"
TOLD = "某女士再次来电反映：2路公交车没有换回之前的线路。诉求：要求恢复。"
TWO_NUMBERED = "工单编号:1 诉求内容:停水 电话:13800000001\n工单编号:2 诉求内容:停电 电话:13800000002"
TWO_RULED = "来电人：张三\n电话：13800000001\n内容：停水\n-----\n来电人：李四\n电话：13800000002\n内容：停电"
TABLE = "工单编号\t来电人\t联系电话\t诉求内容\nA1\t张三\t13800000001\t停水\nA2\t李四\t13800000002\t停电"


def only(text: str) -> Filled:
    (found,) = read_pasted(text, NOW)
    return found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            ONE_LINE,
            {"order_no": "GD20261123001", "caller_name": "张三", "caller_phone": "13800000001",
             "text": "双合家园3号楼2单元302楼道灯不亮，看不清", "rest": []},
        ),
        (
            BOXED,
            {"order_no": "BJ-2026-001", "caller_name": "李女士", "caller_phone": "13900000000",
             "text": "楼道漏水，滴到电箱。\n请来看。", "address": "双合家园1号楼", "rest": ["回访要求：晚上八点后"]},
        ),
        (
            ONE_AFTER_ANOTHER,
            {"caller_name": "王五", "caller_phone": "01062345678", "address": "双合家园2号楼101", "text": "停水",
             "received_at": datetime.fromisoformat("2026-11-23T08:43:00+08:00"), "rest": []},
        ),
        (
            NUMBERED,
            {"caller_name": "张三", "caller_phone": "13800000001", "text": "电梯坏了",
             "received_at": datetime.fromisoformat("2026-11-22T15:30:00+08:00"),
             "rest": ["电话：13800000001（女儿）", "身份证号：110105195001010018"]},
        ),
        (NO_COLONS, {"caller_name": "张三", "caller_phone": "13800000000", "text": "楼上漏水\n到我家", "rest": []}),
        (GLUED, {"caller_name": "张三", "caller_phone": "13800000001", "text": "停水三天", "rest": []}),
        (SHEET_ROW, {"order_no": "A1", "caller_name": "张三", "caller_phone": "13800000001", "text": "停水"}),
        (
            EQUALS,
            {"caller_name": "赵六", "caller_phone": "18600001111", "address": "5号楼3单元", "anonymous": True,
             "category": "水电气热", "kind": "投诉", "text": "水管爆了"},
        ),
        (CHAT, {"caller_name": "王芳", "caller_phone": "13812345678", "text": CHAT[:-14], "rest": []}),
        (
            CHAT_HEAD,
            {"caller_name": "张三", "text": CHAT_HEAD,
             "received_at": datetime.fromisoformat("2026-11-23T09:12:33+08:00")},
        ),
        (TOLD, {"text": TOLD, "caller_name": "", "rest": []}),
    ],
)  # fmt: skip
def test_what_is_read(text: str, says: dict[str, Any]) -> None:
    found = only(text)
    assert {name: getattr(found, name) for name in says} == says


@pytest.mark.parametrize("text", [TWO_NUMBERED, TWO_RULED, TABLE])
def test_two_orders_are_two(text: str) -> None:
    first, second = read_pasted(text, NOW)
    assert (first.text, first.caller_phone) == ("停水", "13800000001")
    assert (second.text, second.caller_phone) == ("停电", "13800000002")
    assert first.raw + second.raw == text


@pytest.mark.parametrize(
    "text",
    [
        "电话打不通，物业电话：010-62345678也没人接",
        "停车位收费时间：早八点到晚十点，不合理",
        "网址 http://example.com/a?b=c 打不开",
        "从10:20等到11:30，没人来",
        "邻居说：噪音大",
    ],
)
def test_colons_inside_a_sentence_are_no_headings(text: str) -> None:
    found = only(f"诉求内容：{text}")
    assert found.text.replace("\n", "") == text
    assert only(text).text == text


def test_what_does_not_fit_is_kept_among_the_rest() -> None:
    found = only(f"来电人：{'某' * 50}\n电话：转分机\n受理时间：上周\n工单编号：第 3 号\n诉求内容：停水")
    assert (found.caller_name, found.caller_phone, found.received_at, found.order_no) == ("", "", None, "")
    assert found.rest == [f"来电人：{'某' * 50}", "电话：转分机", "受理时间：上周", "工单编号：第 3 号"]


def test_a_second_value_is_kept_beside_the_first() -> None:
    found = only("电话：13800000001 手机：13900000002 诉求内容：停水")
    assert (found.caller_phone, found.rest) == ("13800000001", ["手机：13900000002"])


def test_nothing_is_no_order() -> None:
    assert read_pasted(" \n\u3000", NOW) == []


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026年7月15日 08:43", "2026-07-15T08:43"),
        ("2026/7/15 8:43:05", "2026-07-15T08:43:05"),
        ("７月１５日晚上8点半", "2026-07-15T20:30"),
        ("11-22 10:20", "2026-11-22T10:20"),
        ("12月31日", "2025-12-31T00:00"),
        ("今天上午9点", "2026-11-23T09:00"),
        ("昨晚11点", "2026-11-22T23:00"),
        ("2026-07-15T08:43:42+08:00", "2026-07-15T08:43:42"),
        ("20260715 ", "2026-07-15T00:00"),
    ],
)
def test_times_in_many_writings(text: str, moment: str) -> None:
    assert time_in(text, NOW) == datetime.fromisoformat(f"{moment}+08:00")


@pytest.mark.parametrize("text", ["", "马上", "2026-12-01 10:00", "2月30日", "13月1日", "99999"])
def test_what_is_no_past_time(text: str) -> None:
    assert time_in(text, NOW) is None


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("138-0000-0001", "13800000001"),
        ("+86 138 0000 0001", "13800000001"),
        ("（010）62345678", ""),
        ("010-62345678", "01062345678"),
        ("62345678", "62345678"),
        ("欠费62345678元", ""),
        ("110105195001010018", ""),
    ],
)
def test_telephone_numbers(text: str, phone: str) -> None:
    assert phone_in(text) == phone


HEADS = "工单编号 来电人 电话 诉求内容 地址 受理时间 回访要求 身份证号 【诉求内容】 匿名 诉求"
SAID = "13800000001 2026-11-23 昨天 停水 张三 3号楼2单元302 是"
MARKS = ["：", ":", "=", " ", "\n", "\t", "，", "；", "-----\n", "1、"]
WORDS = st.sampled_from([*HEADS.split(), *SAID.split(), *MARKS])
PASTES = st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=40).map("".join))


@given(PASTES)
@example(TABLE)
def test_the_pieces_are_the_paste(text: str) -> None:
    assert "".join(order.raw for order in read_orders(text)) == text


@given(PASTES)
@example(NUMBERED)
@example(TABLE)
def test_every_word_is_in_a_field_or_in_the_rest(text: str) -> None:
    for order, found in zip((o for o in read_orders(text) if o.raw.strip()), read_pasted(text, NOW), strict=True):
        kept = " ".join(
            [
                *(str(getattr(found, name)) for name in ("order_no", "title", "text", "caller_name", "caller_phone")),
                *(getattr(found, name) for name in ("address", "category", "level", "kind")),
                *found.rest,
            ]
        )
        for piece in order.pieces:
            if piece.field in ("anonymous", "received_at", "caller_phone"):
                continue
            for word in re.findall(r"\w+", piece.value):
                assert word in kept or usual(word) in kept, (piece, found)


@given(st.sampled_from(["停水", "张三"]), st.sampled_from([":", "：", " : ", "】", "="]))
def test_any_punctuation_heads(said: str, mark: str) -> None:
    head = f"【诉求内容{mark}" if mark == "】" else f"诉求内容{mark}"
    assert only(f"{head}{said}").text == said


if HOTLINE.exists():

    def test_real_orders_stay_whole() -> None:
        for order in json.loads(HOTLINE.read_text()):
            found = only(order["text"])
            assert (found.text, found.rest, found.order_no) == (order["text"], [], "")
            labelled = only(f"工单编号：{order['id']}\n来电时间：{order['received_at']}\n诉求内容：{order['text']}")
            assert (labelled.text, labelled.order_no) == (order["text"], order["id"])
            assert labelled.received_at == datetime.fromisoformat(order["received_at"])

"""Names sort as Chinese lists have them."""

import pytest

from residents.names import LONGEST, name_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("张三", "zhang san 张三"),
        ("单雄信", "shan xiong xin 单雄信"),
        ("单于夫罗", "chanyu fu luo 单于夫罗"),
        ("仇英", "qiu ying 仇英"),
        ("解缙", "xie jin 解缙"),
        ("张 三", "zhang san 张三"),
        ("Anna", "a n n a Anna"),
        ("", ""),
    ],
)
def test_the_key_of_a_name(name: str, key: str) -> None:
    assert name_key(name) == key


def test_surnames_sort_by_how_they_are_read() -> None:
    assert sorted(["赵一", "单二", "钱三", "查四"], key=name_key) == ["钱三", "单二", "查四", "赵一"]


def test_a_key_fits_its_column() -> None:
    assert len(name_key("龘" * 100)) == LONGEST

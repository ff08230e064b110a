"""`manage.py parse_addresses`: a file of addresses in, their parts out; bad files change nothing."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from residents import address_files
from residents.address_files import COLUMNS, addresses_in, encoding_of

ROWS = ["双合家园3号楼2单元501漏水", "长江路88号阳光大厦B座负一层", "", "没有号码"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "addresses.csv"
    path.write_text("id,address\n" + "".join(f"{n},{text}\n" for n, text in enumerate(ROWS)), encoding="utf-8")
    return path


def run(source: Path, out: Path) -> str:
    said = StringIO()
    call_command("parse_addresses", str(source), "--out", str(out), stdout=said, stderr=said)
    return said.getvalue()


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_row_comes_out_in_its_order(source: Path, tmp_path: Path) -> None:
    said = run(source, tmp_path / "out.csv")
    rows = read(tmp_path / "out.csv")
    assert "拆好 4 个地址" in said
    assert tuple(rows[0]) == COLUMNS
    assert [row["address"] for row in rows] == ROWS
    assert rows[0] == dict(
        zip(COLUMNS, [ROWS[0], "双合家园", "3号楼", "2单元", "", "501", "3", "2", "", "501"], strict=True)
    )
    assert (rows[1]["building_no"], rows[1]["floor"], rows[1]["floor_no"]) == ("B", "负一层", "-1")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_both_chinese_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text('address\n"双合家园3号楼,\n2单元501"\n', encoding=encoding)
    assert list(addresses_in(path)) == ["双合家园3号楼,\n2单元501"]


def test_a_character_cut_by_the_reading_block_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address_files, "CHUNK", 7)
    path = tmp_path / "a.csv"
    path.write_text("address\n双合家园\n", encoding="utf-8")
    assert encoding_of(path) == "utf-8-sig"


def test_progress_is_said_for_a_big_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address_files, "TOLD", 2)
    path = tmp_path / "a.csv"
    path.write_text("address\n" + "双合家园3号楼\n" * 5, encoding="utf-8")
    said = run(path, tmp_path / "out.csv")
    assert "已拆 2 行" in said
    assert "已拆 4 行" in said


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "文件是空的"),
        (b"\n\n", "文件是空的"),
        ("编号,地址\n1,双合家园\n".encode(), "没有 address 列，第一行是：编号，地址"),
        (b"PK\x03\x04\x00\x00", "另存为 CSV"),
        (b"address\n\xff\xff\xff\xff\n", "另存为 CSV"),
        (b'address\n"' + b"a" * 1_100_000, "第 2 行读不了"),
    ],
    ids=["empty", "blank", "no column", "workbook", "no text", "open quote"],
)
def test_a_bad_file_is_refused_and_the_old_result_stays(tmp_path: Path, content: bytes, words: str) -> None:
    source, out = tmp_path / "bad.csv", tmp_path / "out.csv"
    source.write_bytes(content)
    out.write_text("old")
    with pytest.raises(CommandError, match=words):
        run(source, out)
    assert out.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.csv", "out.csv"]


def test_files_that_are_not_there(source: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="读不了"):
        run(tmp_path / "none.csv", tmp_path / "out.csv")
    with pytest.raises(CommandError, match="写不了"):
        run(source, tmp_path / "none" / "out.csv")
    with pytest.raises(CommandError, match="不能写回原文件"):
        run(source, source)
    assert not (tmp_path / "out.csv").exists()


def test_an_existing_result_is_replaced(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("old")
    run(source, out)
    assert len(read(out)) == len(ROWS)

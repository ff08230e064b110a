"""A CSV file of addresses in, the same addresses with their parts out: row by row, whatever the file's size."""

import csv
import os
import tempfile
from codecs import IncrementalDecoder, getincrementaldecoder
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from residents.addresses import Address, parse_address

COLUMN = "address"
PARTS = ("estate", "building", "unit", "floor", "room")
COLUMNS = (COLUMN, *PARTS, "building_no", "unit_no", "floor_no", "room_no")
ENCODINGS = ("utf-8-sig", "gb18030")
CHUNK = 1 << 20
MAX_CELL = 1_000_000
TOLD = 50_000
Told = Callable[[int], None]


class AddressFileRefused(Exception):
    """The file can't be read or the result not be written; the text says why in the users' words."""


def parse_file(source: Path, target: Path, told: Told = lambda rows: None) -> int:
    """Write the parts of every address in `source` to `target`; returns how many rows there were.

    `target` is replaced at the end and at once, or not at all. `told` hears of every 50,000 rows. Raises
    AddressFileRefused.
    """
    if target.exists() and source.exists() and target.samefile(source):
        raise AddressFileRefused("结果不能写回原文件，请给 --out 换一个名字")
    rows = 0
    with _replacing(target) as out:
        write = csv.writer(out).writerow
        write(COLUMNS)
        for text in addresses_in(source):
            write(row_of(parse_address(text)))
            rows += 1
            if rows % TOLD == 0:
                told(rows)
    return rows


def row_of(address: Address) -> list[str]:
    """An address as a row of the result."""
    parts = [address.part(name) for name in PARTS]
    return [address.text, *parts, address.building_no, address.unit_no, address.floor_no, address.room_no]


def addresses_in(source: Path) -> Iterator[str]:
    """The address of every row; rows that are too short have an empty one. Raises AddressFileRefused."""
    encoding, line = encoding_of(source), 1
    previous = csv.field_size_limit(MAX_CELL)
    try:
        with source.open(encoding=encoding, newline="") as lines:
            reader = csv.reader(lines)
            place = _column(next(reader, []))
            for row in reader:
                line = reader.line_num
                if row:
                    yield row[place] if place < len(row) else ""
    except csv.Error as error:
        raise AddressFileRefused(f"第 {line + 1} 行读不了，多半是引号没有成对，或有一格太长") from error
    except OSError as error:
        raise AddressFileRefused(f"读不了 {source}：{error.strerror}") from error
    finally:
        csv.field_size_limit(previous)


def _column(header: list[str]) -> int:
    names = [name.strip().casefold() for name in header]
    if not any(names):
        raise AddressFileRefused("文件是空的，第一行应是列名，其中有 address")
    if COLUMN not in names:
        raise AddressFileRefused(f"没有 address 列，第一行是：{'，'.join(header)[:80]}")
    return names.index(COLUMN)


def encoding_of(source: Path) -> str:
    """UTF-8, with or without a mark, or GB18030; the whole file is looked at. Raises AddressFileRefused."""
    decoders = {name: getincrementaldecoder(name)() for name in ENCODINGS}
    try:
        with source.open("rb") as content:
            while chunk := content.read(CHUNK):
                if b"\x00" in chunk:
                    break
                _keep_those_that_read(decoders, chunk, final=False)
            else:
                _keep_those_that_read(decoders, b"", final=True)
                if decoders:
                    return next(iter(decoders))
    except OSError as error:
        raise AddressFileRefused(f"读不了 {source}：{error.strerror}") from error
    raise AddressFileRefused("这不是 UTF-8 或 GB18030 的 CSV 文件；Excel 文件请先另存为 CSV")


def _keep_those_that_read(decoders: dict[str, IncrementalDecoder], chunk: bytes, *, final: bool) -> None:
    for name, decoder in list(decoders.items()):
        try:
            decoder.decode(chunk, final)
        except UnicodeDecodeError:
            del decoders[name]


@contextmanager
def _replacing(target: Path) -> Iterator[TextIO]:
    """A new file beside the target that takes its place when all has gone well."""
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise AddressFileRefused(f"写不了 {target}：{error.strerror}") from error
    new = Path(name)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as out:
            yield out
        new.chmod(target.stat().st_mode if target.exists() else 0o666 & ~_umask())
        new.replace(target)
    except OSError as error:
        raise AddressFileRefused(f"写不了 {target}：{error.strerror}") from error
    finally:
        new.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

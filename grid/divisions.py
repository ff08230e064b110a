"""The national list of divisions: reading a file, short names, and one idempotent load."""

import csv
import gzip
import io
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from grid.copying import copy_rows, without_time_limit
from grid.models import Division

SAMPLE = Path(__file__).resolve().parent / "data" / "divisions_sample.csv.gz"
GZIP_MAGIC = b"\x1f\x8b"
COLUMNS = ("code", "name", "level", "parent_code")
NAME_LENGTH = 60
CODE = re.compile(r"[0-9]{12}")
LEVELS = {str(level.value): level for level in Division.Level}
SHORTEST = 2
ORDINAL = re.compile(r"第?[一二三四五六七八九十0-9]+")

_PEOPLES = (
    "维吾尔|哈萨克|柯尔克孜|塔吉克|乌孜别克|塔塔尔|俄罗斯|鄂温克|鄂伦春|达斡尔|蒙古|布依|朝鲜|土家|哈尼|傈僳|拉祜|东乡|纳西|景颇|"
    "仫佬|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|德昂|保安|裕固|独龙|赫哲|门巴|珞巴|基诺|回|藏|苗|彝|壮|满|侗|瑶|白|傣|黎|佤|畲|水|土|羌|怒|京|各"
)
_PEOPLE = f"(?:(?:{_PEOPLES})族|维吾尔|(?<!内)蒙古|哈萨克)"
_SUFFIXES = {
    Division.Level.PROVINCE: re.compile(f"(?:{_PEOPLE}?自治区|省|市|特别行政区)$"),
    Division.Level.CITY: re.compile(f"(?:{_PEOPLE}*自治州|地区|盟|市)$"),
    Division.Level.DISTRICT: re.compile(f"(?:{_PEOPLE}*自治县|(?<!示范)(?<!开发)(?<!新)(?<!园)(?<!管理)区|[县市])$"),
    Division.Level.STREET: re.compile(
        f"(?:(?:街道|地区|镇|乡)(?:人民政府|办事处)|街道|地区|{_PEOPLE}+乡|民族乡|民族镇|镇|乡|苏木)$"
    ),
    Division.Level.COMMUNITY: re.compile(
        "(?:(?:社区|村|街)?居民委员会|(?:社区)?居委会|社区居民?委会|村民委员会|村委会|(?<!虚拟)社区|(?<=嘎查)委员会)$"
    ),
}
_WHOLE = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}


class DivisionFileError(Exception):
    """The file cannot be loaded; the text says which line and why. Nothing of it was kept."""


@dataclass(frozen=True)
class Loaded:
    """What a load did: rows read, divisions added, divisions whose name or parent changed."""

    total: int
    added: int
    changed: int


def short_name(name: str, level: int) -> str:
    """What people call a division: 垡头一区社区居民委员会 → 垡头一区, 垡头街道 → 垡头; at least two characters stay."""
    if name in _WHOLE:
        return name
    short = _SUFFIXES[Division.Level(level)].sub("", name)
    return name if len(short) < SHORTEST or ORDINAL.fullmatch(short) else short


@contextmanager
def open_file(path: Path) -> Iterator[IO[str]]:
    """A CSV file, packed with gzip or not, as text. Raises DivisionFileError when it cannot be opened."""
    try:
        raw = path.open("rb")
    except OSError as error:
        raise DivisionFileError(_("打不开 %(path)s：%(why)s") % {"path": path, "why": error.strerror}) from error
    with raw:
        packed = raw.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        raw.seek(0)
        plain: Any = gzip.GzipFile(fileobj=raw) if packed else raw
        yield io.TextIOWrapper(plain, "utf-8-sig", newline="")


def load_file(path: Path, report: Callable[[int], None] = lambda rows: None) -> Loaded:
    """Load a file of divisions, all of it or nothing; a second time changes nothing. `report` hears the rows so far.

    Columns: code (12 digits), name, level (1 to 5), parent_code (the code one level up); others are ignored. Codes
    repeat across levels, so a parent is found by (parent_code, level - 1), in the file or among those loaded before.
    Raises DivisionFileError naming the line.
    """
    with open_file(path) as stream:
        try:
            return _load(stream, report)
        except UnicodeDecodeError as error:
            raise DivisionFileError(_("文件不是 UTF-8 编码")) from error
        except (EOFError, gzip.BadGzipFile, csv.Error) as error:
            raise DivisionFileError(_("文件已损坏：%s") % error) from error


@transaction.atomic
def _load(stream: IO[str], report: Callable[[int], None]) -> Loaded:
    without_time_limit()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS division_file")
        cursor.execute(
            "CREATE TEMPORARY TABLE division_file (line integer, code text, level smallint, name text,"
            " short_name text, parent_code text) ON COMMIT DROP"
        )
    total = copy_rows(
        "division_file", ("line", "code", "level", "name", "short_name", "parent_code"), _rows(stream, report)
    )
    _refuse_repeats()
    counts = [_load_level(level) for level in Division.Level]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE grid_division")
    return Loaded(total, sum(added for added, _changed in counts), sum(changed for _added, changed in counts))


def _rows(stream: Iterable[str], report: Callable[[int], None]) -> Iterator[tuple[int, str, int, str, str, str]]:
    reader = csv.reader(stream)
    header = [name.strip() for name in next(reader, [])]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise DivisionFileError(_("第 1 行：缺少列 %s") % "、".join(missing))
    places = [header.index(name) for name in COLUMNS]
    for count, cells in enumerate(reader, 1):
        if cells:
            yield _row(reader.line_num, cells, places)
        report(count)


def _row(line: int, cells: list[str], places: list[int]) -> tuple[int, str, int, str, str, str]:
    try:
        code, name, level_text, parent = (cells[place].strip() for place in places)
    except IndexError:
        raise DivisionFileError(_("第 %d 行：列数不够") % line) from None
    level = LEVELS.get(level_text)
    if not CODE.fullmatch(code):
        raise _wrong(line, _("代码应为 12 位数字"), code)
    if level is None:
        raise _wrong(line, _("层级应为 1 到 5"), level_text)
    if not name or len(name) > NAME_LENGTH or "\x00" in name:
        raise _wrong(line, _("名称应为 1 到 60 个字"), name)
    if bool(parent) == (level == Division.Level.PROVINCE):
        raise _wrong(line, _("省级没有上级代码，其余各级必须有"), parent)
    return line, code, level, name, short_name(name, level), parent


def _wrong(line: int, why: str, value: str) -> DivisionFileError:
    return DivisionFileError(
        _("第 %(line)d 行：%(why)s，现在是“%(value)s”") % {"line": line, "why": why, "value": value[:NAME_LENGTH]}
    )


def _refuse_repeats() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, level, min(line), max(line) FROM division_file GROUP BY code, level"
            " HAVING count(*) > 1 ORDER BY 4 LIMIT 1"
        )
        if row := cursor.fetchone():
            values = {"code": row[0], "level": row[1], "first": row[2], "line": row[3]}
            raise DivisionFileError(_("第 %(line)d 行：%(code)s（层级 %(level)d）与第 %(first)d 行重复") % values)


def _load_level(level: int) -> tuple[int, int]:
    """Add and correct the divisions of one level, whose parents are there by now; (added, changed)."""
    with connection.cursor() as cursor:
        _refuse_orphans(level)
        cursor.execute(
            """
            WITH done AS (
                INSERT INTO grid_division AS d (code, level, name, short_name, parent_id)
                SELECT f.code, f.level, f.name, f.short_name, p.id
                FROM division_file f
                LEFT JOIN grid_division p ON p.code = f.parent_code AND p.level = f.level - 1
                WHERE f.level = %s ORDER BY f.line
                ON CONFLICT (code, level) DO UPDATE
                SET name = excluded.name, short_name = excluded.short_name, parent_id = excluded.parent_id
                WHERE (d.name, d.short_name, d.parent_id)
                    IS DISTINCT FROM (excluded.name, excluded.short_name, excluded.parent_id)
                RETURNING xmax = 0 AS is_new
            )
            SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM done
            """,
            [level],
        )
        added, changed = cursor.fetchone()
    return added, changed


def _refuse_orphans(level: int) -> None:
    if level == Division.Level.PROVINCE:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.line, f.name, f.parent_code FROM division_file f WHERE f.level = %s AND NOT EXISTS ("
            "SELECT FROM grid_division p WHERE p.code = f.parent_code AND p.level = f.level - 1)"
            " ORDER BY f.line LIMIT 1",
            [level],
        )
        if row := cursor.fetchone():
            values = {"line": row[0], "name": row[1], "parent": row[2], "level": level - 1}
            raise DivisionFileError(
                _("第 %(line)d 行：%(name)s 的上级 %(parent)s（层级 %(level)d）不在文件里，也没有装入过") % values
            )

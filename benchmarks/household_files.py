"""`python -m benchmarks.household_files [HOUSEHOLDS]`: a workbook with so many households and planted errors goes in.

In a database of its own under var/bench, into a community whose buildings stand already; a second run of the same file
must change nothing. Prints seconds, peak memory of a process of its own, and rows by what became of them.
"""

import io
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.portal import ROOT, start

FILE = ROOT / "var" / "bench" / "households.xlsx"
HOUSEHOLDS = 20_000
HEADERS = (
    "序号", "楼栋", "单元", "房号", "户主", "姓名", "与户主关系", "性别", "身份证号", "联系电话", "户籍地",
    "是否人户一致", "房屋性质", "建筑面积", "产权人", "低保", "残疾类别等级", "备注",
)  # fmt: skip
UNITS, FLOORS, DOORS = 4, 25, 4
SHARE = 0.002
"""Of the rows carries each kind of planted error."""
STREET, COMMUNITY = "110105019", "110105019029"


def main() -> None:
    """Write the file, then run the command in processes of their own: dry run, import, import again."""
    households = int(sys.argv[1]) if len(sys.argv) > 1 else HOUSEHOLDS
    start()
    from django.conf import settings

    from benchmarks.cpu import stores

    buildings = -(-households // (UNITS * FLOORS * DOORS))
    prepare(buildings)
    people = write(households)
    print(f"{households} 户 {people} 行，{FILE.stat().st_size / 1e6:.1f} MB")
    store = stores(settings.VAR_DIR)
    for title, options in (("检查", ["--dry-run"]), ("导入", []), ("再导一次", [])):
        before = store.seconds()
        seconds, busy, peak, said = run(options)
        used = f"CPU：命令 {busy:.1f} 秒，数据库 {store.seconds() - before:.1f} 秒"
        print(f"\n{title}：{seconds:.1f} 秒（{used}），内存最多 {peak:.0f} MB\n{said}", flush=True)


def prepare(buildings: int) -> None:
    """An empty portal with one community and its buildings."""
    from django.core.management import call_command

    from grid.models import Division, GridUnit
    from residents.defaults import load_schemes, load_tags
    from residents.models import Building, ColourScheme, Community, Estate, Household

    call_command("migrate", verbosity=0)
    call_command("flush", interactive=False, verbosity=0)
    load_schemes()
    load_tags()
    division = Division.objects.create(code=COMMUNITY, level=5, name="双合家园社区居委会", short_name="双合家园")
    community = Community.objects.create(division=division, scheme=ColourScheme.objects.get(code="tianjin"))
    grid = GridUnit.objects.create(code=f"{COMMUNITY}001", name="第一网格", division=division)
    estate = Estate.objects.create(community=community, name="双合家园")
    rows = Building.objects.bulk_create(
        Building(estate=estate, community=community, grid=grid, name=f"{n}号楼", number=str(n), position=n)
        for n in range(1, buildings + 1)
    )
    Household.objects.bulk_create(
        (
            Household(
                building=row, community=community, grid=grid, unit=unit, floor=floor, room=f"{floor}{door:02}",
                column=door,
            )
            for row in rows
            for unit in range(1, UNITS + 1)
            for floor in range(1, FLOORS + 1)
            for door in range(1, DOORS + 1)
        ),
        batch_size=2000,
    )  # fmt: skip


def write(households: int) -> int:
    """The workbook: a title, a header, a row for each person (2.5 a household on average); returns how many rows."""
    import xlsxwriter

    FILE.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with xlsxwriter.Workbook(FILE, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("居民台账")
        sheet.write(0, 0, "双合家园社区居民台账")
        for column, header in enumerate(HEADERS):
            sheet.write(1, column, header)
        for count, row in enumerate(rows(households), 1):
            for column, value in enumerate((count, *row)):
                if value != "":
                    sheet.write(count + 1, column, value)
    return count


def rows(households: int) -> Iterator[list[Any]]:
    """People of so many dwellings, some of them with something wrong."""
    rng = random.Random(7)
    serial = 0
    for n in range(households):
        building, rest = divmod(n, UNITS * FLOORS * DOORS)
        unit, rest = divmod(rest, FLOORS * DOORS)
        floor, door = divmod(rest, DOORS)
        place = [f"{building + 1}号楼", f"{unit + 1}单元", f"{floor + 1}{door + 1:02}室"]
        head = name_of(rng)
        size = (1, 2, 2, 3, 3, 4)[n % 6]
        for member in range(size):
            serial += 1
            row = person(rng, serial, head if member == 0 else name_of(rng), member)
            living = rng.choice(("自住", "自住", "自住", "出租", "租户", "借住")) if member == 0 else ""
            line = [*place, head, *row, living, *dwelling(rng, member, head)]
            yield spoiled(rng, line)


def person(rng: random.Random, serial: int, name: str, member: int) -> list[Any]:
    """Name, relation, sex, ID number, phone, where they are registered."""
    from community_portal.privacy.id_number import check_digit

    born = f"{rng.randint(1935, 2020)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
    first = f"{110100 + serial // 900:06}{born}{100 + serial % 900:03}"
    sex = "男" if int(first[16]) % 2 else "女"
    relation = ("本人", "配偶", "子", "母亲")[member]
    here = rng.random() < 0.8
    return [
        name,
        relation,
        sex,
        first + check_digit(first),
        13_000_000_000 + serial,
        "" if here else "河北省保定市",
        "是" if here else "否",
    ]


def dwelling(rng: random.Random, member: int, head: str) -> list[Any]:
    """Area, owner, low-income aid, disability, a note."""
    if member:
        return ["", "", "", "肢体二级" if rng.random() < 0.02 else "", ""]
    return [
        rng.choice((58.5, 72, 89.35, 120)),
        head,
        "是" if rng.random() < 0.03 else "",
        "",
        "有狗" if rng.random() < 0.05 else "",
    ]


def spoiled(rng: random.Random, line: list[Any]) -> list[Any]:
    """Now and then a row has one of the errors that real files have."""
    chance = rng.random() / SHARE
    number = str(line[7])
    faults: dict[int, tuple[int, Any]] = {
        0: (0, "幸福里"), 1: (2, "三楼东户"), 2: (7, number[:-1] + ("1" if number[-1] != "1" else "2")),
        3: (7, number[:-1]), 4: (7, float(number[:17])), 5: (8, 139), 6: (4, "13800000001"),
        7: (6, "女" if line[6] == "男" else "男"),
        8: (11, "养老"), 9: (2, "9901"), 10: (14, "待定"), 11: (7, ""), 12: (0, "999号楼"),
    }  # fmt: skip
    if int(chance) in faults:
        place, value = faults[int(chance)]
        line[place] = value
    return line


def name_of(rng: random.Random) -> str:
    """A made-up name."""
    return rng.choice("王李张刘陈杨赵黄周吴") + "".join(rng.choices("明芳伟娜静强丽军磊洋勇艳杰娟涛", k=2))


def run(options: list[str]) -> tuple[float, float, float, str]:
    """(seconds, CPU seconds of the process itself, peak MB, what it said) of one run of the command."""
    begun = time.perf_counter()
    code = (
        "import resource, sys; from django.core.management import execute_from_command_line as run;"
        "run(sys.argv); used = resource.getrusage(resource.RUSAGE_SELF);"
        "print('USED', used.ru_utime + used.ru_stime, used.ru_maxrss)"
    )
    command = [sys.executable, "-c", code, "import_households", str(FILE), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    seconds = time.perf_counter() - begun
    said, _mark, used = done.stdout.rpartition("USED")
    busy, peak = map(float, used.split())
    lines = [line for line in io.StringIO(said) if not line.startswith(("第", "……"))]
    return seconds, busy, peak / 1024, "".join(lines).strip()


if __name__ == "__main__":
    main()

"""Import a file of orders from the command line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from community_portal.tables.errors import FileRefused
from petitions.actions.importing import DEFAULT_SYSTEM, import_create, import_run, summary
from petitions.homes import HomeUnclear, find_division, only_community
from petitions.importing.orders import Order, read_order
from petitions.importing.table import read_table
from petitions.models import ImportBatch

SHOWN = 50


class Command(BaseCommand):
    """CSV, Excel or JSON; a second import of the same file adds nothing."""

    help = "导入工单文件（CSV、Excel、JSON）；同一个文件再导一次不会重复"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE, --division, --system, --dry-run."""
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--division", metavar="CODE", help="归属的区划代码；只有一个社区时可不写")
        parser.add_argument("--system", metavar="NAME", default=DEFAULT_SYSTEM, help="来单系统的名称，编号在其中唯一")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check or import. Raises CommandError with one clear line."""
        try:
            content = _read(options["file"])
            if options["dry_run"]:
                self._check(content)
                return
            division = find_division(options["division"]) if options["division"] else only_community()
            batch = import_create(
                by=None,
                division=division,
                file_name=options["file"].name,
                content=content,
                system=options["system"],
                at=timezone.now(),
            )
        except (FileRefused, HomeUnclear) as error:
            raise CommandError(str(error)) from error
        self._report(import_run(batch.pk, told=self._progress))

    def _progress(self, batch: ImportBatch) -> None:
        self.stderr.write(f"\r{batch.done} / {batch.total} 行", ending="")

    def _report(self, batch: ImportBatch) -> None:
        self.stderr.write("")
        if batch.state == ImportBatch.State.FAILED:
            raise CommandError(batch.error)
        counts = summary(batch)
        self.stdout.write(
            "共 {total} 行：新增 {added}，已有 {known}，未导入 {errors}，提示 {warnings}".format(**counts)
        )
        self._problems([(each["row"], each["text"]) for each in batch.problems])

    def _check(self, content: bytes) -> None:
        table, now = read_table(content), timezone.now()
        orders = [read_order(row, table.columns, now) for row in table.rows]
        bad = sum(bool(order.error) for order in orders)
        answered = sum(bool(order.reply) for order in orders if not order.error)
        self.stdout.write("认出的列：" + "，".join(f"{header} → {name}" for name, header in table.columns.items()))
        self.stdout.write(
            f"共 {len(orders)} 行：可导入 {len(orders) - bad}（其中已答复 {answered}），不能导入 {bad}；没有写入"
        )
        self._problems([(order.row, text) for order in orders for text in _said(order)])

    def _problems(self, problems: list[tuple[int, str]]) -> None:
        for row, text in problems[:SHOWN]:
            self.stdout.write(f"第 {row} 行：{text}")
        if len(problems) > SHOWN:
            self.stdout.write(f"…… 还有 {len(problems) - SHOWN} 处")


def _said(order: Order) -> list[str]:
    return [*order.warnings, *([order.error] if order.error else [])]


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > settings.IMPORT_MAX_BYTES:
            raise FileRefused(f"文件超过 {settings.IMPORT_MAX_BYTES // 1024 // 1024} MB，请分成几个文件")
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"读不了 {path}：{error.strerror}") from error

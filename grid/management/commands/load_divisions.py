"""`manage.py load_divisions FILE`: administrative divisions from a CSV file, packed with gzip or not."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from grid.divisions import SAMPLE, DivisionFileError, load_file

REPORT_ROWS = 50_000


class Command(BaseCommand):
    """Loads or refreshes divisions; the same file again changes nothing."""

    help = "装入行政区划（CSV 或 CSV.GZ，列：code,name,level,parent_code）；再装一次只更新改了名的"

    def add_arguments(self, parser: CommandParser) -> None:
        """The file; without one, the five sample districts that ship with the portal."""
        parser.add_argument("file", nargs="?", type=Path, default=SAMPLE, help="文件，省略时用随附的五个区县")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Load the file and say what changed. Raises CommandError naming the line that cannot be loaded."""
        begun = time.monotonic()
        try:
            done = load_file(file, self._progress(begun))
        except DivisionFileError as error:
            raise CommandError(f"{error}。没有装入任何一行") from error
        seconds = time.monotonic() - begun
        said = f"新增 {done.added}，更新 {done.changed}" if done.added or done.changed else "没有变化"
        self.stdout.write(f"区划 {done.total} 行：{said}（{seconds:.1f} 秒）")

    def _progress(self, begun: float) -> Any:
        def report(rows: int) -> None:
            if rows % REPORT_ROWS == 0:
                rate = rows / max(time.monotonic() - begun, 0.001)
                self.stderr.write(f"已读 {rows} 行，每秒 {rate:.0f} 行")

        return report

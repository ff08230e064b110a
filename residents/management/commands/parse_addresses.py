"""`manage.py parse_addresses FILE --out OUT`: the parts of many addresses."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from residents.address_files import AddressFileRefused, parse_file


class Command(BaseCommand):
    """Reads no database: it works on any machine."""

    help = "把 CSV 里 address 列的地址拆成小区、楼栋、单元、楼层、房号（UTF-8 或 GB18030），结果写到 --out"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """FILE and --out."""
        parser.add_argument("file", metavar="FILE.csv", type=Path, help="有 address 列的 CSV 文件")
        parser.add_argument("--out", metavar="OUT.csv", type=Path, required=True, help="结果文件；已有的会被替换")

    def handle(self, *args: Any, file: Path, out: Path, **options: Any) -> None:
        """Parse the file and say how many. Raises CommandError with one clear line."""
        begun = time.monotonic()
        try:
            rows = parse_file(file, out, lambda done: self.stderr.write(f"已拆 {done} 行"))
        except AddressFileRefused as error:
            raise CommandError(str(error)) from error
        seconds = max(time.monotonic() - begun, 0.001)
        self.stdout.write(f"拆好 {rows} 个地址，写入 {out}（{seconds:.1f} 秒，每秒 {rows / seconds:.0f} 个）")

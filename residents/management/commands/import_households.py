"""Import a file of households and people from the command line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from community_portal.tables.errors import FileRefused
from residents.actions.imports import words
from residents.actions.imports.batches import ImportRefused, import_create, import_start, read, remembered, tag_words
from residents.actions.imports.plan import Settings
from residents.actions.imports.steps import error_rows, import_run, survey
from residents.importing.book import Book, open_book
from residents.importing.fields import label_of
from residents.models import Community, HouseholdImport

SHOWN = 50


class Command(BaseCommand):
    """Excel or CSV; a second import of the same file changes nothing."""

    help = "导入户和居民（Excel、CSV）；同一个文件再导一次不会改变什么"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE, --community, --sheet, --dry-run, --create-missing, --conflicts."""
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--community", metavar="CODE", help="社区的区划代码；只有一个社区时可不写")
        parser.add_argument("--sheet", metavar="NAME", default="", help="工作表的名字；不写就用第一张认得出的")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        parser.add_argument("--create-missing", action="store_true", help="补建缺少的楼栋和房屋")
        parser.add_argument(
            "--conflicts", choices=["keep", "file"], default="keep", help="不一致时保留现在的，还是按文件改"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check or import. Raises CommandError with one clear line."""
        try:
            content = _read(options["file"])
            community = _community(options["community"])
            book = open_book(content, tags=tag_words(), sheet=options["sheet"], remembered=remembered(community))
            if options["dry_run"]:
                self._check(book, community, options)
                return
            now = timezone.now()
            batch = import_create(
                by=None, community=community, file_name=options["file"].name, content=content, at=now, book=book
            )
            import_start(batch.pk, by=None, at=now, may_build=options["create_missing"], conflicts=options["conflicts"])
        except (FileRefused, ImportRefused) as error:
            raise CommandError(str(error)) from error
        done = import_run(batch.pk, told=self._progress, read=lambda batch: read(book, book.columns, now))
        self._report(done)

    def _progress(self, batch: HouseholdImport) -> None:
        self.stderr.write(f"\r{batch.done} / {batch.total} 户", ending="")

    def _report(self, batch: HouseholdImport) -> None:
        self.stderr.write("")
        if batch.state == HouseholdImport.State.FAILED:
            raise CommandError(batch.error)
        self.stdout.write(words.counts(batch.counts))
        self._problems(list(error_rows(batch)))

    def _check(self, book: Book, community: Community, options: dict[str, Any]) -> None:
        self.stdout.write(
            "认出的列：" + "，".join(f"{header} → {_label(name)}" for header, name in book.columns.items())
        )
        reading = read(book, book.columns, timezone.now())
        by_file = options["conflicts"] == HouseholdImport.Conflicts.FILE
        tally, problems = survey(community, reading, Settings(may_build=options["create_missing"], by_file=by_file))
        self.stdout.write(words.counts(tally.counts))
        self.stdout.write("没有写入")
        self._problems(problems)

    def _problems(self, problems: list[tuple[int, str]]) -> None:
        for row, text in problems[:SHOWN]:
            self.stdout.write(f"第 {row} 行：{text}")
        if len(problems) > SHOWN:
            self.stdout.write(f"…… 还有 {len(problems) - SHOWN} 处")


def _label(field: str) -> str:
    return label_of(field, tag_words())


def _community(code: str | None) -> Community:
    rows = Community.objects.select_related("division")
    if code:
        found = list(rows.filter(division__code=code.strip().ljust(12, "0")))
        if not found:
            raise ImportRefused(f"没有代码为 {code} 的社区")
    else:
        found = list(rows[:2])
        if len(found) != 1:
            raise ImportRefused("请用 --community 写明社区的区划代码")
    return found[0]


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > settings.IMPORT_MAX_BYTES:
            raise FileRefused(f"文件超过 {settings.IMPORT_MAX_BYTES // 1024 // 1024} MB，请分成几个文件")
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"读不了 {path}：{error.strerror}") from error

"""Learn to which category a message belongs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from community_portal.tables.errors import FileRefused
from petitions.classifying.classifier import Classifier
from petitions.classifying.files import read_messages
from petitions.classifying.history import history
from petitions.classifying.training import Example, TrainingRefused, train

HISTORY = "已办结工单"


class Command(BaseCommand):
    """From a file of labelled messages, or from the portal's own answered petitions."""

    help = "训练类别判断：从文件（CSV，列 title、text、label）或从已办结的工单"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE or --from-history, --out."""
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("file", metavar="FILE.csv", type=Path, nargs="?")
        source.add_argument("--from-history", action="store_true", help="从已办结的工单学，人工改过类别的算三份")
        parser.add_argument(
            "--out", metavar="PATH", type=Path, default=settings.CLASSIFIER_FILE, help="模型文件，缺省为门户在用的那个"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Train, write the file, say how good it is. Raises CommandError with one clear line."""
        file: Path | None = options["file"]
        try:
            examples = _examples(file) if file else history()
            found = train(examples, at=timezone.localtime(), source=file.name if file else HISTORY)
            found.save(options["out"])
        except (FileRefused, TrainingRefused) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}：{error.strerror}") from error
        self._report(found, options["out"])

    def _report(self, found: Classifier, path: Path) -> None:
        about = found.about
        self.stdout.write(
            f"学了 {about['examples']} 条，{len(found.labels)} 类，用时 {about['seconds']} 秒；"
            f"{path}，{path.stat().st_size / 1_000_000:.1f} MB"
        )
        self.stdout.write(
            f"五折交叉验证：macro-F1 {about['macro_f1']:.4f}，准确率 {about['accuracy']:.4f}，"
            f"把握与实际平均相差 {about['calibration_error']:.4f}"
        )
        for label, value in sorted(about["f1"].items(), key=lambda each: -each[1]):
            self.stdout.write(f"  {label} {value:.4f}")
        for label, count in about["left_out"].items():
            self.stdout.write(f"  {label} 只有 {count} 条，没有学")


def _examples(path: Path) -> list[Example]:
    file = read_messages(path.read_bytes(), labelled=True)
    return [Example(file.part(row, "title"), file.part(row, "text"), file.part(row, "label")) for row in file.rows]

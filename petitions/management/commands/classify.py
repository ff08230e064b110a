"""Put messages into categories."""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from community_portal.tables.errors import FileRefused
from petitions.catalogue import catalogue
from petitions.classifying.classifier import ClassifierUnreadable, load
from petitions.classifying.files import MessageFile, read_messages, with_answers


class Command(BaseCommand):
    """Every row comes back, with the likeliest category, its score and the next two."""

    help = "判断一个文件里每条消息的类别：CSV，列 title、text；加上 label、score 和其次的两个"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE, --out, --classifier."""
        parser.add_argument("file", metavar="FILE.csv", type=Path)
        parser.add_argument("--out", metavar="OUT.csv", type=Path, required=True)
        parser.add_argument("--classifier", metavar="PATH", type=Path, default=settings.CLASSIFIER_FILE)

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, classify, write. Raises CommandError with one clear line."""
        out: Path = options["out"]
        try:
            file = read_messages(options["file"].read_bytes(), labelled=False)
            draft = out.with_name(f"{out.name}.tmp")
            draft.write_bytes(with_answers(file, self._answers(file, options["classifier"])))
            draft.replace(out)
        except (FileRefused, ClassifierUnreadable) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}：{error.strerror}") from error
        self.stdout.write(f"{len(file.rows)} 条，写入 {out}")

    def _answers(self, file: MessageFile, path: Path) -> Sequence[Sequence[tuple[str, float]]]:
        messages = [(file.part(row, "title"), file.part(row, "text")) for row in file.rows]
        if path.exists():
            return load(path).ranked_many(messages)
        self.stderr.write("还没有训练过（manage.py train_classifier），按类别的关键词判断")
        known = catalogue()
        return [known.ranked(f"{title} {text}") for title, text in messages]

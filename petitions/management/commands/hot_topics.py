"""`manage.py hot_topics FILE.csv`: what many messages of a file are about."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from community_portal.tables.errors import FileRefused
from petitions.hot_files import HotTopic, hot_topics, read_heard, with_topics


class Command(BaseCommand):
    """Prints the most repeated problems; with --out every row comes back with its topic's number."""

    help = "找出一个文件里重复反映的问题：CSV，列 title、text（有 created_at 就按月数）；件数、起止、例子"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE, --least, --show, --examples, --out."""
        parser.add_argument("file", metavar="FILE.csv", type=Path)
        parser.add_argument("--least", type=int, default=3, help="至少几件才算（缺省 3）")
        parser.add_argument("--show", type=int, default=20, help="列出前多少个（缺省 20）")
        parser.add_argument("--examples", type=int, default=3, help="每个举几个别的说法（缺省 3）")
        parser.add_argument("--out", metavar="OUT.csv", type=Path, help="写出每一行属于第几个问题")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, cluster, print. Raises CommandError with one clear line."""
        begun = time.monotonic()
        try:
            file = read_heard(options["file"].read_bytes())
            topics = hot_topics(file.heard, least=max(2, options["least"]), examples=options["examples"])
            if options["out"]:
                options["out"].write_bytes(with_topics(file, topics))
        except (FileRefused, OSError) as error:
            raise CommandError(str(error)) from error
        for number, topic in enumerate(topics[: options["show"]], 1):
            self._say(number, topic)
        about = sum(topic.count for topic in topics)
        took = time.monotonic() - begun
        self.stdout.write(f"{len(file.rows)} 条里有 {len(topics)} 个重复的问题，共 {about} 条（{took:.1f} 秒）")

    def _say(self, number: int, topic: HotTopic) -> None:
        span = f"，{topic.first} 到 {topic.last}" if topic.first else ""
        self.stdout.write(f"{number}. {topic.title}（{topic.count} 件{span}）")
        if topic.months:
            self.stdout.write("   按月：" + "，".join(f"{month} {count}" for month, count in topic.months))
        for words in topic.examples:
            self.stdout.write(f"   · {words}")

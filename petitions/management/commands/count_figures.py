"""`manage.py count_figures`: bring the figures up to date at once, or make them anew."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from petitions.actions.counting import count_up, forget_counts


class Command(BaseCommand):
    """What the beat does each minute, by hand."""

    help = "把统计数到现在；--again 从办理记录重新算全部"

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to begin anew."""
        parser.add_argument("--again", action="store_true", help="丢开已有的统计，全部重算")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, and say how many petitions were looked at."""
        begun = time.monotonic()
        if options["again"]:
            forget_counts()
        looked = count_up(at=timezone.now())
        self.stdout.write(f"看过 {looked} 件工单（{time.monotonic() - begun:.1f} 秒）")

"""`manage.py recalculate_clocks`: deadlines again after an edit of the working calendar."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from petitions.actions.recalculating import recalculate


class Command(BaseCommand):
    """Works out the deadlines of all open petitions; each that comes out otherwise gets an event that says so."""

    help = "工作日历改过之后，重算在办工单的时限；改了的逐件记在“经过”里，没变的不动"

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say how many changed."""
        self.stdout.write(f"重算后改了时限的工单 {recalculate(at=timezone.now())} 件")

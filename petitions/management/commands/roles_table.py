"""`manage.py roles_table`: who may do what, as docs/roles.md has it."""

from typing import Any

from django.core.management.base import BaseCommand

from petitions.roles_table import markdown


class Command(BaseCommand):
    """Prints the table; `manage.py roles_table > docs/roles.md` after a change of petitions/workflow.py."""

    help = "打印“谁能做什么”的表（docs/roles.md）"

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        self.stdout.write(markdown(), ending="")

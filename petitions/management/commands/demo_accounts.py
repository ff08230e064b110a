"""`manage.py demo_accounts`: who can sign in to the demo."""

import unicodedata
from typing import Any

from django.core.management.base import BaseCommand

from grid.access import Role
from grid.models import Staff
from petitions.demo.cast import ACCOUNTS, PASSWORD

HEADS = ("角色", "账号", "密码", "姓名", "看到什么")
ADMINISTRATOR, OUTER, NEIGHBOUR = "系统管理员", "外网格员", "邻社区书记"


class Command(BaseCommand):
    """Prints the demo accounts that are there, one for each role first."""

    help = "列出演示账号"

    def handle(self, *args: Any, **options: Any) -> None:
        """A table, or one line when no demo is loaded."""
        there = set(Staff.objects.filter(is_demo=True, is_active=True).values_list("username", flat=True))
        rows = [
            (_role(account), account.username, PASSWORD, account.name, account.sees)
            for account in ACCOUNTS
            if account.username in there
        ]
        if not rows:
            self.stdout.write("没有演示账号；要装入演示社区请运行 manage.py load_demo")
            return
        widths = [max(_width(row[n]) for row in [HEADS, *rows]) for n in range(len(HEADS))]
        for row in [HEADS, tuple("─" * width for width in widths), *rows]:
            self.stdout.write("  ".join(_padded(text, width) for text, width in zip(row, widths, strict=True)).rstrip())


def _role(account: Any) -> str:
    if account.is_admin:
        return ADMINISTRATOR
    return {"outer": OUTER, "neighbour": NEIGHBOUR}.get(account.place) or str(Role(account.role).label)


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))

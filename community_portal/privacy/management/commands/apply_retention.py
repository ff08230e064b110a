"""Remove what has been kept long enough."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from community_portal.privacy.retention import Rule, apply_rule, count_due, rules

CERTAINTY = {"V": "已核原文", "S": "二手来源", "P": "见于报道", "?": "⚠ 未核实"}


class Command(BaseCommand):
    """Applies every retention rule, or the named ones; each row leaves a tombstone, each rule an access log entry."""

    help = "按保存期限清理个人信息；先用 --dry-run 看会动哪些"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which rules, and whether only to look."""
        parser.add_argument("--dry-run", action="store_true", help="只说会做什么，不改动")
        parser.add_argument("--rule", action="append", default=[], metavar="规则", help="只做这一条，可以写多次")

    def handle(self, *args: Any, dry_run: bool, rule: list[str], **options: Any) -> None:
        """Raises CommandError for a rule that does not exist."""
        known = {each.code: each for each in rules()}
        if unknown := [code for code in rule if code not in known]:
            raise CommandError(
                _("没有规则 %(code)s；有的是：%(known)s") % {"code": unknown[0], "known": "、".join(known)}
            )
        at = timezone.now()
        for each in (known[code] for code in rule or known):
            count = count_due(each, at) if dry_run else apply_rule(each, at=at)
            self.stdout.write(_told(each, count, dry_run))


def _told(rule: Rule, count: int, dry: bool) -> str:
    done = (_("到期 %d 行，没有改动") if dry else _("处理了 %d 行")) % count
    return f"{rule.code}：{rule.words}（{rule.source}，{CERTAINTY[rule.certainty]}）——{done}"

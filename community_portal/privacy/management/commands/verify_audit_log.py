"""Check that the access log is whole."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_portal.privacy.models import AccessLog
from community_portal.privacy.querysets import CHANGED, Chain, verify_chain


class Command(BaseCommand):
    """Follows the chain and names its first broken link; exits with 1 when there is one."""

    help = "核对个人信息访问日志的指纹链；给出上次记下的末条指纹，还能发现末尾被删"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--head", default="", metavar="指纹", help="上次核对时显示的末条指纹")

    def handle(self, *args: Any, head: str, **options: Any) -> None:
        chain = verify_chain(self._progress)
        if chain.broken:
            raise CommandError(_report(chain, chain.broken))
        if head and not AccessLog.objects.filter(hash=head).exists():
            raise CommandError(_("日志里没有指纹为 %(head)s 的记录：末尾的记录被删除了") % {"head": head})
        self.stdout.write(_("访问日志完整：%(n)d 条，末条指纹 %(head)s") % {"n": chain.entries, "head": chain.head})

    def _progress(self, count: int) -> None:
        self.stderr.write(_("已核对 %(n)d 条") % {"n": count})


def _report(chain: Chain, row: AccessLog) -> str:
    fault = _("内容被改动") if chain.fault == CHANGED else _("它之前的记录被删除，或它是后来插入的")
    return _("访问日志在编号 %(id)d 处断开：%(fault)s（%(at)s，%(row)s）。之前的 %(n)d 条完整。") % {
        "id": row.pk,
        "fault": fault,
        "at": localtime(row.at).strftime("%Y-%m-%d %H:%M:%S"),
        "row": row,
        "n": chain.entries,
    }

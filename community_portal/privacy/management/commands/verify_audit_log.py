"""Check that the access log is whole."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.privacy import querysets
from community_portal.privacy.anchors import anchors_path, lost_anchor, read_anchors
from community_portal.privacy.models import AccessLog
from community_portal.privacy.querysets import Chain, verify_chain

FAULTS = {
    querysets.CHANGED: gettext_lazy("内容被改动"),
    querysets.FORGED: gettext_lazy("指纹被改动，内容与写入时一致"),
    querysets.REMOVED: gettext_lazy("它之前的记录被删除"),
    querysets.INSERTED: gettext_lazy("它是后来插入的"),
    querysets.MOVED: gettext_lazy("它不在写入时的位置，次序被调换"),
    querysets.REPLACED: gettext_lazy("末尾的记录被换过"),
    querysets.NO_END: gettext_lazy("末端记录不见了：被删除，或日志来自旧版本（再有一次查看就会补上）"),
    querysets.END_FORGED: gettext_lazy("末端记录被改动"),
}


class Command(BaseCommand):
    """Follows the chain and names its first broken link; exits with 1 when there is one."""

    help = "核对个人信息访问日志的指纹链，并与每天写在数据库外的锚点比对"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What is known of the log from outside the database."""
        parser.add_argument("--head", default="", metavar="指纹", help="上次核对时显示的末条指纹")
        parser.add_argument("--anchors", default="", metavar="文件", help="锚点文件，缺省为本机的")

    def handle(self, *args: Any, head: str, anchors: str, **options: Any) -> None:
        """Raises CommandError naming the first thing that is wrong."""
        chain = verify_chain(self._progress)
        if chain.fault:
            raise CommandError(_report(chain))
        if head and not AccessLog.objects.filter(hash=head).exists():
            raise CommandError(_("日志里没有指纹为 %(head)s 的记录：末尾的记录被删除了") % {"head": head})
        self.stdout.write(_("访问日志完整：%(n)d 条，末条指纹 %(head)s") % {"n": chain.entries, "head": chain.head})
        self._check_anchors(Path(anchors) if anchors else anchors_path(), named=bool(anchors))

    def _check_anchors(self, path: Path, *, named: bool) -> None:
        try:
            known = read_anchors(path)
        except OSError as error:
            if named:
                raise CommandError(_("锚点文件读不了：%s") % error) from error
            return
        lost = lost_anchor(known)
        if lost:
            raise CommandError(
                _("锚点对不上：%(day)s 记下的编号 %(id)d（指纹 %(hash)s）已不在日志里，日志被重写过")
                % {"day": lost.day, "id": lost.entry, "hash": lost.hash}
            )
        if known:
            self.stdout.write(_("与 %(n)d 个锚点一致，最近的是 %(day)s") % {"n": len(known), "day": known[-1].day})

    def _progress(self, count: int) -> None:
        if count % (50 * querysets.CHUNK) == 0:
            self.stderr.write(_("已核对 %(n)d 条") % {"n": count})


def _report(chain: Chain) -> str:
    fault = FAULTS.get(chain.fault) or _("之后少了 %d 条：末尾的记录被删除") % chain.missing
    row = chain.broken
    if row is None:
        return _("访问日志是空的，%(fault)s") % {"fault": fault}
    return _("访问日志在编号 %(id)d 处断开：%(fault)s（%(at)s，%(row)s）。之前的 %(n)d 条完整。") % {
        "id": row.pk,
        "fault": fault,
        "at": localtime(row.at).strftime("%Y-%m-%d %H:%M:%S"),
        "row": row,
        "n": chain.entries,
    }

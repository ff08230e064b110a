"""Turn everything that is sealed to the newest keys."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from community_portal.privacy import rotation
from community_portal.privacy.actions import log_access
from community_portal.privacy.models import AccessLog
from community_portal.privacy.rotation import DATA, INDEX, Turned

TELL_SECONDS = 2


class Command(BaseCommand):
    """Seals with the first of PORTAL_DATA_KEYS, or with --index makes the indexes of the first of PORTAL_INDEX_KEY."""

    help = "把加密的数据换到最新的密钥；门户不用停，被中断后再运行会接着做，做完再运行不改任何一行"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which keys, how much at a time, or only counting."""
        parser.add_argument("--index", action="store_true", help="换精确查找用的索引密钥，而不是加密密钥")
        parser.add_argument("--dry-run", action="store_true", help="只数还有多少没换，不改动")
        parser.add_argument("--rows", type=int, default=rotation.BATCH_ROWS, help="每批多少行")

    def handle(self, *args: Any, index: bool, dry_run: bool, rows: int, **options: Any) -> None:
        """Raises CommandError when some rows could not be turned."""
        what, self._told_at = INDEX if index else DATA, time.monotonic()
        if dry_run and not index:
            self._show_keys()
        done = []
        for model in rotation.sealed_models():
            done.append(rotation.rotate(model, what, rows=max(1, rows), dry=dry_run, told=self._progress))
            if done[-1].looked:
                self.stdout.write(_line(done[-1], dry_run))
        written = sum(each.written for each in done)
        left = sum(len(each.failed) + len(each.clashing) for each in done)
        if not dry_run:
            self._log(what, written)
        self.stdout.write(
            (_("还有 %d 行没换") if dry_run else _("完成：换了 %d 行")) % written
            + ("" if written or left else _("，旧密钥可以从配置里去掉了"))
        )
        if left:
            raise CommandError(
                _("有 %d 行没有换：打不开的请补上旧密钥，重号的请先合并，再运行一次；旧密钥先不要去掉") % left
            )

    def _show_keys(self) -> None:
        for model in rotation.sealed_models():
            for name, counts in rotation.key_counts(model).items():
                said = "，".join(f"{key} {count}" for key, count in counts.items()) or _("空")
                self.stdout.write(f"{model._meta.label}.{name}：{said}")

    def _progress(self, turned: Turned) -> None:
        if time.monotonic() - self._told_at > TELL_SECONDS:
            self._told_at = time.monotonic()
            self.stderr.write(_("%(model)s：已看 %(n)d 行") % {"model": turned.model, "n": turned.looked})

    def _log(self, what: str, written: int) -> None:
        log_access(
            by=None,
            at=timezone.now(),
            action=AccessLog.Action.ROTATE,
            subject=f"keys:{what}",
            field=rotation.target_name(what)[:64],
            purpose=_("轮换密钥"),
            detail=_("换了 %d 行") % written,
        )


def _line(turned: Turned, dry: bool) -> str:
    said = _("%(model)s：看了 %(looked)d 行，") + (_("要换 %(written)d 行") if dry else _("换了 %(written)d 行"))
    if turned.failed:
        said += _("，打不开的行：%(failed)s")
    if turned.clashing:
        said += _("，与别的行重号、没有换的行：%(clashing)s")
    return said % {
        "model": turned.model,
        "looked": turned.looked,
        "written": turned.written,
        "failed": "、".join(map(str, turned.failed[:20])),
        "clashing": "、".join(map(str, turned.clashing[:20])),
    }

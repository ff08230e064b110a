"""`manage.py load_demo`: the demo community, at any size."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from councils.demo import SENT_UP, live_councils
from councils.demo_money import live_money
from petitions.demo.load import DemoRefused, Made, count, is_loaded, load


class Command(BaseCommand):
    """Loads the demo once; a second time only says what is there."""

    help = "装入演示社区双合家园：人和事都是生成的，同一个 --seed 得到同样的数据；户数和工单数可以放大"

    def add_arguments(self, parser: CommandParser) -> None:
        """Sizes and seed; PORTAL_DEMO_HOUSEHOLDS and PORTAL_DEMO_PETITIONS give the default sizes."""
        parser.add_argument("--households", type=int, default=settings.DEMO_HOUSEHOLDS, help="户数，最多 1000000")
        parser.add_argument("--petitions", type=int, default=settings.DEMO_PETITIONS, help="工单数，最多 10000000")
        parser.add_argument("--seed", type=int, default=1, help="随机种子")
        parser.add_argument("--force", action="store_true", help="允许装入正式环境")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say what is there. Raises CommandError in production without --force."""
        if not settings.LOCAL and not options["force"]:
            raise CommandError("这是正式环境，演示账号的密码是公开的；确实要装入请加 --force")
        if is_loaded():
            self.stdout.write(f"演示数据已经装入，没有改动：{_words(count())}")
            return
        begun = time.monotonic()
        try:
            made = self._load(options)
        except DemoRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"演示数据：{_words(made)}（{time.monotonic() - begun:.1f} 秒）")

    @transaction.atomic
    def _load(self, options: dict[str, Any]) -> Made:
        """Everything or nothing: houses, people and petitions, then the councils above them."""
        at = timezone.now()
        load(
            households=options["households"],
            petitions=options["petitions"],
            beside=SENT_UP,
            seed=options["seed"],
            at=at,
            say=self.stderr.write,
        )
        self.stderr.write(
            f"议题 {live_councils(at, sends_up=options['petitions'] >= SENT_UP)} 件，开过一次会，下一次会已通知"
        )
        self.stderr.write(live_money(at, options["seed"]))
        return count()


def _words(made: Made) -> str:
    return (
        f"社区 {made.communities} 个，户 {made.households}，居民 {made.residents}，"
        f"工单 {made.petitions} 件（在办 {made.open_petitions} 件）"
    )

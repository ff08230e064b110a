"""`manage.py load_demo`: the demo community, at any size."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from petitions.demo.load import load
from residents.models import Community, Household
from petitions.models import Petition


class Command(BaseCommand):
    """Loads the demo once; a second time only says what is there."""

    help = "装入演示社区：双合家园社区，人和事都是生成的；同一个 --seed 得到同样的数据"

    def add_arguments(self, parser: CommandParser) -> None:
        """Sizes and seed; the environment gives the defaults."""
        parser.add_argument("--households", type=int, default=settings.DEMO_HOUSEHOLDS, help="户数，最多 1000000")
        parser.add_argument("--petitions", type=int, default=settings.DEMO_PETITIONS, help="工单数，最多 10000000")
        parser.add_argument("--seed", type=int, default=1, help="随机种子")
        parser.add_argument("--force", action="store_true", help="允许装入正式环境")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say what was made. Raises CommandError in production without --force."""
        if not settings.LOCAL and not options["force"]:
            raise CommandError("这是正式环境，演示账号的密码是公开的；确实要装入请加 --force")
        begun = time.monotonic()
        made = load(
            households=options["households"],
            petitions=options["petitions"],
            seed=options["seed"],
            at=timezone.now(),
            say=self.stderr.write,
        )
        self.stdout.write(f"{made} {time.monotonic() - begun:.1f} 秒")

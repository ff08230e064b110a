"""Make a token for a person, without the page."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from community_portal.interfaces.actions.tokens import token_make
from community_portal.interfaces.kinds import ACTING, Kind
from grid.models import Staff

NAME_LENGTH = 40


class Command(BaseCommand):
    """Prints the token, this once only."""

    help = "替一个人新建接口令牌，打印令牌（只显示这一次）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """USERNAME NAME and what is granted."""
        parser.add_argument("username", metavar="USERNAME", help="属于谁（账号）")
        parser.add_argument("name", metavar="NAME", help="用途，例如 街道数据看板")
        parser.add_argument("--read", nargs="*", default=Kind.values, choices=Kind.values, help="可读哪些，不写则全部")
        parser.add_argument("--act", nargs="*", default=[], choices=[kind.value for kind in ACTING], help="可办哪些")
        parser.add_argument("--days", type=int, default=90, help="有效几天，缺省 90")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create it. Raises CommandError with one clear line."""
        name = options["name"].strip()
        if not name or len(name) > NAME_LENGTH:
            raise CommandError(f"用途应为 1 到 {NAME_LENGTH} 个字")
        staff = Staff.objects.filter(username=options["username"], is_active=True).first()
        if staff is None:
            raise CommandError(f"没有在用的账号“{options['username']}”")
        try:
            token, text = token_make(
                by=staff,
                at=timezone.now(),
                name=name,
                reads=options["read"],
                acts=options["act"],
                days=options["days"],
            )
        except ValidationError as error:
            raise CommandError("；".join(error.messages)) from error
        self.stdout.write(f"编号  {token.pk}\n属于  {staff.name}\n到期  {token.expires_at:%Y-%m-%d}\n令牌  {text}")
        self.stdout.write(self.style.WARNING("令牌只显示这一次，请现在交给使用方保存"))

"""Make a token void, without the page."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from community_portal.interfaces.actions.tokens import token_revoke
from community_portal.interfaces.models import ApiToken


class Command(BaseCommand):
    """By the number that its making printed."""

    help = "作废一个接口令牌"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """PK."""
        parser.add_argument("pk", metavar="编号", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        """Revoke it. Raises CommandError when there is none in use."""
        token = ApiToken.objects.select_related("staff").filter(pk=options["pk"]).first()
        if token is None or not token_revoke(token.pk, by=token.staff, at=timezone.now()):
            raise CommandError("没有这个编号的在用令牌")
        self.stdout.write(f"已作废：{token.staff.name} 的“{token.name}”")

"""Let a hotline in."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from petitions.actions.hotline import hotline_client_create
from petitions.homes import HomeUnclear, find_division, only_street
from petitions.models import HotlineClient

NAME_LENGTH = 40


class Command(BaseCommand):
    """Prints the key and the secret; the secret is shown this once only."""

    help = "新建热线接入，打印 Key 和密钥（密钥只显示这一次）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """NAME and --division."""
        parser.add_argument("name", metavar="NAME", help="热线的名称，例如 北京12345")
        parser.add_argument("--division", metavar="CODE", help="服务范围的区划代码；只有一个街道时可不写")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the client. Raises CommandError with one clear line."""
        name = options["name"].strip()
        if not name or len(name) > NAME_LENGTH:
            raise CommandError(f"名称应为 1 到 {NAME_LENGTH} 个字")
        if HotlineClient.objects.filter(name=name).exists():
            raise CommandError(f"已有名为“{name}”的热线接入，请换一个名称")
        try:
            division = find_division(options["division"]) if options["division"] else only_street()
        except HomeUnclear as error:
            raise CommandError(str(error)) from error
        client, secret = hotline_client_create(name=name, division=division, at=timezone.now())
        self.stdout.write(f"名称      {client.name}\n服务范围  {division.name}（{division.code}）")
        self.stdout.write(f"Key       {client.key}\nSecret    {secret}")
        self.stdout.write(self.style.WARNING("密钥只显示这一次，请现在交给热线方保存。用法见 docs/hotline-api.md"))

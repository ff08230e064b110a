"""Let a client of Open311 report."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from petitions.actions.open311 import open311_key_create
from petitions.homes import HomeUnclear, find_division, only_street
from petitions.models import Open311Key

NAME_LENGTH = 40


class Command(BaseCommand):
    """Prints the key, this once only."""

    help = "新建 Open311 接入，打印 api_key（只显示这一次）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """NAME and --division."""
        parser.add_argument("name", metavar="NAME", help="使用方的名称，例如 随手拍")
        parser.add_argument("--division", metavar="CODE", help="服务范围的区划代码；只有一个街道时可不写")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the client. Raises CommandError with one clear line."""
        name = options["name"].strip()
        if not name or len(name) > NAME_LENGTH:
            raise CommandError(f"名称应为 1 到 {NAME_LENGTH} 个字")
        if Open311Key.objects.filter(name=name).exists():
            raise CommandError(f"已有名为“{name}”的 Open311 接入，请换一个名称")
        try:
            division = find_division(options["division"]) if options["division"] else only_street()
        except HomeUnclear as error:
            raise CommandError(str(error)) from error
        client, key = open311_key_create(name=name, division=division, at=timezone.now())
        self.stdout.write(f"名称      {client.name}\n服务范围  {division.name}（{division.code}）\napi_key   {key}")
        self.stdout.write(self.style.WARNING("api_key 只显示这一次，请现在交给使用方保存。用法见 docs/open311.md"))

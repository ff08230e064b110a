"""What the commands share that let another system in."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import models
from django.utils import timezone

from petitions.homes import HomeUnclear, find_division, only_street

NAME_LENGTH = 40


class ClientCommand(BaseCommand):
    """Makes one client by NAME and --division, and prints what it needs to know, this once only."""

    model: type[models.Model]
    example = ""
    said = ""
    """The lines with the secret: `client` is the row."""

    secret_word = ""
    guide = ""
    action: Any = None
    """Makes it from name, division and at: the row, and the secret that nobody can read again."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """NAME and --division."""
        parser.add_argument("name", metavar="NAME", help=f"名称，例如 {self.example}")
        parser.add_argument("--division", metavar="CODE", help="服务范围的区划代码；只有一个街道时可不写")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the client. Raises CommandError with one clear line."""
        name, kind = options["name"].strip(), self.model._meta.verbose_name
        if not name or len(name) > NAME_LENGTH:
            raise CommandError(f"名称应为 1 到 {NAME_LENGTH} 个字")
        if self.model._default_manager.filter(name=name).exists():
            raise CommandError(f"已有名为“{name}”的{kind}，请换一个名称")
        try:
            division = find_division(options["division"]) if options["division"] else only_street()
        except HomeUnclear as error:
            raise CommandError(str(error)) from error
        client, secret = self.action(name=name, division=division, at=timezone.now())
        self.stdout.write(f"名称      {client.name}\n服务范围  {division.name}（{division.code}）")
        self.stdout.write(self.said.format(client=client, secret=secret))
        self.stdout.write(
            self.style.WARNING(f"{self.secret_word}只显示这一次，请现在交给对方保存。用法见 {self.guide}")
        )

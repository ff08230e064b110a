"""Let a client of Open311 report."""

from petitions.actions.open311 import open311_key_create
from petitions.management.clients import ClientCommand
from petitions.models import Open311Key


class Command(ClientCommand):
    """Prints the key, this once only."""

    help = "新建 Open311 接入，打印 api_key（只显示这一次）"
    model, example, secret_word, guide = Open311Key, "随手拍", "api_key ", "docs/open311.md"
    action = staticmethod(open311_key_create)
    said = "api_key   {secret}"

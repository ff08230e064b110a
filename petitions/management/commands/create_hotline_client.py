"""Let a hotline in."""

from petitions.actions.hotline import hotline_client_create
from petitions.management.clients import ClientCommand
from petitions.models import HotlineClient


class Command(ClientCommand):
    """Prints the key and the secret; the secret is shown this once only."""

    help = "新建热线接入，打印 Key 和密钥（密钥只显示这一次）"
    model, example, secret_word, guide = HotlineClient, "北京12345", "密钥", "docs/hotline-api.md"
    action = staticmethod(hotline_client_create)
    said = "Key       {client.key}\nSecret    {secret}"

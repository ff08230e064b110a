from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "community_portal.notices"
    label = "notices"
    verbose_name = "消息"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell privacy whom messages went to, and for how long that is kept."""
        from community_portal.notices.models import Mailbox
        from community_portal.notices.retention import SENT_RULE
        from community_portal.privacy import inventory, retention
        from community_portal.privacy.disclosure import PHONE

        inventory.declare(SENT_RULE.model, phone=PHONE)
        inventory.declare(Mailbox, address=PHONE)
        retention.register_rule(SENT_RULE)

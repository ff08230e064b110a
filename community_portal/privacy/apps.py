from django.apps import AppConfig
from django.core import checks


class PrivacyConfig(AppConfig):
    name = "community_portal.privacy"
    label = "privacy"
    verbose_name = "个人信息保护"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the log's own key, and have undeclared columns reported."""
        from community_portal.privacy import inventory
        from community_portal.privacy.disclosure import SECRET
        from community_portal.privacy.models import AccessLogHead

        inventory.declare(AccessLogHead, chain_key=SECRET)
        checks.register(inventory.check_declared)

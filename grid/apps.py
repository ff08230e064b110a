from django.apps import AppConfig


class GridConfig(AppConfig):
    name = "grid"
    label = "grid"
    verbose_name = "区划与网格"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell privacy what is held of the staff."""
        from community_portal.privacy import inventory
        from community_portal.privacy.disclosure import CONTENT, PHONE
        from grid.models import HandoverItem, Staff

        inventory.declare(Staff, phone=PHONE)
        inventory.declare(HandoverItem, said=CONTENT)

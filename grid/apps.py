from django.apps import AppConfig


class GridConfig(AppConfig):
    name = "grid"
    label = "grid"
    verbose_name = "区划与网格"
    default_auto_field = "django.db.models.BigAutoField"

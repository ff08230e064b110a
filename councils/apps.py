from django.apps import AppConfig


class CouncilsConfig(AppConfig):
    name = "councils"
    label = "councils"
    verbose_name = "议事协商"
    default_auto_field = "django.db.models.BigAutoField"

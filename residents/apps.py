from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "residents"
    label = "residents"
    verbose_name = "楼栋与居民"
    default_auto_field = "django.db.models.BigAutoField"

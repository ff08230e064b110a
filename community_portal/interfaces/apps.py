from django.apps import AppConfig


class InterfacesConfig(AppConfig):
    name = "community_portal.interfaces"
    label = "interfaces"
    verbose_name = "开放接口"
    default_auto_field = "django.db.models.BigAutoField"

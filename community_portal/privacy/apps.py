from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "community_portal.privacy"
    label = "privacy"
    verbose_name = "个人信息保护"
    default_auto_field = "django.db.models.BigAutoField"

from django.apps import AppConfig
from django.contrib.admin import apps as admin


class UiConfig(AppConfig):
    name = "community_portal.ui"
    label = "ui"
    verbose_name = "界面"
    default_auto_field = "django.db.models.BigAutoField"
    default = True


class ConsoleConfig(admin.AdminConfig):
    default_site = "community_portal.ui.console.Console"
    default = False

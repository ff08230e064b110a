from django.apps import AppConfig


class LocalConfig(AppConfig):
    name = "community_portal.local"
    label = "local"
    verbose_name = "本机运行"
    default_auto_field = "django.db.models.BigAutoField"

from django.apps import AppConfig


class WorktimeConfig(AppConfig):
    name = "community_portal.worktime"
    label = "worktime"
    verbose_name = "工作日历"
    default_auto_field = "django.db.models.BigAutoField"

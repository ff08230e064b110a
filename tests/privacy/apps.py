from django.apps import AppConfig


class PrivacyTestsConfig(AppConfig):
    name = "tests.privacy"
    label = "privacy_tests"
    default_auto_field = "django.db.models.BigAutoField"

"""Django's settings, made from `config.read()`; see README for the variables."""

from importlib.util import find_spec
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from community_portal import config
from community_portal.timetable import timetable

try:
    CONFIG = config.read()
except config.ConfigError as error:
    raise ImproperlyConfigured(str(error)) from error

BASE_DIR = config.ROOT
PORTAL_MODE = CONFIG.mode
LOCAL = CONFIG.mode == config.LOCAL
VAR_DIR = CONFIG.var

DEBUG = CONFIG.debug
SECRET_KEY = CONFIG.secret_key
ALLOWED_HOSTS = CONFIG.allowed_hosts
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]

INSTALLED_APPS = [
    "community_portal.interfaces",
    "councils",
    "petitions",
    "residents",
    "grid",
    "community_portal.notices",
    "community_portal.privacy",
    "community_portal.worktime",
    "community_portal.ui",
    "community_portal.local",
    "community_portal.ui.apps.ConsoleConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "django_celery_beat",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "community_portal.ui.middleware.Policy",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "community_portal.ui.middleware.Programs",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "community_portal.ui.middleware.IdleSession",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

# Where programs ask, not people: the middleware behind Programs (sessions, sign-in, messages) has no part in it.
PROGRAM_PATHS = ("/api/v1/hotline/", "/open311/")

ROOT_URLCONF = "community_portal.urls"
WSGI_APPLICATION = "community_portal.wsgi.application"
ASGI_APPLICATION = "community_portal.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["community_portal.ui.templatetags.ui", "community_portal.ui.templatetags.addresses"],
            "libraries": {"static": "community_portal.ui.templatetags.addresses"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "community_portal.navigation.frame",
            ],
        },
    }
]
# {% load static %} means the portal's own tag on purpose, in place of Django's.
SILENCED_SYSTEM_CHECKS = ["templates.W003"]
FORM_RENDERER = "community_portal.ui.forms.PortalRenderer"

DATABASES = {
    "default": {
        **config.database(CONFIG.database_url),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            # A prepared query is one that one plan fits, whatever it is asked for.
            "options": "-c TimeZone=Asia/Shanghai -c statement_timeout=60s -c plan_cache_mode=force_generic_plan",
            # A database machine that vanished without a word is found out by the kernel within a minute.
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
        },
    }
}
PREPARED_STATEMENTS = CONFIG.get("PORTAL_PREPARED_STATEMENTS", "1") == "1"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "community_portal.valkey.ValkeyCache",
        "LOCATION": CONFIG.redis_url,
        "KEY_PREFIX": "portal",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL
SESSION_IDLE_SECONDS = CONFIG.number("PORTAL_IDLE_SECONDS", 12 * 3600 if LOCAL else 600)

AUTH_USER_MODEL = "grid.Staff"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "grid.backends.StaffBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "workbench"
LOGOUT_REDIRECT_URL = "home"
AXES_FAILURE_LIMIT = CONFIG.number("PORTAL_SIGNIN_FAILURES", 5)
AXES_COOLOFF_TIME = "community_portal.ui.middleware.signin_cooloff"
SIGNIN_LOCK_SECONDS = CONFIG.number("PORTAL_SIGNIN_LOCK_SECONDS", 300)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "ui/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_IPWARE_PROXY_COUNT = 0
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
# Of django-leaflet only the static files: its app is made for GeoDjango, which the portal does without.
LEAFLET = Path(str(getattr(find_spec("leaflet"), "origin", ""))).parent / "static" / "leaflet"
STATICFILES_DIRS = [BASE_DIR / "static", ("leaflet", LEAFLET)]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

SECURE_HSTS_SECONDS = 0 if LOCAL else 31_536_000
SECURE_SSL_REDIRECT = not LOCAL and CONFIG.get("PORTAL_TLS", "1") == "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

CELERY_BROKER_URL = CONFIG.redis_url.replace("unix://", "redis+socket://", 1)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = timetable(retention=CONFIG.get("PORTAL_RETENTION_NIGHTLY", "0") == "1")

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
    "NUM_PROXIES": 0,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "社区事务门户",
    "DESCRIPTION": "工作人员看得到、办得了的，程序用令牌也看得到、办得了：同一个权限规则，同样的动作。",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "PREPROCESSING_HOOKS": ["community_portal.interfaces.rest.schema.only_ours"],
    # Enumerations stand where they are used: several kinds of things have a state of their own.
    "POSTPROCESSING_HOOKS": ["community_portal.interfaces.rest.schema.complete"],
    "DISABLE_ERRORS_AND_WARNINGS": False,
}

PORTAL_NAME = CONFIG.get("PORTAL_NAME", "社区事务门户")
DATA_KEYS = CONFIG.data_keys
DATA_CIPHER = CONFIG.get("PORTAL_DATA_CIPHER", "AES-256-GCM")
INDEX_KEY = CONFIG.index_key
OLDER_INDEX_KEYS = CONFIG.older_index_keys
REVEALS_PER_HOUR = CONFIG.number("PORTAL_REVEALS_PER_HOUR", 60)
RETENTION_DAYS = CONFIG.numbers("PORTAL_RETENTION_DAYS")
WORK_HOURS = CONFIG.get("PORTAL_WORK_HOURS", "09:00-12:00,13:00-18:00")
MORNING_AT = CONFIG.get("PORTAL_MORNING_AT", "07:30")
HANDOVER_DAYS = CONFIG.number("PORTAL_HANDOVER_DAYS", 14)
WATCH_HOURS = CONFIG.get("PORTAL_WATCH_HOURS", "06:00-09:00,17:00-21:00")
QUIET_HOURS = CONFIG.get("PORTAL_QUIET_HOURS", "21:00-08:00")
SMS_URL = CONFIG.get("PORTAL_SMS_URL")
PORTAL_URL = CONFIG.get("PORTAL_URL")
DEFAULT_FROM_EMAIL = CONFIG.get("PORTAL_MAIL_FROM") or "portal@localhost"
EMAIL_TIMEOUT = 10
if MAIL := CONFIG.get("PORTAL_MAIL_URL"):
    globals().update(config.mail(MAIL))
PUBLIC_FORM_PER_HOUR = CONFIG.number("PORTAL_PUBLIC_FORM_PER_HOUR", 20)
PUBLIC_FORM_MIN_SECONDS = CONFIG.number("PORTAL_PUBLIC_FORM_MIN_SECONDS", 2)
PROXY_COUNT = CONFIG.number("PORTAL_PROXY_COUNT", 0 if LOCAL else 1)
DEMO_HOUSEHOLDS = CONFIG.number("PORTAL_DEMO_HOUSEHOLDS", 1461)
DEMO_PETITIONS = CONFIG.number("PORTAL_DEMO_PETITIONS", 400)
CLASSIFIER_FILE = Path(CONFIG.get("PORTAL_CLASSIFIER") or VAR_DIR / "classifier.npz")
CLASSIFIER_PERCENT = CONFIG.number("PORTAL_CLASSIFIER_PERCENT", 50)
RATE_WEIGHTS = CONFIG.numbers("PORTAL_RATE_WEIGHTS") or {"responded": 30, "solved": 35, "satisfied": 35}
IMPORT_MAX_BYTES = CONFIG.number("PORTAL_IMPORT_MAX_MB", 64) * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": CONFIG.get("PORTAL_LOG_LEVEL", "INFO")},
    "loggers": {"axes": {"level": "WARNING"}, "weasyprint": {"level": "WARNING"}, "fontTools": {"level": "WARNING"}},
}

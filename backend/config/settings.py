"""Django settings, composed from the typed groups of `backend.config.environment`."""

from __future__ import annotations

import os
from datetime import timedelta

import pghistory
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from backend.config.cache import redis_cache
from backend.config.database import postgis_from_url
from backend.config.environment import BASE_DIR, platform, services
from backend.config.logging import logging_settings

DEMO = platform.is_demo
TESTING = platform.env == "test"
DEBUG = False
SECRET_KEY = platform.effective_secret_key()
ALLOWED_HOSTS = platform.allowed_hosts or [
    "localhost",
    "127.0.0.1",
    "[::1]",
    "testserver",
]
CSRF_TRUSTED_ORIGINS = platform.csrf_trusted_origins
RUN_DIR = platform.run_dir
MODBUS_URL = services.modbus_url
MODBUS_READER = services.modbus_reader
MQTT_URL = services.mqtt_url
REDIS_URL = services.redis_url
BASEMAP_STYLE_URL = services.basemap_style_url
CHABAKA_ENV = platform.env
SMS_BACKEND = platform.sms_backend
METRICS_TOKEN = platform.metrics_token
TILE_CACHE_MB = platform.tile_cache_mb
READ_AHEAD = platform.read_ahead
LOGGING = logging_settings(platform.log_format)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "backend.config.apps.GeoDjangoConfig",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "rest_framework_gis",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "csp",
    "pgtrigger",
    "pghistory",
    "backend.core",
    "gis",
    "telemetry",
    "metering",
    "maintenance",
    "webmap",
]
if DEMO:
    INSTALLED_APPS.append("fixtures")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "backend.core.static_files.StaticFilesMiddleware",
    "backend.core.request_log.RequestLogMiddleware",
    "backend.core.middleware.PrivateAnswersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "backend.core.middleware.LanguageChoiceMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "backend.core.second_factor.SecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "backend.core.middleware.LocalTimeMiddleware",
    "backend.core.error_pages.ErrorPagesMiddleware",
    "backend.core.middleware.PlainAddressMiddleware",
    "gis.middleware.AttributionMiddleware",
]

ROOT_URLCONF = "backend.config.urls"
ASGI_APPLICATION = "backend.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before the libraries' own, so that sign-in pages are ours.
        "DIRS": [BASE_DIR / "webmap" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "backend.core.context_processors.platform",
            ],
        },
    },
]

# The web process answers in so many threads. It takes connections from a pool that has some more, for the
# live streams; the other processes keep their own.
WEB_THREADS = 16
WAITING_PATHS = ("/static/", "/live/")
DATABASES = {
    "default": postgis_from_url(services.database_url, pool=os.environ.get("CHABAKA_PROCESS") == "web")
}
# A database of this server with every table made: tests copy it rather than make each its own.
DATABASES["default"]["TEST"] = {"TEMPLATE": os.environ.get("CHABAKA_TEST_TEMPLATE")}
# Events are found by element and by import, never by what they point to.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": redis_cache(services.redis_url)}

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["backend.core.accounts.backend.PeopleBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# The distribution's GDAL is older than the block on network paths; no spatial reference comes from outside
# as a path.
SILENCED_SYSTEM_CHECKS = ["gis.W001"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
CSRF_FAILURE_VIEW = "backend.core.error_pages.csrf_failure"

ACCOUNT_ADAPTER = "backend.core.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "backend.core.accounts.forms.SignInForm"}
# The form finds the username by a phone number or an email address.
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
# Ten failures in five minutes lock a name. The demo lives behind one address: its limit by address is wide.
ACCOUNT_RATE_LIMITS = {
    "login": "600/m/ip" if DEMO else "30/m/ip",
    "login_failed": "300/m/ip,10/5m/key" if DEMO else "20/m/ip,10/5m/key",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Chabaka"
REQUIRE_SECOND_FACTOR = platform.second_factor if platform.second_factor is not None else not DEMO
SESSION_ENGINE = "backend.core.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
REST_KNOX = {"TOKEN_TTL": timedelta(hours=12), "AUTO_REFRESH": False}
EMAIL_BACKEND = (
    "django.core.mail.backends.console.EmailBackend"
    if DEMO
    else "django.core.mail.backends.smtp.EmailBackend"
)

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("ar", _("Arabic")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "chabaka_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
# Months as Morocco names them; dates and figures as people here write them.
LOCALE_PATHS = [BASE_DIR / "backend" / "config" / "locale"]
FORMAT_MODULE_PATH = ["backend.core.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LOCAL_TIME_ZONE = "Africa/Casablanca"

STATIC_URL = "/static/"
STATIC_ROOT = RUN_DIR / "static"
if DEMO:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
MEDIA_ROOT = platform.media_dir or RUN_DIR / "media"
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO
        else "servestatic.storage.CompressedManifestStaticFilesStorage"
    },
}
SERVESTATIC_USE_FINDERS = DEMO
# The front-end build names its files by their content.
SERVESTATIC_IMMUTABLE_FILE_TEST = r"^/static/webmap/assets/.+-[\w-]{8}\.\w+$"
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+[-.][0-9a-zA-Z_-]{8,12}\.[a-z0-9]+$"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
# A register map of some hundred rows is one form.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_PERMISSIONS = 0o600

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not DEMO
SECURE_SSL_REDIRECT = not DEMO
SECURE_PROXY_SSL_HEADER = None if DEMO else ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 0 if DEMO else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEMO
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "backend.core.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "backend.core.api.parsers.JSONParser",
        "backend.core.api.parsers.MultiPartParser",
        "rest_framework.parsers.FormParser",
    ],
    # The server has put the address that its own proxy saw in place; what a caller claims counts for nothing.
    "NUM_PROXIES": 0,
    "DEFAULT_SCHEMA_CLASS": "backend.core.api.schema.PlatformSchema",
    "EXCEPTION_HANDLER": "backend.core.api.problems.exception_handler",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "backend.core.api.pagination.CursorList",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Chabaka",
    "VERSION": "1",
    "DESCRIPTION": "Networks, telemetry, consumption, reports, work orders. Errors are problems (RFC 9457).",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "ZoneKindEnum": "gis.models.zones.ZoneKind",
        "ElementKindEnum": "gis.api.serializers.ELEMENT_KINDS",
        "AlarmKindEnum": "telemetry.models.AlarmKind",
        "OrderEnum": "telemetry.domain.registers.ORDERS",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
}

CELERY_BROKER_URL = services.redis_url
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 900
# A task reserved by a machine that is gone comes back once it can neither be running still nor wait behind
# another. Redis that says nothing (a cable, a stopped process) counts as gone after twice the interval.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 2 * CELERY_TASK_TIME_LIMIT + 60,
    "socket_connect_timeout": 3,
    "socket_timeout": 10,
    "health_check_interval": 10,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

"""Django's settings, all of them from the environment (see environment.py)."""

import sys
from typing import Any

import django_stubs_ext

from config.environment import ROOT, read_environment

django_stubs_ext.monkeypatch()

environment = read_environment()

SECRET_KEY = environment.secret_key
DEBUG = environment.debug
ALLOWED_HOSTS = [environment.host, "localhost", "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = [environment.url]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "rest_framework",
    "grading",
    "interview",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "interview.web.context.navigation",
            ],
        },
    },
]

# Stores
DATABASES = {"default": environment.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIGRATION_MODULES = {"knox": None}  # our ApiToken stands in for its one table
CACHES = {
    "default": {
        "BACKEND": "config.cache.FailOpenCache",
        "LOCATION": environment.redis_url,
        "KEY_PREFIX": "viva",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}
STATIC_URL = "/static/"
STATIC_ROOT = environment.static_root
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage."
        + ("StaticFilesStorage" if DEBUG else "ManifestStaticFilesStorage")
    },
}

# People
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "interview.web.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_SIGNUP_OPEN = environment.signup_open
KNOX_TOKEN_MODEL = "interview.ApiToken"  # noqa: S105 - a model's name, not a token

# Mail
EMAIL_BACKEND = environment.email["EMAIL_BACKEND"]
EMAIL_HOST = environment.email["EMAIL_HOST"]
EMAIL_PORT = environment.email["EMAIL_PORT"]
EMAIL_HOST_USER = environment.email["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = environment.email["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = environment.email["EMAIL_USE_TLS"]
EMAIL_USE_SSL = environment.email["EMAIL_USE_SSL"]
DEFAULT_FROM_EMAIL = environment.email.get("DEFAULT_FROM_EMAIL", f"viva@{environment.host}")

# Time and language
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# Transport security follows the public address: plain http is for a machine of one's own.
SESSION_COOKIE_SECURE = environment.over_https
CSRF_COOKIE_SECURE = environment.over_https
SECURE_SSL_REDIRECT = environment.over_https
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # health checks come from inside, over http
SECURE_HSTS_SECONDS = 31_536_000 if environment.over_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = environment.over_https
SECURE_HSTS_PRELOAD = environment.over_https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if environment.over_https else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# Grading
GRADING_JUDGE = environment.judge
ANTHROPIC_API_KEY = environment.anthropic_api_key
ANTHROPIC_BASE_URL = environment.anthropic_base_url
CLAUDE_MODEL = environment.claude_model
CLAUDE_STRONG_MODEL = environment.claude_strong_model
CLAUDE_EFFORT = environment.claude_effort
CLAUDE_EXTRA_CALLS = environment.claude_extra_calls
CLAUDE_SURE_FROM = environment.claude_sure_from
PASS_LINE = environment.pass_line
CLAUDE_WITHOUT = environment.claude_without
# What judges said while they were measured, so that a run that was stopped can go on.
MEASUREMENTS = environment.home / "measurements"
GRADE_LEASE_SECONDS = environment.grade_lease_seconds
CLAUDE_TIMEOUT_SECONDS = min(90.0, 0.9 * GRADE_LEASE_SECONDS)  # each call renews the lease
GRADE_NUDGE_SECONDS = 10  # a pending grade nobody took is announced again after this long
GRADE_BACKOFF_SECONDS = 4.0  # at most so long until the second try, then twice as long each time
GRADE_ATTEMPTS = 5  # an answer that keeps killing its worker ends as "could not grade"

# Celery: the row is the queue, a message is only a nudge, so losing one costs seconds, not answers.
CELERY_BROKER_URL = environment.redis_url
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": "viva:",
    # Keeping unacknowledged messages in Redis took a third of a worker's time, and the sweep finds
    # the rows of lost ones anyway.
    "ack_emulation": False,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    "socket_keepalive": True,
}
CELERY_TASK_PUBLISH_RETRY = False  # submitting an answer never waits for a broker that is away
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_DB_REUSE_MAX = sys.maxsize  # or each task would open a connection; see config/celery.py
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "requeue-stuck-grades": {"task": "grading.tasks.requeue_stuck", "schedule": 5.0},
    "requeue-unwritten-questions": {"task": "interview.tasks.requeue_unwritten", "schedule": 5.0},
    "advance-batches": {"task": "grading.tasks.advance_batches", "schedule": 10.0},
}

# REST API
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "interview.api.authentication.BearerToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "interview.api.permissions.HasScope",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "interview.api.pagination.NewestFirst",
    "DEFAULT_SCHEMA_CLASS": "interview.api.schema.ProblemSchema",
    "EXCEPTION_HANDLER": "interview.api.problems.problem_response",
    "PAGE_SIZE": 50,
}
REST_KNOX = {"TOKEN_PREFIX": "viva_", "AUTH_HEADER_PREFIX": "Bearer"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Viva",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "AnswerState": "interview.api.serializers.answers.STATES",
        "GradeState": "grading.models.Grade.State",
        "SessionState": "interview.models.InterviewSession.State",
        "VersionState": "interview.models.QuestionSetVersion.State",
    },
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    # the validator's badge would come from another host
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "config.logs.DiscreetFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": environment.log_level},
    # Its own handlers, for VIVA_DEBUG and for mail to admins, would tell an error's message.
    "loggers": {"django": {"handlers": []}},
}

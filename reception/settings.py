"""Settings, read from the environment: one file for a laptop, a test and a server."""

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from engines.addresses import OWNER, WEB, broker_url, database_url
from engines.addresses import with_password as _with_password
from reception.environment import address as _address
from reception.environment import case_keys as _case_keys
from reception.environment import choice as _choice
from reception.environment import flag as _flag
from reception.environment import hosts as _hosts
from reception.environment import hours as _hours
from reception.environment import number as _number
from reception.environment import origins as _origins
from reception.environment import refuse_misspelt
from reception.environment import secret as _secret
from reception.environment import secret_keys as _secret_keys
from reception.environment import words as _list

BASE_DIR = Path(__file__).resolve().parent.parent
refuse_misspelt()
VAR = Path(os.environ.get("RECEPTION_VAR") or BASE_DIR / "var")

DEBUG = _flag("DEBUG")
DEMONSTRATION = _flag("RECEPTION_DEMONSTRATION")
SECRET_KEY, *SECRET_KEY_FALLBACKS = _secret_keys(VAR)
CASE_KEYS = _case_keys(VAR)  # what is said in cases lies in the database under the first
ALLOWED_HOSTS = _hosts("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = _origins("CSRF_TRUSTED_ORIGINS")
HTTPS = _flag("RECEPTION_HTTPS")

INSTALLED_APPS = [
    "reception",
    "upkeep",
    "census",
    "desk",
    "aid",
    "transport",
    "plans",
    "cards",
    "houses",
    "shelter",
    "casework",
    "registrations",
    "centre",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",  # its templates, found after ours
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "lucide",
    *(["demonstration"] if DEMONSTRATION else []),  # invented people are no part of what serves real ones
]

MIDDLEWARE = [
    "upkeep.watch.middleware.accompany",
    "centre.log.say_where_from",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "centre.middleware.while_at_work",
    "centre.leaving.leave_nothing",
    "centre.middleware.sign_in_and_back",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "centre.middleware.language_of_the_user",
    "centre.middleware.no_larger_than_taken",
    "centre.middleware.page_of_its_user",
    "centre.middleware.first_things_first",
    "centre.outside.outsiders_stay_outside",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "centre.middleware.without_nul",
    "centre.repeated.answer_again",
    "centre.middleware.WordedRefusals",
]

ROOT_URLCONF = "reception.urls"
WSGI_APPLICATION = "reception.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "centre.context.shift",
                "shelter.context.in_one_house",
            ],
        },
    },
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Engines

DATABASE_URL = _with_password(
    _address("DATABASE_URL", "postgresql", "postgres"), _secret("DATABASE_PASSWORD")
) or database_url(VAR, user=_choice("DATABASE_USER", OWNER, WEB))
BROKER_URL = _with_password(
    _address("BROKER_URL", "redis", "rediss", "redis+socket"), _secret("BROKER_PASSWORD")
) or broker_url(VAR)
TRANSACTION_TIMEOUT = timedelta(seconds=120)  # a fact younger than this is not settled yet


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {
            "connect_timeout": "5",  # seconds: a machine that is gone does not refuse
            **query,
            # What is read through a cursor is read to its end
            "options": f"-c transaction_timeout={TRANSACTION_TIMEOUT.seconds}s -c jit=off -c cursor_tuple_fraction=1",
        },
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The two that Celery's command does not write over: it takes BROKER_URL from the environment, which has no password
CELERY_BROKER_URL = CELERY_BROKER_READ_URL = CELERY_BROKER_WRITE_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True  # a killed worker's task is done again by the next
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Yerevan"
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "socket_connect_timeout": 2}
CELERY_BROKER_CONNECTION_TIMEOUT = 2  # seconds: who asks for a task is told at once that it cannot be sent

PLAN_SECONDS = 28  # for the search for a better plan: half a minute with reading and keeping it

CELERY_BEAT_SCHEDULE = {
    "heartbeat": {"task": "upkeep.tasks.heartbeat", "schedule": 60.0, "options": {"expires": 55}},
    "seal the log": {"task": "upkeep.tasks.seal_log", "schedule": 60.0, "options": {"expires": 55}},
    "take due snapshots": {"task": "census.tasks.take_due_snapshots", "schedule": 60.0, "options": {"expires": 55}},
    "read cases": {"task": "census.tasks.take_case_reading", "schedule": 60.0, "options": {"expires": 55}},
    "discard letters": {"task": "casework.tasks.discard", "schedule": crontab(hour=3, minute=10)},
    "match who is sought": {"task": "casework.tasks.rematch", "schedule": crontab(hour=3, minute=30)},
}
CENSUS_HOURS = _hours("CENSUS_HOURS", "20:00")  # of the whole operation
BACKUP_KEY = _list("BACKUP_KEY")  # age recipients; `manage.py backup --new-key` makes one

CACHES = {
    "default": {
        "BACKEND": "centre.cache.Cache",  # the broker: one count for all web processes
        "LOCATION": BROKER_URL.replace("redis+socket://", "unix://").replace("virtual_host=", "db="),
        "KEY_PREFIX": "reception",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},  # seconds: nobody waits for a count
    }
}

# People who sign in

AUTH_USER_MODEL = "centre.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "centre.accounts.StaffAccounts"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_FORMS = {
    "login": "centre.account_forms.SignIn",
    "change_password": "centre.account_forms.NewPassword",
    "reauthenticate": "centre.account_forms.PasswordAgain",
}
# Whoever has more than a volunteer's role proves who they are by a second thing, where real people are served
SECOND_FACTOR = _flag("RECEPTION_SECOND_FACTOR", "0" if DEMONSTRATION else "1")
MFA_ADAPTER = "centre.factors.SealedFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "centre.factor_forms.Code",
    "authenticate_webauthn": "centre.factor_forms.Passkey",
    "reauthenticate": "centre.factor_forms.CodeAgain",
    "reauthenticate_webauthn": "centre.factor_forms.PasskeyAgain",
    "activate_totp": "centre.factor_forms.FirstCode",
    "add_webauthn": "centre.factor_forms.NewPasskey",
}
MFA_TOTP_ISSUER = "Reception"
MFA_TOTP_TOLERANCE = 1  # codes before and after: telephones' clocks differ
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # browsers themselves allow it on this machine alone
ACCOUNT_SESSION_REMEMBER = True  # for SESSION_COOKIE_AGE, also when the browser is closed on the way
ACCOUNT_RATE_LIMITS = False  # centre/tries.py counts, after the password and by account and address together
ALLAUTH_TRUSTED_PROXY_COUNT = _number("TRUSTED_PROXIES", 1 if HTTPS else 0)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "census:board"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
SESSION_ENGINE = "centre.sessions"
SESSION_COOKIE_AGE = 12 * 3600  # one shift, from sign-in
SESSION_IDLE = timedelta(minutes=15)
SESSION_COOKIE_HTTPONLY = True

# Browser

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
_OURS_ALONE = "__Host-" if HTTPS else ""  # no neighbour's site may set a cookie of this name
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_OURS_ALONE}sessionid", f"{_OURS_ALONE}csrftoken"
LANGUAGE_COOKIE_NAME = f"{_OURS_ALONE}language"
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # asked behind the proxy, without TLS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # a browser's built-in list is for whole domains, and hard to leave
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # bytes of a request: a larger one is not kept at all
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3_000  # a tick for each family of an evening; the size bounds them too

# Languages and time

LANGUAGE_CODE = "en"
LANGUAGES = [("hy", _("Armenian")), ("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Yerevan"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["centre.formats"]

# Static files

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT") or VAR / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "centre.static_files.HashedFiles"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

# API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "centre.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated", "centre.tokens.WithinItsToken"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["centre.bodies.JSONBodies"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "centre.api_pages.Pages",
    "DEFAULT_SCHEMA_CLASS": "reception.schema.HouseSchema",
    "EXCEPTION_HANDLER": "centre.api_errors.answer_error",
    "NON_FIELD_ERRORS_KEY": "detail",
    "PAGE_SIZE": 100,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Reception",
    "DESCRIPTION": "Families, places, aid and the census of a reception centre.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "MarzEnum": "centre.models.Marz",
        "DoorEnum": "centre.tokens.DOORS",
        "CallOutcomeEnum": "houses.models.Call.Outcome",
        "CaseKindEnum": "casework.kinds.Kind",
        "PlanHowEnum": "plans.models.How",
        "RoomKindEnum": "shelter.models.Room.Kind",
        "LetterTypeEnum": "casework.reading_letters.MediaType",
        "CaseOutcomeEnum": "casework.kinds.Outcome",
        "SearchEndEnum": "casework.kinds.SearchEnd",
        "RelationshipEnum": "registrations.choices.Relationship",
        "DecliningEnum": "casework.kinds.Declining",
        "MatchAnswerEnum": "casework.kinds.Answer",
        "ToSeekerEnum": "casework.tracing.TO_SEEKER",
    },
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# How far back and ahead of the server's clock an act may say it happened
OLDEST_ACT = timedelta(days=3660) if DEMONSTRATION else timedelta(days=7)
OLDEST_PAPER = timedelta(days=90)  # typed later by who may correct, and whose hand it was is said
LATEST_ACT = timedelta(minutes=5)

# Watching: what it writes down, and who may read its figures

METRICS_TOKEN = _secret("METRICS_TOKEN")  # without one nobody may
DISK_ENCRYPTED = _flag("DISK_ENCRYPTED")  # the administrator's word, where the machine cannot tell
LOG_FORMAT = _choice("LOG_FORMAT", "line", "json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "upkeep.watch.logs.Lines"}, "json": {"()": "upkeep.watch.logs.JsonLines"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "json" if LOG_FORMAT == "json" else "line"}
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "celery": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "django.server": {"level": "WARNING"},
        "waitress": {"level": "WARNING"},
        "waitress.queue": {"level": "ERROR"},  # requests that wait for a thread are counted, not told
        "reception.requests": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
    },
}

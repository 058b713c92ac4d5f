"""All settings, read once from the environment; every option has one line of why.

`DATABASE_URL`               a PostgreSQL of yours; without it the embedded server is used
`FAIRDUE_VAR`                folder of keys, embedded data, reject files and facts (default `var/`)
`FAIRDUE_SECRET_KEY`         signs sessions; generated once into `var/keys.json` if absent
`FAIRDUE_MODE`               `demo` (default), `test` or `production`; production refuses demo defaults
`FAIRDUE_HOSTS`              comma-separated host names that the web server answers to
`FAIRDUE_SMS_URL`            endpoint of the SMS provider; the default is the local provider
`FAIRDUE_DIAL_URL`           endpoint of the telephone exchange; the default is the local one, in production numbers are dialled by hand
`FAIRDUE_SMTP_URL`           smtp://user:password@host:port of the mail server
`FAIRDUE_PAYMENT_PROVIDERS`  JSON: provider → {"key": …, "creditors": [codes]}; who may report payments, for whom
`FAIRDUE_PAY_URL`            endpoint of the payment provider behind "pay online"; in a demonstration the local one, else closed
`FAIRDUE_PAY_KEY`            the secret shared with it; signs both directions
`FAIRDUE_AGENCIES`           JSON: agency's code → {"key": …, "per_minute": 600}; who may ask the gate before contacts
`FAIRDUE_LAKE`               where nights are kept: a folder or `s3://bucket/prefix` (default `facts` in the folder above)
`FAIRDUE_LAKE_KEEP_DAYS`     how long a stored night is kept, in days (default 400)
`FAIRDUE_PARTITION_PERSONS`  persons in one partition of a night (default 250000)
`FAIRDUE_BOOK_PARTIAL`       debtors of a creditor whose file is partial tonight: `leave_out` (default: no contacts) or `warn`
`FAIRDUE_BOOK_MISSING`       the same where an expected file is missing or refused: `warn` (default) or `leave_out`
`FAIRDUE_BOOK_SMALL`         a file is partial below this share of the smallest of five nights (default 0.5)
`FAIRDUE_BOOK_REJECTED`      … or above this share of rejected rows (default 0.2)
`FAIRDUE_ANOMALY`            a step whose share moved by more than this part of its usual share is told (default 0.25)
`FAIRDUE_TSA_URL`            RFC 3161 time-stamping authority for signed documents; without it they carry no time stamp
`FAIRDUE_PUBLIC_URL`         address under which borrowers and providers reach this installation
"""

from __future__ import annotations

import hmac
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from fairdue.storage.embedded import VAR_DIR
from fairdue.storage.keys import load_keys

ROOT_DIR = Path(__file__).resolve().parents[1]
PACKS_DIR = ROOT_DIR / "packs"
MODE = os.environ.get("FAIRDUE_MODE", "demo")
DEBUG = False

KEYS = load_keys(VAR_DIR, allow_generated=MODE != "production")
SECRET_KEY = os.environ.get("FAIRDUE_SECRET_KEY") or KEYS.secret_key
FIELD_KEYS = KEYS.field_ring
CHAIN_KEY = KEYS.chain_key
PERMIT_KEYS = KEYS.permit_keys
DOCUMENT_KEY = KEYS.document_key
TSA_URL = os.environ.get("FAIRDUE_TSA_URL", "")

LAKE = os.environ.get("FAIRDUE_LAKE", "")
LAKE_KEEP_DAYS = int(os.environ.get("FAIRDUE_LAKE_KEEP_DAYS", "400"))
BOOK_PARTIAL = os.environ.get("FAIRDUE_BOOK_PARTIAL", "leave_out")
BOOK_MISSING = os.environ.get("FAIRDUE_BOOK_MISSING", "warn")
BOOK_SMALL = float(os.environ.get("FAIRDUE_BOOK_SMALL", "0.5"))
BOOK_REJECTED = float(os.environ.get("FAIRDUE_BOOK_REJECTED", "0.2"))
ANOMALY = float(os.environ.get("FAIRDUE_ANOMALY", "0.25"))
PARTITION_PERSONS = int(os.environ.get("FAIRDUE_PARTITION_PERSONS", "250000"))

ALLOWED_HOSTS = os.environ.get("FAIRDUE_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
PUBLIC_URL = os.environ.get("FAIRDUE_PUBLIC_URL", "http://127.0.0.1:8000")
if MODE == "production" and "FAIRDUE_HOSTS" not in os.environ:
    raise ImproperlyConfigured("FAIRDUE_HOSTS is not set: name the hosts that this installation answers to")


# the gate's few statements are prepared and planned once a connection; a pooler that hands connections around
# (DATABASE_URL with ?pooled=1) forbids it
_PREPARED = {"prepare_threshold": 3, "options": "-c plan_cache_mode=force_generic_plan"}
_POOLED = {"prepare_threshold": None}


def _database(url: str) -> dict[str, object]:
    """Translate a libpq address, with a host or a socket folder, into Django's settings."""
    parts = urlsplit(url)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/") or "fairdue",
        "USER": unquote(parts.username or query.get("user", "postgres")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", parts.hostname or ""),
        "PORT": str(parts.port or query.get("port", "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": _POOLED if "pooled" in query else _PREPARED,
        "TEST": {"NAME": os.environ.get("FAIRDUE_TEST_DATABASE", "test_fairdue")},
    }


DATABASE_URL = os.environ.get("DATABASE_URL", f"postgresql://postgres@/fairdue?host={VAR_DIR / 'postgres'}")
DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CONTEXTS = [
    "audit",
    "identity",
    "parties",
    "book",
    "ledger",
    "payments",
    "law",
    "decisions",
    "cases",
    "outreach",
    "care",
    "arrangements",
    "reporting",
]
INSTALLED_APPS = [
    "fairdue.web.ui",
    "fairdue.web.workbench",  # before allauth: its pages are drawn here
    "fairdue.web.portal",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    *[f"fairdue.contexts.{name}" for name in CONTEXTS],
    "fairdue.jobs",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "fairdue.web.portal.frame.strict_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "fairdue.web.workbench.middleware.session_life",
    "fairdue.web.workbench.middleware.acting_staff",
    "fairdue.web.workbench.middleware.second_factor",
    "fairdue.web.workbench.middleware.RefusalPages",
    "axes.middleware.AxesMiddleware",
]

FILE_UPLOAD_HANDLERS = [
    "fairdue.web.ui.uploads.CappedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

ROOT_URLCONF = "fairdue.urls"
CSRF_TRUSTED_ORIGINS = [
    "{0.scheme}://{0.netloc}".format(urlsplit(PUBLIC_URL))
]  # a TLS proxy stands before us
CSRF_FAILURE_VIEW = "fairdue.web.errors.form_too_old"
WSGI_APPLICATION = "fairdue.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "fairdue.web.workbench.shell.shell",
            ],
        },
    }
]

AUTH_USER_MODEL = "identity.Staff"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/desk/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_ADAPTER = "fairdue.web.workbench.accounts.StaffAdapter"
ACCOUNT_RATE_LIMITS = {"login": None}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Fairdue"
MFA_TOTP_TOLERANCE = 1
PRIVILEGED_ROLES = frozenset({"supervisor", "compliance", "legal", "strategist", "finance", "administrator"})
MFA_REQUIRED_ROLES = frozenset() if MODE == "demo" else PRIVILEGED_ROLES

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_CALLABLE = "fairdue.web.workbench.accounts.counted_name"
AXES_LOCKOUT_CALLABLE = "fairdue.web.workbench.accounts.lockout"
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # a user name is locked from every address: an office shares one

SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = MODE == "production"
SESSION_IDLE_SECONDS = 30 * 60
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if MODE == "production" else 0
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [ROOT_DIR / "fairdue" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True

SMS_PROVIDER_URL = os.environ.get("FAIRDUE_SMS_URL", f"{PUBLIC_URL}/api/local-provider/messages")
SMS_PROVIDER_KEY = os.environ.get("FAIRDUE_SMS_KEY", KEYS.provider_key)
DIAL_URL = os.environ.get(
    "FAIRDUE_DIAL_URL", "" if MODE == "production" else f"{PUBLIC_URL}/api/local-exchange/calls"
)
DIAL_KEY = os.environ.get("FAIRDUE_DIAL_KEY", KEYS.provider_key)
SMTP_URL = os.environ.get("FAIRDUE_SMTP_URL", "")
MAIL_FROM = os.environ.get("FAIRDUE_MAIL_FROM", "notice@lender.example")


def _payment_providers(text: str) -> dict[str, dict[str, Any]]:
    """Read who may report payments; outside production, without any, the local provider may, under its own key."""
    own_key = hmac.new(KEYS.provider_key.encode(), b"payments", "sha256").hexdigest()
    try:
        given = json.loads(text) if text else {} if MODE == "production" else {"http": {"key": own_key}}
        short = [name for name, each in given.items() if len(each["key"]) < 16]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ImproperlyConfigured(
            'FAIRDUE_PAYMENT_PROVIDERS is not JSON such as {"acme": {"key": "…", "creditors": ["north"]}}'
        ) from error
    if short:
        raise ImproperlyConfigured(
            f"FAIRDUE_PAYMENT_PROVIDERS: the key of {short[0]} is shorter than 16 characters"
        )
    return given


PAYMENT_PROVIDERS = _payment_providers(os.environ.get("FAIRDUE_PAYMENT_PROVIDERS", ""))

PAY_URL = os.environ.get("FAIRDUE_PAY_URL", "" if MODE == "production" else "http://127.0.0.1:8020")
PAY_KEY = os.environ.get(
    "FAIRDUE_PAY_KEY", hmac.new(KEYS.provider_key.encode(), b"pay", "sha256").hexdigest()
)
PAY_TRANSPORT: Any = None
"""Another way than a socket to the payment provider: tests let it run in the same process."""
if PAY_URL and len(PAY_KEY) < 16:
    raise ImproperlyConfigured("FAIRDUE_PAY_KEY is shorter than 16 characters")


def _agencies(text: str) -> dict[str, dict[str, Any]]:
    """Read which agencies may ask the gate, under which key and how often a minute; their scope is their team's."""
    try:
        given = json.loads(text) if text else {}
        read: dict[str, dict[str, Any]] = {
            code: {
                "key": str(each["key"]),
                "per_minute": int(each.get("per_minute", AGENCY_CALLS_PER_MINUTE)),
            }
            for code, each in given.items()
        }
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ImproperlyConfigured(
            'FAIRDUE_AGENCIES is not JSON such as {"swift": {"key": "…", "per_minute": 600}}'
        ) from error
    if short := [code for code, each in read.items() if len(each["key"]) < 16]:
        raise ImproperlyConfigured(f"FAIRDUE_AGENCIES: the key of {short[0]} is shorter than 16 characters")
    return read


AGENCY_CALLS_PER_MINUTE = 600
AGENCIES = _agencies(os.environ.get("FAIRDUE_AGENCIES", ""))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("FAIRDUE_LOG_LEVEL", "WARNING")},
}

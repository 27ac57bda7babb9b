"""Environment in, settings out. Every variable is described in .env.example."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from trivsel import env, sso

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("TRIVSEL_VAR", str(BASE_DIR / "var")))
KEY_DIR = Path(env.text("TRIVSEL_KEY_DIR", str(VAR_DIR / "keys")))
# Where only the worker can read it; the demonstration has one folder for both kinds of key.
PRIVATE_KEY_DIR = Path(env.text("TRIVSEL_PRIVATE_KEY_DIR") or KEY_DIR)

DEBUG = env.flag("TRIVSEL_DEBUG")
EMBEDDED = env.flag("TRIVSEL_EMBEDDED")
DEMO = env.flag("TRIVSEL_DEMO", default=EMBEDDED)
SECRET_KEY = env.text("TRIVSEL_SECRET_KEY")
# The one before a rotation: opens second factors until they are closed anew; signs nothing.
SECRET_KEY_OLD = [old] if (old := env.text("TRIVSEL_SECRET_KEY_OLD")) else []
BASE_URL = env.text("TRIVSEL_BASE_URL", "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = env.words("TRIVSEL_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
HTTPS = BASE_URL.startswith("https://")

SSO = {kind: source for kind, source in (("openid_connect", sso.oidc()), ("saml", sso.saml())) if source}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",  # allauth's page of passkeys asks for it
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    *(sso.APPS if SSO else []),
    "csp",
    "django_htmx",
    "pgtrigger",
    "template_partials.apps.SimpleAppConfig",
    "organisation",
    "surveys",
    "dialogs",
    "actionplans",
    "trivsel.apps.TrivselConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "organisation.middleware.reads_and_posts_only",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "surveys.middleware.answering_without_traces",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "organisation.middleware.session_ends_with_the_role",
    "organisation.middleware.second_factor_required",
]

ROOT_URLCONF = "trivsel.urls"
WSGI_APPLICATION = "trivsel.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": ["template_partials.templatetags.partials", "django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "trivsel.context.page",
            ],
        },
    }
]


def _database(name: str, fallback: str) -> dict[str, Any]:
    settings: dict[str, Any] = dict(dj_database_url.parse(env.text(name, fallback)))
    settings.update(ENGINE="trivsel.postgres", CONN_MAX_AGE=0, ATOMIC_REQUESTS=False)
    settings["NAME"] += env.text("TRIVSEL_DATABASE_SUFFIX")  # the throw-away databases of `linkage_attack`
    settings.setdefault("OPTIONS", {})
    settings["OPTIONS"]["connect_timeout"] = 3
    if env.flag("TRIVSEL_DB_POOL"):
        settings["OPTIONS"]["pool"] = {"min_size": 2, "max_size": 8, "timeout": 10}
    else:
        settings.update(CONN_MAX_AGE=600, CONN_HEALTH_CHECKS=True)  # Postgres may have been restarted meanwhile
    return settings


DATABASES = {
    "default": _database("DATABASE_URL", "postgres://trivsel@localhost/trivsel"),
    "urn": _database("URN_DATABASE_URL", "postgres://urn@localhost/urn"),
}
DATABASE_ROUTERS = ["trivsel.routers.UrnRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- broker and cache -------------------------------------------------------------------------------------------
REDIS_URL = env.text("REDIS_URL", "redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "trivsel.cache.ValkeyOrMemory",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 3600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 7200, "socket_connect_timeout": 3}
CELERY_TIMEZONE = "Europe/Copenhagen"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

# --- who ------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "organisation.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "trivsel:task_list"
LOGOUT_REDIRECT_URL = "trivsel:front"
ACCOUNT_ADAPTER = "organisation.login.AccountAdapter"
MFA_ADAPTER = "organisation.login.MFAAdapter"
ACCOUNT_FORMS = {
    "request_login_code": "organisation.login.RequestCodeForm",
    "set_password": "organisation.login.SetForm",
    "change_password": "organisation.login.ChangeForm",
    "reset_password_from_key": "organisation.login.ResetKeyForm",
}
LOGIN_MAIL_BESIDE = True  # False in tests, which look at the mail at once
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
# Nobody signs up; allauth takes from here that there are passwords at all.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SESSION_REMEMBER = True  # everybody for SESSION_COOKIE_AGE, nobody for longer
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
# A town hall is one address: what counts is the account, or the pair of account and address (both are the «key»).
# What counts by address alone only stops a flood.
_PAIR, _ACCOUNT, _FLOOD = "5/5m/key,20/h/key", "100/h/key", "3000/m/ip"
ACCOUNT_RATE_LIMITS = {
    "login": _FLOOD,
    "login_failed": _PAIR,
    "login_account": _ACCOUNT,
    "login_code_pair": "3/m/key,12/h/key",
    "request_login_code": "30/h/key",
    "reset_password": "3/m/key,12/h/key",
    "reset_password_from_key": _FLOOD,
}
MFA_FORMS = {"activate_totp": "organisation.login.AppForm"}
MFA_RATE_LIMITS = {"webauthn_login": _FLOOD}
ALLAUTH_TRUSTED_PROXY_COUNT = int(env.text("TRIVSEL_PROXIES", "0"))
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
SOCIALACCOUNT_PROVIDERS = sso.providers(SSO)
SOCIALACCOUNT_ADAPTER = "organisation.identity.IdentityAdapter"
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_ISSUER = "Trivsel"

# --- language and time ------------------------------------------------------------------------------------------
LANGUAGE_CODE = "da"
LANGUAGES = [("da", _("Dansk")), ("en", _("Engelsk"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Copenhagen"

# --- files ------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.text("TRIVSEL_STATIC_ROOT", str(VAR_DIR / "staticfiles")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- mail -------------------------------------------------------------------------------------------------------
EMAIL_BACKEND = "organisation.post.DemoMailBackend" if DEMO else "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.text("TRIVSEL_EMAIL_HOST", "localhost")
EMAIL_PORT = int(env.text("TRIVSEL_EMAIL_PORT", "25"))
EMAIL_HOST_USER = env.text("TRIVSEL_EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("TRIVSEL_EMAIL_PASSWORD")
EMAIL_USE_TLS = env.flag("TRIVSEL_EMAIL_TLS")
DEFAULT_FROM_EMAIL = env.text("TRIVSEL_EMAIL_FROM", "Trivsel <trivsel@localhost>")
SMS = {
    "url": env.text("TRIVSEL_SMS_URL"),
    "token": env.text("TRIVSEL_SMS_TOKEN"),
    "authorization": env.text("TRIVSEL_SMS_AUTHORIZATION") or "Bearer {token}",
    "format": env.text("TRIVSEL_SMS_FORMAT") or "json",
    "body": env.text("TRIVSEL_SMS_BODY") or '{"to": "{to}", "from": "{sender}", "message": "{text}"}',
    "sender": env.text("TRIVSEL_SMS_SENDER") or "Kommunen",
    "country": env.text("TRIVSEL_SMS_COUNTRY") or "45",
}
SMS_GATEWAY = env.text("TRIVSEL_SMS_GATEWAY") or ("organisation.sms.http_sms" if SMS["url"] else "")
if DEMO:
    SMS_GATEWAY = "organisation.post.demo_sms"
LETTER_GATEWAY = "organisation.post.demo_letter" if DEMO else env.text("TRIVSEL_LETTER_GATEWAY")

# --- this municipality --------------------------------------------------------------------------------------------
MUNICIPALITY = {
    "name": env.text("TRIVSEL_MUNICIPALITY", "Lindevig Kommune" if DEMO else ""),
    "help_line": env.text("TRIVSEL_HELP_LINE", "HR Arbejdsmiljø, 00 00 12 34" if DEMO else ""),
    "whistleblower": env.text("TRIVSEL_WHISTLEBLOWER", "Kommunens whistleblowerordning" if DEMO else ""),
}

# Where «Forlad siden hurtigt» leads: a page that says nothing about the reader.
# Where everybody can read the source code of what runs here; empty: the page says whom to ask.
SOURCE_URL = env.text("TRIVSEL_SOURCE_URL")
EXIT_URL = env.text("TRIVSEL_EXIT_URL", "https://www.dmi.dk/")

# --- other systems that HR may import the organisation from -------------------------------------------------------
OS2MO = {
    "url": env.text("TRIVSEL_OS2MO_URL"),
    "token_url": env.text("TRIVSEL_OS2MO_TOKEN_URL"),
    "client_id": env.text("TRIVSEL_OS2MO_CLIENT_ID"),
    "client_secret": env.text("TRIVSEL_OS2MO_CLIENT_SECRET"),
}

# --- safety -----------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *(source["origin"] for source in SSO.values())],  # the log-in button leads there
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = int(timedelta(hours=10).total_seconds())
CSRF_FAILURE_VIEW = "trivsel.views.csrf_failure"
SILENCED_SYSTEM_CHECKS: list[str] = []

# Ids and counts only: no bodies, no parameters, no addresses of those who answer.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s %(name)s %(message)s"}},
    "filters": {"answering": {"()": "trivsel.logs.AnsweringIsSilent"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["answering"]}},
    "root": {"handlers": ["console"], "level": env.text("TRIVSEL_LOG_LEVEL", "INFO")},
    "loggers": {"django.request": {"level": "ERROR"}, "django.db.backends": {"level": "WARNING"}},
}

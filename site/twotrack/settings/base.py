"""Every setting of the product, safe in production. `dev` and `test` only relax it.

Sections stand in the order a request meets them: identity, apps, middleware, templates, data,
cache, files, search, editor, mail, logging, security.
"""

from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from twotrack import env

BASE_DIR = Path(__file__).resolve().parents[3]
DATA_DIR = BASE_DIR / env.text("TWOTRACK_DATA_DIR")

# Identity

BASE_URL = env.address("TWOTRACK_BASE_URL", schemes=("https", "http")).rstrip("/")
HOST = urlsplit(BASE_URL).hostname
ALLOWED_HOSTS = [HOST, *env.names("TWOTRACK_ALLOWED_HOSTS")]
ROOT_URLCONF = "twotrack.urls"
WSGI_APPLICATION = "twotrack.wsgi.application"
LANGUAGE_CODE = env.text("TWOTRACK_LANGUAGE")
TIME_ZONE = env.text("TWOTRACK_TIME_ZONE")
if TIME_ZONE not in available_timezones():
    raise ImproperlyConfigured(
        f"TWOTRACK_TIME_ZONE is “{TIME_ZONE}”. Write an IANA name such as Europe/Berlin."
    )
USE_I18N = True
USE_TZ = True
DEBUG = False

# Apps

INSTALLED_APPS = [
    "twotrack",
    "home",
    "search",
    "review",
    "blog",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.sitemaps",
    "wagtail.contrib.table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "wagtailmarkdown",
    "wagtailmenus",
    "modelcluster",
    "taggit",
    "csp",
    "django_filters",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# wagtailmenus 4.2 declares its panels in a way that Wagtail 8 only warns about.
SILENCED_SYSTEM_CHECKS = ["wagtailadmin.W002"]

# Middleware

MIDDLEWARE = [
    "review.middleware.SealingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # It adds bytes at random against BREACH; files are compressed once, by WhiteNoise.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "twotrack.middleware.ReaderPolicyMiddleware",
    "blog.desk.doors.StoppedMiddleware",
    "blog.desk.torn_forms.TornFormsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

# Templates

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
                "wagtail.contrib.settings.context_processors.settings",
                "wagtailmenus.context_processors.wagtailmenus",
            ],
        },
    },
]
# The widgets of forms too: some of Wagtail's have inline scripts, and ours have none.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Data

SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    # FULL also keeps the last commits at a loss of power; publishing is not write-heavy.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
}

DATABASES = {
    "default": dj_database_url.parse(
        env.address("DATABASE_URL", schemes=("postgres", "postgresql"))
        if not env.text("DATABASE_URL").startswith("sqlite:")
        else env.text("DATABASE_URL"),
        conn_max_age=600,
        conn_health_checks=True,
    )
    if env.text("DATABASE_URL")
    else {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "twotrack.sqlite3",
        "CONN_MAX_AGE": 600,
    }
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS

# Cache

REDIS_URL = env.address("REDIS_URL", schemes=("redis", "rediss", "unix"))
CACHES = {
    alias: {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": f"twotrack:{alias}",
        "TIMEOUT": timeout,
    }
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": alias,
        "TIMEOUT": timeout,
    }
    for alias, timeout in {"default": 300, "renditions": 3600}.items()
}
PURGE_URL = env.address("TWOTRACK_PURGE_URL", schemes=("http", "https"))
WAGTAILFRONTENDCACHE = (
    {
        "proxy": {
            "BACKEND": "blog.purging.HTTPBackend",
            "LOCATION": PURGE_URL,
        }
    }
    if PURGE_URL
    else {}
)

# Files

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
PRIVATE_ROOT = DATA_DIR / "private"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(PRIVATE_ROOT), "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
USES_S3 = env.all_or_none("S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY")
S3_PUBLIC_URL = env.address("S3_PUBLIC_URL", schemes=("https", "http")).rstrip("/")
S3_ENDPOINT_URL = env.address("S3_ENDPOINT_URL", schemes=("https", "http"))
if USES_S3:
    S3_CONNECTION = {
        "bucket_name": env.text("S3_BUCKET"),
        "access_key": env.text("S3_ACCESS_KEY_ID"),
        "secret_key": env.text("S3_SECRET_ACCESS_KEY"),
        "region_name": env.text("S3_REGION"),
        "endpoint_url": S3_ENDPOINT_URL or None,
        "default_acl": None,
        "file_overwrite": False,
    }
    S3_PUBLIC = urlsplit(S3_PUBLIC_URL)
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": S3_CONNECTION
        | {
            "location": "public",
            "querystring_auth": False,
            "custom_domain": f"{S3_PUBLIC.netloc}{S3_PUBLIC.path}" if S3_PUBLIC_URL else None,
            "url_protocol": f"{S3_PUBLIC.scheme or 'https'}:",
        },
    }
    STORAGES["private"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": S3_CONNECTION | {"location": "private", "querystring_auth": True},
    }
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
WAGTAILIMAGES_IMAGE_MODEL = "blog.Image"
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 50_000_000
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
# Of each web server process, to make files of pictures that a reader's request finds missing.
TWOTRACK_PICTURE_THREADS = 1
WAGTAILDOCS_DOCUMENT_MODEL = "blog.Document"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_EXTENSIONS = [
    *["csv", "docx", "ipynb", "json", "md", "odt", "parquet", "pdf", "pptx"],
    *["rtf", "txt", "xlsx", "zip"],
]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 50 * 1024 * 1024

# Search

WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "search.backends"}}
TWOTRACK_NOTE_SEARCHES = env.flag("TWOTRACK_NOTE_SEARCHES")

# Editor

WAGTAIL_SITE_NAME = "Twotrack"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILADMIN_RECENT_EDITS_LIMIT = 10
WAGTAILREDIRECTS_AUTO_CREATE = False  # blog.addresses makes them with the change itself
WAGTAILMARKDOWN = {"autodownload_fontawesome": False}
WAGTAILEMBEDS_RESPONSIVE_HTML = True
WAGTAILMENUS_SITE_SPECIFIC_TEMPLATE_DIRS = False
WAGTAILMENUS_MAIN_MENUS_ADMIN_CLASS = "blog.desk.menus.MainMenuAdmin"
TAGGIT_CASE_INSENSITIVE = True
TAG_SPACES_ALLOWED = True
TAG_LIMIT = 12
LOGIN_URL = "wagtailadmin_login"

# Schedule

TWOTRACK_SCHEDULE_SECONDS = env.whole_number("TWOTRACK_SCHEDULE_SECONDS", least=1)
# Off unless set: a fresh installation asks nothing of the network that nobody has asked it for.
TWOTRACK_CHECK_LINKS = env.flag("TWOTRACK_CHECK_LINKS")

# Review

TWOTRACK_REVIEW_DAYS = env.whole_number("TWOTRACK_REVIEW_DAYS", least=1)
TWOTRACK_REVIEW_MOST_DAYS = env.whole_number("TWOTRACK_REVIEW_MOST_DAYS", least=1)
TWOTRACK_REVIEW_DIGEST_MINUTES = env.whole_number("TWOTRACK_REVIEW_DIGEST_MINUTES", least=1)
TWOTRACK_REVIEW_COOKIE = "__Secure-twp"
TWOTRACK_PROXIES = env.whole_number("TWOTRACK_PROXIES", least=1)

# Mail

EMAIL_URL = env.address("EMAIL_URL", schemes=("smtp", "smtps"))
if EMAIL_URL:
    EMAIL_SERVER = urlsplit(EMAIL_URL)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = EMAIL_SERVER.hostname
    EMAIL_PORT = EMAIL_SERVER.port or (465 if EMAIL_SERVER.scheme == "smtps" else 587)
    EMAIL_HOST_USER = EMAIL_SERVER.username or ""
    EMAIL_HOST_PASSWORD = EMAIL_SERVER.password or ""
    EMAIL_USE_SSL = EMAIL_SERVER.scheme == "smtps"
    EMAIL_USE_TLS = EMAIL_SERVER.scheme == "smtp" and bool(EMAIL_SERVER.username)
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = WAGTAILADMIN_NOTIFICATION_FROM_EMAIL = env.text(
    "TWOTRACK_FROM_EMAIL"
)

# Logging

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "twotrack.logs.DiscreetFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": env.choice("TWOTRACK_LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR"]),
    },
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django_tasks": {"level": "WARNING"},
        "wagtail": {"level": "WARNING"},
        "PIL": {"level": "INFO"},
        "botocore": {"level": "INFO"},
    },
}

# Security

SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.names("SECRET_KEY_FALLBACKS")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in [
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    ]
]
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("TWOTRACK_BEHIND_PROXY") else None
)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
X_FRAME_OPTIONS = "DENY"  # Wagtail lets its own preview panel frame what it shows.
MEDIA_ORIGINS = [
    f"{parts.scheme}://{parts.netloc}"
    for parts in map(urlsplit, filter(None, [S3_PUBLIC_URL, S3_ENDPOINT_URL]))
]
CONTENT_SECURITY_POLICY = {
    # Of the admin; reader pages are stricter still: see twotrack.middleware.
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *MEDIA_ORIGINS],
        "font-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    },
}

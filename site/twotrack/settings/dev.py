"""The settings of `make run` and of development: one machine, plain http, no variable needed."""

import os
import secrets

from twotrack import env
from twotrack.settings.base import *  # noqa: F403
from twotrack.settings.base import ALLOWED_HOSTS, DATA_DIR, STORAGES


def kept_secret_key() -> str:
    """The key kept in the data folder, made at the first start and readable by its owner only."""
    path = DATA_DIR / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        part.touch(mode=0o600)
        part.write_text(secrets.token_urlsafe(48))
        part.replace(path)
    return path.read_text()


DEBUG = env.flag("TWOTRACK_DEBUG")
SECRET_KEY = env.text("SECRET_KEY") or kept_secret_key()
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "localhost", "127.0.0.1", "[::1]"]
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "session", "csrf"
TWOTRACK_REVIEW_COOKIE = "twp"
# Static files come straight from where they lie: no collecting between an edit and a look.
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

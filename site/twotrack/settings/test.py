"""The settings of the tests: fast, silent, and with nothing left behind."""

import os
import tempfile
from pathlib import Path

from twotrack.settings.base import *  # noqa: F403
from twotrack.settings.base import DATABASES, STORAGES

SECRET_KEY = "only-for-tests"  # noqa: S105
ALLOWED_HOSTS = ["*"]
SECURE_SSL_REDIRECT = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
TEST_DIR = Path(tempfile.gettempdir()) / f"twotrack-tests-{os.getpid()}"
MEDIA_ROOT = TEST_DIR / "media"
PRIVATE_ROOT = TEST_DIR / "private"
STORAGES = STORAGES | {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(PRIVATE_ROOT), "base_url": None},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = None
TWOTRACK_PICTURE_THREADS = 0
TWOTRACK_NOTE_SEARCHES = False
DATABASES["default"]["CONN_MAX_AGE"] = 0

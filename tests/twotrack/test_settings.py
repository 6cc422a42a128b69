"""The settings as a process reads them at start-up, each case in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEY = "0123456789abcdefghijklmnopqrstuvwxyz-0123456789abcdefghijklmnopqrstuvwxyz"
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "twotrack.settings.base",
    "SECRET_KEY": KEY,
    "TWOTRACK_BASE_URL": "https://notes.example.org",
}
UNSET = ["DATABASE_URL", "REDIS_URL", "EMAIL_URL", "S3_BUCKET", "TWOTRACK_DEBUG"]


def run(*words: str, **variables: str) -> subprocess.CompletedProcess:
    kept = {name: value for name, value in os.environ.items() if name not in UNSET}
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=kept | variables | {"PYTHONPATH": f"{ROOT}:{ROOT / 'site'}"},
        capture_output=True,
        text=True,
        timeout=120,
    )


def settings_with(**variables: str) -> dict:
    """What a few settings are in a process with these variables."""
    code = (
        "import json; from django.conf import settings as s;"
        "print(json.dumps({n: getattr(s, n) for n in"
        " ['DATABASES', 'CACHES', 'STORAGES', 'EMAIL_BACKEND', 'ALLOWED_HOSTS',"
        "  'WAGTAILFRONTENDCACHE']},"
        " default=str))"
    )
    done = run("-c", code, **(PRODUCTION | variables))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_production_needs_nothing_but_a_key_and_an_address():
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"TWOTRACK_BASE_URL": "http://notes.example.org"}, "twotrack.E001"),
        ({"TWOTRACK_BASE_URL": "https://notes.example.org/blog"}, "twotrack.E002"),
        ({"TWOTRACK_BASE_URL": "notes.example.org"}, "TWOTRACK_BASE_URL is not a usable address"),
        ({"S3_ENDPOINT_URL": "http://localhost:9"}, "twotrack.E003"),
        ({"SECRET_KEY": "short"}, "twotrack.E004"),
        ({"TWOTRACK_DEBUG": "true"}, "twotrack.E005"),
        ({"TWOTRACK_REVIEW_DAYS": "8", "TWOTRACK_REVIEW_MOST_DAYS": "7"}, "twotrack.E006"),
        ({"S3_BUCKET": "notes"}, "S3_BUCKET is set, but S3_ACCESS_KEY_ID"),
        ({"DATABASE_URL": "mysql://root@localhost/x"}, "DATABASE_URL is not a usable address"),
        ({"REDIS_URL": "localhost"}, "REDIS_URL is not a usable address"),
        ({"TWOTRACK_TIME_ZONE": "Mars/Olympus"}, "TWOTRACK_TIME_ZONE is “Mars/Olympus”"),
    ],
)
def test_a_wrong_start_is_refused_with_a_sentence(variables, sentence):
    done = run("manage.py", "check", "--deploy", **(PRODUCTION | variables))

    assert done.returncode != 0
    assert sentence in done.stderr


def test_nothing_set_is_sqlite_local_files_and_a_cache_in_process():
    found = settings_with()

    assert found["DATABASES"]["default"]["ENGINE"] == "django.db.backends.sqlite3"
    assert found["DATABASES"]["default"]["OPTIONS"] == {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
    assert found["CACHES"]["default"]["BACKEND"].endswith("LocMemCache")
    assert found["STORAGES"]["default"]["BACKEND"].endswith("FileSystemStorage")
    assert found["ALLOWED_HOSTS"] == ["notes.example.org"]
    assert found["WAGTAILFRONTENDCACHE"] == {}


def test_one_variable_moves_each_need():
    found = settings_with(
        DATABASE_URL="postgres://tt:secret@db.example.org:5433/notes",
        REDIS_URL="redis://cache.example.org:6379/0",
        EMAIL_URL="smtp://me:secret@mail.example.org:587",
        TWOTRACK_PURGE_URL="http://varnish.example.org",
        S3_BUCKET="notes",
        S3_ACCESS_KEY_ID="id",
        S3_SECRET_ACCESS_KEY="secret",
    )

    database = found["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == (
        "db.example.org",
        5433,
        "notes",
    )
    assert found["CACHES"]["default"]["BACKEND"].endswith("RedisCache")
    assert found["EMAIL_BACKEND"].endswith("smtp.EmailBackend")
    assert found["STORAGES"]["default"]["OPTIONS"]["location"] == "public"
    assert found["STORAGES"]["private"]["OPTIONS"]["querystring_auth"] is True
    assert found["WAGTAILFRONTENDCACHE"]["proxy"]["LOCATION"] == "http://varnish.example.org"

"""Three timers at once, and timers killed at random points, on a real database of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def own_database(django_db_setup, django_db_blocker, tmp_path):
    """The address of a database of this test's own, with all tables and the new publication."""
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            path = tmp_path / "race.sqlite3"
            connection.cursor().execute("VACUUM INTO %s", [str(path)])
            yield f"sqlite:///{path}"
            return
        name, copy = connection.settings_dict["NAME"], f"twotrack_race_{os.getpid()}"
        connection.close()
        parts = connection.settings_dict
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{copy}"')
            cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
        yield (
            f"postgres://{parts['USER']}:{parts['PASSWORD']}@{parts['HOST']}:"
            f"{parts['PORT'] or 5432}/{copy}"
        )
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{copy}" WITH (FORCE)')


def run_race(database: str, *words: str) -> dict:
    done = subprocess.run(
        [sys.executable, "-m", "tests.blog.schedule.race", *words],
        cwd=ROOT,
        env=os.environ
        | {
            "DATABASE_URL": database,
            "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
            "DJANGO_SETTINGS_MODULE": "twotrack.settings.test",
            "TWOTRACK_LOG_LEVEL": "ERROR",
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_three_timers_publish_each_post_once(own_database):
    assert run_race(own_database, "race", "30", "3") == {
        "posts": 30,
        "live": 30,
        "published_once": 30,
        "still_scheduled": 0,
        "worker_codes": [0, 0, 0],
    }


def test_killed_timers_lose_nothing_and_double_nothing(own_database):
    found = run_race(own_database, "kill", "40", "12")

    assert found.pop("killed_at_work") >= 3
    assert found == {"posts": 40, "live": 40, "published_once": 40, "still_scheduled": 0}

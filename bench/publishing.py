"""The promises of scheduling at the sizes of a release: racing timers, kills, bad posts, faults.

    .venv/bin/python bench/publishing.py --posts 500 --kills 200

Each part runs on a scratch database of its own beside the configured one (DATABASE_URL as
always; SQLite if it is empty), which is dropped at the end. It ends with 1 if a promise is broken.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[1]
SCRATCH = f"twotrack_publishing_{os.getpid()}"
KINDS = ["note", "purge", "related", "renditions"]


def environment(database: str, notes: Path) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": database,
        "RACE_FILE": str(notes),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
        "DJANGO_SETTINGS_MODULE": "twotrack.settings.test",
        "TWOTRACK_LOG_LEVEL": "ERROR",
    }


def on_postgresql(address: str, statement: str) -> None:
    import psycopg  # Only where it is in use.

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)


class Scratch:
    """A database with all tables and the new publication, while the block lasts."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.given = os.environ.get("DATABASE_URL", "")
        self.is_postgresql = self.given.startswith("postgres")

    def __enter__(self) -> str:
        if self.is_postgresql:
            on_postgresql(self.given, f'CREATE DATABASE "{SCRATCH}"')
            address = urlunsplit(urlsplit(self.given)._replace(path=f"/{SCRATCH}"))
        else:
            address = f"sqlite:///{self.folder / 'scratch.sqlite3'}"
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=ROOT,
            env=environment(address, self.folder / "notes"),
            check=True,
        )
        return address

    def __exit__(self, *args):
        if self.is_postgresql:
            on_postgresql(self.given, f'DROP DATABASE "{SCRATCH}" WITH (FORCE)')


def run(*words: str) -> dict:
    """What one part of tests.blog.schedule.race found, and the seconds it took."""
    with tempfile.TemporaryDirectory() as name, Scratch(Path(name)) as database:
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "tests.blog.schedule.race", *words],
            cwd=ROOT,
            env=environment(database, Path(name) / "notes"),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=True,
        )
        return json.loads(done.stdout.splitlines()[-1]) | {"took": time.monotonic() - began}


def is_each_once(found: dict) -> bool:
    count = found["posts"]
    once = ("live", "audited_once", "events_once", "delivered")
    return (
        all(found[name] == count for name in once)
        and found["still_scheduled"] == found["still_to_deliver"] == 0
        and all(found["kinds"][kind] >= count for kind in KINDS)
        and found["integrity"] == "ok"
    )


def race(options) -> tuple[str, bool]:
    found = run("race", str(options.posts), "3")
    holds = is_each_once(found) and found["tried_once"] and list(found["worker_codes"]) == ["0"]
    late = found["late"]
    words = (
        f"{found['audited_once']}/{found['posts']} published once, {found['delivered_once']} "
        f"delivered once, late p50 {late['p50']} s, p99 {late['p99']} s, most {late['most']} s"
    )
    return f"{words} ({found['took']:.0f} s)", holds


def kill(options) -> tuple[str, bool]:
    found = run("kill", "20", str(options.kills))
    lost = found["posts"] - found["live"]
    words = (
        f"{found['killed_at_work']} of {options.kills} kills in the middle of the work, "
        f"{found['killed_between_posts']} of them between two posts: of "
        f"{found['posts']} posts {lost} lost, {found['posts'] - found['audited_once']} doubled or "
        f"without audit, {found['delivered'] - found['delivered_once']} notes delivered twice, "
        f"integrity {found['integrity']}"
    )
    return f"{words} ({found['took']:.0f} s)", is_each_once(found)


def poison(options) -> tuple[str, bool]:
    found = run("poison", "50")
    words = (
        f"{found['published']}/45 live in the first look ({found['seconds']} s), "
        f"{found['still_scheduled']} keep their date, {len(found['reasons'])} with a reason"
    )
    return words, (found["published"], found["still_scheduled"], len(found["reasons"])) == (
        45,
        5,
        5,
    )


def faults_of(change: str) -> tuple[str, bool]:
    found = run("faults", "1", change)
    words = (
        f"{change}: a failure and a kill at each of {found['statements']} statements: "
        f"{found['old']} times all old, {found['new']} times all new, {len(found['mixed'])} times "
        "mixed"
    )
    return f"{words} ({found['took']:.0f} s)", not found["mixed"]


def faults(options) -> tuple[str, bool]:
    parts = [faults_of(change) for change in ("publish", "rename", "move")]
    words = "\n                  ".join(words for words, _ in parts)
    return words, all(holds for _, holds in parts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--posts", type=int, default=500, help="Posts that three timers race for.")
    parser.add_argument("--kills", type=int, default=200, help="Timers that are killed.")
    options = parser.parse_args()
    kind = "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
    print(f"Scheduling on {kind}")
    all_hold = True
    for part in (race, kill, poison, faults):
        words, holds = part(options)
        print(f"  {part.__name__:7} {'holds' if holds else 'BROKEN':7} {words}", flush=True)
        all_hold = all_hold and holds
    return 0 if all_hold else 1


if __name__ == "__main__":
    sys.exit(main())

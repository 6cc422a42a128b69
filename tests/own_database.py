"""A database of a test's own, and work on it in a process forked from the one that tests.

A fork has all modules loaded, where a new interpreter takes seconds to load them. It may connect
signals, change settings and be killed: nothing of that is seen here.
"""

import json
import os
import select
import shutil
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, connections

SECONDS = 300  # until work that hangs is ended
_inherited = []  # connections of the parent, which a child must neither use nor close


@contextmanager
def template_of_tests(folder: Path) -> Iterator[str]:
    """The name of a copy of the tests' database: all tables, and the new publication."""
    if connection.vendor == "sqlite":
        path = folder / "template.sqlite3"
        connection.cursor().execute("VACUUM INTO %s", [str(path)])
        yield str(path)
        return
    connection.close()  # PostgreSQL copies nothing that somebody is connected to.
    with _copied(connection.settings_dict["NAME"], "template") as name:
        yield name


@contextmanager
def copy_of(template: str, folder: Path) -> Iterator[str]:
    """The name of a database of one's own, while the block lasts."""
    if connection.vendor == "sqlite":
        yield str(shutil.copy(template, folder / "own.sqlite3"))
        return
    with _copied(template, "own") as name:
        yield name


@contextmanager
def _copied(template: str, suffix: str) -> Iterator[str]:
    copy = f"twotrack_{suffix}_{os.getpid()}"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{copy}"')
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{template}"')
    yield copy
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{copy}" WITH (FORCE)')


def run_apart(database: str, work: Callable[..., dict], *arguments) -> dict:
    """What `work` returns when a forked process does it with that database."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _work(database, writing, work, arguments)
    os.close(writing)
    try:
        found = _read(reading, time.monotonic() + SECONDS)
    finally:
        os.close(reading)
        os.kill(pid, signal.SIGKILL)  # It has said all, or never will.
        os.waitpid(pid, 0)
    return json.loads(found)


def _work(database: str, writing: int, work: Callable[..., dict], arguments) -> None:
    try:
        _use(database)
        os.write(writing, json.dumps(work(*arguments)).encode())
    except BaseException:
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(0)


def _use(database: str) -> None:
    _inherited.append(connections["default"])
    connections.settings["default"] = connections.settings["default"] | {"NAME": database}
    del connections["default"]


def _read(reading: int, deadline: float) -> bytes:
    found = b""
    while True:
        ready, _, _ = select.select([reading], [], [], max(0, deadline - time.monotonic()))
        assert ready, "The work has not come to its end."
        part = os.read(reading, 65536)
        if not part:
            assert found, "The work has failed; see what it wrote to stderr."
            return found
        found += part

"""A publication started as a new user starts it, and a browser to visit it with."""

import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page
from xdist.scheduler import LoadScopeScheduling

from tests.journeys.pages import DRAWN, ROOT, data_folder, log_in, manage, without_database

QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


# Tests that one process works off, in their order, by the beginnings of their names: a day on one
# publication, or what is made once and at length for all of them.
TOGETHER = {
    "test_desk.py": "desk",
    "test_editor.py": "editor",
    "test_review": "review",
    "test_writing.py": "writing",
    "test_pages.py::test_nothing_is_wrong_with_an_empty_publication": "unwritten",
    "test_pages.py::test_the_html_checker_finds_nothing": "unwritten",
}


class Together(LoadScopeScheduling):
    """Hands out tests one by one, but those of a group to one process."""

    def _split_scope(self, nodeid: str) -> str:
        name = nodeid.rpartition("journeys/")[2]
        groups = [group for start, group in TOGETHER.items() if name.startswith(start)]
        return groups[0] if groups else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return Together(config, log)


@dataclass(frozen=True)
class Publication:
    """A running `make run`: its address, the editor's password, and what it printed."""

    address: str
    password: str
    printed: Path
    environment: dict[str, str]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(data: Path, port: int) -> dict[str, str]:
    """What a new user's shell has, without the settings module of the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")} | {
        "TWOTRACK_DATA_DIR": str(data),
        "TWOTRACK_BASE_URL": f"http://localhost:{port}",
        "TWOTRACK_SCHEDULE_SECONDS": "1",
    }


def start(port: int, data: Path, printed: Path) -> subprocess.Popen:
    """`make run PORT=…` with its data in a folder of its own, ready to answer."""
    command = ["make", "--no-print-directory", "run", f"PORT={port}"]
    return start_by(command, environment(data, port), port, printed)


def start_by(
    command: list[str], variables: dict[str, str], port: int, printed: Path
) -> subprocess.Popen:
    with printed.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=variables,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    for _ in range(600):
        assert process.poll() is None, printed.read_text()
        try:
            urlopen(f"http://localhost:{port}/healthz", timeout=5)
            return process
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.5)
    raise AssertionError(printed.read_text())


def end(process: subprocess.Popen) -> None:
    """Ctrl-C, as in a terminal: everything must end by itself."""
    os.killpg(process.pid, signal.SIGINT)
    process.wait(30)


@pytest.fixture(scope="session")
def first_started(tmp_path_factory) -> tuple[Path, str]:
    """The data of a publication that was started for the first time and ended, and its password.

    One of the processes that test does it for all; each goes on with a copy.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    data, done = shared / "first", shared / "first.json"
    with (shared / "first.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            data.mkdir()
            port, printed = free_port(), shared / "first.txt"
            end(start(port, data, printed))
            password = re.search(r"password is +(\S+)", printed.read_text())[1]
            done.write_text(json.dumps(password))
    return data, json.loads(done.read_text())


@pytest.fixture(scope="session")
def publication(first_started, tmp_path_factory):
    """Started for the second time, which must bring nothing in and print no password."""
    first, password = first_started
    data, port = tmp_path_factory.mktemp("publication") / "data", free_port()
    shutil.copytree(first, data)
    printed = data / "printed.txt"
    process = start(port, data, printed)
    yield Publication(f"http://localhost:{port}", password, printed, environment(data, port))
    end(process)


@pytest.fixture(scope="session")
def reading(publication):
    """The publication with every state its pages can be in: see tests.journeys.states."""
    manage(
        publication.environment, "shell", "-c", "from tests.journeys import states; states.add()"
    )
    return publication


@pytest.fixture(scope="session")
def drawn(reading) -> dict[str, str]:
    """The pages that no address leads to, by the addresses they are looked at under."""
    folder = data_folder(reading.environment)
    return {path: (folder / path.lstrip("/")).read_text() for path in DRAWN.values()}


@pytest.fixture(scope="session")
def unwritten(tmp_path_factory) -> str:
    """The address of a publication in which nothing is published yet, always on SQLite."""
    data, port = tmp_path_factory.mktemp("unwritten"), free_port()
    variables = without_database(environment(data, port))
    manage(variables, "migrate", "--verbosity=0")
    serve = [sys.executable, "manage.py", "serve", f"--port={port}"]
    process = start_by(serve, variables, port, data / "printed.txt")
    yield f"http://localhost:{port}"
    end(process)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return browser_type_launch_args | {"executable_path": "/usr/bin/chromium", "args": QUIET}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args, publication):
    return browser_context_args | {
        "base_url": publication.address,
        "viewport": {"width": 1500, "height": 1000},
    }


@pytest.fixture(scope="session")
def logged_in(browser: Browser, publication) -> list[dict]:
    """The cookies of somebody who has logged in to the admin as the editor, once for all."""
    context = browser.new_context(base_url=publication.address)
    page = context.new_page()
    page.goto("/admin/login/")
    log_in(page, publication.password)
    cookies = context.cookies()
    context.close()
    return cookies


@pytest.fixture
def editor(page: Page, logged_in) -> Page:
    """A page of the browser, logged in to the admin, with nothing opened yet."""
    page.context.add_cookies(logged_in)
    return page


@pytest.fixture
def refused(editor: Page) -> list[str]:
    """What the content security policy refuses, and scripts that fail, from now on."""
    found = []
    editor.on(
        "console",
        lambda said: found.append(said.text) if "Content Security Policy" in said.text else None,
    )
    editor.on("pageerror", lambda error: found.append(str(error)))
    return found

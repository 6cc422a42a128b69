"""A publication started as a new user starts it, and a browser to visit it with."""

import os
import re
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
from playwright.sync_api import Page

from tests.journeys.pages import DRAWN, ROOT, data_folder, log_in, manage, without_database

QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


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
def publication(tmp_path_factory):
    """Started twice: the second start must bring nothing in and print no password."""
    data, port = tmp_path_factory.mktemp("data"), free_port()
    printed = data / "printed.txt"
    first = start(port, data, printed)
    password = re.search(r"password is +(\S+)", printed.read_text())[1]
    end(first)
    second = start(port, data, printed)
    yield Publication(f"http://localhost:{port}", password, printed, environment(data, port))
    end(second)


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


@pytest.fixture
def editor(page, publication):
    """A page of the browser, logged in to the admin."""
    page.goto("/admin/login/")
    log_in(page, publication.password)
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

"""Every page a reader can meet, and what is asked of each."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
POST = "/engineers/readers-do-not-wait/"
KITCHEN_SINK = "/engineers/kitchen-sink/"
NOT_FOUND = ("/engineers/readers-wait/", "/no/such/page/")
FULL = {
    "home": "/",
    "track": "/engineers/",
    "other track": "/everyone/",
    "track, page 2": "/engineers/?page=2",
    "track, one tag": "/engineers/?tag=sqlite",
    "track, nothing left": "/engineers/?tag=sqlite&year=2025",
    "post": POST,
    "post for everyone": "/everyone/point-one-plus-point-two/",
    "post of extremes": "/engineers/extremes/",
    "kitchen sink": KITCHEN_SINK,
    "about": "/about/",
    "contact": "/contact/",
    "tag": "/tags/sqlite/",
    "author": "/authors/mirela-castan/",
    "search": "/search/",
    "search, found": "/search/?q=sqlite",
    "search, misspelt": "/search/?q=sqlitte",
    "search, nothing found": "/search/?q=xyzzyplugh",
    "not found": NOT_FOUND[0],
    "password": "/contact/locked/",
}
# Pages that no address leads to: drawn once, and handed to the browser under these addresses.
DRAWN = {"forbidden": "/drawn/403.html", "broken": "/drawn/500.html"}
EMPTY = {
    "empty home": "/",
    "empty track": "/engineers/",
    "empty search": "/search/",
    "empty search, nothing found": "/search/?q=sqlite",
    "empty not found": NOT_FOUND[1],
}
WIDTHS = {"phone": {"width": 320, "height": 700}, "desktop": {"width": 1280, "height": 900}}
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 800}  # of the admin
# Faults of Wagtail 8.0 in markup of its own that we neither make nor override.
EXCLUDED = [
    [".w-minimap"],
    [".w-minimap__collapse-all"],
    ["#w-minimap-toggle"],  # its toggle is 20 px wide, and too pale in dark
    [".ui-autocomplete-input"],  # the tag field of tag-it has no label of its own
    ["a[data-w-tooltip-content-value='Visible to all']"],  # too pale in dark
]
AXE = Axe()
FINISH_FADING = """() => document.getAnimations()
    .filter((one) => one instanceof CSSTransition)
    .forEach((one) => one.finish())"""
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def manage(environment: dict[str, str], *arguments: str) -> str:
    """What `manage.py …` prints beside a running publication."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def log_in(page: Page, password: str) -> None:
    """Fill in the login page that is open, as the editor."""
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/admin/")


def answer_of(address: str) -> bytes:
    """The body of an answer, whatever its status."""
    try:
        with urlopen(address, timeout=60) as answer:
            return answer.read()
    except HTTPError as answer:
        return answer.read()


@contextmanager
def watched(page: Page) -> Iterator[list[str]]:
    """What goes wrong while a page is open: in its scripts, its policy, or by asking elsewhere."""
    wrong: list[str] = []

    def on_console(message) -> None:
        is_own_status = "the server responded with a status of 4" in message.text
        if message.type in {"error", "warning"} and not is_own_status:
            wrong.append(f"console: {message.text}")

    def on_request(request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.hostname != "localhost":
            wrong.append(f"third party: {request.url}")

    def on_response(response) -> None:
        if response.status >= 400 and response.request.resource_type != "document":
            wrong.append(f"{response.status}: {response.url}")

    handlers = {
        "console": on_console,
        "request": on_request,
        "response": on_response,
        "pageerror": lambda error: wrong.append(f"script: {error}"),
    }
    for event, handler in handlers.items():
        page.on(event, handler)
    try:
        yield wrong
    finally:
        for event, handler in handlers.items():
            page.remove_listener(event, handler)


def axe_finds(page: Page, context: str | dict | None = None, options: dict | None = None):
    """The violations as axe tells them. It is put into a page once, however often it is asked, and
    not under its own name, under which the admin has another one.
    """
    if not page.evaluate("'axeOfTests' in window"):
        page.evaluate(f"{{ {AXE.axe_script}; window.axeOfTests = window.axe; }} null")
    return page.evaluate(
        "([context, options]) => axeOfTests.run(context ?? document, options)"
        ".then((results) => results.violations)",
        [context, {"resultTypes": ["violations"]} | (options or {})],
    )


def violations(page: Page, part: str = "", **options) -> list[str]:
    """What axe finds: its rule, the place and the reason, a line each.

    `part`: of a screen of the admin, to look at nothing else.
    """
    found_by_axe = axe_finds(
        page,
        {"include": [[part]], "exclude": EXCLUDED} if part else None,
        {"runOnly": AXE_TAGS} | options,
    )
    return [
        f"{found['id']}: {' '.join(map(str, node['target']))}: "
        + "; ".join(check["message"] for kind in ("any", "all", "none") for check in node[kind])
        for found in found_by_axe
        for node in found["nodes"]
    ]


def wrong_with(page: Page, part: str = "main") -> list[str]:
    """What is wrong with a part of a screen of the admin, by size and scheme.

    It ends in light, as wide as a desk.
    """
    colours = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
    wrong = []
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        # What has scrolled beneath the sticky header is no smaller for that.
        page.evaluate("scrollTo(0, 0)")
        # A scheme changes nothing but colours, to which Wagtail's buttons fade.
        for scheme, options in (("dark", colours), ("light", {})):
            page.emulate_media(color_scheme=scheme)
            page.evaluate(FINISH_FADING)
            faults = violations(page, part, **options)
            wrong += [f"{size['width']}, {scheme}: {words}" for words in faults]
        if size is PHONE:
            wrong += [f"sticks out: {html}" for html in sideways(page)]
    return wrong


def sideways(page: Page) -> list[str]:
    """What makes a page scroll sideways: nothing, or the elements that stick out."""
    return page.evaluate(
        """() => {
          const root = document.documentElement;
          if (root.scrollWidth <= root.clientWidth) return [];
          const isCut = (element) => element && (
            getComputedStyle(element).overflowX !== "visible" || isCut(element.parentElement)
          );
          return [...document.querySelectorAll("body *")]
            .filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1)
            .filter((element) => !isCut(element.parentElement))
            .map((element) => element.outerHTML.slice(0, 120));
        }"""
    )


def words_of(page: Page) -> str:
    """What a reader reads in main, without what scripts add for the fingers."""
    text = page.evaluate(
        """() => {
          const main = document.querySelector("main").cloneNode(true);
          for (const extra of main.querySelectorAll("button, [role=status], .hint")) extra.remove();
          return main.textContent;
        }"""
    )
    return re.sub(r"\s+", " ", text).strip()


def data_folder(environment: dict[str, str]) -> Path:
    return Path(environment["TWOTRACK_DATA_DIR"])


def without_database(environment: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name != "DATABASE_URL"}


def nu_jar() -> str:
    return os.environ.get("TWOTRACK_NU", "")

"""Every page a reader can meet: for all eyes and hands, on paper, light to load, and valid."""

import gzip
import json
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.journeys.pages import (
    DRAWN,
    EMPTY,
    FULL,
    KITCHEN_SINK,
    NOT_FOUND,
    POST,
    WIDTHS,
    answer_of,
    nu_jar,
    sideways,
    violations,
    watched,
    words_of,
)

# CLS, weight and the like are asked of the typical post and of the one that has everything.
POSTS = [POST, KITCHEN_SINK]
# A post with formulas needs a font for them besides.
MOST_BYTES = {POST: 150_000, KITCHEN_SINK: 220_000}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    # Nothing glides while it is measured; what moves has a test of its own.
    return browser_context_args | {"reduced_motion": "reduce", "viewport": WIDTHS["desktop"]}


@pytest.fixture
def reader(page: Page, drawn) -> Page:
    """A browser's page for which the drawn pages lie beside the published ones."""

    def hand_over(route: Route) -> None:
        name = Path(urlsplit(route.request.url).path).name
        route.fulfill(body=drawn[f"/drawn/{name}"], content_type="text/html; charset=utf-8")

    page.route("**/drawn/*", hand_over)
    return page


def open_page(page: Page, address: str) -> None:
    """The page, with its fonts there."""
    answer = page.goto(address)
    assert answer.status == (404 if address.endswith(NOT_FOUND) else 200), address
    page.evaluate("document.fonts.ready.then(() => true)")


# For all eyes: axe, in both schemes and at both widths


def wrong_with(page: Page, address: str) -> list[str]:
    """What is wrong with a page, seen on a phone and a desktop, light and dark.

    On the phone the scheme is the reader's own choice against the system's.
    """
    wrong = []
    with watched(page) as wrong_meanwhile:
        open_page(page, address)
        for device, size in WIDTHS.items():
            page.set_viewport_size(size)
            for scheme, other in (("light", "dark"), ("dark", "light")):
                is_chosen = device == "phone"
                page.emulate_media(color_scheme=other if is_chosen else scheme)
                page.evaluate(
                    "(theme) => theme ? document.documentElement.dataset.theme = theme"
                    " : delete document.documentElement.dataset.theme",
                    scheme if is_chosen else "",
                )
                found = violations(page) + [f"sticks out: {html}" for html in sideways(page)]
                wrong += [f"{device}, {scheme}: {words}" for words in found]
    return wrong + wrong_meanwhile


@pytest.mark.parametrize("address", [*FULL.values(), *DRAWN.values()], ids=[*FULL, *DRAWN])
def test_nothing_is_wrong_with_a_page(reader: Page, address: str):
    assert wrong_with(reader, address) == []


@pytest.mark.parametrize("address", EMPTY.values(), ids=EMPTY)
def test_nothing_is_wrong_with_an_empty_publication(page: Page, unwritten: str, address: str):
    assert wrong_with(page, unwritten + address) == []


def test_everything_can_be_read_without_scripts(browser, browser_context_args, reading):
    texts = []
    for has_scripts in (True, False):
        context = browser.new_context(**browser_context_args, java_script_enabled=has_scripts)
        page = context.new_page()
        texts.append({})
        for name, address in FULL.items():
            page.goto(address)
            texts[-1][name] = words_of(page)
        context.close()

    with_scripts, without = texts
    assert {name for name, text in without.items() if len(text) < 20} == set()
    assert without == with_scripts


# Valid HTML

# Without the role, Safari says no “list” where the list has no bullets.
MEANT = re.compile("The “list” role is unnecessary for element “[ou]l”.")


@pytest.mark.skipif(not nu_jar(), reason="TWOTRACK_NU does not name the Nu HTML checker's jar.")
def test_the_html_checker_finds_nothing(publication, drawn, reading, unwritten, tmp_path):
    pages = {name: answer_of(publication.address + path) for name, path in FULL.items()}
    pages |= {name: answer_of(unwritten + path) for name, path in EMPTY.items()}
    pages |= {name: drawn[path].encode() for name, path in DRAWN.items()}
    for name, body in pages.items():
        (tmp_path / f"{name}.html").write_bytes(body)

    checked = subprocess.run(
        ["java", "-jar", nu_jar(), "--format", "json", "--exit-zero-always", str(tmp_path)],
        capture_output=True,
        text=True,
    )

    assert checked.returncode == 0, checked.stderr
    assert len(pages) == len(FULL) + len(EMPTY) + len(DRAWN)
    found = [
        f"{unquote(message['url']).rsplit('/', 1)[-1]}: {message['message']} "
        f"{message.get('extract', '')!r}"
        for message in json.loads(checked.stderr)["messages"]
        if not MEANT.match(message["message"])
    ]
    assert found == []


# By keyboard


STOP = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element), box = element.getBoundingClientRect();
  const label = element.type === "checkbox" && element.closest("label");
  const target = (label || element).getBoundingClientRect();
  element.dataset.stop ??= String(document.querySelectorAll("[data-stop]").length);
  const focusable = "a[href], button, input, select, summary, [tabindex='0']";
  return {
    number: Number(element.dataset.stop),
    place: [...document.querySelectorAll(focusable)].indexOf(element),
    html: element.outerHTML.slice(0, 90),
    text: element.textContent.trim(),
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
      && style.boxShadow !== "none",
    inView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    isInline: style.display === "inline",
    size: Math.min(target.width, target.height),
  };
}"""


def walk(page: Page, *, most: int = 400) -> list[dict]:
    """Every stop of the Tab key, once round the page."""
    stops = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None or stop["number"] < len(stops):
            return stops
        stops.append(stop)
    raise AssertionError("The Tab key never comes round.")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("address", ["/", *POSTS, "/search/?q=sqlite"])
def test_the_tab_key_passes_everything_in_order_and_shows_where_it_is(
    reading, page: Page, address: str, width: str
):
    page.set_viewport_size(WIDTHS[width])
    open_page(page, address)

    stops = walk(page)

    assert stops[0]["text"] == "Skip to main content"
    assert len(stops) > 8
    assert [stop["html"] for stop in stops if not stop["ring"]] == []
    assert [stop["html"] for stop in stops if not stop["inView"]] == []
    assert [two["html"] for one, two in pairwise(stops) if two["place"] <= one["place"]] == []
    assert [
        stop["html"] for stop in stops if not stop["isInline"] and round(stop["size"]) < 24
    ] == []


def test_the_skip_link_skips(reading, page: Page):
    open_page(page, POST)

    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_contents_lead_to_their_headings(reading, page: Page):
    open_page(page, POST)
    link = page.locator(".toc a").nth(2)
    heading = page.locator(link.get_attribute("href"))

    link.focus()
    page.keyboard.press("Enter")

    expect(heading).to_be_in_viewport()
    assert heading.bounding_box()["y"] < WIDTHS["desktop"]["height"] / 2


def test_a_note_opens_in_place_and_escape_leads_back(reading, page: Page):
    page.set_viewport_size(WIDTHS["phone"])
    open_page(page, POST)
    call = page.locator(".noteref a").first

    call.focus()
    page.keyboard.press("Enter")
    box = page.locator(".notebox")
    expect(box).to_be_in_viewport()
    assert len(box.text_content()) > 10
    page.keyboard.press("Escape")

    expect(box).to_be_hidden()
    expect(call).to_be_focused()


def test_a_picture_grows_and_escape_leads_back(reading, page: Page):
    open_page(page, KITCHEN_SINK)
    link = page.locator("a.enlarge").first

    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog img")).to_be_in_viewport()
    assert violations(page) == []
    page.keyboard.press("Escape")

    expect(page.locator("dialog")).to_have_count(0)
    expect(link).to_be_focused()


def test_the_contents_close_and_open_by_keyboard(reading, page: Page):
    open_page(page, POST)
    summary = page.locator(".toc summary")

    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".toc a").first).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator(".toc a").first).to_be_visible()


# As the system is set: motion, contrast, forced colours


MOVING = """() => [...document.querySelectorAll("*")].filter((element) => {
  const style = getComputedStyle(element);
  const lasts = (times) => times.split(",").some((time) => parseFloat(time) > 0);
  return style.scrollBehavior === "smooth" || lasts(style.transitionDuration)
    || (style.animationName !== "none" && lasts(style.animationDuration));
}).map((element) => element.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize("address", ["/", *POSTS, "/search/?q=sqlite"])
def test_nothing_moves_where_motion_is_reduced(reading, page: Page, address: str):
    open_page(page, address)

    assert page.evaluate(MOVING) == []
    assert page.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["/", *POSTS, "/search/?q=sqlite", "/authors/mirela-castan/"])
def test_all_words_have_seven_to_one_where_more_contrast_is_wanted(
    reading, page: Page, address: str, scheme: str
):
    page.emulate_media(color_scheme=scheme, contrast="more")
    open_page(page, address)

    assert violations(page, runOnly=["color-contrast-enhanced"], rules={}) == []


def test_where_one_is_can_be_seen_in_forced_colours(reading, page: Page):
    page.emulate_media(forced_colors="active")
    open_page(page, "/engineers/?page=2")

    current = page.locator(".pager .current")
    other = page.locator(".pager a").first
    background = "(element) => getComputedStyle(element).backgroundColor"
    assert current.evaluate(background) != other.evaluate(background)
    border = "(element) => getComputedStyle(element).borderBottomColor"
    in_menu = page.locator("header.site nav a[aria-current]")
    assert in_menu.evaluate(border) != page.locator(
        "header.site nav a:not([aria-current])"
    ).first.evaluate(border)
    other.focus()
    ring = other.evaluate(
        "(element) => { const style = getComputedStyle(element);"
        " return [style.outlineStyle, style.outlineWidth, style.outlineColor]; }"
    )
    ground = page.locator("body").evaluate(background)
    assert ring[:2] == ["solid", "3px"]
    assert ring[2] != ground


# The colours a reader chose


def test_a_chosen_theme_is_there_before_the_page_is(reading, context: BrowserContext, page: Page):
    page.emulate_media(color_scheme="light")
    open_page(page, POST)
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_label("Colours").select_option("Dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert light == "rgb(252, 251, 248)"
    assert dark == "rgb(20, 23, 26)"

    context.add_init_script(
        """new MutationObserver((changes, observer) => {
          if (!document.body) return;
          observer.disconnect();
          window.themeBefore = document.documentElement.dataset.theme;
        }).observe(document, { childList: true, subtree: true });"""
    )
    page.route("**/theme*.js", slowly)
    page.reload()

    assert page.evaluate("window.themeBefore") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    expect(page.get_by_label("Colours")).to_have_value("dark")
    page.get_by_label("Colours").select_option("System")
    page.reload()
    assert page.evaluate("window.themeBefore ?? null") is None
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == light


def slowly(route: Route) -> None:
    answer = route.fetch()
    route.request.frame.page.wait_for_timeout(600)
    route.fulfill(response=answer)


# Light to load, and still


def loaded(page: Page, address: str) -> list:
    """The answers that make up a first visit before any picture: each with its body."""
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    open_page(page, address)
    page.wait_for_load_state("networkidle")
    kinds = {"document", "stylesheet", "font", "script"}
    return [answer for answer in answers if answer.request.resource_type in kinds]


@pytest.mark.parametrize(("address", "most"), MOST_BYTES.items())
def test_a_first_visit_is_light(reading, page: Page, address: str, most: int):
    sizes = {"document": 0, "stylesheet": 0, "font": 0, "script": 0}
    for answer in loaded(page, address):
        kind, body = answer.request.resource_type, answer.body()
        sizes[kind] += len(body) if kind == "font" else len(gzip.compress(body))

    assert sizes["script"] < 6_000, sizes
    assert sizes["document"] + sizes["stylesheet"] + sizes["font"] < most, sizes
    assert all(sizes.values())


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("address", ["/", *POSTS])
def test_nothing_shifts_when_fonts_and_pictures_come_late(
    reading, page: Page, address: str, width: str
):
    page.set_viewport_size(WIDTHS[width])
    page.route(re.compile(r"\.(woff2|avif|webp|jpe?g|png)$"), slowly)
    page.goto(address)
    page.wait_for_timeout(1200)
    page.wait_for_load_state("networkidle")

    shifts = page.evaluate(
        """() => new Promise((resolve) => new PerformanceObserver((list) => resolve(
          list.getEntries().map(({ value, sources }) => [value, sources.map(
            ({ node }) => node?.parentElement?.outerHTML.slice(0, 90))])
        )).observe({ type: "layout-shift", buffered: true }) || setTimeout(resolve, 500, []))"""
    )
    assert shifts == []


# On paper


@pytest.fixture
def paper(reading, page: Page, tmp_path):
    """Prints a page on A4 and returns the words on it."""
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext of poppler-utils is not installed.")

    def print_page(address: str) -> str:
        open_page(page, address)
        page.pdf(path=tmp_path / "paper.pdf", format="A4", prefer_css_page_size=True)
        subprocess.run(["pdftotext", "-layout", "paper.pdf"], cwd=tmp_path, check=True)
        return (tmp_path / "paper.txt").read_text()

    return print_page


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("address", POSTS)
def test_a_printed_post_has_all_that_can_be_read_and_nothing_to_click(
    paper, page: Page, address: str
):
    text = paper(address)

    on_paper = squeezed(text)
    code = page.locator(".prose .codeblock pre code").all_text_contents()
    lines = [line for block in code for line in block.splitlines()]
    assert len(lines) > 5
    assert [line for line in lines if squeezed(line) not in on_paper] == []
    notes = page.locator(".footnotes li").evaluate_all(
        """(all) => all.map((note) => {
          const copy = note.cloneNode(true);
          for (const extra of copy.querySelectorAll("[role=doc-backlink], button")) extra.remove();
          return copy.textContent;
        })"""
    )
    assert notes
    assert [note for note in notes if squeezed(note) not in on_paper] == []
    assert "Copy" not in text
    assert "On this page" not in text
    assert "Skip to main" not in text
    assert "Keep reading" not in text
    assert "Email the author" not in text


def test_a_printed_link_says_where_it_leads(paper, page: Page):
    on_paper = squeezed(paper(KITCHEN_SINK))

    links = page.locator(".prose p a[href^='http']").evaluate_all(
        "(all) => all.map((link) => link.getAttribute('href'))"
    )
    assert links
    assert [link for link in links if squeezed(f"({link})") not in on_paper] == []

"""A new reader on a phone: types with a slip, sees suggestions, finds the section, narrows, goes
back; by keyboard, by finger, and without scripts.
"""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Route, expect

from tests.journeys.pages import POST, WIDTHS, sideways, violations, watched

expect.set_options(timeout=20_000)

PHONE = {"width": 360, "height": 740}
BLOOM = "A Bloom filter in thirty lines, held to its promise"
READERS = "Readers do not wait: SQLite’s WAL mode under a stopwatch"
TRAP = "First trap: one forgotten reader"


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | {"reduced_motion": "reduce", "viewport": PHONE}


def field(page: Page):
    return page.get_by_label("Search all posts")


def places(page: Page):
    """What is offered below the field."""
    return page.get_by_role("listbox").get_by_role("option")


def selected(page: Page):
    return page.get_by_role("listbox").get_by_role("option", selected=True)


def labels(page: Page) -> list[str]:
    return places(page).locator("span").all_text_contents()


def asked_for(page: Page, words: str) -> None:
    """Type the words as one types, and wait for what is offered."""
    with page.expect_response(re.compile(r"/search/suggest/")):
        field(page).press_sequentially(words, delay=20)


def test_a_reader_with_a_slip_gets_to_the_section(publication, page: Page):
    with watched(page) as wrong:
        page.goto("/")
        page.get_by_role("link", name="Search").click()
        expect(field(page)).to_be_focused()

        asked_for(page, "blooom")
        expect(places(page)).to_have_count(1)
        assert labels(page) == [BLOOM]
        expect(page.get_by_text("1 suggestion", exact=True)).to_have_count(1)
        expect(field(page)).to_have_attribute("aria-expanded", "true")
        page.keyboard.press("ArrowDown")
        chosen = selected(page)
        expect(chosen).to_contain_text(BLOOM)
        expect(field(page)).to_have_attribute("aria-activedescendant", chosen.get_attribute("id"))
        expect(field(page)).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("listbox")).to_be_hidden()
        expect(field(page)).to_have_value("blooom")

        field(page).fill("forgotten reader")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search/?q=forgotten+reader")
        result = page.get_by_role("link", name=READERS)
        expect(result).to_be_visible()
        page.get_by_text(f"In: {TRAP}").get_by_role("link").click()
        page.wait_for_url(f"**{POST}**")
        expect(page.get_by_role("heading", name=TRAP)).to_be_in_viewport()

        page.go_back()
        expect(field(page)).to_have_value("forgotten reader")
        expect(result).to_be_visible()
    assert wrong == []


def test_a_reader_narrows_and_goes_back(publication, page: Page):
    page.goto("/search/?q=python")
    all_found = page.locator(".row").count()
    filters = page.get_by_text("Filters", exact=True)
    expect(page.get_by_label(re.compile("^For Engineers"))).to_be_hidden()

    filters.press("Enter")
    with page.expect_navigation():
        page.get_by_label(re.compile("^measurement")).check()

    assert "tag=measurement" in page.url
    assert 0 < page.locator(".row").count() < all_found
    expect(page.get_by_label(re.compile("^measurement"))).to_be_focused()
    assert sideways(page) == []
    page.get_by_role("link", name=re.compile("^Take back .*measurement")).click()
    page.wait_for_url("**/search/?q=python")
    assert page.locator(".row").count() == all_found
    page.go_back()
    assert "tag=measurement" in page.url
    page.go_back()
    assert page.locator(".row").count() == all_found


def test_the_same_without_scripts(publication, browser, browser_context_args):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()

    page.goto("/search/")
    field(page).fill("python")
    page.get_by_role("button", name="Search").click()
    all_found = page.locator(".row").count()
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label(re.compile("^measurement")).check()
    page.get_by_role("button", name="Apply filters").click()

    assert page.url.endswith("/search/?q=python&tag=measurement")
    assert 0 < page.locator(".row").count() < all_found
    page.get_by_role("link", name=re.compile("^Take back .*measurement")).click()
    assert page.locator(".row").count() == all_found
    context.close()


# The field


def test_the_arrows_go_round_and_enter_opens(publication, page: Page):
    page.goto("/search/")
    asked_for(page, "reader")
    expect(places(page).first).to_be_visible()
    offered = places(page).count()
    assert offered >= 3

    for _ in range(offered):
        page.keyboard.press("ArrowDown")
    expect(places(page).last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(selected(page)).to_have_count(0)
    assert field(page).get_attribute("aria-activedescendant") is None
    page.keyboard.press("ArrowUp")
    expect(places(page).last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowLeft")
    expect(selected(page)).to_have_count(0)

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{POST}")


def test_a_finger_chooses(publication, page: Page):
    page.goto("/search/")
    asked_for(page, "staircase")

    option = places(page).filter(has_text="The staircase")
    assert option.bounding_box()["height"] >= 44
    option.click()

    page.wait_for_url(f"**{POST}#the-staircase")


def test_a_late_answer_is_not_shown(publication, page: Page):
    def answer(route: Route) -> None:
        is_first = route.request.url.endswith("q=stair")
        if is_first:
            page.wait_for_timeout(600)
        label = "Late" if is_first else "In time"
        offered = {"kind": "post", "label": label, "address": "/", "context": "For Engineers"}
        with suppress(Error):  # It may be asked for no longer.
            route.fulfill(json={"question": "", "suggestions": [offered]})

    page.route("**/search/suggest/**", answer)
    page.goto("/search/")

    field(page).fill("stair")
    page.wait_for_timeout(200)
    field(page).fill("staircase")
    expect(places(page)).to_have_count(1)
    page.wait_for_timeout(800)

    assert labels(page) == ["In time"]


def test_without_the_network_enter_still_searches(publication, page: Page):
    page.route("**/search/suggest/**", lambda route: route.abort())
    page.goto("/search/")

    field(page).fill("staircase")
    page.wait_for_timeout(400)
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("Enter")

    page.wait_for_url("**/search/?q=staircase")


def test_recent_searches_stay_on_the_device_until_they_are_cleared(publication, page: Page):
    for number in range(9):
        page.goto("/search/?q=earlier")
        field(page).fill(f"words {number}")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/search/?q=words+{number}")

    page.goto("/search/")
    field(page).click()
    expect(places(page)).to_have_count(8)
    expect(page.get_by_text("Recent searches: 8")).to_have_count(1)
    assert places(page).first.text_content() == "words 8"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=words+7")

    page.goto("/search/")
    field(page).click()
    expect(places(page)).to_have_count(8)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Clear recent searches")).to_be_focused()
    page.keyboard.press("Enter")
    expect(field(page)).to_be_focused()
    expect(page.get_by_role("listbox")).to_be_hidden()
    assert page.evaluate("localStorage.getItem('searches')") is None


def test_where_storage_is_forbidden_nothing_is_kept(publication, context: BrowserContext):
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } });"
    )
    page = context.new_page()
    with watched(page) as wrong:
        page.goto("/search/")
        field(page).fill("staircase")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search/?q=staircase")
        field(page).fill("")
        expect(page.get_by_role("listbox")).to_be_hidden()
        asked_for(page, "stair")
        expect(places(page).first).to_be_visible()
    assert wrong == []


def test_what_is_kept_by_others_does_no_harm(publication, page: Page):
    page.goto("/search/")
    for kept in ["{", "7", "null", '{"a": 1}', '[1, null, "words"]']:
        page.evaluate("(kept) => localStorage.setItem('searches', kept)", kept)
        with watched(page) as wrong:
            page.reload()
            field(page).click()
            page.wait_for_timeout(100)
        assert wrong == []
    assert places(page).all_text_contents() == ["words"]


# The keys


@pytest.mark.parametrize("key", ["/", "Control+k", "Meta+k"])
def test_a_key_opens_the_field_on_any_page(publication, page: Page, key: str):
    page.set_viewport_size(WIDTHS["desktop"])
    with watched(page) as wrong:
        page.goto(POST)
        page.wait_for_load_state("networkidle")
        page.keyboard.press(key)
        expect(page.get_by_role("dialog", name="Search")).to_be_visible()
        expect(field(page)).to_be_focused()

        asked_for(page, "staircase")
        expect(places(page).first).to_be_visible()
        assert violations(page) == []
        page.keyboard.press("Escape")
        expect(page.get_by_role("listbox")).to_be_hidden()
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("ArrowDown")
        expect(places(page).first).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")

        page.wait_for_url(f"**{POST}#the-staircase")
        expect(page.get_by_role("dialog")).to_have_count(0)
    assert wrong == []


def test_the_dialog_closes_and_leads_back(publication, page: Page):
    page.goto(POST)
    page.wait_for_load_state("networkidle")
    link = page.get_by_role("navigation", name="Main").get_by_role("link", name="About")
    link.focus()
    page.keyboard.press("/")
    expect(field(page)).to_be_focused()

    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(link).to_be_focused()
    page.keyboard.press("/")
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_key_goes_to_the_field_of_the_page(publication, page: Page):
    page.goto("/search/?q=python")
    page.wait_for_load_state("networkidle")

    page.keyboard.press("Control+k")

    expect(field(page)).to_be_focused()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_keys_can_be_switched_off(publication, page: Page):
    page.set_viewport_size(WIDTHS["desktop"])
    page.goto(POST)
    page.get_by_label("Keys / and Ctrl K search").uncheck()
    page.reload()
    page.wait_for_load_state("networkidle")

    for key in ("/", "Control+k"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)

    expect(page.get_by_role("dialog")).to_have_count(0)


# For all eyes


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wrong_while_it_is_used(publication, page: Page, width: str, scheme: str):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(WIDTHS[width])

    page.goto("/search/")
    asked_for(page, "reader")
    page.keyboard.press("ArrowDown")
    assert violations(page) == []
    assert sideways(page) == []

    page.goto("/search/?q=python&tag=python&year=2025")
    page.locator("details").evaluate_all("(all) => all.forEach((one) => (one.open = true))")
    assert violations(page) == []
    assert sideways(page) == []

    page.goto("/search/?q=zzyzx")
    field(page).focus()
    assert violations(page) == []

    page.goto("/about/")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("/")
    expect(field(page)).to_be_focused()
    assert violations(page) == []
    assert sideways(page) == []

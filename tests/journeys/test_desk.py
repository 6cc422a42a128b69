"""Every screen of the desk: for all eyes and hands, in light and dark, on a phone and a desk."""

import json
from datetime import date

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.pages import DESK, manage, wrong_with

EDIT = "/admin/pages/{planned}/edit/"
BULK = "/admin/bulk/wagtailcore/page/{action}/?id={{planned}}&id={{old}}&next=/admin/"
# Each screen: its address, and the name of the button or link that it is for.
SCREENS = {
    "dashboard": ("/admin/", "Looked at it: ask again in a year"),
    "calendar": ("/admin/calendar/", "Calendar address"),
    "agenda": ("/admin/calendar/?view=agenda", "Calendar address"),
    "calendar address": ("/admin/calendar/address/", "Make an address"),
    "releases": ("/admin/releases/", "Two at once"),
    "new release": ("/admin/releases/new/", "Create"),
    "release": ("/admin/releases/edit/{release}/", "Save"),
    "missed": ("/admin/missed/{missed}/reschedule/", "Reschedule"),
    "deliveries": ("/admin/reports/deliveries/", ""),
    "synonyms": ("/admin/search/synonyms/", "k8s, kubernetes"),
    "new synonym": ("/admin/search/synonyms/new/?words=kube", "Create"),
    "synonym": ("/admin/search/synonyms/edit/{synonym}/", "Save"),
    "promoted results": ("/admin/search/promotions/", "old at the desk …"),
    "new promoted result": ("/admin/search/promotions/new/?question=desk", "Create"),
    "promoted result": ("/admin/search/promotions/edit/{promotion}/", "Save"),
    "searches": ("/admin/reports/searches/", "Add a synonym for numbat"),
    "searches without results": ("/admin/reports/searches/?found=nothing&period=30", "numbat"),
    "report of posts": ("/admin/reports/posts/", "Old at the desk"),
    "publish many": (BULK.format(action="publish"), "Publish"),
    "schedule many": (BULK.format(action="schedule"), "Schedule"),
    "tag many": (BULK.format(action="tags"), "Change tags"),
    "authors of many": (BULK.format(action="authors"), "Set authors"),
    "many looked at": (BULK.format(action="looked_at"), "They still hold"),
    "comparison": ("/admin/pages/{planned}/revisions/compare/earliest...latest/", ""),
    "history": ("/admin/pages/{planned}/history/", ""),
    "editor, write": (EDIT, ""),
    "editor, card and search": (EDIT + "#tab-card_and_search", ""),
    "editor, details": (EDIT + "#tab-details", ""),
    "rules": ("/admin/settings/blog/publishingrules/{site}/", "Save"),
    "posts of a track": ("/admin/pages/{track}/", "Old at the desk"),
}
MOST_TABS = 120


@pytest.fixture(scope="module")
def made(publication) -> dict:
    script = "from tests.journeys import desk; desk.add()"
    return json.loads(manage(publication.environment, "shell", "-v0", "-c", script))


@pytest.fixture(scope="module")
def at_desk(browser: Browser, browser_context_args, logged_in, made) -> Page:
    """One page, logged in; nothing moves while it is looked at."""
    context = browser.new_context(**browser_context_args | {"reduced_motion": "reduce"})
    context.add_cookies(logged_in)
    page = context.new_page()
    yield page
    context.close()


def is_reached_by_tab(page: Page, name: str) -> bool:
    """Whether the Tab key leads from the top of the screen to what it is for."""
    page.evaluate("document.querySelector('main').tabIndex = -1")
    page.evaluate("document.querySelector('main').focus()")
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        words = page.evaluate("document.activeElement.textContent.replace(/\\s+/g, ' ').trim()")
        if words.startswith(name):
            return True
    return False


@pytest.mark.parametrize(("address", "action"), SCREENS.values(), ids=SCREENS)
def test_nothing_is_wrong_with_a_screen(at_desk: Page, made, address: str, action: str):
    said = []
    listen = lambda message: message.type == "error" and said.append(message.text)  # noqa: E731
    at_desk.on("console", listen)
    at_desk.goto("about:blank")  # A tab of the editor is only the end of its address.

    answer = at_desk.goto(address.format(**made))
    wrong = wrong_with(at_desk)

    at_desk.remove_listener("console", listen)
    assert answer.status == 200
    assert wrong == []
    assert said == []
    assert not action or is_reached_by_tab(at_desk, action)


def day_of(page: Page, title: str) -> str:
    return page.locator("[data-day]", has_text=title).get_attribute("data-day")


def another_day(page: Page, day: str) -> str:
    """The nearest day of the month that has no post: both are in sight while a post is dragged."""
    free = page.locator("[data-day][data-empty]:not([data-outside])")
    days = free.evaluate_all("found => found.map((one) => one.dataset.day)")
    return min(days, key=lambda one: abs(date.fromisoformat(one) - date.fromisoformat(day)))


def test_a_plan_is_moved_by_mouse_and_by_keyboard_and_back(at_desk: Page, made):
    title = "Planned for the desk"
    at_desk.set_viewport_size(DESK)
    at_desk.goto("/admin/calendar/")
    before = day_of(at_desk, title)
    goal = another_day(at_desk, before)

    entry = at_desk.locator(".plan-entry", has_text=title)
    entry.drag_to(at_desk.locator(f"[data-day='{goal}']"), source_position={"x": 60, "y": 8})
    expect(at_desk.get_by_text(f"“{title}” was moved.")).to_be_visible()
    assert day_of(at_desk, title) == goal

    at_desk.get_by_role("button", name="Undo").click()
    expect(at_desk.locator(f"[data-day='{before}']")).to_contain_text(title)

    entry.locator("summary").focus()
    at_desk.keyboard.press("Enter")
    entry.get_by_label("New day").fill(goal)
    at_desk.keyboard.press("Enter")
    expect(at_desk.locator(f"[data-day='{goal}']")).to_contain_text(title)


def test_a_plan_that_was_moved_meanwhile_is_not_moved_again(at_desk: Page, made):
    title = "Planned for the desk"
    at_desk.set_viewport_size(DESK)
    at_desk.goto("/admin/calendar/")
    other = at_desk.context.new_page()
    other.goto("/admin/calendar/")
    before = day_of(at_desk, title)

    for page in (other, at_desk):
        entry = page.locator(".plan-entry", has_text=title)
        goal = another_day(page, before)
        entry.drag_to(page.locator(f"[data-day='{goal}']"), source_position={"x": 60, "y": 8})
        page.wait_for_load_state()
        if page is other:
            expect(page.get_by_text(f"“{title}” was moved.")).to_be_visible()
            moved = day_of(page, title)

    other.close()
    expect(at_desk.get_by_text("has changed meanwhile").first).to_be_visible()
    assert before != moved == day_of(at_desk, title)


def test_the_dashboard_says_later_what_the_checks_found(at_desk: Page, made):
    at_desk.goto("/admin/")

    draft = at_desk.locator(f"[data-draft-checks='{made['planned']}']")

    expect(draft).to_contain_text("2 words,")


def test_a_post_that_was_looked_at_leaves_the_dashboard(at_desk: Page, made):
    at_desk.goto("/admin/")
    panel = at_desk.get_by_role("region", name="To look at again")

    oldest = panel.get_by_role("link").first.text_content()

    panel.get_by_role("button", name=oldest).click()

    expect(at_desk.get_by_text(f"Noted that “{oldest}” still holds.")).to_be_visible()
    expect(panel.get_by_role("link", name=oldest)).to_have_count(0)


def test_a_finding_leads_to_what_it_is_about(at_desk: Page, made):
    at_desk.set_viewport_size(DESK)
    at_desk.goto("about:blank")
    at_desk.goto(EDIT.format(**made))
    at_desk.get_by_role("button", name="Toggle what to do before you publish").click()
    finding = at_desk.locator("[data-checks-anchor^='block-']").first
    words = finding.text_content()

    finding.click()

    block = at_desk.locator("[data-streamfield-child]", has=at_desk.locator(":focus"))
    expect(block.locator(".checks-mark li", has_text=words)).to_be_in_viewport()

"""A draft is shared, remarked on, answered, changed, shared again, published: no word is lost."""

import json
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.pages import DESK, PHONE, manage, wrong_with
from tests.journeys.test_editor import choose_action

MAKE = """
import json
from blog.models import Release, ReleasePost, TrackIndexPage
from django.contrib.auth import get_user_model
from tests.factories import make_post
user = get_user_model().objects.get(username="editor")
track = TrackIndexPage.objects.get(slug="engineers")
words = "It fails once in a hundred.\\n\\nIt holds a million keys.\\n\\nNothing is forgotten."
post = make_post(track, "For review at the desk", live=False, owner=user, markdown=words)
release = Release.objects.create(name="For review")
ReleasePost.objects.create(release=release, post=post)
print(json.dumps({"post": post.pk, "release": release.pk}))
"""
PANEL = "[data-side-panel='review']"


@pytest.fixture(scope="module")
def made(publication) -> dict[str, int]:
    return json.loads(manage(publication.environment, "shell", "-v0", "-c", MAKE))


@pytest.fixture
def post(made) -> int:
    return made["post"]


@pytest.fixture
def at_desk(browser: Browser, browser_context_args, publication, logged_in) -> Page:
    context = browser.new_context(
        **browser_context_args | {"reduced_motion": "reduce", "viewport": DESK}
    )
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=publication.address)
    context.add_cookies(logged_in)
    page = context.new_page()
    yield page
    context.close()


def open_editor(page: Page, post: int) -> None:
    page.goto("about:blank")  # The end of an address alone loads nothing.
    page.goto(f"/admin/pages/{post}/edit/#review")
    expect(page.locator(PANEL)).to_be_visible()


def open_form(page: Page) -> None:
    panel = page.locator(PANEL)
    if not panel.get_by_label("For whom?").is_visible():
        panel.get_by_text("Make a link", exact=True).click()


def make_link(page: Page, label: str) -> str:
    """Fill in the panel's form; returns what the copy button has copied."""
    panel = page.locator(PANEL)
    open_form(page)
    panel.get_by_label("For whom?").fill(label)
    panel.get_by_role("button", name="Make the link").click()
    expect(panel.get_by_role("heading", name=f"The link for {label}")).to_be_focused()
    panel.get_by_role("button", name="Copy").click()
    expect(panel.get_by_text("Copied.")).to_be_visible()
    return page.evaluate("navigator.clipboard.readText()")


def remark(reader: Page, paragraph: str, words: str) -> None:
    reader.locator(".say", has_text=f"Remark on this paragraph: {paragraph}").click()
    reader.get_by_label("Your remark").fill(words)
    if not reader.get_by_label("Your name").input_value():
        reader.get_by_label("Your name").fill("Rae Reader")
    reader.locator("main form button").last.click()
    expect(reader.get_by_text(words, exact=True)).to_be_visible()


def approve(reader: Page) -> None:
    reader.get_by_role("link", name="Looks good").click()
    reader.get_by_label("Your name").fill("Ben Reader")
    reader.locator("main form button").last.click()
    expect(reader.get_by_text("that this version looks good.")).to_be_visible()


def test_a_draft_is_reviewed_and_published_without_a_word_lost(
    at_desk: Page, browser: Browser, browser_context_args, post: int
):
    open_editor(at_desk, post)
    panel = at_desk.locator(PANEL)
    address = make_link(at_desk, "Rae")
    assert re.search(r"/p/twp_[\w-]{49}/$", address)

    reading = browser.new_context(**browser_context_args | {"viewport": PHONE})
    reader = reading.new_page()
    reader.goto(address)
    remark(reader, "It fails once", "I get two in a hundred.")
    remark(reader, "It holds a million", "Which keys?")

    # Beside the block, and in the panel.
    open_editor(at_desk, post)
    mark = at_desk.locator(".review-mark li", has_text="I get two in a hundred.")
    expect(mark).to_contain_text("Rae Reader")
    expect(panel.get_by_role("heading", name="Remarks (2 open)")).to_be_visible()
    expect(at_desk.locator("[data-side-panel-toggle='review']")).to_contain_text("2")
    assert wrong_with(at_desk, PANEL) == []
    # Wagtail shuts it half a second later, and it is asked for before that.
    at_desk.locator("[data-form-side-close-button]").click()
    mark.get_by_role("button", name="Show the remark by Rae Reader in Review").press("Enter")
    first = panel.locator("[data-review-remark]", has_text="I get two in a hundred.")
    expect(first).to_be_focused()
    expect(at_desk.locator("body.side-panel-open")).to_have_count(1)

    # An answer begun in one place stays while another is sent.
    second = panel.locator("[data-review-remark]", has_text="Which keys?")
    second.locator("summary", has_text="Answer").click()
    second.get_by_label("Your answer").fill("Random ones, of")
    first.locator("summary", has_text="Answer").click()
    first.get_by_label("Your answer").fill("So do I now. Put right.")
    first.get_by_role("button", name="Answer and resolve").click()
    expect(panel.get_by_role("heading", name="Remarks (1 open)")).to_be_visible()
    begun = second.get_by_label("Your answer")
    expect(begun).to_have_value("Random ones, of")
    second.get_by_role("button", name=re.compile("^Resolve")).click()
    expect(panel.get_by_text("All remarks are resolved.")).to_be_visible()
    expect(at_desk.locator(".review-mark")).to_have_count(0)
    expect(begun).to_be_visible()
    expect(begun).to_have_value("Random ones, of")
    begun.press("End")
    begun.press_sequentially(" twenty bytes.")
    second.get_by_role("button", name="Answer", exact=True).click()
    expect(second.get_by_text("Random ones, of twenty bytes.", exact=True)).to_have_count(1)

    # The reviewer reads the answer by the same link.
    reader.reload()
    expect(reader.get_by_text("So do I now. Put right.", exact=True)).to_have_count(1)

    # Words to a remark that is deleted are shown once more.
    panel.get_by_text("Resolved (2)").click()
    first.locator("summary", has_text="Answer").click()
    first.get_by_label("Your answer").fill("I was about to say")
    first.locator("summary", has_text="Delete").click()
    first.get_by_role("button", name="Delete for good").click()
    expect(panel.get_by_role("alert").first).to_contain_text("“I was about to say”")
    expect(panel.get_by_role("alert").first).to_be_focused()

    # Changed, shared again, published.
    change_words(at_desk, post, "It fails twice in a hundred.")
    again = make_link(at_desk, "Ben")
    assert again != address
    open_form(at_desk)
    panel.get_by_role("button", name="Make the link").click()  # For nobody.
    expect(panel.get_by_label("For whom?")).to_be_focused()
    expect(panel.get_by_label("Address of the link")).to_have_value(again)
    reader.goto(again)
    expect(reader.get_by_text("It fails twice in a hundred.").first).to_be_visible()
    approve(reader)
    open_editor(at_desk, post)
    approvals = panel.get_by_role("region", name="Approvals")
    expect(approvals).to_contain_text("Ben Reader by the link for Ben")
    expect(approvals).to_contain_text("The draft still says the same.")
    assert wrong_with(at_desk, PANEL) == []
    choose_action(at_desk, "Publish")
    at_desk.goto("/engineers/for-review-at-the-desk/")
    expect(at_desk.get_by_text("It fails twice in a hundred.").first).to_be_visible()
    reading.close()


def change_words(page: Page, post: int, words: str) -> None:
    """Change the first paragraph in the editor, and save."""
    page.locator(".CodeMirror").first.click()
    for key in ("Control+Home", "Shift+End"):
        page.keyboard.press(key)
    page.keyboard.type(words)
    typed = page.locator("textarea[data-controller=markdown]").first
    expect(typed).to_have_value(re.compile(f"^{words}"))
    with page.expect_navigation():
        page.get_by_role("button", name="Save draft").click()
    open_editor(page, post)


def test_the_report_and_the_pages_to_share_are_for_all_eyes(at_desk: Page, made):
    at_desk.goto("/admin/reports/review-links/")
    assert wrong_with(at_desk) == []
    at_desk.goto(f"/admin/review/pages/{made['post']}/share/")
    assert wrong_with(at_desk) == []

    at_desk.goto(f"/admin/review/releases/{made['release']}/share/")
    assert wrong_with(at_desk) == []
    at_desk.get_by_label("For whom?").fill("Rae")
    at_desk.get_by_role("button", name="Make the link").click()
    expect(at_desk.get_by_role("heading", name="The link for Rae")).to_be_visible()
    assert wrong_with(at_desk) == []


def test_the_panel_says_what_is_not_saved_and_what_a_form_lacks(at_desk: Page, post: int):
    open_editor(at_desk, post)
    panel = at_desk.locator(PANEL)
    open_form(at_desk)

    warning = panel.get_by_text("You have words here that are not saved yet.")
    expect(warning).to_be_hidden()

    panel.get_by_role("button", name="Make the link").click()
    expect(panel.get_by_text("This field is required.")).to_be_visible()
    at_desk.route(
        "**/edit/**",
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )
    at_desk.locator("#id_excerpt").fill("Words that are not saved.")
    expect(warning).to_be_visible()
    assert wrong_with(at_desk, PANEL) == []

"""Writing with the Markdown editor in a real browser, under the strict policy of the admin."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.pages import axe_finds
from tests.journeys.test_editor import open_track

expect.set_options(timeout=20_000)


PUT_A_PICTURE = """
async ([name, way]) => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = name.length * 10;
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  const transfer = new DataTransfer();
  transfer.items.add(new File([blob], name, { type: "image/png" }));
  const text = document.querySelector(".CodeMirror-code");
  const place = text.getBoundingClientRect();
  const options = { bubbles: true, cancelable: true };
  if (way === "paste") {
    text.dispatchEvent(new ClipboardEvent("paste", { ...options, clipboardData: transfer }));
  } else {
    const at = { clientX: place.left + 5, clientY: place.top + 8 };
    text.dispatchEvent(new DragEvent("drop", { ...options, ...at, dataTransfer: transfer }));
  }
}
"""


def start_post(editor: Page, title: str) -> None:
    open_track(editor, "For Engineers")
    editor.get_by_role("link", name="Add child page").first.click()
    editor.locator("#id_title").press_sequentially(title)
    editor.locator(".CodeMirror").first.click()


def text_of(editor: Page, block: int = 0) -> str:
    return editor.locator("textarea[data-controller=markdown]").nth(block).input_value()


def save(editor: Page) -> None:
    editor.keyboard.press("Control+s")
    expect(editor.locator(".messages .success").first).to_be_visible()
    expect(editor.locator(".CodeMirror").first).to_be_visible()


def test_pages_and_pictures_are_referred_to_by_keyboard(editor: Page, refused):
    start_post(editor, "Keyboard only")
    editor.keyboard.type("x = a[[0]] and see [[")
    expect(editor.locator(".modal #id_q")).to_be_focused()
    editor.keyboard.press("Escape")
    expect(editor.locator(".modal")).to_have_count(0)
    expect(editor.get_by_role("textbox", name="Markdown")).to_be_focused()
    editor.keyboard.type(" then ")

    editor.keyboard.press("Control+k")
    expect(editor.locator(".modal #id_q")).to_be_focused()
    editor.locator("#id_q").fill("percentiles")
    found = editor.locator(".page-results a.choose-page", has_text="percentiles")
    found.first.press("Enter")
    expect(editor.locator(".modal")).to_have_count(0)
    assert re.search(
        r"see \[\[ then \[You cannot average percentiles\]\(page:\d+\)$", text_of(editor)
    )

    editor.keyboard.press("Control+Alt+i")
    expect(editor.locator(".modal #id_q")).to_be_focused()
    editor.locator(".modal a.image-choice").first.press("Enter")
    editor.locator("#markdown-picture-alt").fill("A [teal] square")
    editor.keyboard.press("Enter")
    expect(editor.locator("dialog")).to_be_hidden()
    assert re.search(r"\)!\[A \\\[teal\\\] square\]\(image:\d+\)$", text_of(editor))

    editor.keyboard.press("Shift+Tab")
    expect(editor.get_by_role("button", name="Heading", exact=True)).to_be_focused()
    editor.keyboard.press("ArrowRight")
    expect(editor.get_by_role("button", name="Bold", exact=True)).to_be_focused()
    editor.keyboard.press("Tab")
    expect(editor.get_by_role("textbox", name="Markdown")).to_be_focused()
    save(editor)
    assert refused == []


def test_a_picture_is_pasted_and_one_is_dropped(editor: Page, refused):
    start_post(editor, "Pictures sent")
    editor.keyboard.type("Before ")

    editor.evaluate(PUT_A_PICTURE, ["pasted-picture.png", "paste"])
    dialog = editor.get_by_role("dialog", name="Describe the picture")
    dialog.get_by_role("button", name="Insert picture").click()
    expect(dialog.get_by_role("alert")).to_have_text(
        "Write what it shows, or tick that it is decorative."
    )
    assert axe_finds(editor, "dialog") == []
    dialog.get_by_label("Alt text").fill("Nothing at all")
    editor.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    editor.evaluate(PUT_A_PICTURE, ["dropped.png", "drop"])
    dialog.get_by_label("Decorative").check()
    dialog.get_by_role("button", name="Insert picture").click()
    expect(dialog).to_be_hidden()

    assert re.fullmatch(
        r"!\[\]\(image:\d+\)Before !\[Nothing at all\]\(image:\d+\)", text_of(editor)
    )
    assert refused == []


def test_a_block_keeps_its_editor_when_it_is_moved_and_copied(editor: Page, refused):
    start_post(editor, "Moved about")
    editor.keyboard.type("first no\u00a0break")
    editor.get_by_role("button", name="Duplicate").first.click()
    editor.locator(".CodeMirror").nth(1).click()
    editor.keyboard.press("Control+Home")
    editor.keyboard.type("second, ")
    expect(editor.locator(".EasyMDEContainer .markdown-words").nth(0)).to_have_text(
        "3 words here; 7 words, about 1 min read in all"
    )

    editor.get_by_role("button", name="Move up").nth(1).click()
    expect(editor.locator(".EasyMDEContainer")).to_have_count(2)
    editor.locator(".CodeMirror").nth(0).click()
    editor.keyboard.press("Control+Home")
    editor.keyboard.type("now ")
    editor.get_by_role("button", name="Delete").nth(1).click()
    save(editor)

    assert text_of(editor) == "now second, first no\u00a0break"
    assert editor.locator(".EasyMDEContainer").count() == 1
    assert refused == []


def test_the_preview_follows_while_typing_with_notes(editor: Page, refused):
    start_post(editor, "Seen at once")
    editor.get_by_role("button", name="Toggle preview").click()
    shown = editor.frame_locator("iframe[title='Preview']").first
    expect(shown.get_by_role("heading", name="Seen at once")).to_be_visible()

    editor.locator(".CodeMirror").first.click()
    editor.keyboard.type("A zebra and $\\frac{a$")
    expect(shown.get_by_text("Block 1, Markdown: Line 1:")).to_be_visible()
    expect(shown.get_by_text("A zebra and").last).to_be_visible()
    editor.get_by_label("Preview in mobile size").check(force=True)
    expect(editor.locator("iframe[title='Preview']").first).to_have_js_property("clientWidth", 375)
    editor.get_by_label("Preview in desktop size").check(force=True)
    expect(editor.locator("iframe[title='Preview']").first).to_have_js_property("clientWidth", 1280)
    # Wagtail checks what the preview shows, and takes no new one before that has ended.
    editor.wait_for_function("() => !window.axe?._running")
    editor.get_by_label("Preview mode").select_option("Row and card")

    expect(shown.get_by_role("heading", name="In a search engine")).to_be_visible()
    assert refused == []


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_editor_is_accessible(editor: Page, width: int, scheme: str):
    editor.set_viewport_size({"width": width, "height": 900})
    editor.emulate_media(color_scheme=scheme)
    start_post(editor, "Looked at")
    editor.keyboard.type("## Head\n\n`code`, [a link](page:3), *more*\n\n> quoted")

    assert axe_finds(editor, ".EasyMDEContainer") == []


def test_the_policy_refuses_nothing_of_the_admin(editor: Page, refused):
    for address in (
        *("/admin/", "/admin/pages/", "/admin/images/", "/admin/images/add/", "/admin/documents/"),
        *("/admin/users/", "/admin/users/new/", "/admin/groups/new/", "/admin/account/"),
        *("/admin/settings/home/sitesettings/", "/admin/wagtailmenus/flatmenu/"),
        *("/admin/reports/site-history/", "/admin/workflows/list/", "/admin/redirects/"),
    ):
        editor.goto(address)

    chooser = "button[data-chooser-action-choose]:visible"
    for address, field in (
        ("/admin/redirects/add/", "#id_redirect_page-chooser"),
        ("/admin/snippets/blog/author/add/", "#id_photo-chooser"),
    ):
        editor.goto(address)
        editor.locator(f"{field} {chooser}").click()
        expect(editor.locator(".modal-body")).to_be_visible()

    editor.goto("/admin/workflows/add/")
    editor.locator("#id_workflow_tasks-ADD").click()
    editor.locator(f"#id_workflow_tasks-0-task-chooser {chooser}").click()
    expect(editor.locator(".modal-body")).to_be_visible()

    start_post(editor, "Dates and rows")
    editor.get_by_role("tab", name="Details").click()
    editor.locator("#id_display_date").click()
    expect(editor.locator(".xdsoft_datetimepicker:visible")).to_have_count(1)
    editor.locator("#id_post_authors-ADD").click()
    editor.locator(f"[id^='id_post_authors-'] {chooser}").first.click()
    expect(editor.locator(".modal-body a").first).to_be_visible()
    assert refused == []

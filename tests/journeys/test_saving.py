"""What is typed is saved by itself, half-written too, and nobody leaves words behind unwarned."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.pages import axe_finds, log_in
from tests.journeys.test_writing import start_post

expect.set_options(timeout=10_000)

IS_UNSAVED = """
() => {
  const leaving = new Event("beforeunload", { cancelable: true });
  window.dispatchEvent(leaving);
  return leaving.defaultPrevented;
}
"""
INDICATOR = ".w-autosave-indicator"


def is_autosave(route: Route) -> bool:
    request = route.request
    return request.method == "POST" and request.headers.get("accept") == "application/json"


class Server:
    """Stands between the editor and the server: answers late, or wrongly, or not at all."""

    def __init__(self, page: Page):
        self.saved: list[str] = []
        self.waiting: list[Route] = []
        self.answer = Route.continue_
        page.route(re.compile(r"/admin/pages/(\d+/edit|add/.*)/$"), self.handle)

    def handle(self, route: Route) -> None:
        if not is_autosave(route):
            route.continue_()
            return
        self.saved.append(route.request.post_data or "")
        self.answer(route)


@pytest.fixture
def server(editor: Page) -> Server:
    return Server(editor)


def expect_state(editor: Page, state: str) -> None:
    expect(editor.locator(INDICATOR)).to_have_attribute("data-w-autosave-state-value", state)


def wait_until(editor: Page, condition) -> None:
    for _ in range(120):
        if condition():
            return
        editor.wait_for_timeout(100)
    raise AssertionError("It did not come to that.")


def note(editor: Page):
    return editor.locator(".saving-note")


def test_half_written_words_are_saved_with_what_is_wrong_beside_them(editor, refused):
    start_post(editor, "Half a formula")
    editor.keyboard.type("Words $\\frac{a$ and more")

    expect(note(editor)).to_contain_text("It is half-written")
    expect(note(editor).get_by_role("link", name=re.compile("^Line 1:"))).to_be_visible()
    expect_state(editor, "saved")
    mark = editor.locator(".saving-mark, .checks-mark").filter(has_text="Line 1:")
    expect(mark.first).to_be_visible()
    assert axe_finds(editor, ".saving-note") == []
    assert not editor.evaluate(IS_UNSAVED)

    editor.reload()
    expect(editor.locator(".messages")).to_contain_text("This draft is half-written")
    text = editor.locator("textarea[data-controller=markdown]")
    expect(text).to_have_value("Words $\\frac{a$ and more")
    editor.locator(".CodeMirror").first.click()
    editor.keyboard.press("Control+End")
    for _ in range(len("$ and more")):
        editor.keyboard.press("ArrowLeft")
    editor.keyboard.type("}b")
    expect_state(editor, "saved")
    wait_until(editor, lambda: not editor.evaluate(IS_UNSAVED))
    expect(note(editor)).to_be_empty()
    editor.reload()
    expect(text).to_have_value("Words $\\frac{a}b$ and more")
    expect(editor.locator(".messages")).not_to_contain_text("half-written")
    assert refused == []


def test_words_typed_while_an_autosave_is_under_way_are_not_taken_for_saved(editor, server):
    start_post(editor, "In flight")
    editor.keyboard.type("One")
    wait_until(editor, lambda: "/edit/" in editor.url and not editor.evaluate(IS_UNSAVED))
    server.saved.clear()

    def hold(route: Route) -> None:
        if "two" in server.saved[-1]:
            server.waiting.append(route)
        else:  # The first words once more: the editor saves again what became another form.
            server.saved.pop()
            route.continue_()

    server.answer = hold
    editor.keyboard.type(" two")
    wait_until(editor, lambda: server.waiting)

    editor.keyboard.type(" three")
    server.waiting.pop(0).continue_()

    # The answer has come, and the words typed since were in none of it.
    wait_until(editor, lambda: len(server.saved) == 2)
    assert ("two" in server.saved[0], "three" in server.saved[0]) == (True, False)
    assert editor.evaluate(IS_UNSAVED)
    assert "three" in server.saved[1]
    server.answer = Route.continue_
    server.waiting.pop(0).continue_()
    wait_until(editor, lambda: not editor.evaluate(IS_UNSAVED))


def test_a_button_pressed_while_a_new_post_is_saved_does_not_make_it_twice(editor, server):
    server.answer = lambda route: server.waiting.append((route, route.fetch()))
    start_post(editor, "Made only once")
    wait_until(editor, lambda: server.waiting)

    editor.get_by_role("button", name="Save draft").click()
    editor.wait_for_timeout(100)  # The browser would send the form at once.
    server.answer = Route.continue_
    made, answer = server.waiting.pop(0)
    made.fulfill(response=answer)

    expect(editor.locator(".messages .success")).to_contain_text("Made only once")
    assert len(server.saved) == 1
    editor.goto(re.sub(r"/admin/.*", "/admin/pages/search/?q=Made+only+once", editor.url))
    expect(editor.locator(".listing .title a", has_text="Made only once")).to_have_count(1)


def test_words_typed_before_the_answer_count_even_if_typed_at_the_last_moment(editor, server):
    start_post(editor, "Last moment")
    editor.keyboard.type("One")
    wait_until(editor, lambda: "/edit/" in editor.url and not editor.evaluate(IS_UNSAVED))
    # Between the answer and Wagtail's next look at the form, which is half a second away.
    editor.evaluate(
        """() => document.addEventListener("w-autosave:success", () => {
            document.querySelector("#id_excerpt").value = "Typed at the last moment";
        }, { capture: true, once: true })"""
    )
    server.saved.clear()
    editor.keyboard.type(" two")

    wait_until(editor, lambda: any("Typed at the last" in sent for sent in server.saved))


def test_words_typed_before_the_scripts_have_run_are_saved(editor, server):
    start_post(editor, "Early words")
    editor.keyboard.type("One")
    wait_until(editor, lambda: "/edit/" in editor.url and not editor.evaluate(IS_UNSAVED))
    address = editor.url
    editor.goto("/admin/")
    editor.add_init_script(
        """document.addEventListener("readystatechange", () => {}, true);
        new MutationObserver((_, observer) => {
            const excerpt = document.querySelector("#id_excerpt");
            if (!excerpt || excerpt.value) return;
            excerpt.value = "Typed before";
            observer.disconnect();
        }).observe(document, { childList: true, subtree: true });"""
    )
    server.saved.clear()

    editor.goto(address)

    wait_until(editor, lambda: editor.evaluate(IS_UNSAVED) or server.saved)
    wait_until(editor, lambda: any("Typed before" in sent for sent in server.saved))


def test_words_typed_in_the_first_second_are_saved(editor, server):
    start_post(editor, "Quick")
    editor.keyboard.type("One")
    wait_until(editor, lambda: "/edit/" in editor.url and not editor.evaluate(IS_UNSAVED))
    server.saved.clear()

    editor.reload(wait_until="domcontentloaded")
    editor.locator("#id_excerpt").press_sequentially("Typed at once")

    assert editor.evaluate(IS_UNSAVED)
    wait_until(editor, lambda: any("Typed at once" in sent for sent in server.saved))


@pytest.mark.parametrize(
    ("fails", "sentence"),
    [
        (lambda route: route.abort("internetdisconnected"), "There is no connection."),
        (lambda route: route.fulfill(status=500, body="Oh"), "The server could not take them."),
        (lambda route: route.fulfill(status=403, body="CSRF"), "The server could not take them."),
    ],
    ids=["offline", "broken", "forbidden"],
)
def test_what_could_not_be_saved_is_said_and_tried_again_by_itself(editor, server, fails, sentence):
    start_post(editor, "Cut off")
    server.answer = fails
    editor.keyboard.type("Words of mine")

    expect(note(editor)).to_contain_text("Your words are not saved yet.")
    expect(note(editor)).to_contain_text(sentence)
    assert editor.evaluate(IS_UNSAVED)
    assert "Words of mine" in editor.locator("textarea[data-controller=markdown]").input_value()

    server.answer = Route.continue_
    wait_until(editor, lambda: not editor.evaluate(IS_UNSAVED))
    expect(note(editor)).not_to_contain_text("not saved yet")
    assert "Words of mine" in server.saved[-1]


def test_who_was_signed_out_signs_in_elsewhere_and_loses_nothing(
    editor, context, publication, server
):
    start_post(editor, "Signed out")
    editor.keyboard.type("Before")
    wait_until(editor, lambda: "/edit/" in editor.url and not editor.evaluate(IS_UNSAVED))
    context.clear_cookies()
    editor.keyboard.type(" and after")
    expect(note(editor)).to_contain_text("You have been signed out.")
    assert editor.evaluate(IS_UNSAVED)

    with context.expect_page() as opened:
        note(editor).get_by_role("link", name="Sign in again").click()
    other = opened.value
    log_in(other, publication.password)
    other.close()

    wait_until(editor, lambda: not editor.evaluate(IS_UNSAVED))
    expect(note(editor)).to_be_empty()
    editor.reload()
    text = editor.locator("textarea[data-controller=markdown]")
    expect(text).to_have_value("Before and after")


def test_a_form_that_came_back_with_mistakes_goes_on_saving(editor, server):
    start_post(editor, "Came back")
    editor.keyboard.type("Words [x](page:about)")
    wait_until(editor, lambda: "/edit/" in editor.url and not editor.evaluate(IS_UNSAVED))
    editor.keyboard.press("Control+s")
    expect(editor.locator(".messages .error").first).to_be_visible()
    wait_until(editor, lambda: not editor.evaluate(IS_UNSAVED))
    server.saved.clear()

    editor.locator(".CodeMirror").first.click()
    editor.keyboard.press("Control+End")
    editor.keyboard.type(" typed afterwards")

    wait_until(editor, lambda: any("typed afterwards" in sent for sent in server.saved))
    wait_until(editor, lambda: not editor.evaluate(IS_UNSAVED))


def test_what_a_button_has_inserted_can_be_undone(editor):
    start_post(editor, "Undone")
    editor.keyboard.type("Before ")
    editor.keyboard.press("Control+k")
    expect(editor.locator(".modal #id_q")).to_be_focused()
    editor.locator("#id_q").fill("percentiles")
    editor.locator(".page-results a.choose-page", has_text="percentiles").first.press("Enter")
    expect(editor.locator(".modal")).to_have_count(0)
    text = editor.locator("textarea[data-controller=markdown]")
    expect(text).to_have_value(re.compile(r"^Before \[.+\]\(page:\d+\)$"))

    editor.keyboard.press("Control+z")
    expect(text).to_have_value("Before ")
    editor.keyboard.press("Control+y")
    expect(text).to_have_value(re.compile(r"\(page:\d+\)$"))

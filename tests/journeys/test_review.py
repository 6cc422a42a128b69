"""A reviewer on a phone: opens a link, says what is wrong and where, and that it looks good."""

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.pages import WIDTHS, sideways, violations, watched
from tests.journeys.reviewing import HOSTILE, share

expect.set_options(timeout=20_000)

PHONE = {"width": 360, "height": 740}
SCHEMES = ["light", "dark"]


@pytest.fixture(scope="module")
def links(publication, outside) -> dict[str, str]:
    drafts = {
        "phone": {},
        "away": {"outside": outside},
        "elsewhere": {
            "words": "Before.\n\n![A wombat](https://pictures.example/wombat.png)\n\nAfter.",
            "video": "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        },
        "hostile": {"words": HOSTILE},
    }
    several = {f"{width}-{scheme}": {"kind": "several"} for width in WIDTHS for scheme in SCHEMES}
    return share(publication.environment, drafts | several)


def remark(page: Page, text: str, name: str = "") -> None:
    page.get_by_label("Your remark").fill(text)
    if name:
        page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/#remark-*")


def select(page: Page, first: str, last: str) -> None:
    """Select from the beginning of some words in the body to the end of others."""
    page.evaluate(
        """([first, last]) => {
          const place = (words) => {
            const walker = document.createTreeWalker(
              document.querySelector(".prose"), NodeFilter.SHOW_TEXT,
              (node) => node.parentElement.closest(".said")
                ? NodeFilter.FILTER_SKIP : NodeFilter.FILTER_ACCEPT);
            while (!walker.nextNode().data.includes(words));
            return [walker.currentNode, walker.currentNode.data.indexOf(words)];
          };
          const [start, from] = place(first), [end, to] = place(last);
          document.getSelection().setBaseAndExtent(start, from, end, to + last.length);
        }""",
        [first, last],
    )


def said_below(page: Page, words: str) -> str:
    """What is said below the piece of the body with these words."""
    piece = page.locator(".prose > *", has_text=words).first
    return piece.locator("xpath=following-sibling::*[1]").inner_text()


def test_a_reviewer_remarks_on_the_right_paragraphs_and_approves(page, links):
    page.set_viewport_size(PHONE)
    with watched(page) as wrong:
        page.goto(links["phone"])
        assert "twp_" not in page.url
        page.get_by_role("link", name="Remark on this paragraph: A first paragraph").click()
        remark(page, "First.", "Rae")
        page.get_by_role("link", name="Remark on this heading").click()
        expect(page.get_by_label("Your name")).to_have_value("Rae")
        remark(page, "Second.")
        select(page, "foxes are quick", "foxes are quick")
        page.get_by_role("link", name="Remark on this passage").click()
        expect(page.get_by_label("Only these words")).to_have_value("foxes are quick")
        assert "quote=" not in page.url
        remark(page, "Third.")
        select(page, "dogs are lazy.", "one point")
        page.get_by_role("link", name="Remark on this passage").click()
        expect(page.get_by_label("Only these words")).to_have_value("dogs are lazy. one point")
        remark(page, "Fourth.")
        page.get_by_role("link", name="Answer Rae: First.").click()
        remark(page, "Or not.")
        page.get_by_role("link", name="Looks good").click()
        page.get_by_role("button", name="Looks good").click()
        expect(page.get_by_text("Rae said that it looks good.")).to_be_visible()

    assert wrong == []
    assert "First." in said_below(page, "A first paragraph")
    assert "Or not." in said_below(page, "A first paragraph")
    assert "Second." in said_below(page, "A heading")
    assert "foxes are quick" in said_below(page, "The second paragraph")
    assert "Third." in said_below(page, "The second paragraph")
    assert "dogs are lazy. one point" in said_below(page, "The second paragraph")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_reviewers_see_can_be_used_by_all(page, links, width, scheme):
    page.set_viewport_size(WIDTHS[width])
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(links[f"{width}-{scheme}"])
    address = page.url
    for rest in ("all/", "1/remark/", "1/good/"):
        page.goto(address + rest)
        assert violations(page) == []
        assert sideways(page) == []
    page.goto(links["phone"])
    assert violations(page) == []
    assert sideways(page) == []


class Outside(BaseHTTPRequestHandler):
    """A site elsewhere, which notes who sends it visitors."""

    referers: list[str | None] = []

    def do_GET(self):
        self.referers.append(self.headers.get("Referer"))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<title>Outside</title>")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def outside():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Outside)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def test_nothing_that_a_draft_leads_to_or_loads_learns_its_address(page, links, outside):
    sent: list[dict] = []
    page.on("request", lambda request: sent.append(request.all_headers()))

    page.goto(links["away"])
    page.get_by_role("link", name="leads away", exact=True).click()
    page.wait_for_url(outside)

    assert Outside.referers[:1] == [None]
    # A style sheet asks for its fonts in its own name, which says nothing of the page.
    named = {headers["referer"] for headers in sent if "referer" in headers}
    assert not [name for name in named if "/p/" in name]


def test_pictures_and_videos_elsewhere_learn_nothing_of_a_draft(page, links):
    asked: list[dict] = []

    def answer(route: Route) -> None:
        asked.append({"url": route.request.url, **route.request.all_headers()})
        route.fulfill(body="<title>Elsewhere</title>", content_type="text/html")

    page.context.route(re.compile(r"^https?://(?!localhost[:/])"), answer)
    page.goto(links["elsewhere"])
    page.wait_for_load_state("networkidle")
    for play in page.locator(".player button").all():
        play.click()
        page.wait_for_timeout(1000)

    assert page.locator(".player").count() == 1
    assert asked == []
    page.locator("a.embed").click()
    page.wait_for_url("https://www.youtube.com/**")
    assert asked[0]["url"] == "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
    assert "referer" not in asked[0]


def test_a_hostile_draft_does_nothing_in_the_name_of_an_editor(editor, links):
    asked: list[tuple[str, str]] = []
    sent: list[str] = []
    dialogs: list[str] = []
    editor.on("request", lambda request: asked.append((request.method, request.url)))
    # A picture that the policy refuses is asked for, but never sent.
    editor.on("response", lambda response: sent.append(response.url))
    editor.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))

    editor.goto(links["hostile"])
    editor.wait_for_timeout(1000)
    for found in editor.locator(".prose a:not(.say, .anchor)").all():
        assert not (found.get_attribute("href") or "").startswith("javascript:")

    active = ".prose :is(form, iframe, object, script, input:not([disabled]))"
    assert editor.locator(active).count() == 0
    assert editor.evaluate("window.hacked") is None
    assert dialogs == []
    assert {method for method, _ in asked} == {"GET"}
    assert [url for url in sent if "/admin/" in url] == []
    assert "/p/v/" in editor.url

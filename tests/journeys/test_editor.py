"""A new editor's first day, in a real browser, on a publication started with `make run`."""

import re
import subprocess
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.conftest import ROOT, Publication

expect.set_options(timeout=20_000)

SEEDS = ROOT.parent / "shared" / "seeds"


def choose_action(editor: Page, name: str) -> None:
    """Open the menu at the foot of the editor, choose an action, and wait for its message."""
    editor.locator("footer").get_by_role("button", name="More actions").click()
    editor.locator("footer").get_by_role("button", name=name, exact=True).click()
    expect(editor.locator(".messages .success").first).to_be_visible()


def open_track(editor: Page, name: str) -> None:
    editor.goto("/admin/pages/")
    editor.get_by_title("Explore child pages of 'Home'").click()
    editor.get_by_title(f"Explore child pages of '{name}'").click()


def open_page(editor: Page, title: str) -> None:
    """The editor of a page, found as an editor finds it: by searching for its title."""
    editor.goto(f"/admin/pages/search/?q={title}")
    editor.get_by_role("link", name=title, exact=True).first.click()
    expect(editor.locator("#id_title")).to_have_value(title)


def add_block(editor: Page, name: str) -> None:
    editor.get_by_role("button", name="Insert a block").last.click()
    editor.get_by_role("option", name=re.compile(f"^{name}")).first.click()


def write_post(editor: Page, title: str, words: str) -> None:
    """The editor of a new post below the track at hand, with Markdown typed into it."""
    editor.get_by_role("link", name="Add child page").first.click()
    editor.locator("#id_title").fill(title)
    editor.locator("#id_excerpt").fill(f"What {title} is about, in one plain sentence.")
    editor.locator(".CodeMirror").first.click()
    editor.keyboard.type(words)


def add_code(editor: Page, code: str) -> None:
    add_block(editor, "Code")
    editor.locator("[id$='-value-language']").last.select_option("python")
    editor.locator("[id$='-value-code']").last.fill(code)


def add_picture(editor: Page, picture: Path, alt: str) -> None:
    """A picture block with a picture uploaded from here."""
    add_block(editor, "Picture")
    # The last one is for the variant on dark pages.
    editor.get_by_role("button", name="Choose an image").nth(-2).click()
    editor.get_by_role("tab", name="Upload").click()
    editor.locator("#id_image-chooser-upload-file").set_input_files(picture)
    editor.locator("#id_image-chooser-upload-title").fill(alt)
    editor.locator(".modal").get_by_role("button", name="Upload").click()
    expect(editor.locator(".modal")).to_be_hidden()
    editor.locator("[id$='-image-alt_text']").last.fill(alt)


@pytest.fixture
def picture(tmp_path) -> Path:
    path = tmp_path / "teal.png"
    Image.new("RGB", (1200, 800), "teal").save(path)
    return path


def test_the_second_start_brings_nothing_in(publication: Publication):
    printed = publication.printed.read_text()

    assert f"{publication.address}/admin/" in printed
    assert "demo" not in printed
    assert "password is" not in printed


@pytest.fixture(scope="module")
def watch():
    """Watches an address from now on, while the day goes on; returns the moment when it answers."""
    with ThreadPoolExecutor() as threads:
        yield lambda address: threads.submit(moment_of_appearing, address)


@pytest.fixture(scope="module")
def scheduled() -> dict[str, tuple[datetime, Future]]:
    """When posts are due, and when they appear, by their titles."""
    return {}


def test_a_post_is_written_previewed_and_scheduled(
    editor: Page, publication: Publication, picture: Path, scheduled, watch
):
    open_track(editor, "For Engineers")
    write_post(editor, "Zanzibar counting", "## Beginning\n\nSome *zanzibarian* words.")
    add_code(editor, "answer = 6 * 7")
    add_picture(editor, picture, "A teal square")

    editor.get_by_role("button", name="Toggle preview").click()
    preview = editor.frame_locator("iframe[title='Preview']").first
    expect(preview.get_by_role("heading", name="Beginning")).to_be_visible()
    expect(preview.locator("em", has_text="zanzibarian")).to_be_visible()
    expect(preview.locator("code", has_text="answer = 6 * 7")).to_be_visible()
    expect(preview.get_by_alt_text("A teal square")).to_be_visible()

    editor.get_by_role("button", name="Toggle status").click()
    editor.get_by_role("button", name="Set schedule").click()
    due = (datetime.now(UTC) + timedelta(seconds=100)).replace(second=0, microsecond=0)
    editor.get_by_label("Go live date/time").fill(due.strftime("%Y-%m-%d %H:%M"))
    # By keyboard: the calendar that opens under the field lies over the button.
    editor.get_by_role("button", name="Save schedule").press("Enter")
    choose_action(editor, "Schedule to publish")

    address = f"{publication.address}/engineers/zanzibar-counting/"
    assert status_of(address) == 404
    assert "Zanzibar" not in text_of(publication.address)
    scheduled["Zanzibar counting"] = due, watch(address)


def test_a_changed_slug_leaves_the_old_address_working(editor: Page, publication: Publication):
    open_track(editor, "For Everyone")
    write_post(editor, "Nimbus story", "First words.")
    choose_action(editor, "Publish")
    assert status_of(f"{publication.address}/everyone/nimbus-story/") == 200

    open_page(editor, "Nimbus story")
    editor.get_by_role("tab", name="Card and search").click()
    editor.locator("#id_slug").fill("nimbus-again")
    choose_action(editor, "Publish")

    editor.goto("/everyone/nimbus-story/")
    expect(editor).to_have_url(re.compile("/everyone/nimbus-again/$"))
    expect(editor.get_by_role("heading", name="Nimbus story")).to_be_visible()


def test_an_older_revision_is_restored(editor: Page, publication: Publication):
    open_track(editor, "For Everyone")
    write_post(editor, "Quarry notes", "The first telling.")
    choose_action(editor, "Publish")
    open_page(editor, "Quarry notes")
    editor.locator(".CodeMirror").first.click()
    editor.keyboard.press("Control+a")
    editor.keyboard.type("The second telling.")
    choose_action(editor, "Publish")
    address = f"{publication.address}/everyone/quarry-notes/"
    assert "The second telling." in text_of(address)

    open_page(editor, "Quarry notes")
    editor.goto(editor.url.replace("/edit/", "/history/"))
    editor.wait_for_load_state("networkidle")
    editor.locator("tbody .w-dropdown__toggle").last.click()
    editor.get_by_role("link", name="Review this version").last.click()
    expect(editor.locator(".CodeMirror").first).to_contain_text("The first telling.")
    choose_action(editor, "Publish this version")

    assert "The first telling." in text_of(address)


def test_the_cards_of_the_about_page_are_edited(editor: Page, publication: Publication):
    open_page(editor, "About")
    title = editor.locator("input[id*='-cards-0-value-title']").first
    editor.get_by_role("button", name="Collapse all").click()
    editor.get_by_role("button", name="Expand all").click()
    title.fill("A card of my own")
    choose_action(editor, "Publish")

    assert "A card of my own" in text_of(f"{publication.address}/about/")


def test_the_publication_is_renamed(editor: Page, publication: Publication):
    editor.goto("/admin/settings/home/sitesettings/")
    editor.get_by_label("Publication name").fill("Renamed Notes")
    editor.get_by_role("button", name="Save").click()
    expect(editor.locator(".messages .success").first).to_be_visible()

    assert "Renamed Notes" in text_of(publication.address)
    assert "<title>Renamed Notes" in text_of(f"{publication.address}/feed/")
    editor.goto("/admin/")
    expect(editor).to_have_title(re.compile("Renamed Notes"))


@pytest.mark.skipif(not SEEDS.exists(), reason="The documents lie beside the checkout only.")
def test_documents_are_imported_and_read(editor: Page, publication: Publication):
    done = subprocess.run(
        [
            *("make", "--no-print-directory", "import"),
            f"DOCUMENTS=--publish --track everyone {SEEDS}",
        ],
        cwd=ROOT,
        env=publication.environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr + done.stdout

    editor.goto("/everyone/")
    for number in range(1, 3):
        editor.goto(f"/everyone/?page={number}")
        assert editor.title()
    titles = editor.locator("main .row h2, main .row h3")
    assert titles.count() > 0


def test_the_scheduled_post_has_appeared_by_itself(publication: Publication, scheduled):
    due, appeared = scheduled["Zanzibar counting"]

    late = (appeared.result(timeout=150) - due).total_seconds()

    assert 0 <= late <= 10
    for window in ("/", "/engineers/", "/feed/", "/feed/engineers/", "/search/?q=zanzibarian"):
        assert "Zanzibar counting" in text_of(publication.address + window), window


def status_of(address: str) -> int:
    try:
        with urlopen(address, timeout=30) as answer:
            return answer.status
    except OSError as error:
        return getattr(error, "code", 0)


def text_of(address: str) -> str:
    with urlopen(address, timeout=30) as answer:
        return answer.read().decode()


def moment_of_appearing(address: str) -> datetime:
    end = time.monotonic() + 150
    while status_of(address) != 200:
        assert time.monotonic() < end, "It did not appear in time."
        time.sleep(0.5)
    return datetime.now(UTC)

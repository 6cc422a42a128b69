"""Two versions of a page beside each other in the admin."""

import random
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from wagtail.models import Revision
from wagtail.test.utils.form_data import nested_form_data, streamfield

from blog.blocks import CodeBlock, MarkdownBlock, PostBody
from blog.comparing.showing import block_html, entries, items_html, items_of, text_of
from blog.models import PostPage
from tests.blog.test_admin import post_form
from tests.factories import make_image, make_post

BODY = PostBody()


def body(*children: tuple, ids: str = "") -> object:
    """A body of these blocks, with ids of one letter each."""
    raw = [{"type": kind, "value": value} for kind, value in children]
    for child, identity in zip(raw, ids, strict=False):
        child["id"] = identity
    return BODY.to_python(raw)


def compared(old, new) -> BeautifulSoup:
    return BeautifulSoup(items_html(items_of(BODY, old), items_of(BODY, new)), "html.parser")


def marked(soup: BeautifulSoup, tag: str) -> list[str]:
    return [found.get_text() for found in soup.find_all(tag)]


def code(text: str, language: str = "python") -> tuple:
    return ("code", {"language": language, "code": text})


def test_markdown_is_compared_word_by_word_and_said_aloud():
    soup = compared(
        body(("markdown", "Told *twice* & well."), ids="a"),
        body(("markdown", "Told *thrice* & well."), ids="a"),
    )

    assert marked(soup, "del") == ["[removed: twice]"]
    assert marked(soup, "ins") == ["[added: thrice]"]
    assert soup.select_one(".diff-block__title").get_text() == "Markdown changed"
    assert soup.select_one("del .w-sr-only").get_text() == "[removed: "


def test_code_is_compared_line_by_line_then_word_by_word():
    old = "\n".join(["import os", *(f"line_{number} = {number}" for number in range(20))])
    soup = compared(body(code(old), ids="a"), body(code(old.replace("= 19", "= 20")), ids="a"))

    changed = soup.select(".diff-line--changed")
    assert [row.get_text("|", strip=True) for row in changed] == [
        "21|21|line_19 =|[removed:|19|]|[added:|20|]"
    ]
    assert soup.select_one(".diff-fold summary").get_text() == "17 unchanged lines"
    assert [term.get_text() for term in soup.find_all("dt")] == ["Code"]


def test_a_choice_is_shown_by_its_label():
    soup = compared(body(code("x", "python"), ids="a"), body(code("x", "bash"), ids="a"))

    assert [term.get_text() for term in soup.find_all("dt")] == ["Language"]
    assert (marked(soup, "del"), marked(soup, "ins")) == (
        ["[removed: Python]"],
        ["[added: Bash]"],
    )


def test_a_moved_block_is_recognised_and_not_shown_as_new():
    words = [("markdown", "One."), ("markdown", "Two."), ("markdown", "Three.")]
    soup = compared(body(*words, ids="abc"), body(words[2], words[0], words[1], ids="cab"))

    titles = [title.get_text() for title in soup.select(".diff-block__title")]
    assert titles == ["Markdown moved, was number 3"]
    assert not soup.find_all(["ins", "del"])
    assert soup.select_one("summary").get_text() == "2 unchanged blocks"


def test_added_and_removed_blocks_stand_where_they_stand():
    soup = compared(
        body(("markdown", "One."), ("markdown", "Gone."), ("markdown", "Three."), ids="abc"),
        body(("markdown", "One."), ("markdown", "Three."), code("new"), ids="acd"),
    )

    titles = [title.get_text() for title in soup.select(".diff-block__title")]
    assert titles == ["Markdown removed", "Code added"]
    assert "[removed: Gone.]" in marked(soup, "del")


def test_blocks_that_lost_their_ids_are_found_by_their_words():
    old = body(("markdown", "One two three four."), ("markdown", "Same."), ids="ab")
    new = body(("markdown", "Same."), ("markdown", "One two three five."), ids="yz")

    found = entries(items_of(BODY, old), items_of(BODY, new))

    assert [(entry.old.value, entry.new.value) for entry in found] == [
        ("Same.", "Same."),
        ("One two three four.", "One two three five."),
    ]
    assert [bool(entry.moved) for entry in found].count(True) == 1


def test_rich_text_that_differs_only_in_its_links_is_shown_as_html():
    soup = compared(
        body(("rich_text", '<p>A <a href="https://a.example">link</a></p>'), ids="a"),
        body(("rich_text", '<p>A <a href="https://b.example">link</a></p>'), ids="a"),
    )

    assert "The words are the same" in soup.get_text()
    assert (marked(soup, "del"), marked(soup, "ins")) == (["[removed: a]"], ["[added: b]"])


def test_text_is_never_taken_for_html():
    soup = compared(
        body(("markdown", "<b>old</b>"), ids="a"),
        body(("markdown", "<script>alert(1)</script>"), code("<script>"), ids="ab"),
    )

    assert not soup.find_all(["script", "b"])


def test_the_words_of_a_picture_name_it(db):
    block = BODY.child_blocks["figure"]
    picture = make_image("A quokka")
    picture.contextual_alt_text, picture.decorative = "It smiles", False
    value = block.to_python({"image": {"image": picture.pk, "alt_text": "It smiles"}})

    assert text_of(block.child_blocks["image"], value["image"]) == "A quokka (It smiles)"


def test_a_block_that_is_in_one_version_only_is_shown_whole():
    added = block_html(CodeBlock(), None, CodeBlock().to_python({"code": "x = 1"}))

    assert "[added: </span>x = 1" in added
    assert "<del>" not in added
    assert "[removed: </span>gone" in block_html(MarkdownBlock(), "gone", None)


def test_two_long_texts_are_compared_word_by_word():
    chosen = random.Random(3)
    words = [f"word{chosen.randrange(5_000)}" for _ in range(24_000)]
    others = [word if chosen.random() > 0.02 else "edited" for word in words]
    old = body(("markdown", " ".join(words)), code("\n".join(words)), ids="ab")
    new = body(("markdown", " ".join(others)), code("\n".join(others)), ids="ab")

    html = items_html(items_of(BODY, old), items_of(BODY, new))

    assert html.count("<ins>") > 400


@pytest.fixture
def post(engineers):
    found = make_post(
        engineers, "Written twice", slug="written", markdown="First words.", tags=["Quokkas"]
    )
    found.title = "Written thrice"
    found.excerpt = "Another excerpt."
    found.body = [("markdown", "Second words."), ("divider", None)]
    found.tags.set([])
    found.save_revision()
    return PostPage.objects.get(pk=found.pk)


def revisions(post) -> list[Revision]:
    return list(Revision.objects.for_instance(post).order_by("pk"))


def test_the_admins_own_comparison_shows_words(admin, post):
    first, second = revisions(post)

    shown = admin.get(f"/admin/pages/{post.pk}/revisions/compare/{first.pk}...{second.pk}/")

    soup = BeautifulSoup(shown.content, "html.parser")
    cells = {
        row.select_one(".title-wrapper").get_text(strip=True): row.select_one(".comparison")
        for row in soup.select("tr:has(.comparison)")
    }
    assert marked(cells["Title:"], "ins") == ["[added: thrice]"]
    assert marked(cells["Body:"], "del") == ["[removed: First]"]
    assert marked(cells["Excerpt:"], "ins") == ["[added: Another]"]
    assert marked(cells["Tags:"], "del") == ["[removed: Quokkas]"]
    assert 'class="addition"' not in str(soup)


def restored(post, **fields) -> dict:
    body = [(child.block_type, child.value) for child in post.body]
    return post_form(post.title, excerpt=post.excerpt, body=body, **fields)


def test_any_version_can_be_restored(admin, post):
    first = revisions(post)[0]
    address = f"/admin/pages/{post.pk}/revisions/{first.pk}/revert/"
    opened = BeautifulSoup(admin.get(address).content, "html.parser")
    loaded = {
        name: opened.select_one(f'input[name="{name}"]')["value"]
        for name in ("loaded_revision_id", "loaded_revision_created_at")
    }

    answer = admin.post(address, restored(first.as_object()) | loaded)

    assert answer.status_code == 302
    latest = PostPage.objects.get(pk=post.pk).get_latest_revision_as_object()
    assert latest.body[0].value == "First words."
    assert len(revisions(post)) == 3


@pytest.fixture
def expired(engineers):
    found = make_post(engineers, "Written twice", slug="written", markdown="First words.")
    found.expire_at = timezone.now() - timedelta(days=1)
    found.save_revision().publish()
    found = PostPage.objects.get(pk=found.pk)
    found.unpublish(set_expired=True)
    return PostPage.objects.get(pk=found.pk)


def expiry(moment) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


def test_a_post_that_has_expired_can_be_saved_as_a_draft(admin, expired):
    fields = restored(expired, expire_at=expiry(expired.expire_at))
    fields |= nested_form_data({"body": streamfield([("markdown", "Later words.")])})

    answer = admin.post(f"/admin/pages/{expired.pk}/edit/", fields)

    assert answer.status_code == 302
    found = PostPage.objects.get(pk=expired.pk)
    assert found.get_latest_revision_as_object().body[0].value == "Later words."
    assert not found.live
    assert abs(found.expire_at - expired.expire_at) < timedelta(
        milliseconds=1
    )  # as versions have it


def test_a_post_that_has_expired_can_be_previewed(admin, expired):
    fields = restored(expired, expire_at=expiry(expired.expire_at))

    answer = admin.post(f"/admin/pages/{expired.pk}/edit/preview/", fields)

    assert answer.json() == {"is_valid": True, "is_available": True}


@pytest.mark.parametrize(
    ("days", "action"), [(-2, {}), (-1, {"action-publish": "1"})], ids=["another", "publishing"]
)
def test_no_new_expiry_in_the_past_and_no_publishing_with_one(admin, expired, days, action):
    moment = timezone.now() + timedelta(days=days)
    moment = expired.expire_at if days == -1 else moment
    before = len(revisions(expired))

    answer = admin.post(
        f"/admin/pages/{expired.pk}/edit/", restored(expired, expire_at=expiry(moment)) | action
    )

    assert answer.status_code == 200
    assert "Expiry date/time must be in the future." in answer.content.decode()
    assert len(revisions(expired)) == before
    assert not PostPage.objects.get(pk=expired.pk).live

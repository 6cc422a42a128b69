import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, PageLogEntry, Revision

from blog.importing import CannotSave, Outcome, find_track, read, save_as_draft
from blog.models import Author, Image, ImportedDocument, PostPage, Tag
from tests.blog.importing.conftest import FIELDS, png
from tests.factories import make_author, make_post

pytestmark = pytest.mark.django_db
DATE = datetime(2025, 1, 2, tzinfo=UTC)


@pytest.fixture
def save(write):
    """Save the post of this document, with the options of save_as_draft."""

    def save(content: str, name: str = "post.md", **options):
        (post,) = read(write(name, content))
        return save_as_draft(post, **options)

    return save


def everything() -> tuple:
    """How much there is of all that an import makes."""
    models = (Page, Revision, ImportedDocument, Redirect, Tag, Author, Image, PageLogEntry)
    return tuple(model.objects.count() for model in models)


def test_a_post_becomes_a_draft_with_one_revision(save, everyone):
    saved = save(f"{FIELDS}excerpt: In short.\n---\nSome *words*.")

    post = PostPage.objects.get()
    assert (saved.page, saved.outcome, saved.notes) == (post, Outcome.DRAFT, ())
    assert (post.title, post.slug, post.excerpt) == ("A title", "a-title", "In short.")
    assert post.get_parent().specific == everyone
    assert post.track == everyone
    assert (post.live, post.display_date, post.first_published_at) == (False, DATE, None)
    assert post.revisions.count() == 1
    assert [(block.block_type, block.value) for block in post.body] == [
        ("markdown", "Some *words*.")
    ]
    assert post.latest_revision.as_object().body == post.body


def test_the_record_says_where_it_came_from(save):
    saved = save(f"{FIELDS}permalink: /a/\nmood: good\n---\nWords.")

    record = saved.page.imported_document
    assert (record.source, record.format, len(record.digest)) == ("/a/", "Markdown", 64)
    assert record.notes == ["Fields that have no place here were left out: mood."]


def test_the_second_time_nothing_is_done(save, write):
    write("a.png", png())
    content = f"{FIELDS}permalink: /a/\ntags: [x]\nauthor: Ada\n---\n![A](a.png)\n"
    first = save(content, publish=True)
    before = everything()

    again = save(content, publish=True)

    assert (again.outcome, again.page.pk, again.notes) == (Outcome.UNCHANGED, first.page.pk, ())
    assert everything() == before


def test_a_document_that_changed_since_leaves_the_page_as_it_is(save):
    save(f"{FIELDS}---\nWords.")
    before = everything()

    again = save(f"{FIELDS}---\nOther words.")

    assert again.outcome == Outcome.CHANGED_SINCE
    assert again.notes == (
        "The document differs from what became “A title”, which was left as it is.",
    )
    assert everything() == before
    assert PostPage.objects.get().body[0].value == "Words."


@pytest.mark.parametrize(
    "name", ["everyone", "EVERYONE", "for-everyone", "For Everyone", "for everyone", " Everyone "]
)
def test_a_track_is_found_by_slug_label_or_title_in_any_case(everyone, name):
    assert find_track(["nothing", name]) == everyone


def test_the_documents_own_track_comes_before_the_given_one(save, engineers, everyone):
    named = save(f"{FIELDS}---\nWords.", track=engineers)
    unnamed = save("---\ntitle: B\ndate: 2025-01-02\n---\nWords.", "b.md", track=engineers)

    assert named.page.track == everyone
    assert unnamed.page.track == engineers


def test_without_any_track_nothing_is_saved(save):
    before = everything()

    with pytest.raises(CannotSave, match="give --track"):
        save("---\ntitle: A\ndate: 2025-01-02\nauthor: Ada\ntags: x\n---\nWords.")

    assert everything() == before


def test_published_with_the_dates_of_the_document(save):
    saved = save(f"{FIELDS}last_modified_at: 2025-03-04\n---\nWords.", publish=True)

    post = saved.page
    assert (saved.outcome, post.live, post.revisions.count()) == (Outcome.PUBLISHED, True, 1)
    assert (post.display_date, post.first_published_at) == (DATE, DATE)
    assert post.last_published_at == datetime(2025, 3, 4, tzinfo=UTC)
    assert not post.has_unpublished_changes
    assert list(PostPage.objects.readable()) == [post]


def test_published_without_a_date_is_dated_now(save):
    before = timezone.now()

    post = save("---\ntitle: A\ncategories: everyone\n---\nWords.", publish=True).page

    assert before <= post.display_date <= timezone.now()


def test_a_date_ahead_is_left_to_the_timer(save):
    ahead = timezone.now().replace(microsecond=0) + timedelta(days=3)

    saved = save(
        f"---\ntitle: A\ncategories: everyone\ndate: {ahead.isoformat()}\n---\nW.", publish=True
    )

    post = saved.page
    assert (saved.outcome, post.live, post.go_live_at) == (Outcome.SCHEDULED, False, ahead)
    assert post.scheduled_revision.approved_go_live_at == ahead
    assert list(PostPage.objects.readable()) == []


def test_a_document_that_holds_itself_back_stays_a_draft(save):
    saved = save(f"{FIELDS}published: false\n---\nWords.", publish=True)

    assert (saved.outcome, saved.page.live) == (Outcome.DRAFT, False)
    assert saved.notes == ("The document says that it is not published; it stays a draft.",)


def test_a_slug_that_is_taken_gets_a_number_and_a_note(save, everyone):
    make_post(everyone, "A title")

    saved = save(f"{FIELDS}---\nWords.")

    assert saved.page.slug == "a-title-2"
    assert saved.notes == ("The address part “a-title” is taken, so it became “a-title-2”.",)


def test_authors_are_found_in_any_case_or_made_in_order(save, write):
    ada = make_author("Ada Byron", bio="Kept.")
    write(
        "authors.yml",
        "- {name: Ada Byron, bio: New., email: ada@example.org}\n"
        "- {name: Tom, links: [{label: Home, url: 'https://t.example'}]}\n",
    )

    post = save(f"{FIELDS}authors: [Tom, ada byron]\n---\nWords.").page

    tom = Author.objects.get(name="Tom")
    ada.refresh_from_db()
    assert post.author_list == [tom, ada]
    assert [(link.label, link.url) for link in tom.links.all()] == [("Home", "https://t.example")]
    assert (ada.bio, ada.email) == ("Kept.", "ada@example.org")


def test_two_authors_whose_names_make_the_same_slug(save):
    save(f"{FIELDS}authors: [Zoë, Zoe, '???']\n---\nWords.")

    assert sorted(Author.objects.values_list("slug", flat=True)) == ["author", "zoe", "zoë"]


def test_tags_are_found_in_any_case_or_made_and_the_track_is_none(save):
    Tag.objects.create(name="CUDA", slug="cuda")

    post = save(f"{FIELDS}tags: [cuda, Perf, perf, Everyone]\n---\nWords.").page

    assert sorted(tag.name for tag in post.tags.all()) == ["CUDA", "perf"]
    assert Tag.objects.count() == 2


def test_more_tags_than_a_post_can_have(save, settings):
    settings.TAG_LIMIT = 2

    saved = save(f"{FIELDS}tags: [a, b, c, d]\n---\nWords.")

    assert saved.page.tags.count() == 2
    assert saved.notes == ("A post has at most 2 tags; left out: c, d.",)


def test_pictures_are_stored_once(save, write):
    write("a.png", png())
    write("copy/of a.png", png())
    body = '![A sky](a.png "Caption")\n\nText ![B](<copy/of a.png>) here.\n\n![](a.png)\n'

    post = save(f"{FIELDS}teaser: a.png\nteaser_alt: A teaser\n---\n{body}").page

    image = Image.objects.get()
    figure, text, decorative = post.body
    assert (image.title, image.description) == ("a", "A sky")
    assert (figure.value["image"].pk, figure.value["caption"]) == (image.pk, "Caption")
    assert figure.value["image"].contextual_alt_text == "A sky"
    assert text.value == f"Text ![B](image:{image.pk}) here."
    assert decorative.value["image"].decorative
    assert (post.teaser_image, post.teaser_alt, post.teaser_is_decorative) == (
        image,
        "A teaser",
        False,
    )


def test_a_teaser_without_words_is_decorative(save, write):
    write("a.png", png())

    saved = save(f"{FIELDS}teaser: a.png\n---\nWords.")

    assert saved.page.teaser_is_decorative
    assert saved.notes == ("The teaser has no alt text and was marked as decorative.",)


@pytest.mark.parametrize("damage", [b"", b"GIF89a", png()[:40], b"<svg/>"])
def test_a_damaged_picture_is_kept_as_text_with_a_note(save, write, damage):
    write("a.png", damage)

    saved = save(f"{FIELDS}teaser: a.png\n---\n![A sky](a.png 'C')\n\nText ![B](a.png).")

    assert [block.value for block in saved.page.body] == [
        "*Picture not imported: A sky, a.png*\n\nC",
        "Text *Picture not imported: B, a.png*.",
    ]
    assert saved.page.teaser_image is None
    assert len(saved.notes) == 1
    assert Image.objects.count() == 0


def test_canonical_address_of_a_feed_item(write, feed_of, engineers):
    feed = feed_of(
        "<title>One</title><link>https://e.example/one</link><description>x</description>"
    )
    (post,) = read(write("feed.xml", feed))

    saved = save_as_draft(post, track=engineers)

    assert saved.page.canonical_address == "https://e.example/one"


def test_old_addresses_lead_to_the_page(save, client):
    content = f"{FIELDS}permalink: /notes/a/\nredirect_from: [/old.html, /old/]\n---\nWords."
    post = save(content, publish=True).page

    for address in ("/notes/a/", "/old.html", "/old/"):
        response = client.get(address)
        assert (response.status_code, response["Location"]) == (301, post.url)


def test_an_address_that_stays_or_leads_elsewhere_gets_no_redirect(save, everyone):
    Redirect.objects.create(old_path="/taken", redirect_link="https://x.example")

    saved = save(f"{FIELDS}permalink: /everyone/a/\nredirect_from: /taken/\n---\nWords.")

    assert saved.page.slug == "a"
    assert Redirect.objects.count() == 1
    assert saved.notes == ("The old address /taken/ leads elsewhere already and was left so.",)


def test_what_the_editor_will_ask_to_correct_is_told(save):
    saved = save(f"{FIELDS}---\n[x](page:abc)")

    assert "The editor will ask for a correction" in saved.notes[0]


def test_every_block_can_be_saved_by_the_editor(save, write):
    write("a.png", png())
    post = save(
        f'{FIELDS}---\nText.\n\n![A](a.png)\n\n<div class="card-grid">'
        '<div class="card card-emphasis"><h3>A</h3><img src="a.png" alt="B"><p>Text</p></div>'
        '<div class="card"><h3>B</h3></div></div>'
    ).page

    cleaned = post.body.stream_block.clean(post.body)

    assert [block.block_type for block in cleaned] == ["markdown", "figure", "card_grid"]
    cards = cleaned[2].value["cards"]
    assert [card["is_emphasised"] for card in cards] == [True, False]
    assert cards[0]["image"].contextual_alt_text == "B"
    assert cards[1]["image"] is None


def test_nothing_is_half_saved_when_anything_fails(save, write, monkeypatch, settings):
    write("a.png", png())
    before = everything()
    files = set(settings.MEDIA_ROOT.rglob("*.*"))

    def fail(*args, **kwargs):
        raise ValidationError("No.")

    monkeypatch.setattr(ImportedDocument.objects, "create", fail)
    content = f"{FIELDS}permalink: /a/\ntags: [x]\nauthor: Ada\n---\n![A](a.png)\n"
    with pytest.raises(ValidationError):
        save(content, publish=True)

    assert everything() == before
    assert set(settings.MEDIA_ROOT.rglob("*.*")) == files


def test_history_names_who_imported(save, admin_user):
    post = save(f"{FIELDS}---\nWords.", user=admin_user).page

    assert (post.owner, post.latest_revision.user) == (admin_user, admin_user)
    (entry,) = PageLogEntry.objects.filter(page=post.pk)
    assert (entry.action, entry.user) == ("wagtail.create", admin_user)


def test_what_is_stored_is_what_the_stream_stores(save):
    post = save(f"{FIELDS}---\nWords.").page

    (block,) = json.loads(post.latest_revision.content["body"])
    assert (block["type"], block["value"]) == ("markdown", "Words.")

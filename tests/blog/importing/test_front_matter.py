from datetime import UTC, datetime, timedelta

import pytest

from blog.importing import ImportedPage, ImportedPost, RemotePicture, UnreadableDocument, read
from tests.blog.importing.conftest import FIELDS, png


def refusal_of(read_text, content, name="post.md") -> UnreadableDocument:
    with pytest.raises(UnreadableDocument) as refusal:
        read_text(content, name)
    return refusal.value


def test_title_date_categories_and_text(read_text):
    post = read_text(f"{FIELDS}---\n\nSome *words*.\n")

    assert (post.title, post.slug, post.source) == ("A title", "a-title", "post.md")
    assert post.date == datetime(2025, 1, 2, tzinfo=UTC)
    assert post.track_names[0] == "everyone"
    assert [(block.kind, block.value) for block in post.body] == [("markdown", "Some *words*.")]
    assert post.excerpt == "Some words."
    assert post.notes == ()


def test_byte_order_mark_and_windows_line_ends_do_not_hide_the_fields(read_text):
    post = read_text(b"\xef\xbb\xbf" + f"{FIELDS}---\nWords.\n".replace("\n", "\r\n").encode())

    assert (post.title, post.body[0].value) == ("A title", "Words.")


def test_permalink_is_source_slug_and_old_address(read_text):
    post = read_text(f"{FIELDS}permalink: https://old.example/2025/On_Time.html\n---\nWords.")

    assert post.source == "/2025/On_Time.html"
    assert post.slug == "on_time"
    assert post.old_addresses == ("/2025/On_Time.html",)


def test_permalink_cannot_climb_or_leave_the_site(read_text):
    post = read_text(f"{FIELDS}permalink: /../..//etc/./passwd?x=1#y\n---\nWords.")

    assert (post.old_addresses, post.slug) == (("/etc/passwd/",), "passwd")


def test_permalink_with_placeholders_is_filled_in(read_text):
    content = f"{FIELDS}permalink: /:categories/:year/:month/:title/\n---\nWords."

    post = read_text(content, "2025-01-02-on-time.md")

    assert (post.old_addresses, post.slug) == (("/everyone/2025/01/on-time/",), "on-time")


def test_permalink_with_unknown_placeholders_is_no_address(read_text):
    post = read_text(f"{FIELDS}permalink: /:output_ext/\n---\nWords.")

    assert (post.old_addresses, post.source, post.slug) == ((), "post.md", "a-title")


@pytest.mark.parametrize("word", ["admin", "search", "tags", "feed", "p", "Media", "healthz"])
def test_reserved_slug_gets_a_suffix_and_a_note(read_text, word):
    post = read_text(f"{FIELDS}permalink: /{word}/\n---\nWords.")

    assert post.slug == f"{word.lower()}-post"
    assert "is reserved" in post.notes[0]


def test_date_and_slug_from_the_file_name(read_text):
    post = read_text("---\ntitle: A title\n---\nWords.", "_posts/2025-01-02-on-time.md")

    assert isinstance(post, ImportedPost)
    assert (post.date, post.slug) == (datetime(2025, 1, 2, tzinfo=UTC), "on-time")


def test_dates_are_in_the_publications_zone_unless_they_say_theirs(read_text, settings):
    settings.TIME_ZONE = "Europe/Berlin"

    here = read_text("---\ntitle: A\ndate: 2025-07-02 09:00\n---\nWords.")
    there = read_text("---\ntitle: A\ndate: 2025-07-02 09:00 +0530\n---\nWords.")

    assert here.date.utcoffset() == timedelta(hours=2)
    assert there.date == datetime(2025, 7, 2, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize("date", ["2024-02-30", "3025-01-01", "soon", "[2025-01-01]"])
def test_a_date_that_cannot_be_is_an_error_with_field_and_line(read_text, date):
    refusal = refusal_of(read_text, f"---\ntitle: A\ndate: {date}\n---\nWords.")

    assert refusal.line == 3
    assert "field date" in refusal.message


def test_impossible_date_in_a_file_name_is_an_error(read_text):
    refusal = refusal_of(read_text, "---\ntitle: A\n---\nWords.", "2025-02-30-a.md")

    assert refusal.message == "In the file name: There is no 2025-02-30. Correct the date."


@pytest.mark.parametrize(
    ("written", "names", "tags"),
    [
        ("categories: [For Everyone, birds]", ["For Everyone", "birds"], ("For Everyone", "birds")),
        ("categories: everyone", ["everyone"], ("everyone",)),
        ("categories: everyone birds", ["everyone birds", "everyone", "birds"], ()),
        ("category: For Everyone", ["For Everyone"], ("For Everyone",)),
        ("track: engineers\ncategories: [x]", ["engineers", "x"], ("engineers", "x")),
    ],
)
def test_what_may_name_the_track(read_text, written, names, tags):
    post = read_text(f"---\ntitle: A\ndate: 2025-01-02\n{written}\n---\nWords.", "f/post.md")

    assert [name for name in post.track_names if name != "f"][: len(names)] == names
    assert post.tags == tags


def test_folders_may_name_the_track_nearest_first(write, tmp_path):
    path = write("all/everyone/2025/post.md", "# A title\n\nWords.")

    (post,) = read(path, tmp_path / "all")

    assert post.track_names == ("2025", "everyone", "all")


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("author: Ada Byron", ["Ada Byron"]),
        ("authors: [Ada Byron, Tom van Dyk]", ["Ada Byron", "Tom van Dyk"]),
        ("author: Ada Byron and Tom van Dyk", ["Ada Byron", "Tom van Dyk"]),
        ("authors:\n- name: Ada Byron\n  bio: Writes.", ["Ada Byron"]),
        ("author: ada", ["Ada Byron"]),
        ("author:", []),
    ],
)
def test_authors(write, read_text, written, names):
    write("_data/authors.yml", "ada:\n  name: Ada Byron\n  email: ada@example.org\n")

    post = read_text(f"{FIELDS}{written}\n---\nWords.")

    assert [author.name for author in post.authors] == names


def test_authors_file_above_the_document_adds_what_it_knows(write, tmp_path):
    write(
        "authors.yml",
        "- name: Ada Byron\n  bio: Writes.\n  links: [{label: Home, url: 'https://a.example'}]",
    )
    path = write("deep/post.md", f"{FIELDS}author: ada byron\n---\nWords.")

    (author,) = read(path, tmp_path)[0].authors

    assert (author.name, author.bio, author.links) == (
        "Ada Byron",
        "Writes.",
        (("Home", "https://a.example"),),
    )


def test_title_from_the_first_heading_which_is_not_said_twice(read_text):
    without_fields = read_text("# The *title*\n\nWords.")
    with_both = read_text(f"{FIELDS}---\n# A title\n\nWords.")

    assert (without_fields.title, without_fields.body[0].value) == ("The title", "Words.")
    assert with_both.body[0].value == "Words."


def test_title_from_the_file_name_comes_with_a_note(read_text):
    post = read_text("Only words.", "on-the_roof.md")

    assert post.title == "On the roof"
    assert post.notes == ("The document has no title; its file name gave “On the roof”.",)


def test_excerpt_loses_its_markup_and_is_cut(read_text):
    post = read_text(
        f"{FIELDS}excerpt: 'Some **bold** <b>words</b> &amp; [links](/x/).'\n---\nWords."
    )
    long = read_text(f"{FIELDS}excerpt: {'word ' * 100}\n---\nWords.")

    assert post.excerpt == "Some bold words & links."
    assert len(long.excerpt) <= 300
    assert long.notes == ("The excerpt had 499 characters and was cut to 300.",)


def test_excerpt_is_what_stands_before_more(read_text):
    post = read_text(f"{FIELDS}---\nFirst words here.\n\n<!--more-->\n\nOther words.")

    assert post.excerpt == "First words here."
    assert post.body[0].value == "First words here.\n\n\nOther words."


def test_excerpt_from_the_first_sentences(read_text):
    sentence = "Ten words and a full stop make one sentence here."
    body = f"## A heading\n\n- a list\n\n{sentence} {sentence}\n\n> {sentence}\n"

    post = read_text(f"{FIELDS}---\n{body}")

    assert post.excerpt == f"{sentence} {sentence}"


def test_an_excerpt_does_not_end_on_a_colon(read_text):
    post = read_text(f"{FIELDS}---\nThe first sentence says something. Here it is:\n\n- one\n")

    assert post.excerpt == "The first sentence says something."


def test_teaser_beside_the_document_and_elsewhere(write, read_text):
    write("images/a.png", png())

    here = read_text(f"{FIELDS}header:\n  teaser: /images/a.png\n  teaser_alt: A sky\n---\nWords.")
    there = read_text(f"{FIELDS}image:\n  path: https://x.example/a.png\n---\nWords.")

    assert (here.teaser.path.name, here.teaser.alt) == ("a.png", "A sky")
    assert there.teaser == RemotePicture("https://x.example/a.png")
    assert there.notes == (
        "The teaser at https://x.example/a.png lies elsewhere and was not fetched.",
    )


def test_canonical_address_must_be_a_full_one(read_text):
    good = read_text(f"{FIELDS}canonical_url: https://x.example/a\n---\nWords.")
    bad = read_text(f"{FIELDS}canonical_url: javascript:alert(1)\n---\nWords.")

    assert good.canonical_address == "https://x.example/a"
    assert bad.canonical_address == ""
    assert "is not a full one" in bad.notes[0]


@pytest.mark.parametrize("written", ["published: false", "draft: true"])
def test_a_document_may_hold_itself_back(read_text, written):
    assert read_text(f"{FIELDS}{written}\n---\nWords.").is_held_back


def test_fields_that_have_no_place_are_named(read_text):
    post = read_text(f"{FIELDS}layout: single\nmood: good\nmusic: none\n---\nWords.")

    assert post.notes == ("Fields that have no place here were left out: mood, music.",)


def test_a_document_without_date_category_or_tag_is_a_standard_page(read_text):
    page = read_text("---\ntitle: About\ndescription: Who we are.\n---\nWords.", "about.md")

    assert isinstance(page, ImportedPage)
    assert (page.title, page.slug, page.intro) == ("About", "about", "Who we are.")
    assert [block.value for block in page.blocks] == ["Words."]


@pytest.mark.parametrize(
    "written", ["date: 2025-01-02", "categories: [x]", "tags: [x]", "layout: post"]
)
def test_any_of_these_makes_it_a_post(read_text, written):
    assert isinstance(read_text(f"---\ntitle: A\n{written}\n---\nWords."), ImportedPost)


def test_front_matter_without_an_end_is_an_error(read_text):
    refusal = refusal_of(read_text, "---\ntitle: A\n\nWords.")

    assert (refusal.line, refusal.message.split(".")[0]) == (1, "The front matter is never closed")


def test_nothing_but_an_empty_front_matter_is_an_error(read_text):
    assert "neither fields nor text" in refusal_of(read_text, "---\n---\n").message


def test_fields_without_a_text_make_an_empty_post(read_text):
    post = read_text(f"{FIELDS}---\n")

    assert (post.body, post.excerpt) == ((), "A title")


def test_rules_and_fences_in_the_text_are_no_front_matter(read_text):
    body = "Words.\n\n---\n\n```yaml\n---\na: b\n---\n```"

    assert read_text(f"{FIELDS}---\n{body}").body[0].value == body

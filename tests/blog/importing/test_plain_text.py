from datetime import UTC, datetime

import pytest

from blog import markdown
from blog.importing import UnreadableDocument

LONG = "This is a paragraph that goes on for a while and says something in full sentences. It ends."


@pytest.fixture
def read_plain(read_text):
    return lambda content: read_text(content, "post.txt")


def body_of(post) -> str:
    return post.body[0].value


def test_date_line_title_line_and_a_line_a_paragraph(read_plain):
    post = read_plain(f"2025-06-03\nThe title\n{LONG}\nA heading\n{LONG}\n")

    assert (post.title, post.date) == ("The title", datetime(2025, 6, 3, tzinfo=UTC))
    assert (post.source, post.slug, post.format) == ("post.txt", "the-title", "Plain text")
    assert body_of(post) == f"{LONG}\n\n## A heading\n\n{LONG}"
    assert post.excerpt == LONG.removesuffix(" It ends.")


def test_title_before_date_and_no_date_at_all(read_plain):
    title_first = read_plain(f"The title\nJune 3, 2025\n\n{LONG}")
    undated = read_plain(f"The title\n\n{LONG}")

    assert (title_first.title, title_first.date.day) == ("The title", 3)
    assert (undated.title, undated.date) == ("The title", None)
    assert "no date line" in undated.notes[0]


def test_lines_under_the_title_may_name_authors_track_and_tags(read_plain):
    post = read_plain(
        f"2025-06-03\nThe title\nBy Ada Byron, Tom van Dyk and Inês d’Arc\nTrack: For Everyone\n"
        f"Tags: trams, waiting\n{LONG}"
    )

    assert [author.name for author in post.authors] == ["Ada Byron", "Tom van Dyk", "Inês d’Arc"]
    assert (post.track_names[0], post.tags) == ("For Everyone", ("trams", "waiting"))
    assert body_of(post) == LONG


@pytest.mark.parametrize("line", ["By then we had lost the count", "By the numbers", "By A Margin"])
def test_a_line_that_only_begins_like_a_byline_is_text(read_plain, line):
    post = read_plain(f"2025-06-03\nThe title\n{line}\n{LONG}")

    assert post.authors == ()
    assert line in body_of(post)


@pytest.mark.parametrize(
    "line",
    [
        "What we measured",
        "Is it the weather?",
        "2025 in numbers",
        "Why “the artificial” one",
        "🔧 Tools",
    ],
)
def test_a_short_line_before_a_longer_paragraph_is_a_heading(read_plain, line):
    assert f"\n\n## {line}\n\n" in body_of(read_plain(f"2025-06-03\nT\n{LONG}\n{line}\n{LONG}"))


@pytest.mark.parametrize(
    "line",
    [
        "It ended.",
        "We asked the driver:",
        "and then it stopped",
        "What is it, then, and is there anybody at all who could tell us?",
        "A line of so many words that nobody would ever set it in large letters",
        "Now, listen,",
    ],
)
def test_other_short_lines_are_paragraphs(read_plain, line):
    body = body_of(read_plain(f"2025-06-03\nT\n{LONG}\n{line}\n{LONG}"))

    assert f"\n\n{line}\n\n" in body


def test_a_last_line_is_no_heading(read_plain):
    assert body_of(read_plain(f"2025-06-03\nT\n{LONG}\nThe end")).endswith("\n\nThe end")


def test_lists_keep_their_levels_and_numbers(read_plain):
    post = read_plain(
        f"2025-06-03\nT\n{LONG}\n\n  • one\n\n  • two\n    • deeper\n  • three\n\n{LONG}\n\n"
        "1) first\n2) second\n   and more\n- x\n* y\n"
    )

    assert "- one\n- two\n  - deeper\n- three" in body_of(post)
    assert "1. first\n2. second\n   and more\n- x\n- y" in body_of(post)


def test_wrapped_lines_stay_one_paragraph(read_plain):
    wrapped = (
        "Every garden has a number that its owner\n"
        "would rather not know. Ours is forty-one:\n"
        "the hours."
    )

    assert body_of(read_plain(f"2025-06-03\nT\n\n{wrapped}\n\n{LONG}")) == f"{wrapped}\n\n{LONG}"


def test_indented_lines_are_code(read_plain):
    post = read_plain(f"2025-06-03\nT\n\n{LONG}\n\n    x = 1\n\n      y = '*'\n\n{LONG}")

    assert f"{LONG}\n\n```\nx = 1\n\n  y = '*'\n```\n\n{LONG}" == body_of(post)


def test_what_looks_like_markup_is_shown_as_words(read_plain):
    words = "<b>1 * 2</b> *a* _b_ `c` [d](e) # f & &amp; https://x.example/a_b"
    post = read_plain(
        f"2025-06-03\nT\n{words}. {LONG}\n# no heading. {LONG}\n1986. A good year, we think. {LONG}"
    )

    text = markdown.render(body_of(post)).text

    assert text.startswith(words)
    assert "# no heading" in text
    assert "1986. A good year" in text


def test_a_page_copied_from_a_browser(read_plain):
    post = read_plain(
        "Follow us.\n\nNews   About\nFor Everyone · June 9, 2025\n\nThe title\n\nThe excerpt.\n\n"
        f"By Ada Byron\n\nA heading\n\n{LONG}\n\nTagged #one #two-three\n\nKeep reading.\n\nMore\n"
    )

    assert (post.title, post.excerpt) == ("The title", "The excerpt.")
    assert (post.track_names[0], post.date.month) == ("For Everyone", 6)
    assert (post.authors[0].name, post.tags) == ("Ada Byron", ("one", "two-three"))
    assert body_of(post) == f"## A heading\n\n{LONG}"
    assert post.notes == (
        "Left out what stands above the post: Follow us. / News   About",
        "Left out what stands below the post: Keep reading. / More",
    )


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("2025-02-30\nT\n", 1, "In the date line: There is no 2025-02-30."),
        ("\nT\n31 June 2025\n", 3, "In the date line"),
        ("2025-06-03\n", None, "a date and nothing else"),
        ("For Everyone · June 9, 2025\n", 1, "no title after the date"),
    ],
)
def test_what_cannot_be_is_told(read_plain, content, line, words):
    with pytest.raises(UnreadableDocument) as refusal:
        read_plain(content)

    assert refusal.value.line == line
    assert words in refusal.value.message

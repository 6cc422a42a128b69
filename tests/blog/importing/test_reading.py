import random

import pytest

from blog.importing import UnreadableDocument, documents_in, read
from tests.blog.importing.conftest import FIELDS, png
from tests.blog.importing.telling import SAMPLES


def refusal_of(path) -> UnreadableDocument:
    with pytest.raises(UnreadableDocument) as refusal:
        read(path)
    return refusal.value


@pytest.mark.parametrize(
    ("name", "content", "format"),
    [
        ("a.md", "Words.", "Markdown"),
        ("a.txt", "Title\n\nWords.", "Plain text"),
        ("a.txt", f"{FIELDS}---\nWords.", "Markdown"),
        (
            "a.txt",
            "<rss version='2.0'><channel><item><title>A</title></item></channel></rss>",
            "Feed",
        ),
        ("a", "Title\n\nWords.", "Plain text"),
    ],
)
def test_the_reader_is_chosen_by_looking_at_the_document(write, name, content, format):
    assert read(write(name, content))[0].format == format


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.md", b"", "empty"),
        ("a.md", png(), "NUL"),
        ("a.txt", b"PK\x03\x04" + bytes(range(1, 32)) * 9, "not a text"),
        ("a.md", "<!doctype html><title>A</title>", "web page"),
        ("a.md", b"a" * (10 * 1024 * 1024 + 1), "larger than 10 MB"),
        ("a.md", "word " * 300_000, "longer than 1,000,000 characters"),
        ("a.xml", "<rss/>" + " " * (10 * 1024 * 1024), "larger than 10 MB"),
    ],
)
def test_what_cannot_be_imported_is_refused_with_what_to_do(write, name, content, words):
    path = write(name, content)

    refusal = refusal_of(path)

    assert words in refusal.message
    assert str(refusal).startswith(f"{path}: ")


def test_a_file_that_is_not_there(tmp_path):
    assert (
        refusal_of(tmp_path / "no.md").message
        == "The file cannot be read: No such file or directory."
    )


def test_lists_nested_without_end_do_not_break_the_reader(write):
    (post,) = read(write("a.md", f"# A\n\n{'> ' * 3000}x\n\n{'- ' * 3000}y"))

    assert post.title == "A"


def test_a_long_single_line_is_read(write):
    (post,) = read(write("a.md", f"# A\n\n{'word ' * 190_000}"))

    assert len(post.body[0].value) == 950_000


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_document_is_read_or_refused_but_never_breaks_the_reader(write, seed):
    chance = random.Random(seed)
    sample = chance.choice(sorted(path for path in SAMPLES.glob("*.*") if path.suffix != ".json"))
    data = bytearray(sample.read_bytes())
    for _ in range(chance.randint(1, 20)):
        place = chance.randrange(len(data))
        chosen = [b"---\n", b"```", b"<", b"\x00", b"\xff", b"{%", b"![", b"](", b"\n\n", b"</div>"]
        data[place : place + chance.randint(0, 9)] = chance.choice(chosen)
    path = write(sample.name, bytes(data))

    try:
        found = read(path)
    except UnreadableDocument as refusal:
        found = [refusal]

    assert found


def test_documents_of_a_folder_in_order_without_what_is_none(write, tmp_path):
    for name in ("b.md", "a/z.txt", "a/y.xml", "c.rss"):
        write(name, "x")
    for name in ("README.md", ".hidden.md", ".git/x.md", "_site/x.md", "a/pic.png", "authors.yml"):
        write(name, "x")
    (tmp_path / "link.md").symlink_to(tmp_path / "b.md")

    found = [path.relative_to(tmp_path).as_posix() for path in documents_in(tmp_path)]

    assert found == ["a/y.xml", "a/z.txt", "b.md", "c.rss"]

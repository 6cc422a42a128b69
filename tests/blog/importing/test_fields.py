from pathlib import Path

import pytest

from blog.importing import UnreadableDocument
from blog.importing.fields import read_fields

PATH = Path("post.md")


def fields_of(source: str):
    return read_fields(source, PATH, first_line=2)


def refusal_of(source: str) -> UnreadableDocument:
    with pytest.raises(UnreadableDocument) as refusal:
        fields_of(source)
    return refusal.value


def test_every_scalar_stays_the_words_that_were_typed():
    fields = fields_of("date: 2025-01-02\nyes: no\nnumber: 007\nnothing: ~\nempty:\n")

    assert fields.values == {
        "date": "2025-01-02",
        "yes": "no",
        "number": "007",
        "nothing": "",
        "empty": "",
    }


def test_fields_in_fields_and_their_lines():
    fields = fields_of("title: A\nheader:\n  teaser: a.png\n")

    assert fields.text("header.teaser") == "a.png"
    assert fields.text("header.missing", "title") == "A"
    assert fields.lines == {"title": 2, "header": 3, "header.teaser": 4}


@pytest.mark.parametrize("source", ["tags: a, b", "tags: [a, b]", "tags:\n- a\n- b\n- a"])
def test_a_list_may_be_written_as_one_text(source):
    assert fields_of(source).texts("tags") == ["a", "b"]


def test_merged_fields():
    source = "one: &base\n  a: 1\n  b: 2\ntwo:\n  <<: *base\n  b: 3\n"

    assert fields_of(source).value("two") == {"a": "1", "b": "3"}


def test_garbled_and_impossible_characters_in_values_are_repaired():
    assert fields_of(r'title: "It didn‚Äôt \u0007\uE000"').text("title") == "It didn’t"


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("title: A\nexcerpt: a: b\n", 3, "in the field excerpt"),
        ("title: 'unclosed\n", 2, "quot"),
        ("title: A\nlist:\n\t- tab\n", 4, "Indent with spaces"),
        ("a: 1\n---\nb: 2\n", 3, "cannot be read"),
        ("title: A\ntitle: B\n", 3, "The field title is there twice."),
        ("? [a, b]\n: c\n", 2, "A field's name must be a word"),
        ("title: !!python/object/apply:os.system ['id']\n", 2, "python/object/apply"),
        ("title: A\nx: !local b\n", 3, "The YAML tag !local is not allowed."),
        ("- a\n- b\n", 2, "must be fields"),
        ("title: *nowhere\n", 2, "in the field title"),
        ("title: \x01\n", 2, "a character that YAML does not allow"),
    ],
)
def test_what_yaml_cannot_say_is_told_with_its_line(source, line, words):
    refusal = refusal_of(source)

    assert refusal.line == line
    assert words in refusal.message


def test_fields_that_refer_to_each_other_without_end_are_refused():
    levels = [f"l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * 9)}]" for level in range(1, 9)]

    refusal = refusal_of("\n".join(["l0: &l0 [a]", *levels]))

    assert "refer to each other too often" in refusal.message


def test_fields_that_are_too_deep_or_too_long_are_refused():
    assert "nested too deeply" in refusal_of(f"a: {'[' * 5000}").message
    assert "longer than" in refusal_of(f"a: {'b' * 300_000}").message


def test_a_list_where_a_text_belongs_is_refused_with_its_line():
    fields = fields_of("a: 1\ntitle: [b, c]\n")

    with pytest.raises(UnreadableDocument) as refusal:
        fields.text("title")

    assert (refusal.value.line, refusal.value.message) == (
        3,
        "The field title must be one text. Write it on one line.",
    )

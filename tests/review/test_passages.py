"""The pieces of a body that can be remarked on."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from blog.blocks import PostBody
from review.passages import Piece, Words, elements_of, ids_of, words_of


def kinds(html: str) -> list[tuple[str, str]]:
    return [(element.kind, element.text) for element in elements_of(html)]


def test_each_outermost_element_is_a_piece_with_its_words():
    html = (
        '<h2 id="a">Why <a class="anchor" href="#a">#</a></h2>\n<p>One &amp; <em>t</em>wo.</p>'
        '<ul>\n<li>first</li><li>second<br>line</li></ul><hr>loose<figure><img alt="A fox" src="x">'
        "<figcaption>Seen</figcaption></figure>"
    )

    assert kinds(html) == [
        ("heading", "Why"),
        ("paragraph", "One & two."),
        ("list", "first second line"),
        ("line", ""),
        ("figure", "A fox Seen"),
    ]


def test_elements_end_where_they_end():
    html = "<p>a > b</p>\n\n<div><p>x</p></div\n>\n<embed alt='y' id='1'/><p>z</p> "

    ends = [0, *(element.end for element in elements_of(html))]
    parts = [html[start:end].strip() for start, end in pairwise(ends)]

    assert parts == ["<p>a > b</p>", "<div><p>x</p></div\n>", "<embed alt='y' id='1'/>", "<p>z</p>"]


def test_code_tables_and_cards_are_called_so():
    html = (
        '<div class="codeblock wide"><pre>x = 1\ny</pre></div><div class="tablewrap"><table>'
        '<tr><td>1</td><td>2</td></tr></table></div><div class="card-grid"><p>c</p></div>'
    )

    assert kinds(html) == [("code", "x = 1 y"), ("table", "1 2"), ("cards", "c")]


def test_tags_that_are_never_closed_end_with_the_html():
    assert kinds("<div><p>one</div></b><p>two") == [("part", "one"), ("paragraph", "two")]


def test_what_is_drawn_or_set_as_a_formula_is_one_piece():
    drawn = '<svg><path d="M0"/><title>Fox</title></svg>'
    html = drawn + "<math><mi>x</mi><annotation>\\x</annotation></math>"

    assert kinds(html) == [("figure", "Fox"), ("formula", "x")]


@given(st.lists(st.text(alphabet="abc <>&\"'\n", max_size=12), max_size=8))
def test_any_text_in_paragraphs_is_read_as_it_was(texts):
    escaped = [text.replace("&", "&amp;").replace("<", "&lt;") for text in texts]
    html = "\n".join(f"<p>{text}</p>" for text in escaped)

    found = elements_of(html)

    assert [element.text for element in found] == [" ".join(text.split()) for text in texts]
    assert all(html[: element.end].endswith("</p>") for element in found)


@given(st.text(alphabet="<>/p div='\" !-&;x\n", max_size=200))
def test_any_torn_html_is_read_to_its_end(html):
    ends = [element.end for element in elements_of(html)]

    assert ends == sorted(ends)
    assert all(0 < end <= len(html) for end in ends)


def test_pieces_are_named_by_block_and_number():
    body = PostBody().to_python(
        [{"type": "markdown", "value": "One.", "id": "a"}, {"type": "markdown", "value": "Two."}]
    )
    words = words_of(body, ["<p>One.</p><p>More.</p>", "<p>Two.</p>", "<section>n</section>"])

    assert [piece.key for piece in words.pieces] == ["a.0", "a.1", "block-1.0", "notes.0"]
    assert words.piece_of("a.1") == Piece("a", 1, "paragraph", "More.")
    assert words.piece_of("a.2") is None
    assert [words.piece_at(place).key for place in (0, 4, 5, 11)] == [
        *["a.0", "a.0", "a.1", "block-1.0"]
    ]
    assert words.spans["a"] == (0, 10)


def test_a_body_without_pieces_has_no_words():
    body = PostBody().to_python([])

    assert words_of(body, []) == Words([])
    assert Words([]).text == ""
    assert ids_of(body, 1) == ["notes"]


def test_the_way_back_from_a_note_is_no_word_of_it():
    html = '<section><ol><li>A note. <a href="#n" role="doc-backlink">↩</a></li></ol></section>'

    assert [element.text for element in elements_of(html)] == ["A note."]

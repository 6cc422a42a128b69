"""Finding again what a remark is on, in a later version of a body."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.passages import Piece, Words
from review.placing import ENOUGH, LONGEST_QUOTE, TELLING, Finder, Selector, Standing, select

LONG = 200_000
TEXTS = st.text(alphabet="abcdeé漢 .,", min_size=1, max_size=40)
WORDS = TEXTS.map(lambda text: " ".join(text.split()))
BODIES = st.lists(st.tuples(st.sampled_from("xyz"), WORDS), min_size=1, max_size=8)


def words(*pieces: tuple[str, str]) -> Words:
    """A body of these pieces, each a block's id and its text; a block's stand together."""
    found, numbers = [], {}
    for block_id, text in sorted(pieces, key=lambda piece: piece[0]):
        numbers[block_id] = numbers.get(block_id, -1) + 1
        found.append(Piece(block_id, numbers[block_id], "paragraph", text))
    return Words(found)


def found(selector: Selector, body: Words) -> tuple[str, str | None, str]:
    """How it stands, the piece it is at, and the words that are found."""
    placed = Finder(body).find(selector)
    key = placed.piece.key if placed.piece else None
    return placed.standing.value, key, body.text[placed.start : placed.end]


FOX = "The quick brown fox jumps over the lazy dog."


def test_the_same_words_are_found_in_their_block():
    body = words(("a", "One."), ("b", FOX), ("b", "More words."))
    selector = select(body, body.pieces[1], "brown   fox")

    assert selector.block_id == "b"
    assert selector.quote == "brown fox"
    assert selector.prefix == "One. The quick "
    assert selector.suffix == " jumps over the lazy dog. More w"
    assert found(selector, body) == ("same", "b.0", "brown fox")


def test_of_words_that_stand_there_twice_those_are_found_that_were_meant():
    body = words(("a", "red fox, blue fox, green fox"))
    selector = select(body, body.pieces[0], "fox", prefix="red fox, blue ")

    later = words(("a", "a green fox, then a blue fox, then a red fox"))

    assert found(selector, body)[2] == "fox"
    assert Finder(body).find(selector).start == 14
    assert later.text[: Finder(later).find(selector).start].endswith("blue ")


def test_a_block_that_was_moved_takes_its_remarks_along():
    selector = select(words(("a", FOX)), Piece("a", 0, "paragraph", FOX), "lazy dog")

    assert found(selector, Words([Piece("z", 0, "paragraph", "New."), Piece("a", 0, "", FOX)])) == (
        *("same", "a.0", "lazy dog"),
    )


def test_a_paragraph_that_was_put_into_another_block_is_followed():
    body = words(("a", "Before."), ("a", FOX))
    selector = select(body, body.pieces[1])

    later = words(("a", "Before."), ("b", f"It begins: {FOX}"))

    assert found(selector, later) == ("moved", "b.0", FOX)


def test_one_common_word_elsewhere_is_no_trace_of_a_remark():
    body = words(("a", "See the fox."))
    selector = select(body, body.pieces[0], "the")

    assert found(selector, words(("b", "By the way, nothing of it is left.")))[0] == "orphaned"


@pytest.mark.parametrize(
    "later",
    [
        "The quick red fox jumps over the lazy dog.",
        "Of old, the quick brown fox jumped over a lazy dog, they say.",
        "The brown quick fox leaps; it jumps over the dog.",
    ],
)
def test_words_that_were_changed_are_found(later):
    body = words(("a", "First things first."), ("a", FOX))
    selector = select(body, body.pieces[1])

    standing, piece, text = found(selector, words(("a", "First things first."), ("a", later)))

    assert (standing, piece) == ("changed", "a.1")
    assert "fox" in text
    assert text in later


@pytest.mark.parametrize(
    "later",
    [[("b", "Altogether other."), ("c", "Words.")], [("a", "Altogether other words.")], []],
)
def test_a_remark_whose_words_are_gone_is_orphaned(later):
    selector = select(words(("a", FOX)), Piece("a", 0, "paragraph", FOX), "quick brown fox")

    assert found(selector, words(*later)) == ("orphaned", None, "")


def test_a_remark_on_a_block_without_words_needs_the_block():
    picture = Piece("a", 0, "figure", "")
    selector = select(Words([picture]), picture)

    assert selector == Selector("a")
    assert found(selector, Words([picture]))[:2] == ("same", "a.0")
    assert found(selector, words(("b", "x")))[:2] == ("orphaned", None)


def test_a_remark_on_the_page_has_no_place_in_it():
    assert found(Selector(), words(("a", "x"))) == ("same", None, "")


def test_words_may_go_on_into_the_next_paragraph_but_begin_in_this():
    body = words(("a", "One two."), ("a", "Three two."))

    over = select(body, body.pieces[0], "two. Three")
    of_the_next = select(body, body.pieces[0], "Three")

    assert over.quote == "two. Three"
    assert found(over, body) == ("same", "a.0", "two. Three")
    assert of_the_next is None


@given(BODIES, st.data())
def test_what_is_selected_is_found_in_the_same_version(pieces, data):
    body = words(*pieces)
    piece = data.draw(st.sampled_from(body.pieces))
    start = data.draw(st.integers(0, len(piece.text)))
    quote = piece.text[start : data.draw(st.integers(start, len(piece.text)))]

    standing, key, text = found(select(body, piece, quote), body)

    assert standing == "same"
    assert key.split(".")[0] == piece.block_id
    if quote.strip():
        assert text == " ".join(quote.split())


@given(BODIES, BODIES, st.data())
def test_in_any_other_version_words_are_found_that_are_there_or_none(pieces, others, data):
    body, later = words(*pieces), words(*others)
    selector = select(body, data.draw(st.sampled_from(body.pieces)))

    placed = Finder(later).find(selector)

    if placed.standing is Standing.ORPHANED:
        assert placed.piece is None
        start, end = later.spans.get(selector.block_id, (0, 0))
        assert not selector.quote or selector.quote not in later.text[start:end]
        assert len(selector.quote) < TELLING or selector.quote not in later.text
    else:
        assert placed.piece in later.pieces
        assert 0 <= placed.start <= placed.end <= len(later.text)


@given(st.lists(st.sampled_from("abcdefghij"), min_size=6, max_size=20), st.data())
def test_a_single_word_that_was_changed_leaves_a_remark_in_its_place(tokens, data):
    place = data.draw(st.integers(0, len(tokens) - 1))
    changed = [*tokens[:place], "other", *tokens[place + 1 :]]
    body = words(("a", " ".join(tokens)), ("b", "z z z"))

    later = words(("a", " ".join(changed)), ("b", "z z z"))
    placed = Finder(later).find(select(body, body.pieces[0]))

    assert (placed.standing, placed.piece.key) == (Standing.CHANGED, "a.0")


@settings(max_examples=30)
@given(st.text(min_size=1, max_size=700))
def test_any_text_can_be_selected(text):
    one_line = " ".join(text.split())
    body = words(("a", one_line))
    selector = select(body, body.pieces[0])

    assert len(selector.quote) <= LONGEST_QUOTE
    assert found(selector, body)[:2] == ("same", "a.0")


def test_the_work_in_a_long_text_is_bounded(monkeypatch):
    rng = random.Random(4)
    text = " ".join(rng.choice(["one", "two", "three", "four"]) for _ in range(LONG // 5))
    finder = Finder(words(("a", text)))
    other = " ".join(["four", "one"] * 60)
    slides = []
    slide = Finder._slide
    monkeypatch.setattr(
        Finder, "_slide", lambda self, *given: slides.append(given) or slide(self, *given)
    )

    standings = {finder.find(Selector("a", other)).standing for _ in range(150)}

    assert sum(last - first for *_, first, last in slides) <= 4_000_000
    assert 1 < len(slides) < 150
    assert standings == {Standing.CHANGED, Standing.UNKNOWN}


def test_the_same_short_words_in_a_long_text_are_not_all_looked_at(monkeypatch):
    finder = Finder(words(("a", "a" * LONG)))
    looked = []
    monkeypatch.setattr(Finder, "_nearness", lambda *_: looked.append(1) or 0)

    assert finder.find(Selector("a", "a")).standing is Standing.SAME
    assert len(looked) == 500


def test_a_share_of_the_words_is_enough():
    ten = " ".join("abcdefghij")
    half, less = " ".join("abcdeklmno"), " ".join("abcdklmnop")
    selector = Selector("a", ten)

    assert ENOUGH == 0.5
    assert found(selector, words(("a", half)))[0] == "changed"
    assert found(selector, words(("a", less)))[0] == "orphaned"

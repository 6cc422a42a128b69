"""Showing why a page was found: its title and the best piece of its text, with the hits marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from search.questions import Clause
from search.words import Token, tokens

SNIPPET_LENGTH = 200
LEAD = 40  # Characters shown before the first hit, so that it does not stand without a context.
MOST_HITS = 500
MOST_CHARACTERS = 200_000  # What is looked through for the best piece of a very long text.


@dataclass(frozen=True, slots=True)
class Hit:
    """A piece of a text that is what one clause looks for."""

    start: int
    end: int
    clause: int


def marked(text: str, clauses: Sequence[Clause]) -> SafeString:
    """The whole text, escaped, with every hit in a `mark` element."""
    return with_marks(text, list(hits_in(text, clauses)), 0, len(text))


def snippet(body: str, excerpt: str, clauses: Sequence[Clause]) -> SafeString:
    """About 200 characters of the body around the most telling hits.

    Without a hit in the body it is the excerpt, and without an excerpt the beginning of the body.
    """
    text = " ".join(body[:MOST_CHARACTERS].split())
    hits = list(hits_in(text, clauses))
    if not hits and excerpt:
        return marked(" ".join(excerpt.split()), clauses)
    start, end = best_piece(text, hits)
    return format_html(
        "{}{}{}",
        "… " if start else "",
        with_marks(text, hits, start, end),
        " …" if end < len(text) else "",
    )


def hits_in(text: str, clauses: Sequence[Clause]) -> Iterator[Hit]:
    """The hits in their order, none over another; where several clauses fit, the longest."""
    found: list[Token] = list(tokens(text))
    starting_with, beginnings = {}, []
    for number, clause in sorted(enumerate(clauses), key=lambda pair: -len(pair[1].stems)):
        starting_with.setdefault(clause.stems[0], []).append(number)
        if clause.is_beginning and len(clause.stems) == 1:
            beginnings.append(number)
    place = count = 0
    while place < len(found) and count < MOST_HITS:
        likely = [*starting_with.get(found[place].stem, ()), *beginnings]
        number = next((one for one in likely if clauses[one].is_at(place, found)), None)
        if number is None:
            place += 1
            continue
        last = place + len(clauses[number].stems) - 1
        yield Hit(found[place].start, found[last].end, number)
        place, count = last + 1, count + 1


def best_piece(text: str, hits: Sequence[Hit]) -> tuple[int, int]:
    """Where the piece with the most of the clauses, then the most hits, begins and ends."""
    if len(text) <= SNIPPET_LENGTH:
        return 0, len(text)
    best, best_worth = (0, 0), (0, 0)
    for first, hit in enumerate(hits):
        inside = [other for other in hits[first:] if other.end <= hit.start + SNIPPET_LENGTH - LEAD]
        worth = (len({other.clause for other in inside}), len(inside))
        if worth > best_worth:
            best, best_worth = (hit.start, inside[-1].end), worth
    return at_words(text, *best)


def at_words(text: str, start: int, end: int) -> tuple[int, int]:
    """A piece of the usual length around the given one that cuts no word, if it can help it."""
    start = max(0, min(start - LEAD, len(text) - SNIPPET_LENGTH))
    if start:
        start = next((at + 1 for at in range(start - 1, start + LEAD) if text[at] == " "), start)
    end = max(end, start + SNIPPET_LENGTH)
    if end >= len(text):
        return start, len(text)
    return start, next((at for at in range(end, end - LEAD, -1) if text[at] == " "), end)


def with_marks(text: str, hits: Sequence[Hit], start: int, end: int) -> SafeString:
    """The text from `start` to `end`, escaped, with the hits that lie within marked."""
    parts, place = [], start
    for hit in hits:
        if hit.start >= start and hit.end <= end:
            between = escape(text[place : hit.start])
            parts.append((between, format_html("<mark>{}</mark>", text[hit.start : hit.end])))
            place = hit.end
    return format_html_join("", "{}{}", [*parts, (escape(text[place:end]), "")])

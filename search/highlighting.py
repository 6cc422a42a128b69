"""Showing why a page was found: its title and the best piece of its best section, with the hits
marked, and the address that leads there.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import quote

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from search.presence import Seen, Sight, symbol_in
from search.questions import MOST_WORDS, Clause, has_word
from search.texts import Section
from search.words import JOINED, Token, as_typed, forms_of, humps, is_kept, tokens

SNIPPET_LENGTH = 200
LEAD = 40  # Characters shown before the first hit, so that it does not stand without a context.
MOST_HITS = 500
LONGEST_HIT = 300  # Characters that are marked of one.
MOST_CHARACTERS = 20_000  # What is looked through when nothing tells where the hits are.
MOST_FRAGMENT = 80  # Characters that an address asks the browser to mark.
WORDS_BEFORE = 3  # What tells the hit in the section from others like it.
WITHIN_WORD = re.compile(JOINED * 2)
# The texts of a section that a snippet may be from, and what a hit in each is worth.
TEXTS = {"prose": 1.0, "code": 0.9, "captions": 0.8, "formulas": 0.7}


@dataclass(frozen=True, slots=True)
class Hit:
    """A piece of a text that is what one clause looks for."""

    start: int
    end: int
    clause: int


def marked(text: str, clauses: Sequence[Clause]) -> SafeString:
    """The whole text, escaped, with every hit in a `mark` element."""
    return with_marks(text, list(hits_in(text, clauses)), 0, len(text))


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a text with its hits marked, the section that it is from, and what of the
    address leads to it.
    """

    html: SafeString
    section: Section | None = None
    fragment: str = ""


def snippet(seen: Sequence[Seen], excerpt: str, clauses: Sequence[Clause]) -> Snippet:
    """About 200 characters around the most telling hits, from the section with the most of them.

    Without a hit in the sections it is the excerpt, and without an excerpt their beginning.
    """
    section, text, sight = best_text(seen)
    hits = list(hits_in(text, clauses, sight.start, sight.end))
    if hits:
        return Snippet(piece_of(text, hits), section, fragment_of(section, text, hits))
    if section:
        # The heading alone has the words: what stands below it begins at its beginning.
        return Snippet(beginning_of(section), section, address_of(section))
    if excerpt:
        return Snippet(marked(flat(excerpt), clauses))
    return Snippet(beginning_of(seen[0].section) if seen else SafeString())


def best_text(seen: Sequence[Seen]) -> tuple[Section | None, str, Sight]:
    """The section that has most of the question, and its prose, captions, code or formulas."""
    best, best_worth = (None, "", Sight()), 0.0
    for one in seen:
        in_title = one.title.clauses
        for name, worth in TEXTS.items():
            there = one.body[name]
            total = (
                worth * len(there.clauses)
                + 0.6 * len(in_title)
                + 0.3 * len(in_title | there.clauses)
            )
            if total > best_worth:
                best, best_worth = (one.section, getattr(one.section, name), there), total
    return best


def beginning_of(section: Section) -> SafeString:
    """How the first text below the heading begins."""
    text = next(filter(None, (getattr(section, name) for name in TEXTS)), "")
    return piece_of(flat(text[:MOST_CHARACTERS]), [])


def address_of(section: Section) -> str:
    """What leads to the heading, behind the address of the page."""
    return f"#{quote(section.anchor)}" if section.anchor else ""


def piece_of(text: str, hits: Sequence[Hit]) -> SafeString:
    """The best piece of the text, with its hits marked."""
    text = text.replace("\n", " ")
    start, end = best_piece(text, hits)
    shown = with_marks(text, hits, start, end)
    return format_html("{}{}{}", "… " if start else "", shown, " …" if end < len(text) else "")


def flat(text: str) -> str:
    return " ".join(text.split())


def fragment_of(section: Section, text: str, hits: Sequence[Hit]) -> str:
    """What leads a browser to the hits of the best piece, behind the address of the page.

    It marks words of one block of the text, as it must, with a few before them that tell the
    place from others like it. A word that is too long to be marked is not looked for.
    """
    start, end = best_piece(text, hits)
    inside = [hit for hit in hits if hit.start >= start and hit.end <= end]
    if not inside or is_within_word(text, inside[0].end):
        return address_of(section)
    first, last = inside[0], inside[0].end
    for hit in inside[1:]:
        between = text[first.start : hit.end]
        if "\n" in between or len(between) > MOST_FRAGMENT:
            break
        last = hit.end
    line = text.rfind("\n", 0, first.start) + 1
    before = " ".join(text[line : first.start].split()[-WORDS_BEFORE:])
    if text[first.start - 1 : first.start].strip():
        before = ""  # A hit within a word of the browser's is found by itself.
    words = " ".join(text[first.start : last].partition("\n")[0].split())
    directive = f"{for_fragment(before)}-,{for_fragment(words)}" if before else for_fragment(words)
    return f"#{quote(section.anchor)}:~:text={directive}"


def is_within_word(text: str, place: int) -> bool:
    return bool(WITHIN_WORD.match(text, max(0, place - 1)))


def for_fragment(text: str) -> str:
    """Percent-encoded, also where addresses need it not but text fragments do."""
    return quote(text, safe="").replace("-", "%2D")


def hits_in(
    text: str, clauses: Sequence[Clause], start: int = 0, end: int = MOST_CHARACTERS
) -> Iterator[Hit]:
    """The hits in their order, none over another; where several clauses fit, the longest."""
    reached = 0
    for hit in sorted(
        [*hits_of_words(text, clauses, start, end), *hits_of_signs(text, clauses, start, end)],
        key=lambda hit: hit.start,
    ):
        if hit.start >= reached:
            yield hit
            reached = hit.end


def hits_of_signs(text: str, clauses: Sequence[Clause], start: int, end: int) -> Iterator[Hit]:
    """The symbols without a letter and digit, such as ++, which stand in no word."""
    for number, clause in enumerate(clauses):
        for symbol in clause.symbols:
            if has_word(symbol):
                continue
            pattern = symbol_in(as_typed(symbol))
            found = islice(pattern.finditer(text, start, end), MOST_HITS)
            yield from (Hit(one.start(), one.end(), number) for one in found)


def hits_of_words(text: str, clauses: Sequence[Clause], start: int, end: int) -> Iterator[Hit]:
    """The words and the symbols with a word in them."""
    found = list(tokens(text, start, end))
    starting_with, beginnings = {}, {}
    for number, clause in sorted(enumerate(clauses), key=lambda pair: -len(pair[1].stems)):
        stems = [way[0] for way in clause.ways if not is_kept(way[0])]
        stems += map(first_stem, [*clause.symbols, *clause.other_symbols])
        for stem in dict.fromkeys(stems):
            starting_with.setdefault(stem, []).append(number)
        if clause.is_beginning and len(clause.stems) == 1:
            beginnings[clause.exact[0]] = number
    begun = tuple(beginnings)
    place = count = 0
    while place < len(found) and count < MOST_HITS:
        token = found[place]
        likely = starting_with.get(token.stem, [])
        if token.exact.startswith(begun) or token.stem.startswith(begun):
            likely = [*likely, *beginnings.values()]
        number, length = max(
            ((one, length_at(place, found, text, clauses[one])) for one in likely),
            key=lambda pair: pair[1],
            default=(0, 0),
        )
        if length:
            first, last = token.start, found[place + length - 1].end
            clause = clauses[number]
            whole = symbol_at(first, text, clause)
            if whole or not (clause.is_of_signs and clause.is_at(place, found)):
                yield hit_of(*(whole or (first, last)), number)
                count += 1
        elif (number := clause_in_humps(text[token.start : token.end], clauses)) is not None:
            yield hit_of(token.start, token.end, number)
            count += 1
        place += length or 1


def hit_of(start: int, end: int, clause: int) -> Hit:
    return Hit(start, min(end, start + LONGEST_HIT), clause)


def first_stem(symbol: str) -> str:
    """The stem of the word that a symbol begins with; nothing if it is of signs alone."""
    return next((token.stem for token in tokens(as_typed(symbol))), "")


def length_at(place: int, found: Sequence[Token], text: str, clause: Clause) -> int:
    """How many words of the text from `place` on are what the clause looks for."""
    length = clause.length_at(place, found)
    if not length and (symbol := symbol_at(found[place].start, text, clause)):
        length = sum(token.start < symbol[1] for token in found[place : place + MOST_WORDS])
    return length


def symbol_at(start: int, text: str, clause: Clause) -> tuple[int, int] | None:
    """Where the symbol of the clause begins and ends whose first letter is at `start`."""
    for symbol in map(as_typed, [*clause.symbols, *clause.other_symbols]):
        before = next((place for place, sign in enumerate(symbol) if sign.isalnum()), start + 1)
        begin = start - before
        end = begin + len(symbol)
        if begin >= 0 and text[begin:end].lower() == symbol and not is_within_word(text, end):
            return begin, end
    return None


def clause_in_humps(name: str, clauses: Sequence[Clause]) -> int | None:
    """The number of a clause that the words in the humps of a name have: `tape` of GradientTape."""
    parts = [] if name.islower() else humps(name)
    if len(parts) < 2:
        return None
    words = [Token(0, 0, *forms_of(part)) for part in parts]
    for number, clause in enumerate(clauses):
        if any(clause.length_at(place, words) for place in range(len(words))):
            return number
    return None


def best_piece(text: str, hits: Sequence[Hit]) -> tuple[int, int]:
    """Where the piece with the most of the clauses, then the most hits, begins and ends."""
    if len(text) <= SNIPPET_LENGTH:
        return 0, len(text)
    best, best_worth = (0, 0), (0, 0)
    for number, first in enumerate(hits):
        inside = [first]
        for hit in hits[number + 1 : number + SNIPPET_LENGTH]:
            if hit.end > first.start + SNIPPET_LENGTH - LEAD:
                break
            inside.append(hit)
        worth = (len({hit.clause for hit in inside}), len(inside))
        if worth > best_worth:
            best, best_worth = (first.start, inside[-1].end), worth
    return at_words(text, *best)


def at_words(text: str, start: int, end: int) -> tuple[int, int]:
    """A piece of the usual length around the given one that cuts no word, if it can help it."""
    start = max(0, min(start - LEAD, len(text) - SNIPPET_LENGTH))
    if start:
        start = next((at + 1 for at in range(start - 1, start + LEAD) if text[at] == " "), start)
    least, end = end, max(end, start + SNIPPET_LENGTH)
    if end >= len(text):
        return start, len(text)
    ends = range(end, max(least - 1, end - LEAD), -1)
    return start, next((at for at in ends if text[at] == " "), end)


def with_marks(text: str, hits: Sequence[Hit], start: int, end: int) -> SafeString:
    """The text from `start` to `end`, escaped, with the hits that lie within marked."""
    parts, place = [], start
    for hit in hits:
        if hit.start >= start and hit.end <= end:
            between = escape(text[place : hit.start])
            parts.append((between, format_html("<mark>{}</mark>", text[hit.start : hit.end])))
            place = hit.end
    return format_html_join("", "{}{}", [*parts, (escape(text[place:end]), "")])

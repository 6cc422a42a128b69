"""Showing why a page was found: its title and the best piece of its best section, with the hits
marked, and the address that leads there.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from search.questions import MOST_WORDS, Clause
from search.texts import Section
from search.words import SINGLE, Token, as_typed, folded_text, is_kept, tokens

SNIPPET_LENGTH = 200
LEAD = 40  # Characters shown before the first hit, so that it does not stand without a context.
MOST_HITS = 500
MOST_CHARACTERS = 20_000  # What is looked through for the best piece of a very long section.
MOST_FRAGMENT = 80  # Characters that an address asks the browser to mark.
JOINED = f"[^\\W_{SINGLE}]"  # What stands in a word beside other letters.
WORDS_BEFORE = 3  # What tells the hit in the section from others like it.


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


def snippet(sections: Sequence[Section], excerpt: str, clauses: Sequence[Clause]) -> Snippet:
    """About 200 characters around the most telling hits, from the section with the most of them.

    Without a hit in the sections it is the excerpt, and without an excerpt their beginning.
    """
    section, text = best_text(sections, clauses)
    text = text[:MOST_CHARACTERS]
    hits = list(hits_in(text, clauses))
    if section and not hits:
        # The heading alone has the words: what stands below it begins at its beginning.
        return Snippet(
            piece_of(flat(text), []), section, f"#{section.anchor}" * bool(section.anchor)
        )
    if not hits and excerpt:
        return Snippet(marked(flat(excerpt), clauses))
    if not hits:
        return Snippet(piece_of(flat(sections[0].prose if sections else ""), []))
    return Snippet(piece_of(text, hits), section, fragment_of(section, text, hits))


def best_text(sections: Sequence[Section], clauses: Sequence[Clause]) -> tuple[Section | None, str]:
    """The section that has most of the question, and its prose, captions, code or formulas.

    Words are not cut here: a text has a word if it has the letters of its stem.
    """
    sought = list(map(ways_to_see, clauses))
    best, best_worth = (None, ""), 0.0
    for section in sections:
        in_title = found_in(section.title, sought)
        for text, worth in (
            (section.prose, 1.0),
            (section.code, 0.9),
            (section.captions, 0.8),
            (section.formulas, 0.7),
        ):
            there = found_in(text, sought)
            total = worth * len(there) + 0.6 * len(in_title) + 0.3 * len(in_title | there)
            if total > best_worth:
                best, best_worth = (section, text), total
    return best


def ways_to_see(clause: Clause) -> list[list[re.Pattern]]:
    """The patterns of which a text has all, in one of the ways, if it has the clause."""
    symbols = [[re.compile(re.escape(as_typed(symbol)))] for symbol in clause.symbols]
    return [*([pattern_of(stem) for stem in way] for way in clause.ways), *symbols]


def pattern_of(stem: str) -> re.Pattern:
    """The letters of a stem that stand in every inflection: `happi` is that of happy; a symbol as
    it is typed.
    """
    if is_kept(stem):
        return re.compile(re.escape(as_typed(stem)))
    letters = stem[:-1] if len(stem) > 3 and stem.endswith("i") else stem
    end = "" if len(stem) > 3 else f"(?!{JOINED}{{2}})"  # Short words begin too many others.
    return re.compile(f"(?<!{JOINED}){re.escape(letters)}{end}")


def found_in(text: str, sought: Sequence[Sequence[Sequence[re.Pattern]]]) -> set[int]:
    """The numbers of the clauses that can be seen in the text."""
    folded = folded_text(text)
    return {
        number
        for number, ways in enumerate(sought)
        if text and any(all(pattern.search(folded) for pattern in way) for way in ways)
    }


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
    place from others like it.
    """
    start, end = best_piece(text, hits)
    first, *others = [hit for hit in hits if hit.start >= start and hit.end <= end]
    last = first.end
    for hit in others:
        between = text[first.start : hit.end]
        if "\n" in between or len(between) > MOST_FRAGMENT:
            break
        last = hit.end
    line = text.rfind("\n", 0, first.start) + 1
    before = " ".join(text[line : first.start].split()[-WORDS_BEFORE:])
    if text[first.start - 1 : first.start].strip():
        before = ""  # A hit within a word of the browser's is found by itself.
    words = " ".join(text[first.start : last].split())
    directive = f"{for_fragment(before)}-,{for_fragment(words)}" if before else for_fragment(words)
    return f"#{quote(section.anchor)}:~:text={directive}"


def for_fragment(text: str) -> str:
    """Percent-encoded, also where addresses need it not but text fragments do."""
    return quote(text, safe="").replace("-", "%2D")


def hits_in(text: str, clauses: Sequence[Clause]) -> Iterator[Hit]:
    """The hits in their order, none over another; where several clauses fit, the longest."""
    found: list[Token] = list(tokens(text))
    starting_with, beginnings = {}, []
    for number, clause in sorted(enumerate(clauses), key=lambda pair: -len(pair[1].stems)):
        for way in clause.ways:
            starting_with.setdefault(first_stem(way), []).append(number)
        if clause.is_beginning and len(clause.stems) == 1:
            beginnings.append(number)
    place = count = 0
    while place < len(found) and count < MOST_HITS:
        likely = [*starting_with.get(found[place].stem, ()), *beginnings]
        number, length = max(
            ((one, length_at(place, found, text, clauses[one])) for one in likely),
            key=lambda pair: pair[1],
            default=(0, 0),
        )
        if length:
            start, end = found[place].start, found[place + length - 1].end
            clause = clauses[number]
            whole = symbol_at(start, text, clause)
            if whole or not (clause.is_of_signs and clause.is_at(place, found)):
                yield Hit(*(whole or (start, end)), number)
                count += 1
        place += length or 1


def first_stem(way: Sequence[str]) -> str:
    """The stem of the word that what is looked for begins with."""
    return next(tokens(as_typed(way[0]))).stem if is_kept(way[0]) else way[0]


def length_at(place: int, found: Sequence[Token], text: str, clause: Clause) -> int:
    """How many words of the text from `place` on are what the clause looks for."""
    length = clause.length_at(place, found)
    if not length and (symbol := symbol_at(found[place].start, text, clause)):
        length = sum(token.start < symbol[1] for token in found[place : place + MOST_WORDS])
    return length


def symbol_at(start: int, text: str, clause: Clause) -> tuple[int, int] | None:
    """Where the symbol of the clause begins and ends whose first letter is at `start`."""
    for symbol in map(as_typed, [*clause.symbols, *clause.other_symbols]):
        begin = start - next(place for place, sign in enumerate(symbol) if sign.isalnum())
        if begin >= 0 and text[begin : begin + len(symbol)].lower() == symbol:
            return begin, begin + len(symbol)
    return None


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

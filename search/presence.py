"""Which clauses of a question a text has, by its words, as the engines tell it.

Every text of every answer is looked through. What letters tell is told first, which is quick; only
the parts of a text that may have more than was seen before are cut into words. Where in a text
the words stand is for search.highlighting to say.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from search.questions import Clause
from search.texts import Section
from search.words import (
    BORDER,
    JOINED,
    SINGLES,
    as_typed,
    folded_text,
    forms_of,
    humps,
    is_kept,
    tokens,
)

# Of one page: what is looked through, and how many words are cut of it.
MOST_CHARACTERS, MOST_WORDS = 200_000, 4_000
WINDOW, OVERLAP = 4_000, 300  # What is looked at together, and what two of these share.
SHORT = 200  # Characters of a text that is always cut, as headings are.
LONGEST_PIECE = 64  # Longer ones are hardly met again.
BODY = ("prose", "code", "captions", "formulas")
NO_SIGNS = re.compile("['’⁄]")
LETTERS = re.compile("[a-z]+")


@dataclass(frozen=True, slots=True)
class Sight:
    """The clauses that a text has, by their numbers, and the part of it with most of them."""

    clauses: frozenset[int] = frozenset()
    most: int = 0
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What can be seen of a question in a section: in its title, and in each text of its body."""

    section: Section
    title: Sight
    body: Mapping[str, Sight]


def seen_in(sections: Sequence[Section], look: "Look") -> list[Seen]:
    """What the sections of a page have, but for what is far beyond the usual."""
    sights = look.at_all(
        [getattr(section, name) for section in sections for name in ("title", *BODY)]
    )
    each = iter(sights)
    return [Seen(section, next(each), {name: next(each) for name in BODY}) for section in sections]


class Look:
    """A question made ready to be looked for in many texts."""

    def __init__(self, clauses: Sequence[Clause]):
        self.stems, self.exact = defaultdict(set), defaultdict(set)
        self.phrases, self.beginnings, self.symbols = [], [], []
        self.letters = [set(map(letters_of, clause.ways)) for clause in clauses]
        for number, clause in enumerate(clauses):
            for way in clause.ways:
                if len(way) == 1:
                    self.stems[way[0]].add(number)
                else:
                    self.phrases.append((way[0], f" {' '.join(way)} ", number))
            if len(clause.exact) == 1:
                self.exact[clause.exact[0]].add(number)
            if clause.is_beginning:
                words = [*clause.stems[:-1], clause.exact[-1]]
                by_form = f" {' '.join(clause.exact)}"
                self.beginnings.append((f" {' '.join(words)}", by_form, number))
                self.letters[number].add(letters_of(words))
            for symbol in {as_typed(kept) for kept in (*clause.symbols, *clause.other_symbols)}:
                self.symbols.append((symbol, symbol_in(symbol), number))
                self.letters[number].add((symbol,))

    def at(self, text: str) -> Sight:
        """What a text has."""
        return self.at_all([text])[0]

    def at_all(self, texts: Sequence[str]) -> list[Sight]:
        """What each of the texts of one page has."""
        sights = [Sight()] * len(texts)
        parts, room = [], MOST_CHARACTERS
        for number, text in enumerate(texts):
            for start, end in windows(text, min(len(text), room)):
                if likely := self.likely_in(text[start:end]):
                    parts.append((likely, number, start, end))
            room = max(0, room - len(text))
        parts.sort(key=lambda part: (len(texts[part[1]]) > SHORT, -len(part[0])))
        words_left = MOST_WORDS
        for likely, number, start, end in parts:
            sight = sights[number]
            if len(likely) <= sight.most and likely <= sight.clauses:
                continue
            here, words = self.found_in(texts[number][start:end])
            if len(here) > sight.most:
                sights[number] = Sight(sight.clauses | here, len(here), start, end)
            elif not here <= sight.clauses:
                sights[number] = Sight(sight.clauses | here, sight.most, sight.start, sight.end)
            words_left -= words
            if words_left < 0:
                break
        return sights

    def likely_in(self, text: str) -> set[int]:
        """The numbers of all clauses that a short text has, and of some that it has not."""
        letters = NO_SIGNS.sub("", folded_text(text))
        return {
            number
            for number, ways in enumerate(self.letters)
            if any(all(part in letters for part in way) for way in ways)
        }

    def found_in(self, text: str) -> tuple[set[int], int]:
        """The numbers of the clauses that a short text has, and how many words these took."""
        stems, exact = stems_and_exact(text)
        every_stem = set(stems.split(" "))
        found = {
            number
            for wanted, there in ((self.stems, every_stem), (self.exact, set(exact.split(" "))))
            for word in wanted.keys() & there
            for number in wanted[word]
        }
        found |= {
            number
            for first, phrase, number in self.phrases
            if first in every_stem and phrase in stems
        }
        found |= {
            number
            for by_stem, by_form, number in self.beginnings
            if by_stem in stems or by_form in exact
        }
        if self.symbols:
            small = text.lower()
            found |= {
                number
                for symbol, pattern, number in self.symbols
                if symbol in small and pattern.search(small)
            }
        return found, exact.count(" ")


def letters_of(words: Sequence[str]) -> tuple[str, ...]:
    """For each of the words letters that stand in every text with it: an English word has all but
    the last of its stem, or the first as dying has of die. Others may be written in ways of which
    less is sure.
    """
    found = []
    for word in words:
        if is_kept(word):
            found.append(as_typed(word))
        elif LETTERS.fullmatch(word):
            found.append(word[0] if len(word) == 3 and word.endswith("ie") else word[:-1] or word)
        else:
            beginning = LETTERS.match(word)
            found.append(beginning[0] if beginning else word[0])
    return tuple(found)


def windows(text: str, most: int) -> Iterator[tuple[int, int]]:
    """The parts of the text that are looked at together, which begin and end between two words."""
    start = 0
    while start < most:
        end = min(start + WINDOW, most)
        if end < most:
            end = max(text.rfind(" ", start, end), text.rfind("\n", start, end)) + 1
            end = end if end > start + 2 * OVERLAP else start + WINDOW
        yield start, end
        if end >= most:
            return
        between = text.find(" ", end - OVERLAP, end)
        start = between + 1 if between >= 0 else end


def symbol_in(symbol: str) -> re.Pattern:
    """Finds a symbol that is no part of a longer word; its letters first, which is quick."""
    letters = re.escape(symbol)
    if not any(map(str.isalnum, symbol)):
        return re.compile(f"(?<!\\S){letters}(?!\\S)")
    before = f"(?<!{JOINED}{letters})" if symbol[0].isalnum() else ""
    after = f"(?!{JOINED})" if symbol[-1].isalnum() else ""
    return re.compile(f"{letters}{before}{after}")


def stems_and_exact(text: str) -> tuple[str, str]:
    """The stems of a text, then those of the words in the humps of its names, and its exact forms,
    each between two spaces.
    """
    if not text.isascii():
        text = SINGLES.sub(r" \g<0> ", text)
    pieces = [
        cut_once(piece) if len(piece) <= LONGEST_PIECE else cut(piece) for piece in text.split()
    ]
    stems = " ".join([of_piece for of_piece, _, _ in pieces if of_piece])
    exact = " ".join([of_piece for _, of_piece, _ in pieces if of_piece])
    in_humps = "".join([of_piece for _, _, of_piece in pieces if of_piece])
    return f" {stems} {BORDER}{in_humps} ", f" {exact} "


def cut(piece: str) -> tuple[str, str, str]:
    """The stems of the words of a piece, their exact forms, and the stems of the words in the
    humps of its names, each name behind a border.
    """
    found = list(tokens(piece))
    parts = [] if piece.islower() else [humps(piece[name.start : name.end]) for name in found]
    return (
        " ".join([word.stem for word in found]),
        " ".join([word.exact for word in found]),
        "".join(
            f" {' '.join(forms_of(part)[1] for part in of_name)} {BORDER}"
            for of_name in parts
            if len(of_name) > 1
        ),
    )


cut_once = lru_cache(maxsize=32_768)(cut)

"""From what a reader typed to what is looked for.

No character is an operator, except that a pair of quotation marks makes a phrase. A piece of
text that is several words without a space between them (`snake_case`, `3.11`, `open-source`) is
looked for as a phrase too, and the last word also as the beginning of a word.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from search.words import Token, printable, tokens

MOST_CHARACTERS = 256
MOST_WORDS = 16
SHORTEST_BEGINNING = 3
QUOTATION_MARKS = re.compile("[“”„‟]")
# Words of nearly every text; they are left out beside others, and looked for inside phrases.
COMMON = (
    "a an and are as at be by for from how i in is it its of on or that the this to was "
    "what when where which who why will with you"
)
STOP_WORDS = frozenset(COMMON.split())


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing looked for: a word, or words that follow each other.

    `is_beginning`: other words that begin with the last one match as well.
    """

    exact: tuple[str, ...]
    stems: tuple[str, ...]
    is_beginning: bool = False

    def is_at(self, place: int, text: Sequence[Token]) -> bool:
        """Whether the words of the text from `place` on are what is looked for."""
        if len(self.stems) > len(text) - place:
            return False
        *before, last = text[place : place + len(self.stems)]
        if any(token.stem != stem for token, stem in zip(before, self.stems, strict=False)):
            return False
        return last.stem == self.stems[-1] or (
            self.is_beginning
            and (last.exact.startswith(self.exact[-1]) or last.stem.startswith(self.exact[-1]))
        )


@dataclass(frozen=True, slots=True)
class Question:
    """A question that is safe to ask: its text as it may be shown again, and its clauses."""

    text: str
    clauses: tuple[Clause, ...]
    was_shortened: bool

    @property
    def words(self) -> tuple[str, ...]:
        """The words that are looked for, as they are spelled without case and diacritics."""
        return tuple(word for clause in self.clauses for word in clause.exact)

    @property
    def single_words(self) -> tuple[Clause, ...]:
        """Each word a clause of its own, for when nothing has all that was asked for."""
        singles = {
            stem: Clause((exact,), (stem,))
            for clause in self.clauses
            for exact, stem in zip(clause.exact, clause.stems, strict=True)
        }
        if self.clauses and self.clauses[-1].is_beginning:
            last = self.clauses[-1].stems[-1]
            singles[last] = replace(singles[last], is_beginning=True)
        return without_stop_words(singles.values())


def read_question(typed: str) -> Question:
    """What is looked for; anything can be typed, and what is too long is cut and said so."""
    whole = " ".join(printable(typed).split())
    text = whole[:MOST_CHARACTERS].rstrip()
    pieces = list(pieces_of(text))
    clauses, room = [], MOST_WORDS
    for piece, _ in pieces:
        kept = piece[:room]
        room -= len(kept)
        if kept:
            clauses.append(
                Clause(tuple(token.exact for token in kept), tuple(token.stem for token in kept))
            )
    has_room = sum(len(piece) for piece, _ in pieces) <= MOST_WORDS
    if clauses and has_room and not pieces[-1][1]:
        last = clauses[-1]
        is_beginning = len(last.exact[-1]) >= SHORTEST_BEGINNING
        clauses[-1] = replace(last, is_beginning=is_beginning)
    return Question(text, without_stop_words(clauses), text != whole or not has_room)


def pieces_of(text: str) -> Iterator[tuple[list[Token], bool]]:
    """The words of each quoted phrase and of each piece between spaces, and whether it is quoted.

    When the marks do not come in pairs, none of them is one.
    """
    text = QUOTATION_MARKS.sub('"', text)
    if text.count('"') % 2:
        text = text.replace('"', " ")
    for place, part in enumerate(text.split('"')):
        is_quoted = place % 2 == 1
        for piece in [part] if is_quoted else part.split():
            if found := list(tokens(piece)):
                yield found, is_quoted


def without_stop_words(clauses: Iterable[Clause]) -> tuple[Clause, ...]:
    """The clauses, each once, without single stop words unless there is nothing else."""
    unique = tuple(dict.fromkeys(clauses))
    telling = tuple(clause for clause in unique if not STOP_WORDS.issuperset(clause.exact))
    return telling or unique

"""From what a reader typed to what is looked for.

No character is an operator, except that a pair of quotation marks makes a phrase. A piece of
text that is several words without a space between them (`snake_case`, `3.11`, `open-source`) is
looked for as a phrase too, and as the symbol that it is; the last word also as the beginning of a
word. What else is meant by a word (synonyms, compounds written apart or together, the words in the
humps of a name) is looked for beside it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise

from search.words import (
    SINGLES,
    Token,
    as_typed,
    forms_of,
    humps,
    is_kept,
    kept_whole,
    printable,
    symbols,
    tokens,
)

MOST_CHARACTERS = 256
MOST_WORDS = 16
SHORTEST_BEGINNING = 3
# The least letters of a part of a compound, and of a compound.
SHORTEST_PART, SHORTEST_COMPOUND = 3, 6
MOST_OTHERS = 24  # Of one clause: two rows of synonyms, and other ways to write it.
MOST_JOINED = 4  # Words of a piece, or its parts of letters and digits, that may be one word.
MOST_NAMED = 5  # Pieces of a question that are a synonym together.
LETTERS_OR_DIGITS = re.compile(r"\d+|\D+")
# Of a symbol: signs around it, as in .NET, or those that make another word of one, as in C++.
TELLING_SIGNS = re.compile("[a-z0-9][+#]")
SIGNS_AROUND = re.compile("[^a-z0-9]|.*[^a-z0-9]$")
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

    `is_beginning`: other words that begin with the last one match as well. `others` are stems
    that are looked for instead, each a word, words that follow each other or a symbol. `symbols`
    are kept whole, see search.words.kept_whole.
    """

    exact: tuple[str, ...]
    stems: tuple[str, ...]
    is_beginning: bool = False
    others: tuple[tuple[str, ...], ...] = ()
    symbols: tuple[str, ...] = ()
    is_quoted: bool = False

    @property
    def ways(self) -> tuple[tuple[str, ...], ...]:
        """Its stems, and what is looked for instead."""
        return (self.stems, *self.others)

    @property
    def other_symbols(self) -> tuple[str, ...]:
        """The symbols among what is looked for instead."""
        return tuple(other[0] for other in self.others if is_kept(other[0]))

    @property
    def is_of_signs(self) -> bool:
        """Whether it is a symbol like C++, of which the word alone tells nothing."""
        return bool(self.symbols) and len("".join(self.exact)) <= 2

    @property
    def told_by_signs(self) -> str:
        """The symbol that it is as a whole, if its signs tell it from its words: C++ and .NET, but
        not node.js. Nothing if it is none.
        """
        letters = "".join(self.exact)
        for symbol in self.symbols:
            typed = as_typed(symbol)
            if (TELLING_SIGNS.search(typed) or SIGNS_AROUND.match(typed)) and letters == "".join(
                filter(str.isalnum, typed)
            ):
                return symbol
        return ""

    def length_at(self, place: int, text: Sequence[Token]) -> int:
        """How many words of the text from `place` on are what is looked for; 0 if it is not."""
        if self.is_at(place, text):
            return len(self.stems)
        for other in self.others:
            here = text[place : place + len(other)]
            if tuple(token.stem for token in here) == other:
                return len(other)
        return 0

    def is_at(self, place: int, text: Sequence[Token]) -> bool:
        """Whether the words of the text from `place` on are the clause's own."""
        if len(self.stems) > len(text) - place:
            return False
        *before, last = text[place : place + len(self.stems)]
        if any(token.stem != stem for token, stem in zip(before, self.stems, strict=False)):
            return False
        return last.stem == self.stems[-1] or (
            self.is_beginning
            and (last.exact.startswith(self.exact[-1]) or last.stem.startswith(self.exact[-1]))
        )

    def with_others(self, others: Iterable[tuple[str, ...]]) -> "Clause":
        """The clause with more that is looked for instead."""
        new = dict.fromkeys([*self.others, *others])
        new.pop(self.stems, None)
        return replace(self, others=tuple(new)[:MOST_OTHERS])


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
    def phrase(self) -> tuple[str, ...]:
        """The stems of all that was typed, as it was typed, small words as well."""
        return tuple(token.stem for token in tokens(self.text))[:MOST_WORDS]

    @property
    def single_words(self) -> tuple[Clause, ...]:
        """Each word a clause of its own, for when nothing has all that was asked for."""
        singles = {
            stem: Clause(
                (exact,),
                (stem,),
                others=clause.others if len(clause.stems) == 1 else (),
                symbols=clause.symbols if len(clause.stems) == 1 else (),
            )
            for clause in self.clauses
            for exact, stem in zip(clause.exact, clause.stems, strict=True)
        }
        if self.clauses and self.clauses[-1].is_beginning:
            last = self.clauses[-1].stems[-1]
            singles[last] = replace(singles[last], is_beginning=True)
        return without_stop_words(singles.values())

    @property
    def symbols(self) -> tuple[str, ...]:
        """All symbols that were typed, kept whole."""
        return tuple(dict.fromkeys(name for clause in self.clauses for name in clause.symbols))

    def possible_parts(self) -> set[str]:
        """The words that the words of the question may be made of."""
        return {word for _, ways in self.parted() for way in ways for word in way}

    def joined(self) -> Iterator[tuple[int, str]]:
        """Two neighbouring words as one, by the place of the first."""
        for place, (first, second) in enumerate(pairwise(self.clauses)):
            if not (is_single(first) and is_single(second)):
                continue
            word = first.exact[0] + second.exact[0]
            is_compound = is_plain(first) and is_plain(second) and len(word) >= SHORTEST_COMPOUND
            if is_compound or meet(first.exact[0], second.exact[0]):
                yield place, word

    def parted(self) -> Iterator[tuple[int, list[tuple[str, ...]]]]:
        """For each word, by its place, the two words that it may be made of."""
        for place, clause in enumerate(self.clauses):
            word = clause.exact[0]
            if is_plain(clause) and len(word) >= SHORTEST_COMPOUND:
                ends = range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
                yield place, [(word[:end], word[end:]) for end in ends]

    def widened(
        self, known: Set[str], synonyms: Mapping[str, Sequence[tuple[str, ...]]]
    ) -> "Question":
        """The question with what else its words may mean: what they make together, what they are
        made of, where those words are `known`, and synonyms.
        """
        clauses = list(self.clauses)

        def add(place: int, others: Iterable[tuple[str, ...]]) -> None:
            clauses[place] = clauses[place].with_others(map(stems_of, others))

        for place, word in self.joined():
            add(place, [(word,)])
            add(place + 1, [(word,)])
        for place, ways in self.parted():
            add(place, [way for way in ways if known >= set(way)])
        typed = clauses_of(list(pieces_of(self.text))) if synonyms else []
        for first in range(len(typed)):
            for last in range(first + 1, min(first + MOST_NAMED, len(typed)) + 1):
                names = names_of(typed[first:last])
                others = next((synonyms[name] for name in names if name in synonyms), ())
                named = {clause.exact for clause in typed[first:last]} if others else ()
                for place, clause in enumerate(self.clauses):
                    if clause.exact in named:
                        add(place, others)
        return replace(self, clauses=tuple(clauses))


def read_question(typed: str) -> Question:
    """What is looked for; anything can be typed, and what is too long is cut and said so."""
    whole = " ".join(printable(typed).split())
    text = whole[:MOST_CHARACTERS].rstrip()
    pieces = list(pieces_of(text))
    clauses = clauses_of(pieces)
    has_room = sum(len(found) for found, *_ in pieces) <= MOST_WORDS
    if clauses and has_room and not clauses[-1].is_quoted:
        last = clauses[-1]
        is_beginning = len(last.exact[-1]) >= SHORTEST_BEGINNING
        clauses[-1] = replace(last, is_beginning=is_beginning)
    return Question(text, without_stop_words(clauses), text != whole or not has_room)


def clauses_of(pieces: Iterable[tuple[Sequence[Token], str, bool]]) -> list[Clause]:
    """What each of the pieces looks for, small words as well, until there are words enough."""
    clauses, room = [], MOST_WORDS
    for found, piece, is_quoted in pieces:
        kept = found[:room]
        room -= len(kept)
        if kept:
            clauses.append(clause_of(kept, piece, is_quoted))
    return clauses


def clause_of(found: Sequence[Token], piece: str, is_quoted: bool) -> Clause:
    """What a piece of the question looks for: its words, the symbols and the humps in it."""
    exact = tuple(token.exact for token in found)
    kept = dict.fromkeys(map(kept_whole, symbols(piece)))
    clause = Clause(
        exact,
        tuple(token.stem for token in found),
        # Signs alone tell nothing beside a word.
        symbols=tuple(one for one in kept if has_word(one) or one in exact),
        is_quoted=is_quoted,
    )
    parts = [humps(piece[token.start : token.end]) for token in found]
    if any(len(part) > 1 for part in parts):
        words = [
            part if len(part) > 1 else [token.exact]
            for part, token in zip(parts, found, strict=True)
        ]
        clause = clause.with_others([stems_of([word for part in words for word in part])])
    if not is_quoted:
        clause = clause.with_others(map(stems_of, written_otherwise(exact)))
    return clause


def written_otherwise(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The words of one piece as others may write them: joined, but no numbers, or parted where
    letters and digits meet. What is `gpt-4` may be `gpt4`, and `pre-training` be `pretraining`.
    """
    if any(map(SINGLES.match, words)) or any(map(is_kept, words)):
        return
    parts = [part for word in words for part in LETTERS_OR_DIGITS.findall(word)]
    if len(words) < len(parts) <= MOST_JOINED:
        yield tuple(parts)
        if len(words) == 1:
            for end in range(1, len(parts)):
                yield "".join(parts[:end]), "".join(parts[end:])
    if 1 < len(words) <= MOST_JOINED:
        if not any(one[-1].isdigit() and other[0].isdigit() for one, other in pairwise(words)):
            yield ("".join(words),)
        for place, (one, other) in enumerate(pairwise(words)):
            if meet(one, other):
                yield (*words[:place], one + other, *words[place + 2 :])


def meet(word: str, other: str) -> bool:
    """Whether a letter and a digit are beside each other when the words are joined."""
    return word[-1].isdigit() != other[0].isdigit()


def names_of(clauses: Sequence[Clause]) -> Iterator[str]:
    """What synonyms may know the clauses by, the most telling first: C++ is nothing like C."""
    told_by_signs = [clause.told_by_signs for clause in clauses]
    if len(clauses) == 1 and told_by_signs[0]:
        yield told_by_signs[0]
    if not any(TELLING_SIGNS.search(as_typed(symbol)) for symbol in told_by_signs):
        yield " ".join(word for clause in clauses for word in clause.exact)


def stems_of(words: Iterable[str]) -> tuple[str, ...]:
    stems = (word if is_kept(word) else forms_of(word)[1] for word in words)
    return tuple(filter(None, stems))


def has_word(kept: str) -> bool:
    """Whether a letter or digit stands in a symbol that was kept whole."""
    return any(map(str.isalnum, as_typed(kept)))


def is_plain(clause: Clause) -> bool:
    """Whether it is one word of letters, which may be a part or a compound."""
    return is_single(clause) and clause.exact[0].isalpha()


def is_single(clause: Clause) -> bool:
    return len(clause.exact) == 1 and not clause.is_quoted and clause.exact[0].isalnum()


def pieces_of(text: str) -> Iterator[tuple[list[Token], str, bool]]:
    """The words of each quoted phrase and of each piece between spaces, and whether it is quoted.

    When the marks do not come in pairs, none of them is one.
    """
    text = QUOTATION_MARKS.sub('"', text)
    if text.count('"') % 2:
        text = text.replace('"', " ")
    for place, part in enumerate(text.split('"')):
        is_quoted = place % 2 == 1
        for piece in [part] if is_quoted else part.split():
            found = list(tokens(piece))
            if not found:  # Signs alone, such as __ or ++, are a word where they are a symbol.
                found = [Token(0, 0, kept, kept) for kept in map(kept_whole, symbols(piece))]
            if found:
                yield found, piece, is_quoted


def without_stop_words(clauses: Iterable[Clause]) -> tuple[Clause, ...]:
    """The clauses, each once, without single stop words unless there is nothing else."""
    unique = tuple(dict.fromkeys(clauses))
    telling = tuple(clause for clause in unique if not STOP_WORDS.issuperset(clause.exact))
    return telling or unique

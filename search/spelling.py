"""What a reader meant who mistyped: words of the publication that are near to what was typed.

A word is only taken for mistyped if no readable page has it, and only replaced by a word that
readable pages have, so that no answer tells anything of hidden ones.
"""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from django.db.models import Subquery
from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.engines import engine
from search.models import SearchWord
from search.questions import SHORTEST_PART, STOP_WORDS, Clause, Question
from search.words import forms_of, tokens

SHORTEST_MISTYPED = 4  # Shorter words have too many neighbours.
MOST_EDITS = 2
TWO_EDITS_FROM = 8  # Letters, of what was typed or of what is meant.
MOST_CORRECTED = 4  # Words of one question; each is compared with all of its length.
MOST_NEAR = 24  # Words that are looked at for one mistyped word.
RARE, TIMES_AS_MANY = 2, 10  # Pages of a word that may be mistyped, and of the likelier one.
MOST_PAGES = 30  # Of one word: what its frequency is told by.
MOST_LOOKED_AT = 5_000  # Pages of one word, when hidden ones are among the first.
MOST_WORDS = 300_000  # Kept in memory by a process.
OVERLAP = 1_000  # Rows that may be committed after a row with a higher number.

Readable = Callable[[set[int]], set[int]]


@dataclass
class Vocabulary:
    """The words of the publication by their length, as they were when last looked at."""

    first: int = 0  # The oldest row of the database then; it goes when the index is made anew.
    last: int = 0
    by_length: dict[int, list[str]] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)

    def add(self, word: str) -> None:
        if word not in self.words:
            self.words.add(word)
            self.by_length.setdefault(len(word), []).append(word)

    def near(self, word: str) -> list[tuple[int, str]]:
        """The nearest words with how many edits away they are, nearest first."""
        lengths = range(len(word) - MOST_EDITS, len(word) + MOST_EDITS + 1)
        found = [
            (edits, other)
            for length in lengths
            for other, edits in nearly_the_same(word, self.by_length.get(length, ()))
            if other != word
        ]
        found.sort(key=lambda one: (one[0], one[1][:1] != word[:1], one[1]))
        return found[:MOST_NEAR]

    def parts(self, word: str) -> list[tuple[str, str]]:
        """The two words that the word may be made of, in each way."""
        return [
            pair
            for end in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
            if self.words.issuperset(pair := (word[:end], word[end:]))
        ]


_vocabulary = Vocabulary()
_lock = threading.Lock()


def vocabulary() -> Vocabulary:
    """The words as the database has them now; only what is new is read."""
    global _vocabulary
    with _lock:
        rows = SearchWord.objects.order_by("pk")
        first = Subquery(rows.values("pk")[:1])
        newest = rows.reverse().annotate(first=first).values_list("first", "pk").first()
        first, last = newest or (0, 0)
        if first != _vocabulary.first or last < _vocabulary.last:
            _vocabulary = Vocabulary(first)
        if last > _vocabulary.last and len(_vocabulary.words) < MOST_WORDS:
            new = rows.filter(pk__gt=_vocabulary.last - OVERLAP).exclude(word=SearchWord.BEGINNING)
            for word in new.values_list("word", flat=True)[:MOST_WORDS].iterator():
                _vocabulary.add(word)
        _vocabulary.last = last
        return _vocabulary


def forget() -> None:
    """Read the words anew when they are next asked for."""
    global _vocabulary
    _vocabulary = Vocabulary()


def known_among(words: set[str]) -> set[str]:
    """Those of the words that some page has, be it readable or not."""
    if not words:
        return set()
    return set(SearchWord.objects.filter(word__in=words).values_list("word", flat=True))


def corrected(asked: Question, readable: Readable) -> Question | None:
    """The question with its mistyped words replaced, or None if there is nothing to replace.

    `readable` gives those of the page ids that are readable. The number of queries does not
    depend on the number of words.
    """
    return with_better_words(asked, readable, rare=0)


def likelier(asked: Question, readable: Readable) -> Question | None:
    """The same with words that hardly a page has and that are one edit from a common one."""
    return with_better_words(asked, readable, rare=RARE)


def with_better_words(asked: Question, readable: Readable, *, rare: int) -> Question | None:
    """The question with each of the first words replaced that at most so many pages have."""
    places = [
        (place, part)
        for place, clause in enumerate(asked.clauses)
        for part in range(len(clause.exact))
    ]
    singles = [single(asked.clauses[place], part) for place, part in places]
    counts = frequencies(singles, readable)
    wrong = {
        place: (clause.exact[0], count)
        for place, clause, count in zip(places, singles, counts, strict=True)
        if count <= rare and is_mistypable(clause.exact[0])
    }
    first = dict(islice(dict(wrong.values()).items(), MOST_CORRECTED))
    changes = better_words(first, readable) if first else {}
    if not changes:
        return None
    clauses: list[Clause] = []
    for place, clause in enumerate(asked.clauses):
        new = [
            changes.get(wrong.get((place, part), ("", 0))[0]) for part in range(len(clause.exact))
        ]
        clauses += with_changes(clause, new)
    text = with_words(asked.text, {word: " ".join(words) for word, words in changes.items()})
    return replace(asked, clauses=tuple(dict.fromkeys(clauses)), text=text)


def better_words(typed: Mapping[str, int], readable: Readable) -> dict[str, tuple[str, ...]]:
    """For each word the one that is meant, or the two that it is made of, where there are such and
    readable pages have them. A word that some pages have itself, as many as it is given with,
    must be one edit from a word of many more.

    Fewer edits come first, then words of titles, headings, excerpts and names, then the first
    letter, then frequency.
    """
    words = vocabulary()
    near = {word: words.near(word) for word in typed}
    parts = {word: words.parts(word) for word in typed}
    nearest = sorted({other for found in near.values() for _, other in found})
    halves = {part for found in parts.values() for pair in found for part in pair}
    others = [*nearest, *sorted(halves.difference(nearest))]
    stems = {other: forms_of(other)[1] for other in others}
    expressions = [engine().alternatives(Clause((other,), (stems[other],))) for other in others]
    # Only those that are near are told apart by where they stand.
    expressions += [engine().in_head(stems[other]) for other in nearest]
    found = counts_of(expressions, readable)
    counts = dict(zip(others, found, strict=False))
    in_heads = dict(zip(nearest, found[len(others) :], strict=True))
    better = {}
    for word in typed:
        ranked = [
            (edits, not in_heads[other], other[0] != word[0], -counts[other], other)
            for edits, other in near[word]
            if counts[other]
            and (not typed[word] or is_far_likelier(edits, typed[word], counts[other]))
        ]
        pairs = [(min(counts[part] for part in pair), pair) for pair in parts[word]]
        if ranked:
            better[word] = (min(ranked)[-1],)
        elif pairs and max(pairs)[0] and not typed[word]:
            better[word] = max(pairs)[1]
    return better


def is_far_likelier(edits: int, pages: int, pages_of_other: int) -> bool:
    return edits == 1 and pages_of_other >= TIMES_AS_MANY * pages


def frequencies(clauses: Sequence[Clause], readable: Readable) -> list[int]:
    """How many readable pages match each clause, up to MOST_PAGES."""
    return counts_of([engine().alternatives(clause) for clause in clauses], readable)


def counts_of(expressions: Sequence[str], readable: Readable) -> list[int]:
    """How many readable pages match each expression of the engine, up to MOST_PAGES.

    Where hidden pages take the place of readable ones among the first that match, more are looked
    at: nothing that is found may depend on pages that nobody may read.
    """
    found = engine().some_with(expressions, MOST_PAGES)
    shown = readable({page_id for of_one in found for page_id in of_one})
    short = [
        number
        for number, of_one in enumerate(found)
        if len(of_one) == MOST_PAGES and not shown.issuperset(of_one)
    ]
    if short:
        more = engine().some_with([expressions[number] for number in short], MOST_LOOKED_AT)
        shown |= readable({page_id for of_one in more for page_id in of_one})
        for number, of_one in zip(short, more, strict=True):
            found[number] = of_one
    return [min(MOST_PAGES, len(shown.intersection(of_one))) for of_one in found]


def nearly_the_same(word: str, others: Collection[str]) -> Iterator[tuple[str, int]]:
    """Those of the others that the word may be mistyped for, with the edits between the two.

    An edit is a letter more, less or another, or two swapped. Words that nobody is taken to have
    mistyped, see `is_mistypable`, are near to nothing.
    """
    if is_mistypable(word):
        near = process.extract(
            word, others, scorer=OSA.distance, score_cutoff=MOST_EDITS, limit=None
        )
        for other, edits, _ in near:
            if edits < 2 or max(len(word), len(other)) >= TWO_EDITS_FROM:
                yield other, edits


def is_mistypable(word: str) -> bool:
    return len(word) >= SHORTEST_MISTYPED and word.isalpha() and word not in STOP_WORDS


def single(clause: Clause, part: int) -> Clause:
    """One word of a clause."""
    if len(clause.exact) == 1:
        return clause
    is_beginning = clause.is_beginning and part == len(clause.exact) - 1
    return Clause((clause.exact[part],), (clause.stems[part],), is_beginning)


def with_changes(clause: Clause, new: Sequence[tuple[str, ...] | None]) -> list[Clause]:
    """The clause with the words that take the place of its own; one word may become two clauses."""
    if not any(new):
        return [clause]
    words = [words or (own,) for own, words in zip(clause.exact, new, strict=True)]
    if len(words) == 1:
        return [Clause((word,), (forms_of(word)[1],)) for word in words[0]]
    exact = tuple(word for of_one in words for word in of_one)
    return [Clause(exact, tuple(forms_of(word)[1] for word in exact), is_quoted=clause.is_quoted)]


def with_words(text: str, changes: dict[str, str]) -> str:
    """The text with the words replaced, and all else as it was typed."""
    parts, end = [], 0
    for token in tokens(text):
        parts.append(text[end : token.start])
        parts.append(changes.get(token.exact, text[token.start : token.end]))
        end = token.end
    return "".join([*parts, text[end:]])

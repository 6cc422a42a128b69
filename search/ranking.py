"""The best pages in their final order: what the engine found, weighed by where the words stand.

Only the words of title, headings, excerpt, tags and authors are looked at here, as they were cut
when the page was indexed; what is in its text is asked of the engine, for all pages at once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import log

from blog.moments import today
from search.engines import engine
from search.engines.entry import Sought
from search.models import SearchDocument
from search.questions import STOP_WORDS, Clause, Question
from search.words import forms_of

MOST_RANKED = 80  # Pages that are weighed; the others follow in the engine's order.
# What a page can get for each thing it has. A share is that of the question's words.
TITLE_IS_QUESTION = 6.0
TITLE_HAS_PHRASE = 3.0
TITLE_SHARE = 5.0
TITLE_COVERED = 1.0  # How much of the title the question is.
HEADING_IS_QUESTION = 4.0
HEADING_HAS_PHRASE = 1.5
HEADING_SHARE = 2.5
EXCERPT_HAS_PHRASE = 1.0
EXCERPT_SHARE = 1.5
SYMBOL_IN_TITLE = 2.0
NAME_IS_QUESTION = 2.5
NAME_IN_QUESTION = 2.5
NAMES_SHARE = 1.0
PROSE_HAS_PHRASE = 4.0
CODE_HAS_PHRASE = 1.5
SYMBOL = 4.0
EXACT_FORMS = 0.7
SOME_OF_QUESTION = 6.0  # When no page has all of it.
ENGINE = 3.0  # For the engine's first, less for each after it.
ENGINE_HALF = 8  # The place that gets half of it.
FRESHNESS = 0.6  # For a post of this year, less for an older one.
FRESHNESS_HALF = 4  # The years after which half of it is left.
TRACK_IS_NAMED = 1.0
OTHER_WORDS = 0.8  # What a synonym or a compound counts beside the word itself.
BEGINNING = 0.9

STOP_STEMS = frozenset(forms_of(word)[1] for word in STOP_WORDS)


@dataclass(frozen=True)
class Ranked:
    """A page with what its place in the order is made of."""

    page_id: int
    score: float
    why: tuple[str, ...]


def best_of(
    asked: Question,
    page_ids: Sequence[int],
    *,
    is_every: bool,
    on_track: Collection[int] = (),
) -> list[Ranked]:
    """The first of the pages, which are in the engine's order, now best first. Two queries.

    When not `is_every`, they have only some of the words of the question. `on_track` are those
    that stand on a track which the question names.
    """
    weighed = page_ids[:MOST_RANKED]
    documents = SearchDocument.objects.filter(pk__in=weighed)
    heads, years = {}, {}
    for pk, forms, year in documents.values_list("pk", "forms", "year"):
        heads[pk], years[pk] = Head(**forms), year
    this_year = today().year
    bodies = Bodies(asked, weighed, is_every=is_every)
    ranked = []
    for place, pk in enumerate(weighed):
        parts = {"full text": ENGINE / (1 + place / ENGINE_HALF)}
        if pk in heads:
            parts |= heads[pk].parts(asked)
        parts |= bodies.parts(pk)
        parts["freshness"] = freshness(years.get(pk), this_year)
        parts["track"] = TRACK_IS_NAMED * (pk in on_track)
        why = tuple(f"{name} {worth:.2f}" for name, worth in parts.items() if worth > 0.005)
        ranked.append(Ranked(pk, sum(parts.values()), why))
    ranked.sort(key=lambda one: -one.score)
    return ranked


def freshness(year: int | None, this_year: int) -> float:
    """What a post of that year gets for its age; a page without a date gets nothing."""
    if year is None:
        return 0.0
    return FRESHNESS * 0.5 ** (max(0, this_year - year) / FRESHNESS_HALF)


@dataclass(frozen=True)
class Head:
    """The stems of the short texts of a page, each text as one string, and the symbols of its
    title. A page that an earlier release has indexed has none yet.
    """

    title: str = ""
    symbols: str = ""
    headings: Sequence[str] = ()
    excerpt: str = ""
    names: Sequence[str] = ()

    def parts(self, asked: Question) -> dict[str, float]:
        """What the page gets for its short texts."""
        stems = [stem for clause in asked.clauses for stem in clause.stems]
        of_question = set(stems)
        phrases = Phrases(asked.phrase, stems)
        title = telling(self.title)
        symbols = set(self.symbols.split())
        in_title = share(asked.clauses, f"{self.title} {self.symbols}")
        names = [name for name in self.names if name and of_question.issuperset(name.split())]
        named = {word for name in names for word in name.split()}
        return {
            "title is the question": TITLE_IS_QUESTION * phrases.are(self.title),
            "title phrase": TITLE_HAS_PHRASE * phrases.are_in(self.title),
            "words in title": TITLE_SHARE * in_title,
            "length of title": TITLE_COVERED
            * in_title
            * min(1, len(stems) / max(1, len(title.split()))),
            "symbol in title": SYMBOL_IN_TITLE * len(symbols & set(asked.symbols)),
            "heading is the question": HEADING_IS_QUESTION * any(map(phrases.are, self.headings)),
            "heading phrase": HEADING_HAS_PHRASE * any(map(phrases.are_in, self.headings)),
            "words in a heading": HEADING_SHARE
            * max((share(asked.clauses, heading) for heading in self.headings), default=0.0),
            "excerpt phrase": EXCERPT_HAS_PHRASE * phrases.are_in(self.excerpt),
            "words in excerpt": EXCERPT_SHARE * share(asked.clauses, self.excerpt),
            "tag or author is the question": NAME_IS_QUESTION
            * (" ".join(asked.phrase) in self.names),
            "tag or author": NAME_IN_QUESTION * len(named) / max(1, len(of_question)),
            "words in tags and authors": NAMES_SHARE * share(asked.clauses, " ".join(self.names)),
        }


class Phrases:
    """The question as a phrase: with all its words, and without the small ones beside others."""

    def __init__(self, typed: Sequence[str], telling_stems: Sequence[str]):
        self.typed, self.telling = " ".join(typed), " ".join(telling_stems)

    def are(self, text: str) -> bool:
        """Whether the text is the question, small words aside."""
        return bool(text) and (self.typed == text or self.telling == telling(text))

    def are_in(self, text: str) -> bool:
        """Whether the text has the words of the question, if they are several, in a row."""
        return (" " in self.telling and has_phrase(telling(text), self.telling)) or (
            " " in self.typed and has_phrase(text, self.typed)
        )


class Bodies:
    """What the engine knows of the texts of the pages: one query for all of them."""

    def __init__(self, asked: Question, page_ids: Sequence[int], *, is_every: bool):
        exact = [[word] for clause in asked.clauses for word in clause.exact]
        sought = {"exact forms": Sought("exact", exact)} if exact else {}
        if len(asked.phrase) > 1:
            sought["phrase in text"] = Sought("prose", [asked.phrase])
            sought["phrase in code"] = Sought("code", [asked.phrase])
        for symbol in asked.symbols:
            sought[symbol] = Sought("symbols", [[symbol]])
        singles = () if is_every else [Sought("all", one.ways) for one in asked.single_words]
        found = engine().those_with([*sought.values(), *singles], page_ids)
        self.having = dict(zip(sought, found, strict=False))
        self.symbols = asked.symbols
        self.singles = found[len(sought) :]
        # What few of the pages have tells more.
        self.worth = [log(1 + len(page_ids) / (1 + len(pages))) for pages in self.singles]

    def parts(self, page_id: int) -> dict[str, float]:
        def has(name: str) -> bool:
            return page_id in self.having.get(name, ())

        symbols = sum(map(has, self.symbols)) / max(1, len(self.symbols))
        worth = sum(
            worth for worth, pages in zip(self.worth, self.singles, strict=True) if page_id in pages
        )
        return {
            "phrase in text": PROSE_HAS_PHRASE * has("phrase in text"),
            "phrase in code": CODE_HAS_PHRASE * has("phrase in code"),
            "symbol": SYMBOL * symbols,
            "exact forms": EXACT_FORMS * has("exact forms"),
            "some words": SOME_OF_QUESTION * worth / max(sum(self.worth), 0.001),
        }


def share(clauses: Sequence[Clause], text: str) -> float:
    """How much of the question a text has, from 0 to 1."""
    words = text.split()
    if not words or not clauses:
        return 0.0
    return sum(worth_in(clause, words, f" {text} ") for clause in clauses) / len(clauses)


def worth_in(clause: Clause, words: Sequence[str], text: str) -> float:
    """1 if the text has the clause as it is asked for, less if it has something near to it."""
    if f" {' '.join(clause.stems)} " in text:
        return 1.0
    if clause.is_beginning and len(clause.stems) == 1:
        beginning = clause.exact[0]
        if any(word.startswith(beginning) for word in words):
            return BEGINNING
    if any(f" {' '.join(other)} " in text for other in clause.others):
        return OTHER_WORDS
    if len(clause.stems) > 1:
        there = sum(f" {stem} " in text for stem in clause.stems)
        return there / len(clause.stems) / 2
    return 0.0


def has_phrase(text: str, phrase: str) -> bool:
    return f" {phrase} " in f" {text} "


def telling(text: str) -> str:
    """The words of a short text without stop words, unless there is nothing else."""
    return " ".join(word for word in text.split() if word not in STOP_STEMS) or text

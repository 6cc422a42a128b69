"""What is offered while a reader types: readable titles, headings, tags and authors.

Every word typed must begin a word of what is offered. When nothing has them all, titles with
nearly the same words are offered instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_

from django.db.models import F, OuterRef, Q, Subquery, Value
from django.urls import reverse
from wagtail.models import Page
from wagtail.query import PageQuerySet

from blog.models import Author, PostPage, Tag
from blog.visibility import readable
from search.engines import engine
from search.questions import Clause, read_question
from search.spelling import MOST_EDITS, nearly_the_same
from search.words import tokens

FEWEST_LETTERS = 2  # Fewer would be answered with nearly everything.
LETTERS_BEFORE_SLIPS = 3
MOST = 8
MOST_PAGES, MOST_NAMES = 4, 3  # Of each kind, so that there is room for the others.
MOST_LOOKED_AT = 24
MOST_WITH_HIDDEN = 2_000  # When some of those are hidden.
KINDS = ("post", "page", "heading", "tag", "author")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A place to go to; `context` says what or where it is."""

    kind: str  # One of KINDS.
    label: str
    address: str
    context: str


def suggest(typed: str, below: Page | None = None, most: int = MOST) -> list[Suggestion]:
    """At most `most` places that the typed words may lead to, in at most four queries, or seven
    where hidden pages would take their place.

    Anything can be typed. Nothing is offered that a visitor may not read now: pages are asked
    of `readable()`, and a tag or an author must have a readable post.
    """
    clauses = read_question(typed).clauses
    words = [pair for clause in clauses for pair in zip(clause.exact, clause.stems, strict=True)]
    if sum(len(exact) for exact, _ in words) < FEWEST_LETTERS:
        return []
    pages = best_pages(clauses, words, below)
    titles = titles_with(words, pages)
    headings = headings_with(words, pages)[:most]
    names = names_with(words, below)
    if not (titles or headings or names):
        titles = near_titles(words, pages)
    first = [*titles[:MOST_PAGES], *names[:MOST_NAMES]]
    offered = [*first, *headings, *titles[MOST_PAGES:], *names[MOST_NAMES:]][:most]
    return sorted(offered, key=lambda one: KINDS.index(one.kind))


def best_pages(
    clauses: Sequence[Clause], words: Sequence[tuple[str, str]], below: Page | None
) -> list[Page]:
    """The best readable pages for what was typed; see `likely_pages` and `with_sections`."""
    likely = likely_pages(clauses, words, MOST_LOOKED_AT)
    pages = with_sections(readable_pages(likely, below), likely)
    if len(likely) >= MOST_LOOKED_AT > len(pages):
        likely = likely_pages(clauses, words, MOST_WITH_HIDDEN)
        shown = set(readable_pages(likely, below).order_by().values_list("pk", flat=True))
        likely = [pk for pk in likely if pk in shown][:MOST_LOOKED_AT]
        pages = with_sections(readable_pages(likely, below), likely)
    return pages


def likely_pages(
    clauses: Sequence[Clause], words: Sequence[tuple[str, str]], most: int
) -> list[int]:
    """The ids of the best pages for what was typed, then of those with words that begin alike."""
    *before, last = clauses
    is_beginning = len(last.exact[-1]) >= FEWEST_LETTERS
    asked = [*before, replace(last, is_beginning=is_beginning)]
    found = engine().with_head(asked, is_every=True, most=most)
    if len(found) < most:
        alike = [beginning_of(exact) for exact, _ in words]
        found += engine().with_head(alike, is_every=False, most=most)
    return list(dict.fromkeys(found))


def beginning_of(word: str) -> Clause:
    """The beginning of a word, before most slips of the finger."""
    beginning = word[:LETTERS_BEFORE_SLIPS]
    return Clause((beginning,), (beginning,), is_beginning=True)


def readable_pages(page_ids: Sequence[int], below: Page | None) -> PageQuerySet:
    """The readable ones of the pages."""
    pages = readable(Page.objects.filter(pk__in=engine().listed(page_ids)))
    return pages.descendant_of(below, inclusive=True) if below else pages


def with_sections(pages: PageQuerySet, page_ids: Sequence[int]) -> list[Page]:
    """The pages in the order of the ids.

    Each has its `sections` besides, and `track_title`, which is None of a page that is no post.
    """
    found = pages.annotate(
        track_title=F("postpage__track__title"), sections=F("search_document__sections")
    ).in_bulk()
    return [found[pk] for pk in page_ids if pk in found]


def titles_with(words: Sequence[tuple[str, str]], pages: Sequence[Page]) -> list[Suggestion]:
    """The pages with all the words in their title; first those that begin with the first word."""
    found = [of_page(page) for page in pages if has_all(words, page.title)]
    return sorted(found, key=lambda one: not begins_with(words, one.label))


def of_page(page: Page) -> Suggestion:
    kind, context = ("post", page.track_title) if page.track_title else ("page", "Page")
    return Suggestion(kind, page.title, page.url, context)


def headings_with(words: Sequence[tuple[str, str]], pages: Sequence[Page]) -> list[Suggestion]:
    """The headings that have all the words, each with its page; first those that begin with the
    first word.

    A heading that says the same as the title, or as one before it, leads nowhere else.
    """
    found = []
    for page in pages:
        said = {exact_words(page.title)}
        for section in page.sections:
            title = section["title"]
            if has_all(words, title) and exact_words(title) not in said:
                said.add(exact_words(title))
                address = f"{page.url}#{section['anchor']}"
                found.append(Suggestion("heading", title, address, f"In: {page.title}"))
    return sorted(found, key=lambda one: not begins_with(words, one.label))


def exact_words(text: str) -> tuple[str, ...]:
    return tuple(token.exact for token in tokens(text))


def begins_with(words: Sequence[tuple[str, str]], text: str) -> bool:
    """Whether the first of the words begins the text."""
    return has_all(words[:1], text.split()[0])


def has_all(words: Sequence[tuple[str, str]], text: str) -> bool:
    """Whether each word begins a word of the text, or is one in another inflection."""
    there = list(tokens(text))
    return all(
        any(token.exact.startswith(exact) or token.stem == stem for token in there)
        for exact, stem in words
    )


def near_titles(words: Sequence[tuple[str, str]], pages: Sequence[Page]) -> list[Suggestion]:
    """The pages whose titles have words nearly like all those that were typed."""
    return [
        of_page(page)
        for page in pages
        if all(is_nearly_in(exact, page.title) for exact, _ in words)
    ]


def is_nearly_in(word: str, text: str) -> bool:
    """Whether a word of the text, or the beginning of one, is the word or nearly the same."""
    there = {token.exact for token in tokens(text)}
    lengths = range(len(word) - MOST_EDITS, len(word) + MOST_EDITS + 1)
    beginnings = {one[:length] for one in there for length in lengths if length > 0}
    return word in beginnings or any(nearly_the_same(word, beginnings))


def names_with(words: Sequence[tuple[str, str]], below: Page | None) -> list[Suggestion]:
    """The tags and authors of readable posts whose names have all the words; one query."""
    posts = PostPage.objects.readable().order_by()
    if below:
        posts = posts.descendant_of(below)
    has_words = reduce(and_, (word_in_name(exact) for exact, _ in words))
    # The first post of each, not whether there is one: PostgreSQL would ask that of all posts.
    tagged, written = posts.tagged(OuterRef("pk")), posts.by_author(OuterRef("pk"))
    rows = [
        named.filter(has_words)
        .annotate(post=Subquery(of_one.values("pk")[:1]))
        .filter(post__isnull=False)
        .order_by()
        .values_list(Value(kind), "name", "slug")
        for kind, named, of_one in (
            ("tag", Tag.objects, tagged),
            ("author", Author.objects, written),
        )
    ]
    found = list(rows[0].union(rows[1], all=True)[: 2 * MOST_LOOKED_AT])
    found.sort(key=lambda row: (not begins_with(words, row[1]), row[1].casefold()))
    return [
        Suggestion(kind, name, reverse(kind, args=[slug]), "Topic" if kind == "tag" else "Author")
        for kind, name, slug in found
    ]


def word_in_name(word: str) -> Q:
    """Names with a word that begins so. Their slugs stand for names with diacritics."""
    return (
        Q(slug__startswith=word)
        | Q(slug__contains=f"-{word}")
        | Q(name__istartswith=word)
        | Q(name__icontains=f" {word}")
    )

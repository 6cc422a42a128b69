"""The page of answers to a question."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page as ResultPage
from django.core.paginator import Paginator
from django.utils.safestring import SafeString
from wagtail.models import Page

from blog.models import PostPage, Tag, TrackIndexPage
from blog.visibility import readable
from search.engines import engine
from search.highlighting import marked, snippet
from search.models import SearchDocument
from search.questions import Clause, read_question

# The best pages that are looked at; nobody reads on, and ranking more of them takes time.
MOST_CANDIDATES = 1000
RESULTS_A_PAGE = 10
LATEST_POSTS = 4
TOPICS = 12


@dataclass(frozen=True)
class Result:
    """One page that answers, with what it is shown by."""

    page: Page
    title_html: SafeString
    snippet_html: SafeString
    kind: str  # "post" or "page"
    track: TrackIndexPage | None = None
    date: datetime | None = None
    reading_minutes: int | None = None


@dataclass(frozen=True)
class TrackCount:
    """A track, how many of its posts answer (None when nothing was asked), and if it is chosen."""

    track: TrackIndexPage
    count: int | None
    is_chosen: bool


@dataclass(frozen=True)
class Suggestions:
    """Where to go on without an answer: the topics of most posts, and the latest posts."""

    topics: list[Tag]
    latest: list[PostPage]


@dataclass(frozen=True)
class Answer:
    """What a reader gets for a question.

    `count` is that of the chosen tracks, `is_capped` says that there are more, `is_partial`
    that no page has all the words and these have some. `suggestions` are there when nothing was
    asked or nothing was found.
    """

    question: str
    words: tuple[str, ...]
    is_asked: bool
    was_shortened: bool
    is_partial: bool
    count: int
    is_capped: bool
    results: ResultPage
    tracks: list[TrackCount]
    suggestions: Suggestions | None


def search(
    question: str,
    *,
    tracks: Collection[str] = (),
    page: int | str | None = 1,
    per_page: int = RESULTS_A_PAGE,
    below: Page | None = None,
) -> Answer:
    """The readable pages that answer, best first; any question and any page number will do.

    `tracks` are slugs; unknown ones are passed over. `below` keeps to one site's part of the
    tree. The number of queries does not depend on the number of results.
    """
    asked = read_question(question)
    clauses = asked.clauses
    found, is_capped = candidates(clauses, below, is_every=True)
    is_partial = not found and len(asked.words) > 1
    if is_partial:
        clauses = asked.single_words
        found, is_capped = candidates(clauses, below, is_every=False)
    offered = list(within(readable(TrackIndexPage.objects.order_by("path")), below))
    chosen = {track.pk for track in offered if track.slug in tracks}
    kept = [pk for pk, track_id in found.items() if not chosen or track_id in chosen]
    results = Paginator(kept, per_page).get_page(page)
    results.object_list = results_of(results.object_list, clauses)
    counts = Counter(found.values())
    return Answer(
        question=asked.text,
        words=asked.words,
        is_asked=bool(asked.text),
        was_shortened=asked.was_shortened,
        is_partial=is_partial and bool(found),
        count=len(kept),
        is_capped=is_capped,
        results=results,
        tracks=[
            TrackCount(track, counts[track.pk] if asked.text else None, track.pk in chosen)
            for track in offered
        ],
        suggestions=None if kept else suggestions(below),
    )


def candidates(
    clauses: Sequence[Clause], below: Page | None, *, is_every: bool
) -> tuple[dict[int, int | None], bool]:
    """The readable pages among the best, best first, each with the id of its track.

    Also whether there are more than are looked at. Hidden pages are left out
    here, before anything is counted, so that no count tells of them.
    """
    if not clauses:
        return {}, False
    ranked = engine().find(clauses, is_every=is_every, most=MOST_CANDIDATES + 1)
    is_capped = len(ranked) > MOST_CANDIDATES
    ranked = ranked[:MOST_CANDIDATES]
    pages = within(readable(Page.objects.filter(search_document__in=ranked)), below)
    track_of = dict(pages.order_by().values_list("pk", "postpage__track"))
    found = {pk: track_of[pk] for pk in ranked if pk in track_of}
    return found, is_capped


def within(pages, root: Page | None):
    """The pages of the QuerySet in one part of the tree, or all of them."""
    return pages.descendant_of(root, inclusive=True) if root else pages


def results_of(page_ids: Sequence[int], clauses: Sequence[Clause]) -> list[Result]:
    """The pages with what they are shown by, in the order given."""
    documents = SearchDocument.objects.in_bulk(page_ids)
    posts = PostPage.objects.filter(pk__in=page_ids).for_cards().in_bulk()
    others = Page.objects.filter(pk__in=set(page_ids) - posts.keys())
    pages = posts | {page.pk: page for page in others.defer_streamfields().specific()}
    return [
        result_of(pages[pk], documents[pk], clauses)
        for pk in page_ids
        if pk in pages and pk in documents
    ]


def result_of(page: Page, document: SearchDocument, clauses: Sequence[Clause]) -> Result:
    """One page with what it is shown by."""
    title = marked(document.title, clauses)
    text = snippet(document.body, document.excerpt, clauses)
    if not isinstance(page, PostPage):
        return Result(page, title, text, "page")
    return Result(page, title, text, "post", page.track, page.shown_date, page.reading_minutes)


def suggestions(below: Page | None) -> Suggestions:
    """Where to go on, from what is readable now."""
    posts = within(PostPage.objects.readable(), below)
    return Suggestions(
        topics=list(Tag.objects.counted_in(posts, most=TOPICS)),
        latest=list(posts.newest_first().for_cards()[:LATEST_POSTS]),
    )

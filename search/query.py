"""The page of answers to a question."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter

from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Page as ResultPage
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.safestring import SafeString
from wagtail.models import Page

from blog.models import PostPage, Tag, TrackIndexPage
from blog.visibility import readable
from search import curation, ranking, spelling
from search.engines import engine
from search.facets import Candidates, Facet, choices
from search.highlighting import marked, snippet
from search.models import SearchDocument
from search.presence import Look, Seen, seen_in
from search.questions import Clause, Question, read_question
from search.texts import Section
from search.words import tokens

MOST_CANDIDATES = 2_000  # Pages that are looked at and counted; more of them take time.
RESULTS_A_PAGE = 10
FEW = 3  # Results, with which a reader is asked whether another word was meant.
LATEST_POSTS = 4
TOPICS = 12


@dataclass(frozen=True)
class SectionHit:
    """The heading below which the hits stand."""

    title_html: SafeString
    anchor: str


@dataclass(frozen=True)
class Result:
    """One page that answers, with what it is shown by.

    `fragment` goes behind the address of the page and leads to the hits. `matched` names the
    texts with a hit, `why` the parts of the page's score.
    """

    page: Page
    title_html: SafeString
    snippet_html: SafeString
    kind: str  # "post" or "page"
    track: TrackIndexPage | None = None
    date: datetime | None = None
    reading_minutes: int | None = None
    section: SectionHit | None = None
    fragment: str = ""
    matched: tuple[str, ...] = ()
    is_promoted: bool = False
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suggestions:
    """Where to go on without an answer: the topics of most posts, the latest posts, the tracks."""

    topics: list[Tag]
    latest: list[PostPage]
    tracks: list[TrackIndexPage]


@dataclass(frozen=True)
class Answer:
    """What a reader gets for a question.

    `count` is that of what was chosen, `is_capped` says that there are more, `is_partial`
    that no page has all the words and these have some. `corrected` is what was looked for instead
    of what was typed, `did_you_mean` a question that may be better; empty where there is none.
    `suggestions` are there when nothing was asked or nothing was found.
    """

    question: str
    words: tuple[str, ...]
    is_asked: bool
    was_shortened: bool
    is_partial: bool
    count: int
    is_capped: bool
    results: ResultPage
    facets: list[Facet]
    corrected: str
    did_you_mean: str
    suggestions: Suggestions | None


def search(
    question: str,
    *,
    chosen: Mapping[str, Collection[str]] = {},
    page: int | str | None = 1,
    per_page: int = RESULTS_A_PAGE,
    below: Page | None = None,
    exactly: bool = False,
) -> Answer:
    """The readable pages that answer, best first; any question and any page number will do.

    `chosen` are values of facets by their names; unknown ones are passed over. `below` keeps to
    one site's part of the tree. `exactly` takes no word for mistyped. The number of queries does
    not depend on the number of results.
    """
    asked = read_question(question)
    scope = Scope(below)
    promoted = scope.promoted(asked)
    found = scope.with_promoted(scope.answer(asked, exactly=exactly), promoted)
    wanted = choices(chosen, scope.tracks)
    kept = found.candidates.those_of(wanted)
    promoted = [pk for pk in promoted if pk in kept]
    named = [track.slug for track in scope.named_tracks(asked)]
    on_track = found.candidates.left_by({"track": named}) if named else ()
    ranked = ranking.best_of(found.asked, kept, is_every=not found.is_partial, on_track=on_track)
    order = list(dict.fromkeys([*promoted, *[one.page_id for one in ranked], *kept]))
    results = Paginator(order, per_page).get_page(page)
    why = {one.page_id: one.why for one in ranked} | dict.fromkeys(promoted, ("promoted",))
    results.object_list = results_of(results.object_list, found, promoted, why)
    corrected = found.asked.text if found.asked.text != asked.text else ""
    return Answer(
        question=asked.text,
        words=found.asked.words,
        is_asked=bool(asked.text),
        was_shortened=asked.was_shortened,
        is_partial=found.is_partial,
        count=len(order),
        is_capped=found.is_capped,
        results=results,
        facets=found.candidates.facets(wanted),
        corrected=corrected,
        did_you_mean="" if corrected else scope.better_question(found, exactly=exactly),
        suggestions=None if order else scope.suggestions(),
    )


@dataclass(frozen=True)
class Found:
    """What was looked for, and the readable pages that were found."""

    asked: Question
    clauses: tuple[Clause, ...]
    candidates: Candidates
    is_partial: bool = False
    is_capped: bool = False


class Scope:
    """The readable pages of one part of the tree, or of all of it."""

    def __init__(self, below: Page | None):
        self.below = below
        # By their type, and sorted here: or SQLite would go through all pages to find these few.
        tracks = TrackIndexPage.objects.filter(
            content_type=ContentType.objects.get_for_model(TrackIndexPage)
        )
        self.tracks = sorted(self.within(readable(tracks.order_by())), key=attrgetter("path"))

    def within(self, pages: QuerySet) -> QuerySet:
        return pages.descendant_of(self.below, inclusive=True) if self.below else pages

    def readable(self, page_ids: Collection[int]) -> QuerySet:
        return self.within(readable(Page.objects.filter(pk__in=engine().listed(page_ids))))

    def readable_ids(self, page_ids: Collection[int]) -> set[int]:
        if not page_ids:
            return set()
        return set(self.readable(page_ids).order_by().values_list("pk", flat=True))

    def answer(self, typed: Question, *, exactly: bool) -> Found:
        """The pages with all words; else those of a track that the words name, with all others;
        else with all after mistyped ones are replaced, first those that no page has, then those
        that hardly any has; else with some of them.
        """
        asked = widened(typed)
        found = self.find(asked, asked.clauses)
        if found.candidates.found or not asked.clauses:
            return found
        if tracks := self.named_tracks(asked):
            names = {stem for track in tracks for stem in telling_stems(track)}
            others = [clause for clause in asked.clauses if not names.issuperset(clause.stems)]
            on_track = self.find(asked, others, tracks=tracks)
            if on_track.candidates.found:
                return on_track
        if not exactly and (better := spelling.corrected(asked, self.readable_ids)):
            asked = widened(better)
            again = self.find(asked, asked.clauses)
            if again.candidates.found:
                return again
        if len(asked.words) > 1:
            if not exactly and (better := spelling.likelier(asked, self.readable_ids)):
                better = widened(better)
                again = self.find(better, better.clauses)
                if again.candidates.found:
                    return again
            some = self.find(asked, asked.single_words, is_every=False)
            if some.candidates.found:
                return replace(some, is_partial=True)
        return replace(found, asked=typed)

    def find(
        self,
        asked: Question,
        clauses: Sequence[Clause],
        *,
        is_every: bool = True,
        tracks: Collection[TrackIndexPage] = (),
    ) -> Found:
        """The readable pages among the best, of all tracks or of those given.

        Hidden pages are left out here, before anything is counted, so that no count tells of them;
        where they take the place of readable ones, more are looked at.
        """
        if not clauses:
            return Found(asked, (), Candidates((), Page.objects.none(), self.tracks))
        phrase = asked.phrase if is_every else ()
        most = MOST_CANDIDATES + 1
        while True:
            ranked = engine().find(clauses, phrase, is_every=is_every, most=most)
            pages = self.readable(ranked)
            if tracks:
                pages = pages.filter(postpage__track__in=tracks)
            best = Candidates(ranked, pages, self.tracks)
            if len(best.found) > MOST_CANDIDATES or len(ranked) < most:
                break
            most *= 4
        is_capped = len(best.found) > MOST_CANDIDATES
        del best.found[MOST_CANDIDATES:]
        return Found(asked, tuple(clauses), best, is_capped=is_capped)

    def named_tracks(self, asked: Question) -> list[TrackIndexPage]:
        """The tracks all of whose name stands in the question, as in “caching for engineers”."""
        stems = {stem for clause in asked.clauses for stem in clause.stems}
        return [track for track in self.tracks if stems.issuperset(telling_stems(track))]

    def better_question(self, found: Found, *, exactly: bool) -> str:
        """What may have been meant instead, where what was typed finds little or nothing, and only
        if it finds more.
        """
        count = len(found.candidates.found)
        if exactly:
            better = spelling.corrected(found.asked, self.readable_ids)
            if not better and found.is_partial:
                better = spelling.likelier(found.asked, self.readable_ids)
        elif 0 < count <= FEW and not found.is_partial:
            better = spelling.likelier(found.asked, self.readable_ids)
        else:
            better = None
        if not better:
            return ""
        better = widened(better)
        again = self.find(better, better.clauses)
        fewest = 0 if found.is_partial else count
        return better.text if len(again.candidates.found) > fewest else ""

    def promoted(self, asked: Question) -> list[int]:
        """The readable pages that editors put first for the question."""
        page_ids = curation.promoted_for(asked.text) if asked.clauses else []
        shown = self.readable_ids(page_ids)
        return [pk for pk in page_ids if pk in shown]

    def with_promoted(self, found: Found, promoted: Sequence[int]) -> Found:
        """The same, with the promoted pages among those that are counted and can be narrowed down:
        they may have none of the words.
        """
        page_ids = list(dict.fromkeys([*found.candidates.those_of({}), *promoted]))
        if len(page_ids) == len(found.candidates.found):
            return found
        candidates = Candidates(page_ids, self.readable(page_ids), self.tracks)
        return replace(found, candidates=candidates)

    def suggestions(self) -> Suggestions:
        """Where to go on, from what is readable now."""
        posts = self.within(PostPage.objects.readable())
        return Suggestions(
            topics=list(Tag.objects.counted_in(posts, most=TOPICS)),
            latest=list(posts.newest_first().for_cards()[:LATEST_POSTS]),
            tracks=self.tracks,
        )


def widened(asked: Question) -> Question:
    """The question with synonyms and compounds."""
    known = spelling.known_among(asked.possible_parts())
    return asked.widened(known, curation.synonyms())


def telling_stems(track: TrackIndexPage) -> set[str]:
    """The stems of what tells the track from others: “For Engineers” gives that of engineers."""
    return {token.stem for token in tokens(track.title)} - ranking.STOP_STEMS


def results_of(
    page_ids: Sequence[int],
    found: Found,
    promoted: Collection[int],
    why: Mapping[int, tuple[str, ...]],
) -> list[Result]:
    """The pages with what they are shown by, in the order given."""
    documents = SearchDocument.objects.in_bulk(page_ids)
    posts = PostPage.objects.filter(pk__in=page_ids).for_cards().in_bulk()
    others = Page.objects.filter(pk__in=set(page_ids) - posts.keys())
    pages = posts | {page.pk: page for page in others.defer_streamfields().specific()}
    look = Look(found.clauses)
    return [
        replace(
            result_of(pages[pk], documents[pk], found, look),
            is_promoted=pk in promoted,
            why=why.get(pk, ()),
        )
        for pk in page_ids
        if pk in pages and pk in documents
    ]


def result_of(page: Page, document: SearchDocument, found: Found, look: Look) -> Result:
    """One page with what it is shown by."""
    clauses = found.clauses
    seen = seen_in([Section(**section) for section in document.sections], look)
    best = snippet(seen, document.excerpt, clauses)
    result = Result(
        page=page,
        title_html=marked(document.title, clauses),
        snippet_html=best.html,
        kind=document.kind,
        section=(
            SectionHit(marked(best.section.title, clauses), best.section.anchor)
            if best.section and best.section.title
            else None
        ),
        fragment=best.fragment,
        matched=matched(document, seen, found, look),
    )
    if isinstance(page, PostPage):
        return replace(
            result, track=page.track, date=page.shown_date, reading_minutes=page.reading_minutes
        )
    return result


def matched(
    document: SearchDocument, seen: Sequence[Seen], found: Found, look: Look
) -> tuple[str, ...]:
    """The names of the texts in which something of the question can be seen."""
    tags = set(found.candidates.labels["tag"].values())
    names = document.names.split("\n")
    sights = {
        "title": [look.at(document.title)],
        "heading": [one.title for one in seen],
        "excerpt": [look.at(document.excerpt)],
        "tag": [look.at(name) for name in names if name in tags],
        "author": [look.at(name) for name in names if name not in tags],
        "text": [one.body["prose"] for one in seen],
        "code": [one.body["code"] for one in seen],
        "formula": [one.body["formulas"] for one in seen],
        "caption": [one.body["captions"] for one in seen],
    }
    return tuple(name for name, of_name in sights.items() if any(one.clauses for one in of_name))

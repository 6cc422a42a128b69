"""Keeping what is searched in step with what is published.

Any page type takes part, see search.texts. Rows are written in the transaction that publishes, or
after other changes by `index_pages` and what uses it: these hold the pages while they read and
write them, and never wait for anybody while they hold one.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.models import Page
from wagtail.query import PageQuerySet

from blog import outbox
from blog.models import OutboxEntry, PostPage
from search.engines import engine
from search.engines.entry import Entry
from search.models import SearchDocument, SearchWord
from search.texts import Section, texts_of
from search.words import BORDER, EDITION, LONGEST, forms_of, humps, kept_whole, symbols, tokens

BATCH = 100
MOST_DELIVERED = 400  # Pages of one delivery, which may take ten minutes.
ROOT_DEPTH = 1  # The root of Wagtail's tree is no page that anybody reads.
# What is indexed of a page. PostgreSQL refuses a vector of more than a megabyte, and a page that
# is too long for it must still be published; both databases stop at the same word.
MOST_WORDS = 40_000
MOST_BYTES = 400_000
MOST_SYMBOLS = 4_000
SHORTEST_WORD = 3  # Shorter ones are not compared with mistyped words.
MOST_ASKED = 500  # Words in one query; SQLite limits its parameters.

log = logging.getLogger(__name__)


def index_page(page: Page) -> None:
    """Write what is searched of a live page, in place of what was there."""
    write([document_of(page.specific)])


def remove_page(page_id: int) -> None:
    """Take a page out of the index; a page that is not in it is no matter."""
    SearchDocument.objects.filter(pk=page_id).delete()
    engine().remove([page_id])


def index_pages(page_ids: Iterable[int]) -> int:
    """Index those of the pages that are live, a batch a transaction; returns how many.

    A page that cannot be read is logged and passed over, so that it keeps no other from search.
    To be called outside of a transaction, so that pages are held for a moment only.
    """
    return sum(indexed for _, indexed in index_batches(slices(sorted(set(page_ids)), BATCH)))


def index_later(page_ids: Iterable[int], *, what: str) -> None:
    """Once the change is committed, index those of the pages that are live then.

    `what` says to people what has changed.
    """
    for some in slices(sorted(set(page_ids)), MOST_DELIVERED):
        key = hashlib.sha256(" ".join(map(str, some)).encode()).hexdigest()
        outbox.put("search", {"pages": some}, key=key, what=what)


@outbox.deliverer("search", within=600)
def deliver(entry: OutboxEntry) -> None:
    """Index the pages."""
    index_pages(entry.payload["pages"])


def index_all(pages: PageQuerySet) -> int:
    """The same for the pages of a QuerySet, of which no more than a batch is in memory."""
    return sum(indexed for _, indexed in index_batches(batches_of(pages)))


def slices(values: Sequence, size: int) -> Iterator[Sequence]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def batches_of(pages: PageQuerySet) -> Iterator[list[int]]:
    """The ids of the pages, each batch as it is when the one before is done."""
    last = 0
    while batch := list(pages.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        yield batch
        last = batch[-1]


def index_batches(batches: Iterable[Sequence[int]]) -> Iterator[tuple[int, int]]:
    """Index the live ones of the pages; tells of each step how many it looked at and indexed.

    Pages that somebody is changing come last, when that is done.
    """
    busy = []
    for batch in batches:
        indexed, left = index_batch(batch)
        busy += left
        yield len(batch) - len(left), indexed
    for page_id in busy:
        yield 1, index_when_free(page_id)


def index_batch(page_ids: Sequence[int]) -> tuple[int, list[int]]:
    """Index the live ones of the pages that nobody is changing; returns how many these are, and
    which are left.
    """
    with transaction.atomic():
        pages = live_pages().filter(pk__in=page_ids)
        held = hold(pages)
        documents = list(readable_documents(held))
        write(documents)
        left = list(pages.exclude(pk__in=held).values_list("pk", flat=True))
    return len(documents), left


def index_when_free(page_id: int) -> int:
    """Index one page after whoever is changing it; returns 0 if it is not live then, else 1."""
    while live_pages().filter(pk=page_id).exists():
        for rows in (Page.objects.filter(pk=page_id), SearchDocument.objects.filter(pk=page_id)):
            with transaction.atomic():
                rows.select_for_update(no_key=True).first()
        indexed, left = index_batch([page_id])
        if not left:
            return indexed
    return 0


def hold(pages: PageQuerySet) -> list[int]:
    """The ids of those of the pages that nobody else is changing, and nobody will until the end of
    the transaction: what is read of them now is still true when it is written.

    Nothing is waited for, so that publishers of several pages and this never wait for each other.
    SQLite has one writer at a time anyway.
    """
    free = pages.order_by("pk").select_for_update(skip_locked=True, no_key=True)
    held = list(free.values_list("pk", flat=True))
    # Deleting a page begins with its document.
    documents = SearchDocument.objects.filter(pk__in=held).order_by("pk")
    there = set(documents.values_list("pk", flat=True))
    free = documents.select_for_update(skip_locked=True, no_key=True)
    taken = there.difference(free.values_list("pk", flat=True))
    return [page_id for page_id in held if page_id not in taken]


def readable_documents(page_ids: Sequence[int]) -> Iterator[SearchDocument]:
    """The documents of the pages that can be read."""
    for page in live_pages().filter(pk__in=page_ids).specific():
        try:
            with transaction.atomic():
                document = document_of(page)
        except Exception:
            log.exception("Page %s cannot be indexed for search.", page.pk)
        else:
            yield document


def rebuild(report: Callable[[int, int], None] = lambda count, total: None) -> int:
    """Index every live page anew and drop what is not live; returns how many are indexed.

    Search goes on answering meanwhile: pages are replaced batch by batch, and words that no page
    has any more go at the end. Should it end before, nothing is lost. `report` is told after each
    batch how many pages it has looked at, and of how many.
    """
    gone = SearchDocument.objects.exclude(page__live=True).values_list("pk", flat=True)
    for page_id in gone.iterator():
        with transaction.atomic():
            if hold(Page.objects.filter(pk=page_id, live=False)):
                remove_page(page_id)
    beginning = SearchWord.objects.create(word=SearchWord.BEGINNING)
    total = live_pages().count()
    count = indexed = 0
    for looked_at, indexed_now in index_batches(batches_of(live_pages())):
        count, indexed = count + looked_at, indexed + indexed_now
        report(count, max(count, total))
    SearchWord.objects.filter(pk__lt=beginning.pk).delete()
    return indexed


def bring_up_to_date() -> int:
    """Index the live pages that are missing or were cut into words by another edition."""
    outdated = Q(search_document=None) | ~Q(search_document__edition=EDITION)
    return index_all(live_pages().filter(outdated))


def live_pages() -> PageQuerySet:
    """The pages that belong into the index."""
    return Page.objects.live().filter(depth__gt=ROOT_DEPTH).order_by("pk")


def write(documents: list[SearchDocument]) -> None:
    """Store the documents and their words, all or nothing."""
    with transaction.atomic():
        SearchDocument.objects.bulk_create(
            documents,
            update_conflicts=True,
            unique_fields=["page"],
            update_fields=[
                *["title", "excerpt", "names", "sections", "forms", "kind", "year"],
                *["has_code", "has_formulas", "edition"],
            ],
        )
        entries = [entry_of(document) for document in documents]
        engine().write(entries)
        add_words(entries)


def document_of(page: Page) -> SearchDocument:
    """What is searched of a page. The page must be a specific one."""
    texts = texts_of(page)
    is_post = isinstance(page, PostPage)
    return SearchDocument(
        page_id=page.pk,
        title=texts.title,
        excerpt=texts.excerpt,
        names="\n".join(texts.names),
        sections=[asdict(section) for section in texts.sections],
        forms={
            "symbols": " ".join(map(kept_whole, symbols(texts.title))),
            "title": stems_of(texts.title),
            "headings": [stems_of(section.title) for section in texts.sections if section.title],
            "excerpt": stems_of(texts.excerpt),
            "names": [stems_of(name) for name in texts.names],
        },
        kind="post" if is_post else "page",
        year=timezone.localtime(page.shown_date).year if is_post else None,
        has_code=any(section.code for section in texts.sections),
        has_formulas=any(section.formulas for section in texts.sections),
        edition=EDITION,
    )


def stems_of(text: str) -> str:
    """The stems of a short text, parted by spaces."""
    return " ".join(token.stem for token in tokens(text))


def entry_of(document: SearchDocument) -> Entry:
    """The words of a document, as many as are indexed."""
    sections = [Section(**section) for section in document.sections]
    texts = {
        "title": [document.title],
        "names": document.names.split("\n"),
        "excerpt": [document.excerpt],
        "headings": [section.title for section in sections],
        "prose": [text for section in sections for text in (section.prose, section.captions)],
        "code": [text for section in sections for text in (section.code, section.formulas)],
    }
    words_left, bytes_left = MOST_WORDS, MOST_BYTES
    forms: dict[str, set[str]] = {"exact": set(), "stem": set()}
    columns: dict[str, list[str]] = {}
    for name, pieces in texts.items():
        column = columns[name] = []
        for piece in filter(None, pieces):
            if column:
                column.append(BORDER)
            for token in tokens(piece):
                if token.exact not in forms["exact"]:
                    bytes_left -= len(token.exact.encode())
                if token.stem not in forms["stem"]:
                    bytes_left -= len(token.stem.encode())
                words_left -= 1
                if min(words_left, bytes_left) < 0:
                    break
                forms["exact"].add(token.exact)
                forms["stem"].add(token.stem)
                column.append(token.stem)
    return Entry(
        page_id=document.pk,
        symbols=symbol_words([piece for pieces in texts.values() for piece in pieces]),
        exact=sorted(forms["exact"]),
        **columns,
    )


def symbol_words(texts: Iterable[str]) -> list[str]:
    """The symbols of the texts, each once and kept whole, and the words in their humps."""
    found = list(dict.fromkeys(symbol for text in texts for symbol in symbols(text)))
    del found[MOST_SYMBOLS:]
    parts = [part for symbol in found for part in humps_between_borders(symbol)]
    return [*dict.fromkeys(kept_whole(symbol) for symbol in found), *parts]


def humps_between_borders(symbol: str) -> list[str]:
    """The stems of the words in the names of the symbol, with a border before each name."""
    found = []
    for name in tokens(symbol):
        words = humps(symbol[name.start : name.end])
        if len(words) > 1:
            found += [BORDER, *[forms_of(word)[1] for word in words]]
    return found


def add_words(entries: Iterable[Entry]) -> None:
    """Add what is new to the vocabulary, waiting for nobody: see SearchWord."""
    words = {word for entry in entries for word in entry.exact if is_comparable(word)}
    for some in slices(sorted(words), MOST_ASKED):
        rows = SearchWord.objects.since_rebuild().filter(word__in=some)
        known = set(rows.values_list("word", flat=True))
        SearchWord.objects.bulk_create(SearchWord(word=word) for word in some if word not in known)


def is_comparable(word: str) -> bool:
    """Whether it is a word that somebody may mean and mistype."""
    return SHORTEST_WORD <= len(word) < LONGEST // 2 and word.isalpha()

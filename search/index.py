"""Keeping what is searched in step with what is published.

Any page type takes part through Wagtail's own `search_fields`: the title is the title, a field
with a boost is the excerpt, related fields are the names of tags and authors, and every other
field is the body. Rows are written in the transaction of the change that they follow.
"""

import logging
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import Manager, Q
from wagtail.models import Page
from wagtail.query import PageQuerySet
from wagtail.search import index

from search.engines import engine
from search.engines.entry import Entry
from search.models import SearchDocument
from search.words import EDITION, printable, tokens

BATCH = 100
ROOT_DEPTH = 1  # The root of Wagtail's tree is no page that anybody reads.
# What is indexed of a page. PostgreSQL refuses a vector of more than a megabyte, and a page that
# is too long for it must still be published; both databases stop at the same word.
MOST_WORDS = 40_000
MOST_BYTES = 400_000

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
    """
    page_ids, indexed = list(page_ids), 0
    for start in range(0, len(page_ids), BATCH):
        batch = page_ids[start : start + BATCH]
        with transaction.atomic():
            documents = list(readable_documents(batch))
            write(documents)
        indexed += len(documents)
    return indexed


def readable_documents(page_ids: list[int]) -> Iterator[SearchDocument]:
    """The documents of the live pages that can be read."""
    for page in live_pages().filter(pk__in=page_ids).specific():
        try:
            with transaction.atomic():
                document = document_of(page)
        except Exception:
            log.exception("Page %s cannot be indexed for search.", page.pk)
        else:
            yield document


def rebuild() -> int:
    """Index every live page anew and drop what is not live; returns how many are indexed.

    Search goes on answering meanwhile: pages are replaced batch by batch.
    """
    for page_id in SearchDocument.objects.exclude(page__live=True).values_list("pk", flat=True):
        remove_page(page_id)
    return index_pages(live_pages().values_list("pk", flat=True))


def bring_up_to_date() -> int:
    """Index the live pages that are missing or were cut into words by another edition."""
    outdated = Q(search_document=None) | ~Q(search_document__edition=EDITION)
    return index_pages(live_pages().filter(outdated).values_list("pk", flat=True))


def live_pages() -> PageQuerySet:
    """The pages that belong into the index."""
    return Page.objects.live().filter(depth__gt=ROOT_DEPTH).order_by("pk")


def write(documents: list[SearchDocument]) -> None:
    """Store the documents and their words, both or neither."""
    with transaction.atomic():
        SearchDocument.objects.bulk_create(
            documents,
            update_conflicts=True,
            unique_fields=["page"],
            update_fields=["title", "excerpt", "names", "body", "edition"],
        )
        engine().write([entry_of(document) for document in documents])


def document_of(page: Page) -> SearchDocument:
    """What is searched of a page, from its search fields. The page must be a specific one."""
    title, excerpt, names, body = [], [], [], []
    for field in page.get_search_fields():
        if isinstance(field, index.RelatedFields):
            names += values_of(page, field)
        elif isinstance(field, index.SearchField):
            place = title if field.field_name == "title" else excerpt if field.boost else body
            place += values_of(page, field)
    return SearchDocument(
        page_id=page.pk,
        title=" ".join(title),
        excerpt=" ".join(excerpt),
        names="\n".join(dict.fromkeys(names)),
        body="\n\n".join(body),
        edition=EDITION,
    )


def values_of(owner, field) -> Iterator[str]:
    """The texts that a search field of the object holds, through relations."""
    if isinstance(field, index.SearchField):
        yield from texts_in(field.get_value(owner))
    elif isinstance(field, index.RelatedFields):
        related = field.get_value(owner)
        if related is None:
            return
        for one in related.all() if isinstance(related, Manager) else [related]:
            for inner in field.fields:
                yield from values_of(one, inner)


def texts_in(value) -> Iterator[str]:
    """The texts of a value as `get_value` gives it: a text, or texts within texts."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for one in value:
            yield from texts_in(one)
    elif value is not None and (text := printable(str(value)).strip()):
        yield text


def entry_of(document: SearchDocument) -> Entry:
    """The words of a document, as many as are indexed."""
    words_left, bytes_left = MOST_WORDS, MOST_BYTES
    forms: dict[str, set[str]] = {"exact": set(), "stem": set()}
    columns: dict[str, list[str]] = {}
    for name in ("title", "names", "excerpt", "body"):
        column = columns[name] = []
        for token in tokens(getattr(document, name)):
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
    return Entry(page_id=document.pk, exact=sorted(forms["exact"]), **columns)

"""The search boxes of the admin: Wagtail's own search, safe against odd questions, and quick.

Named in WAGTAILSEARCH_BACKENDS, and imported by Wagtail when it is first asked for. Nothing may
import this module while apps load: the stock modules look their models up at import.
"""

import logging

from django.db import DatabaseError, connection, transaction
from modelsearch.backends.database import SearchBackend as StockBackend
from modelsearch.query import MATCH_NONE, And, MatchAll, Not, Or, Phrase, PlainText, SearchQuery
from modelsearch.utils import get_descendants_content_types_pks

from search.admin_pages import FindsPages, in_order
from search.questions import MOST_CHARACTERS, MOST_WORDS
from search.words import printable

MOST_RANKED = 1000

log = logging.getLogger(__name__)


def SearchBackend(params):  # noqa: N802 - the name Wagtail asks a backend's module for
    """Wagtail's backend for the database in use, with our changes."""
    stock = type(StockBackend(params))
    ranking = (RankedOnce,) if connection.vendor == "sqlite" else ()
    compilers = {"query_compiler_class": (), "autocomplete_query_compiler_class": (FindsPages,)}
    changes = {
        name: type(name, (*finding, *ranking, getattr(stock, name)), {})
        for name, finding in compilers.items()
    }
    return type("TwotrackSearchBackend", (SafeBackend, stock), changes)(params)


class SafeBackend:
    """Answers any question, and lets a page be saved that the index cannot take."""

    def add(self, obj):
        try:
            with transaction.atomic():
                super().add(obj)
        except DatabaseError:  # PostgreSQL refuses a text of too many different words.
            log.exception("%r cannot be indexed for the search of the admin.", obj)

    def _search(self, query_compiler_class, query, model_or_queryset, **kwargs):
        return super()._search(query_compiler_class, safe(query), model_or_queryset, **kwargs)


def safe(query: str | SearchQuery | None) -> str | SearchQuery | None:
    """The question without signs that are no words, and without more words than are sensible.

    A part of which nothing is left matches nothing.
    """
    if isinstance(query, str):
        words = printable(query[:MOST_CHARACTERS]).replace('"', " ").split()
        telling = [word for word in words if any(map(str.isalnum, word))]
        return " ".join(telling[:MOST_WORDS]) or MATCH_NONE
    if isinstance(query, PlainText):
        text = safe(query.query_string)
        return text if text is MATCH_NONE else PlainText(text, query.operator, query.boost)
    if isinstance(query, Phrase):
        text = safe(query.query_string)
        return text if text is MATCH_NONE else Phrase(text)
    if isinstance(query, And | Or):
        parts = [safe(part) for part in query.subqueries]
        kept = [part for part in parts if part is not MATCH_NONE]
        if not kept or (isinstance(query, And) and len(kept) < len(parts)):
            return MATCH_NONE
        return type(query)(kept)
    return query


class RankedOnce:
    """Orders by relevance with one pass over SQLite's index, where the stock compiler takes one
    for each hit. Beyond the best 1,000, the newest come first.
    """

    def __init__(self, *args, fields=None, **kwargs):
        # The index has only its own columns; a question for another field is one for all.
        if fields and not set(self.FTS_TABLE_FIELDS).issuperset(fields):
            fields = None
        super().__init__(*args, fields=fields, **kwargs)

    def search(self, config, start, stop, score_field=None):
        # This module looks up a model that exists only where SQLite is in use.
        from modelsearch.backends.database.sqlite import sqlite as stock

        query = stock.normalize(self.query)
        if score_field or not self.order_by_relevance or isinstance(query, MatchAll | Not):
            return super().search(config, start, stop, score_field)
        matching = stock.MatchExpression(
            self.fields or self.FTS_TABLE_FIELDS, self.build_search_query(query, config=config)
        )
        hits = stock.SQLiteFTSIndexEntry.objects.filter(matching)
        of_model = get_descendants_content_types_pks(self.queryset.model)
        rank = self._build_rank_expression(self.get_search_vectors(), config)
        best = (
            hits.filter(index_entry__content_type__in=of_model)
            .annotate(score=rank)
            .order_by("score")
            .values_list("index_entry__object_id", flat=True)[:MOST_RANKED]
        )
        # The hits stand for themselves here: joined to the entries, they are looked up one by one.
        entries = stock.IndexEntry.objects.filter(pk__in=hits.values("pk"))
        found = self.queryset.filter(
            pk__in=entries.filter(content_type__in=of_model).values("object_id")
        )
        return in_order(found, best)[start:stop]

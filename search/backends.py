"""The search boxes of the admin: Wagtail's own search, safe against odd questions, and quick.

Named in WAGTAILSEARCH_BACKENDS, and imported by Wagtail when it is first asked for. Nothing may
import this module while apps load: the stock modules look their models up at import.
"""

from django.db import connection
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat, NullIf, StrIndex
from modelsearch.backends.database import SearchBackend as StockBackend
from modelsearch.query import MATCH_NONE, And, MatchAll, Not, Or, Phrase, PlainText, SearchQuery
from modelsearch.utils import get_descendants_content_types_pks

from search.questions import MOST_CHARACTERS, MOST_WORDS
from search.words import printable

MOST_RANKED = 1000


def SearchBackend(params):  # noqa: N802 - the name Wagtail asks a backend's module for
    """Wagtail's backend for the database in use, with our changes."""
    stock = type(StockBackend(params))
    compilers = ["query_compiler_class", "autocomplete_query_compiler_class"]
    changes = (
        {name: type(name, (RankedOnce, getattr(stock, name)), {}) for name in compilers}
        if connection.vendor == "sqlite"
        else {}
    )
    return type("TwotrackSearchBackend", (SafeQuestions, stock), changes)(params)


class SafeQuestions:
    """Takes from a question what the databases would answer with an error."""

    def _search(self, query_compiler_class, query, model_or_queryset, **kwargs):
        return super()._search(query_compiler_class, safe(query), model_or_queryset, **kwargs)


def safe(query: str | SearchQuery | None) -> str | SearchQuery | None:
    """The question without quotation marks, control characters, and more words than are sensible.

    A part of which nothing is left matches nothing.
    """
    if isinstance(query, str):
        words = printable(query[:MOST_CHARACTERS]).replace('"', " ").split()
        return " ".join(words[:MOST_WORDS])
    if isinstance(query, PlainText):
        text = safe(query.query_string)
        return PlainText(text, query.operator, query.boost) if text else MATCH_NONE
    if isinstance(query, Phrase):
        text = safe(query.query_string)
        return Phrase(text) if text else MATCH_NONE
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

    def search(self, config, start, stop, score_field=None):
        # These look the index's models up at import, as the docstring of this module says.
        from modelsearch.backends.database.sqlite import sqlite as stock

        query = stock.normalize(self.query)
        if score_field or not self.order_by_relevance or isinstance(query, MatchAll | Not):
            return super().search(config, start, stop, score_field)
        matching = stock.MatchExpression(
            self.fields or self.FTS_TABLE_FIELDS, self.build_search_query(query, config=config)
        )
        entries = stock.SQLiteFTSIndexEntry.objects.filter(
            matching,
            index_entry__content_type__in=get_descendants_content_types_pks(self.queryset.model),
        )
        rank = self._build_rank_expression(self.get_search_vectors(), config)
        ids = entries.values_list("index_entry__object_id", flat=True)
        best = ids.annotate(score=rank).order_by("score")[:MOST_RANKED]
        place = StrIndex(
            Value(f",{','.join(best)},"), Concat(Value(","), Cast("pk", CharField()), Value(","))
        )
        found = self.queryset.filter(pk__in=ids)
        return found.order_by(NullIf(place, 0).asc(nulls_last=True), "-pk")[start:stop]

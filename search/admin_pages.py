"""What the page search of the admin finds beside titles: texts, inflections and mistyped words.

It looks for more pages and never for others than the QuerySet at hand holds, so what an editor
may find, and filters, are as they were.
"""

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, NullIf, StrIndex
from modelsearch.query import And, Phrase, PlainText, SearchQuery
from wagtail.models import Page

from search.engines import engine
from search.questions import read_question
from search.spelling import nearly_the_same
from search.words import forms_of, tokens

MOST_FIRST = 1_000  # Found by their titles: put in order before the others.
MOST_BY_TEXT = 200
# Only looked through when nothing else is found.
MOST_TITLES = 5_000


class FindsPages:
    """Of Wagtail's compilers of questions, the one for titles: where it is asked for pages, it
    also finds published ones by their text, as readers do, and last of all titles that are near.
    """

    more: list[int] | None = None  # Looked for once, for results and counts alike.

    def search(self, config, start, stop, score_field=None, **others):
        by_title = super().search(config, None, None, score_field, **others)
        if score_field or not issubclass(self.queryset.model, Page):
            return by_title[start:stop]
        if self.more is None:
            by_text = pages_by_text(self.query)
            self.more = by_text or pages_near(self.query, self.queryset, by_title)
        if not self.more:
            return by_title[start:stop]
        is_titled = Q(pk__in=by_title.order_by().values("pk"))
        found = self.queryset.filter(is_titled | Q(pk__in=self.more))
        if self.order_by_relevance:
            first = list(by_title.values_list("pk", flat=True)[:MOST_FIRST])
            found = in_order(found, [*first, *self.more])
        elif not found.query.order_by:
            found = found.order_by("-pk")
        return found[start:stop]


def in_order(found: QuerySet, best: list) -> QuerySet:
    """In the order of the keys; those that are not among them come last, the newest first."""
    listed = f",{','.join(map(str, best))},"
    place = StrIndex(Value(listed), Concat(Value(","), Cast("pk", CharField()), Value(",")))
    return found.order_by(NullIf(place, 0).asc(nulls_last=True), "-pk")


def typed(query: SearchQuery) -> str:
    """What the editor typed, as it is asked of the readers' search; nothing if it cannot be."""
    if isinstance(query, PlainText):
        return query.query_string
    if isinstance(query, Phrase):
        return f'"{query.query_string}"'
    if isinstance(query, And):
        return " ".join(map(typed, query.subqueries))
    return ""


def pages_by_text(query: SearchQuery) -> list[int]:
    """The published pages with all the words, best first; who may find them is asked elsewhere."""
    asked = read_question(typed(query))
    if not asked.clauses:
        return []
    return engine().find(asked.clauses, asked.phrase, is_every=True, most=MOST_BY_TEXT)


def pages_near(query: SearchQuery, pages: QuerySet, by_title: QuerySet) -> list[int]:
    """When no title has the words: the pages whose titles have words like them, latest first."""
    words = read_question(typed(query)).words
    if not words or by_title.exists():
        return []
    latest = pages.order_by("-latest_revision_created_at", "-pk")
    rows = latest.values_list("pk", "title", "draft_title")[:MOST_TITLES]
    titles = {
        pk: {token.exact for token in tokens(f"{title} {draft}")} for pk, title, draft in rows
    }
    known = set().union(*titles.values())
    meant = [like(word, known) for word in words]
    return [pk for pk, title in titles.items() if all(title & others for others in meant)]


def like(word: str, known: set[str]) -> set[str]:
    """The known words that the word may stand for: mistyped, in another inflection, or both."""
    stem = forms_of(word)[1]
    stems = {other: forms_of(other)[1] for other in known}
    near = {other for other, _ in nearly_the_same(word, known.union(stems.values()))}
    return {
        other for other, of_other in stems.items() if of_other == stem or {other, of_other} & near
    }

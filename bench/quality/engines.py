"""The searches that are compared: each gives the ids of its first page for a question."""

import sys
from collections.abc import Callable, Iterable, Sequence

from django.db import DatabaseError, connection, transaction
from wagtail.search.backends import get_search_backend

from bench.quality.kinds import STOP_WORDS, Question, words
from bench.quality.publication import BATCH
from bench.quality.reading import Text
from blog.models import PostPage
from search.query import search

Engine = Callable[[str], Sequence[int]]

A_PAGE = 10
MOST_TERMS = 9  # WordPress takes a question of more as one piece of text.

stock = get_search_backend("wagtail.search.backends.database")


def twotrack(question: str) -> list[int]:
    """Ours: the whole answer, as the search page shows it."""
    return [result.page.pk for result in search(question, per_page=A_PAGE).results]


def add_synonyms(questions: Iterable[Question]) -> None:
    """Have our search know the pairs of the questions in this process; nothing is written."""
    listed = {typed: ((word,),) for one in questions for typed, word in one.synonyms}
    for name, module in list(sys.modules.items()):
        if name.startswith("search.") and hasattr(module, "synonyms"):
            module.synonyms = lambda: listed


def wagtail(question: str) -> list[int]:
    """Wagtail's own backend for the database: the first page and the count."""
    try:
        with transaction.atomic():
            found = stock.search(question, PostPage.objects.live())
            found.count()
            return [post.pk for post in found[:A_PAGE]]
    except DatabaseError:  # SQLite takes a quotation mark for an operator.
        return []


def index_by_wagtail() -> None:
    """Index every live post anew by Wagtail's own backend."""
    pks = list(PostPage.objects.live().values_list("pk", flat=True))
    for first in range(0, len(pks), BATCH):
        stock.add_bulk(PostPage, list(PostPage.objects.filter(pk__in=pks[first : first + BATCH])))


def like_engine(texts: Sequence[Text]) -> Engine:
    """WordPress's way: all words anywhere in title, excerpt or text, those in the title first.

    The texts must be given newest first, the order of what is found at the same places.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE bench_texts "
            "(pk integer, age integer, title text, excerpt text, body text)"
        )
        cursor.executemany(
            "INSERT INTO bench_texts VALUES (%s, %s, %s, %s, %s)",
            [
                [text.pk, age, *map(storable, (text.title, text.excerpt, body_of(text)))]
                for age, text in enumerate(texts)
            ],
        )

    def like(question: str) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(*like_statement(question))
            return [row[0] for row in cursor.fetchall()]

    return like


def like_statement(question: str) -> tuple[str, list[str]]:
    """The first page and the count, as one statement with its values."""
    sentence = storable(question).replace('"', " ").strip()
    terms = [term for term in sentence.split() if term not in STOP_WORDS]
    if not terms or len(terms) > MOST_TERMS:
        terms = [sentence]
    whole, parts = anywhere(sentence), [anywhere(term) for term in terms]
    title, excerpt, body = (f"{name} LIKE %s ESCAPE '\\'" for name in ("title", "excerpt", "body"))
    matching = " AND ".join([f"({title} OR {excerpt} OR {body})"] * len(parts))
    every, some = (f" {word} ".join([title] * len(parts)) for word in ("AND", "OR"))
    statement = f"""
        SELECT pk, count(*) OVER () FROM bench_texts WHERE {matching}
        ORDER BY CASE WHEN {title} THEN 1 WHEN {every} THEN 2 WHEN {some} THEN 3
            WHEN {excerpt} THEN 4 WHEN {body} THEN 5 ELSE 6 END, age
        LIMIT {A_PAGE}
    """
    thrice = [part for part in parts for _ in range(3)]
    return statement, [*thrice, whole, *parts, *parts, whole, whole]


def anywhere(piece: str) -> str:
    """The pattern of LIKE for a piece of text, none of whose signs is an operator."""
    for sign in "\\%_":
        piece = piece.replace(sign, f"\\{sign}")
    return f"%{piece}%"


def storable(text: str) -> str:
    return text.casefold().replace("\x00", "")


def body_of(text: Text) -> str:
    return "\n".join([*text.headings, text.prose, text.code])


def excerpt_engine(texts: Sequence[Text]) -> Engine:
    """Ghost's way: all words as beginnings of words in the title, then in the excerpt.

    The earlier they stand the better. It is in memory, as Ghost's is in the reader's browser.
    """
    fields = [[(text.pk, words(text.title)) for text in texts]]
    fields += [[(text.pk, words(text.excerpt)) for text in texts]]

    def excerpts(question: str) -> list[int]:
        wanted = words(question)
        found: dict[int, None] = {}
        for field in fields if wanted else []:
            places = {pk: places_of(wanted, there) for pk, there in field}
            hits = {pk: sum(where) for pk, where in places.items() if None not in where}
            found |= dict.fromkeys(sorted(hits, key=hits.get))
        return list(found)[:A_PAGE]

    return excerpts


def places_of(wanted: Sequence[str], there: Sequence[str]) -> list[int | None]:
    """Where in a text the first word stands that begins with each of those wanted."""
    return [
        next((place for place, word in enumerate(there) if word.startswith(beginning)), None)
        for beginning in wanted
    ]

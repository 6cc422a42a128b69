"""Full text on SQLite: one FTS5 table, ranked by bm25.

The tokenizer is `ascii`: it parts at spaces and keeps every character beyond ASCII, so the words
that search.words cut stay as they are. `exact` holds each exact form of a page once and only
lifts the pages that spell a word as the question does.
"""

from collections.abc import Iterable, Sequence

from django.db import connection

from search.engines.entry import Entry
from search.questions import Clause

# bm25 adds occurrences up over the columns before it levels them off, so a body full of a word
# would come before a title with it. Each text is ranked by itself and then counts as given here.
RANK = " + ".join(
    [
        "2.0 * bm25(search_words, 10, 0, 0, 0, 0)",
        "1.2 * bm25(search_words, 0, 0, 10, 0, 0)",
        "0.6 * bm25(search_words, 0, 10, 0, 0, 0)",
        "bm25(search_words, 0, 0, 0, 1, 0.5)",
    ]
)
TEXTS = "{title excerpt names body}"


def write(entries: Iterable[Entry]) -> None:
    """Store the words of the pages in place of what was stored of them."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT OR REPLACE INTO search_words (rowid, title, excerpt, names, body, exact) "
            "VALUES (%s, %s, %s, %s, %s, %s)",
            [
                (
                    entry.page_id,
                    " ".join(entry.title),
                    " ".join(entry.excerpt),
                    " ".join(entry.names),
                    " ".join(entry.body),
                    " ".join(entry.exact),
                )
                for entry in entries
            ],
        )


def remove(page_ids: Iterable[int]) -> None:
    """Forget the words of the pages; ids that are not there are no matter."""
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM search_words WHERE rowid = %s", [[pk] for pk in page_ids])


def find(clauses: Sequence[Clause], *, is_every: bool, most: int) -> list[int]:
    """The ids of at most `most` pages, best first: one pass over the index."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT rowid FROM search_words WHERE search_words MATCH %s
            ORDER BY {RANK}, rowid DESC LIMIT %s
            """,  # noqa: S608 - only a constant is set in
            [expression(clauses, is_every=is_every), most],
        )
        return [page_id for (page_id,) in cursor.fetchall()]


def expression(clauses: Sequence[Clause], *, is_every: bool) -> str:
    """The question in FTS5's language: words hold letters and digits only, and stand in quotes."""
    return (" AND " if is_every else " OR ").join(map(alternatives, clauses))


def alternatives(clause: Clause) -> str:
    """One clause as FTS5 finds it: by stems, by exact form, by the beginning of its last word."""
    before = clause.stems[:-1]
    ways = [f'{TEXTS} : "{" ".join(clause.stems)}"']
    if not before:
        ways.append(f'exact : "{clause.exact[0]}"')
    if clause.is_beginning:
        ways.append(f'{TEXTS} : "{" ".join([*before, clause.exact[-1]])}" *')
        if not before:
            ways.append(f'exact : "{clause.exact[0]}" *')
    return f"({' OR '.join(ways)})"

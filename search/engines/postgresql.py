"""Full text on PostgreSQL: two tsvector columns with GIN indexes, ranked by ts_rank.

The vectors are written as literals from the words that search.words cut, so no dictionary of the
server changes them. `words` holds everything, `head` all but the body. Exact forms carry a mark
that no word can have; they only lift the pages that spell a word as the question does.
"""

from collections.abc import Iterable, Iterator, Sequence

from django.db import connection

from search.engines.entry import Entry
from search.questions import Clause

EXACT = "="
# What a word counts by the label of its place, in the order D, C, B, A.
WEIGHTS = "{0.05, 0.3, 0.6, 1.0}"
TITLE, NAMES, EXCERPT, BODY = "ABCD"
MOST_BYTES = 1_000_000  # Of the words and places of one tsvector; it takes 1,048,575.
BYTES_A_WORD, BYTES_A_PLACE = 12, 2  # At most, beside the letters.
FURTHEST = 16_383  # A tsvector counts places no further,
MOST_PLACES = 256  # and keeps no more of them for one word.


def write(entries: Iterable[Entry]) -> None:
    """Store the words of the pages in place of what was stored of them."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE search_searchdocument SET words = %s::tsvector, head = %s::tsvector "
            "WHERE page_id = %s",
            [
                (
                    vector(entry.title, entry.names, entry.excerpt, entry.body, entry.exact),
                    vector(entry.title, entry.names, entry.excerpt, (), ()),
                    entry.page_id,
                )
                for entry in entries
            ],
        )


def remove(page_ids: Iterable[int]) -> None:
    """Nothing is left to do: the words are columns of the row that is gone."""


def find(clauses: Sequence[Clause], *, is_every: bool, most: int) -> list[int]:
    """The ids of at most `most` pages, best first.

    Ranking reads whole vectors, so it is kept to candidates: the pages with the words in title,
    names or excerpt, and the newest of the others. When not every clause must be there, pages
    with more of them come first.
    """
    parts = list(map(alternatives, clauses))
    query = (" & " if is_every else " | ").join(parts)
    spellings = " | ".join(quoted(EXACT + word) for clause in clauses for word in clause.exact)
    hits = " + ".join(["(words @@ %s::tsquery)::int"] * len(parts))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH candidates AS (
                (SELECT page_id FROM search_searchdocument WHERE head @@ %s::tsquery LIMIT %s)
                UNION
                (SELECT page_id FROM search_searchdocument WHERE words @@ %s::tsquery
                 ORDER BY page_id DESC LIMIT %s)
            )
            SELECT page_id FROM candidates JOIN search_searchdocument USING (page_id)
            ORDER BY {"" if is_every else f"{hits} DESC,"}
                ts_rank('{WEIGHTS}', words, %s::tsquery, 1)
                + ts_rank('{WEIGHTS}', words, %s::tsquery, 1) DESC,
                page_id DESC
            LIMIT %s
            """,  # noqa: S608 - only constants are set in
            [query, most, query, most, *([] if is_every else parts), query, spellings, most],
        )
        return [page_id for (page_id,) in cursor.fetchall()]


def alternatives(clause: Clause) -> str:
    """One clause as a tsquery: by stems, and by the beginning of its last word."""
    *before, last = map(quoted, clause.stems)
    ways = [[*before, last]]
    if clause.is_beginning:
        ways.append([*before, f"{quoted(clause.exact[-1])}:*"])
        if not before:
            ways.append([f"{quoted(EXACT + clause.exact[0])}:*"])
    return f"({' | '.join(' <-> '.join(way) for way in ways)})"


def quoted(word: str) -> str:
    """A word as a literal of the tsvector and tsquery types: it holds letters and digits only."""
    return f"'{word}'"


def vector(
    title: Sequence[str],
    names: Sequence[str],
    excerpt: Sequence[str],
    body: Sequence[str],
    exact: Sequence[str],
) -> str:
    """The words as a literal of the tsvector type; no phrase reaches from one text to the next.

    A tsvector holds a megabyte; of a text with more, the last words are left out.
    """
    places: dict[str, list[str]] = {}
    room = MOST_BYTES
    for word, place, label in placed(
        (title, TITLE), (names, NAMES), (excerpt, EXCERPT), (body, BODY)
    ):
        of_word = places.get(word)
        if of_word is None:
            room -= len(word.encode()) + BYTES_A_WORD
            if room < 0:
                continue
            of_word = places[word] = []
        if len(of_word) < MOST_PLACES:
            room -= BYTES_A_PLACE
            of_word.append(f"{place}{label}")
    for word in exact:
        room -= len(word.encode()) + BYTES_A_WORD
        if room >= 0:
            places[EXACT + word] = [f"1{BODY}"]
    return " ".join(f"{quoted(word)}:{','.join(found)}" for word, found in places.items())


def placed(*texts: tuple[Sequence[str], str]) -> Iterator[tuple[str, int, str]]:
    """Each word with its place and label, with a free place between two texts."""
    place = 0
    for words, label in texts:
        for word in words:
            place = min(place + 1, FURTHEST)
            yield word, place, label
        place += 1

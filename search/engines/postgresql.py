"""Full text on PostgreSQL: two tsvector columns with GIN indexes, ranked by ts_rank.

The vectors are written as literals from the words that search.words cut, so no dictionary of the
server changes them. A vector has four labels: in `head` they tell title, names, excerpt and
headings apart, in `words`, which holds everything, the head, symbols, code and prose. Exact forms
carry a mark that no word can have; they only lift the pages that spell a word as the question does.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import compress

from django.db import connection
from django.db.models.expressions import RawSQL

from search.engines.entry import BEFORE_PHRASES, MOST_WITH_PHRASE, Entry, Sought
from search.questions import Clause

EXACT = "="
# What a word counts by the label of its place, in the order D, C, B, A.
HEAD_WEIGHTS = "{0.3, 0.6, 0.5, 1.0}"
TITLE, NAMES, EXCERPT, HEADINGS = "ABCD"
WEIGHTS = "{0.05, 0.05, 0.2, 0.1}"
HEAD, SYMBOLS, CODE, PROSE = "ABCD"
LABELS = {"prose": PROSE, "code": CODE, "symbols": SYMBOLS}
# Functions of the database, see the migration that makes them: so they are found by the index.
MATCHING = "SELECT search_matching(%s, %s)"
MATCHING_HEAD = "SELECT search_matching_heads(%s, %s)"
MOST_RANKED = 500
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
            [(words_of(entry), head_of(entry), entry.page_id) for entry in entries],
        )


def remove(page_ids: Iterable[int]) -> None:
    """Nothing is left to do: the words are columns of the row that is gone."""


def find(
    clauses: Sequence[Clause], phrase: Sequence[str], *, is_every: bool, most: int
) -> list[int]:
    """The ids of at most `most` pages, best first; among the first are some with the whole phrase.

    Ranking reads whole vectors, so when very many pages match it is kept to some of those with the
    words in title, headings, names or excerpt, and to the newest; the others follow by their age.
    When not every clause must be there, pages with more of them come first.
    """
    query = (" & " if is_every else " | ").join(map(alternatives, clauses))
    matching = sorted(page_ids(MATCHING, query, most), reverse=True)
    likely = matching
    if len(matching) > MOST_RANKED:
        likely = page_ids(MATCHING_HEAD, query, MOST_RANKED)
        likely += matching[: MOST_RANKED // 2]
    found = ranked(clauses, query, likely, is_every=is_every)
    if len(phrase) > 1:
        found[BEFORE_PHRASES:BEFORE_PHRASES] = with_phrase(phrase, likely)
    return list(dict.fromkeys([*found, *matching]))[:most]


def ranked(
    clauses: Sequence[Clause], query: str, among: Sequence[int], *, is_every: bool
) -> list[int]:
    """The pages in their order by rank; `query` is what the clauses ask together."""
    parts = list(map(alternatives, clauses))
    spellings = " | ".join(quoted(EXACT + word) for clause in clauses for word in clause.exact)
    hits = " + ".join(["(words @@ %s::tsquery)::int"] * len(parts))
    return page_ids(
        f"""
        SELECT page_id FROM search_searchdocument WHERE page_id = ANY(%s)
        ORDER BY {"" if is_every else f"{hits} DESC,"}
            ts_rank('{HEAD_WEIGHTS}', head, %s::tsquery)
            + ts_rank('{WEIGHTS}', words, %s::tsquery, 1)
            + ts_rank('{WEIGHTS}', words, %s::tsquery, 1) DESC,
            page_id DESC
        """,  # noqa: S608 - only constants are set in
        list(among),
        *([] if is_every else parts),
        *[query, query, spellings],
    )


def with_head(clauses: Sequence[Clause], *, is_every: bool, most: int) -> list[int]:
    """The ids of at most `most` pages with the words in title, headings, excerpt or names, best
    first; one query.
    """
    query = (" & " if is_every else " | ").join(map(alternatives, clauses))
    return page_ids(
        "SELECT page_id FROM search_searchdocument "  # noqa: S608
        "WHERE page_id = ANY(ARRAY(SELECT search_matching_heads(%s, %s))) "
        f"ORDER BY ts_rank('{HEAD_WEIGHTS}', head, %s::tsquery) DESC, page_id DESC LIMIT %s",
        *[query, MOST_RANKED, query, most],
    )


def in_head(word: str) -> str:
    """What pages match that have the stem in title, headings, excerpt or names."""
    return f"{quoted(word)}:{HEAD}"


def with_phrase(phrase: Sequence[str], among: Sequence[int]) -> list[int]:
    """The ids of some of the pages that have the words next to each other."""
    query = " <-> ".join(map(quoted, phrase))
    return page_ids(
        "SELECT page_id FROM search_searchdocument "
        "WHERE words @@ %s::tsquery AND page_id = ANY(%s) LIMIT %s",
        *[query, list(among), MOST_WITH_PHRASE],
    )


def page_ids(statement: str, *parameters) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [page_id for (page_id,) in cursor.fetchall()]


def listed(page_ids: Sequence[int]) -> RawSQL:
    """The ids to look for by `__in`, however many: one parameter, not one for each."""
    return RawSQL("SELECT unnest(%s::int[])", [list(page_ids)])


def some_with(expressions: Sequence[str], most: int) -> list[list[int]]:
    """For each expression the ids of at most `most` pages that match it, in one query."""
    select = "SELECT %s, search_matching(%s, %s)"
    found = [[] for _ in expressions]
    if expressions:
        with connection.cursor() as cursor:
            cursor.execute(
                " UNION ALL ".join([select] * len(expressions)),
                [part for numbered in enumerate(expressions) for part in (*numbered, most)],
            )
            for number, page_id in cursor.fetchall():
                found[number].append(page_id)
    return found


def those_with(sought: Sequence[Sought], among: Sequence[int]) -> list[set[int]]:
    """For each thing sought the ids of those of the pages that have it, in one query."""
    found = [set() for _ in sought]
    if not sought or not among:
        return found
    matches = ", ".join(["words @@ %s::tsquery"] * len(sought))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT page_id, {matches} FROM search_searchdocument "  # noqa: S608
            "WHERE page_id = ANY(%s)",
            [*map(as_query, sought), list(among)],
        )
        for page_id, *is_there in cursor.fetchall():
            for pages in compress(found, is_there):
                pages.add(page_id)
    return found


def as_query(sought: Sought) -> str:
    if sought.text == "exact":
        return " & ".join(quoted(EXACT + word) for way in sought.ways for word in way)
    label = f":{LABELS[sought.text]}" if sought.text in LABELS else ""
    return " | ".join(
        f"({' <-> '.join(f'{quoted(word)}{label}' for word in way)})" for way in sought.ways
    )


def alternatives(clause: Clause) -> str:
    """One clause as a tsquery: by stems, by the beginning of its last word, by the symbols in it,
    and by what else it may mean.
    """
    *before, last = map(quoted, clause.stems)
    ways = [[*before, last], *[list(map(quoted, other)) for other in clause.others]]
    if clause.is_beginning:
        ways.append([*before, f"{quoted(clause.exact[-1])}:*"])
        if not before:
            ways.append([f"{quoted(EXACT + clause.exact[0])}:*"])
    ways += [[f"{quoted(symbol)}:{SYMBOLS}"] for symbol in clause.symbols]
    return f"({' | '.join(' <-> '.join(way) for way in ways)})"


def quoted(word: str) -> str:
    """A word as a literal of the tsvector and tsquery types: it holds no quote and no backslash."""
    return f"'{word}'"


def head_of(entry: Entry) -> str:
    return vector(
        [
            (entry.title, TITLE),
            (entry.names, NAMES),
            (entry.excerpt, EXCERPT),
            (entry.headings, HEADINGS),
        ]
    )


def words_of(entry: Entry) -> str:
    return vector(
        [
            *[(words, HEAD) for words in (entry.title, entry.names, entry.excerpt, entry.headings)],
            (entry.prose, PROSE),
            (entry.code, CODE),
            (entry.symbols, SYMBOLS),
        ],
        entry.exact,
    )


def vector(texts: Iterable[tuple[Sequence[str], str]], exact: Iterable[str] = ()) -> str:
    """The words of labelled texts as a literal of the tsvector type; no phrase reaches from one
    text to the next. A tsvector holds a megabyte; of a text with more, the last words are left out.
    """
    places: dict[str, list[str]] = {}
    room = MOST_BYTES
    for word, place, label in placed(texts):
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
            places[EXACT + word] = [f"1{PROSE}"]
    return " ".join(f"{quoted(word)}:{','.join(found)}" for word, found in places.items())


def placed(texts: Iterable[tuple[Sequence[str], str]]) -> Iterator[tuple[str, int, str]]:
    """Each word with its place and label, with a free place between two texts."""
    place = 0
    for words, label in texts:
        for word in words:
            place = min(place + 1, FURTHEST)
            yield word, place, label
        place += 1

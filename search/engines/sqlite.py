"""Full text on SQLite: one FTS5 table, ranked by bm25.

The tokenizer is `ascii`: it parts at spaces and keeps every character beyond ASCII, so the words
that search.words cut stay as they are. `exact` holds each exact form of a page once and only
lifts the pages that spell a word as the question does. A text begins and ends with a space, so that
a word is found in it with the spaces around it.
"""

import json
from collections.abc import Iterable, Sequence
from itertools import chain, combinations, compress

from django.db import connection
from django.db.models.expressions import RawSQL

from search.engines.entry import BEFORE_PHRASES, MOST_WITH_PHRASE, Entry, Sought
from search.questions import Clause

COLUMNS = ["title", "headings", "excerpt", "names", "prose", "code", "symbols", "exact"]
# bm25 adds occurrences up over the columns before it levels them off, so a body full of a word
# would come before a title with it. Each text is ranked by itself and then counts as given here.
RANK = " + ".join(
    [
        "2.0 * bm25(search_words, 10, 0, 0, 0, 0, 0, 0, 0)",
        "1.2 * bm25(search_words, 0, 0, 6, 0, 0, 0, 0, 0)",
        "1.5 * bm25(search_words, 0, 0, 0, 5, 0, 0, 0, 0)",
        "0.8 * bm25(search_words, 0, 4, 0, 0, 0, 0, 0, 0)",
        "bm25(search_words, 0, 0, 0, 0, 1, 1, 4, 0.5)",
    ]
)
TEXTS = "{title headings excerpt names prose code symbols}"
HEAD = "{title headings excerpt names}"
WHERE = "WHERE search_words MATCH %s"
MATCHING = f"SELECT rowid FROM search_words {WHERE}"  # noqa: S608 - a constant
MOST_RANKED = 1_000
MOST_PAIRED = 6
MOST_SELECTS = 400  # Of one statement; SQLite takes 500.


def write(entries: Iterable[Entry]) -> None:
    """Store the words of the pages in place of what was stored of them."""
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT OR REPLACE INTO search_words (rowid, {', '.join(COLUMNS)}) "  # noqa: S608
            f"VALUES (%s{', %s' * len(COLUMNS)})",
            [
                (entry.page_id, *(f" {' '.join(getattr(entry, column))} " for column in COLUMNS))
                for entry in entries
            ],
        )


def remove(page_ids: Iterable[int]) -> None:
    """Forget the words of the pages; ids that are not there are no matter."""
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM search_words WHERE rowid = %s", [[pk] for pk in page_ids])


def find(
    clauses: Sequence[Clause], phrase: Sequence[str], *, is_every: bool, most: int
) -> list[int]:
    """The ids of at most `most` pages, best first; among the first are some with the whole phrase.

    When very many pages match, only some are ranked: those that have the words in title, headings,
    excerpt or names, and, when not every clause must be there, those with two of them. The others
    follow by their age.
    """
    matching = page_ids(
        f"{MATCHING} ORDER BY rowid DESC LIMIT %s", expression(clauses, is_every=is_every), most
    )
    if len(matching) <= MOST_RANKED:
        found = ranked(expression(clauses, is_every=is_every))
    else:
        found = ranked(expression(clauses, is_every=is_every, texts=HEAD))
        if len(clauses) > 1 and not is_every:
            found = [*ranked(with_two(clauses)), *found]
    if len(phrase) > 1:
        statement = f"{MATCHING} ORDER BY rowid DESC LIMIT %s"
        with_phrase = page_ids(statement, in_texts(phrase, TEXTS), MOST_WITH_PHRASE)
        found[BEFORE_PHRASES:BEFORE_PHRASES] = with_phrase
    return list(dict.fromkeys([*found, *matching]))[:most]


def ranked(match: str) -> list[int]:
    """The ids of the pages that match, best first; of very many those of the newest pages."""
    return page_ids(
        f"SELECT rowid FROM (SELECT rowid, {RANK} AS score FROM search_words "  # noqa: S608
        "WHERE search_words MATCH %s ORDER BY rowid DESC LIMIT %s) ORDER BY score, rowid DESC",
        match,
        MOST_RANKED,
    )


def with_two(clauses: Sequence[Clause]) -> str:
    """What pages with two of the clauses match; of many clauses, of the first."""
    pairs = combinations(map(alternatives, clauses[:MOST_PAIRED]), 2)
    return " OR ".join(f"({first} AND {second})" for first, second in pairs)


def with_head(clauses: Sequence[Clause], *, is_every: bool, most: int) -> list[int]:
    """The ids of at most `most` pages with the words in title, headings, excerpt or names, best
    first; one query.
    """
    return page_ids(
        "SELECT rowid FROM (SELECT rowid, bm25(search_words, 10, 4, 1, 5, 0, 0, 0, 0) AS score "
        "FROM search_words WHERE search_words MATCH %s ORDER BY rowid DESC LIMIT %s) "
        "ORDER BY score, rowid DESC LIMIT %s",
        *[expression(clauses, is_every=is_every, texts=HEAD), MOST_RANKED, most],
    )


def in_head(word: str) -> str:
    """What pages match that have the stem in title, headings, excerpt or names."""
    return in_texts([word], HEAD)


def listed(page_ids: Sequence[int]) -> RawSQL:
    """The ids to look for by `__in`, however many: one parameter, not one for each."""
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(page_ids))])


def some_with(expressions: Sequence[str], most: int) -> list[list[int]]:
    """For each expression the ids of at most `most` pages that match it; one query for hundreds."""
    select = f"SELECT * FROM (SELECT %s, rowid FROM search_words {WHERE} LIMIT %s)"  # noqa: S608
    parameters = [(number, match, most) for number, match in enumerate(expressions)]
    found = [[] for _ in expressions]
    with connection.cursor() as cursor:
        for start in range(0, len(expressions), MOST_SELECTS):
            some = parameters[start : start + MOST_SELECTS]
            cursor.execute(" UNION ALL ".join([select] * len(some)), list(chain(*some)))
            for number, page_id in cursor.fetchall():
                found[number].append(page_id)
    return found


def those_with(sought: Sequence[Sought], among: Sequence[int]) -> list[set[int]]:
    """For each thing sought the ids of those of the pages that have it, in one query.

    The texts are read as they are stored: for some pages that is much quicker than to match.
    """
    found = [set() for _ in sought]
    if not sought or not among:
        return found
    conditions, parameters = [], []
    for one in sought:
        columns = TEXTS.strip("{}").split() if one.text == "all" else [one.text]
        ways = [f" {' '.join(way)} " for way in one.ways for _ in columns]
        joint = " AND " if one.text == "exact" else " OR "
        conditions.append(
            joint.join([f"instr({column}, %s)" for column in columns] * len(one.ways))
        )
        parameters += ways
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT rowid, {', '.join(conditions)} FROM search_words "  # noqa: S608
            f"WHERE rowid IN ({', '.join(['%s'] * len(among))})",
            [*parameters, *among],
        )
        for page_id, *is_there in cursor.fetchall():
            for pages in compress(found, is_there):
                pages.add(page_id)
    return found


def page_ids(statement: str, *parameters) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [page_id for (page_id,) in cursor.fetchall()]


def expression(clauses: Sequence[Clause], *, is_every: bool, texts: str = TEXTS) -> str:
    """The question in FTS5's language; words hold no quotation marks, and stand in them."""
    joint = " AND " if is_every else " OR "
    return joint.join(alternatives(clause, texts) for clause in clauses)


def alternatives(clause: Clause, texts: str = TEXTS) -> str:
    """One clause as FTS5 finds it: by stems, by exact form, by the beginning of its last word,
    by the symbols in it, and by what else it may mean.
    """
    before = clause.stems[:-1]
    is_everywhere = texts == TEXTS
    ways = [in_texts(words, texts) for words in (clause.stems, *clause.others)]
    if is_everywhere and not before:
        ways.append(f'exact : "{clause.exact[0]}"')
    if clause.is_beginning:
        ways.append(f"{in_texts([*before, clause.exact[-1]], texts)} *")
        if is_everywhere and not before:
            ways.append(f'exact : "{clause.exact[0]}" *')
    if is_everywhere:
        ways += [in_texts([symbol], "symbols") for symbol in clause.symbols]
    return f"({' OR '.join(ways)})"


def in_texts(words: Sequence[str], texts: str) -> str:
    """The words next to each other in one of the texts: the name of a column, or a set of them."""
    return f'{texts} : "{" ".join(words)}"'

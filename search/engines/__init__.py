"""The full-text engines: a module for each database, all with the same functions.

`write(entries)` stores the words of pages, `remove(page_ids)` forgets them, and
`find(clauses, phrase, is_every=…, most=…)` gives the ids of the best pages for a question, best
first. A page must have all clauses, or, when not `is_every`, at least one, or the phrase, the
question as it was typed.

`with_head(clauses, is_every=…, most=…)` asks the same of title, headings, excerpt and names alone.

`alternatives(clause)` is an expression in the engine's language, and so is `in_head(word)`;
`some_with(expressions, most)` gives some pages for each of several. `those_with(sought, among)`
tells which of the given pages have what is sought; `listed(page_ids)` is an expression of ids for
`__in`. Neither engine knows who may read a page.
"""

from types import ModuleType

from django.db import connection

from search.engines import postgresql, sqlite

ENGINES = {"sqlite": sqlite, "postgresql": postgresql}


def engine() -> ModuleType:
    """The engine of the database in use."""
    return ENGINES[connection.vendor]

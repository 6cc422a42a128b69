"""What an engine is given to store, and what is asked of it about single pages."""

from collections.abc import Sequence
from dataclasses import dataclass

# Pages with the whole phrase that are put among the best, and how many come before them: all must
# be among those that search.ranking weighs.
MOST_WITH_PHRASE, BEFORE_PHRASES = 30, 40


@dataclass(frozen=True, slots=True)
class Entry:
    """The words of one page: the stems of each text in their order, its symbols as they are kept
    whole with the words in them, and all exact forms once.
    """

    page_id: int
    title: Sequence[str]
    headings: Sequence[str]
    excerpt: Sequence[str]
    names: Sequence[str]
    prose: Sequence[str]
    code: Sequence[str]
    symbols: Sequence[str]
    exact: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sought:
    """What a page may have: in one of its texts ("all" for any of them), one of some ways, each of
    words next to each other. Of the text "exact" it must have all ways.
    """

    text: str
    ways: Sequence[Sequence[str]]

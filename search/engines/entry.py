"""What an engine is given to store."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """The words of one page: the stems of each text in their order, and all exact forms once."""

    page_id: int
    title: Sequence[str]
    excerpt: Sequence[str]
    names: Sequence[str]
    body: Sequence[str]
    exact: Sequence[str]

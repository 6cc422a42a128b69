"""What the parts of a page share while they are rendered one after another."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from blog.markdown.anchors import EarlierAnchors


class Picture(Protocol):
    """A picture that knows its HTML in Wagtail's database form."""

    def embed(self, alt: str) -> str: ...


@dataclass
class PageState:
    """One rendering of a page, from its first block to its last.

    `taken` holds the ids and the names of regions that the page has already. `notes` gathers the
    footnotes of all texts, each as an HTML list item, for the end of the page. `equations` counts
    the numbered ones, and `labels` has the ids and numbers of those with a label. `earlier` knows
    the anchors that the headings had when the page was last published. `has_headings` says whether
    a text of its own has had one. `has_references` says that citations are numbered when the page
    is complete, by blog.bibliography; else they are text.

    `diagrams` counts them, and unless the page `draws` each is shown by its source.

    For texts that come from elsewhere, such as the cells of a notebook: `heading_shift` is how
    many levels deeper their headings go than typed, and `pictures` are those they bring along, by
    the target they name them with.
    """

    taken: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    equations: int = 0
    labels: dict[str, tuple[str, str]] = field(default_factory=dict)
    has_references: bool = False
    earlier: EarlierAnchors = field(default_factory=EarlierAnchors)
    has_headings: bool = False
    heading_shift: int | None = None
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    diagrams: int = 0
    draws: bool = True

"""What the parts of a page share while they are rendered one after another."""

from dataclasses import dataclass, field

from blog.markdown.anchors import EarlierAnchors


@dataclass
class PageState:
    """One rendering of a page, from its first block to its last.

    `taken` holds the ids and the names of regions that the page has already. `notes` gathers the
    footnotes of all texts, each as an HTML list item, for the end of the page. `equations` counts
    the numbered ones. `earlier` knows the anchors that the headings had when the page was last
    published.
    """

    taken: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    equations: int = 0
    earlier: EarlierAnchors = field(default_factory=EarlierAnchors)

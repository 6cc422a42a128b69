"""Numbers for citations, over all parts of a page, and the list that they lead to."""

import re
from collections.abc import Iterable
from html import escape, unescape

from blog.bibliography.entries import Entry
from blog.bibliography.formatting import hint_of_entry, html_of_entry
from blog.highlighting import first_free
from blog.markdown.citations import read_citation

LIST = "<ol data-references></ol>"  # Where the list goes. No author can write the attribute.
MOST_BACKLINKS = 20  # Of one entry.

# A citation as blog.markdown leaves it, with what was typed inside, and links it may be in.
_PLACE = re.compile(r"<a[ >]|</a>|<cite data-citation>([^<]*)</cite>")


def resolve(
    parts: list[str | None], entries: Iterable[Entry], taken: set[str] | None = None
) -> list[str | None]:
    """The parts of a page with its citations linked and its list of references filled in.

    Entries are numbered as they are first cited; those that nobody cites follow. A citation of
    something else, or inside a link, is shown as typed. `taken` holds the ids the page has; the
    new ones are added.
    """
    numbering = _Numbering(entries, set() if taken is None else taken)
    linked = [part if part is None else numbering.link(part) for part in parts]
    return numbering.fill_in(linked)


class _Numbering:
    """The numbers, ids and uses of the entries of one page."""

    def __init__(self, entries: Iterable[Entry], taken: set[str]):
        self.entries: dict[str, Entry] = {}
        for entry in entries:
            self.entries.setdefault(entry.key, entry)
        self.taken = taken
        self.ids = {key: first_free(f"ref-{key}", taken, "-") for key in self.entries}
        self.numbers: dict[str, int] = {}  # Of those cited so far, in order.
        self.uses: dict[str, list[str]] = {key: [] for key in self.entries}
        self.hints: dict[str, str] = {}
        self.is_in_link = False

    def link(self, html: str) -> str:
        """One part with its citations linked."""
        self.is_in_link = False
        return _PLACE.sub(self._linked, html)

    def fill_in(self, parts: list[str | None]) -> list[str | None]:
        """The parts with the list in the first place for one."""
        finished, html = [], self._list()
        for part in parts:
            if part and LIST in part:
                part, html = part.replace(LIST, html, 1).replace(LIST, ""), ""
            finished.append(part)
        return finished

    def _linked(self, place: re.Match) -> str:
        if place[1] is None:
            self.is_in_link = place[0] != "</a>"
            return place[0]
        cites = read_citation(unescape(place[1]))
        if self.is_in_link or not cites or any(cite.key not in self.entries for cite in cites):
            return place[1]
        if len(cites) == 1 and not cites[0].locator:
            return self._link(cites[0].key, "[{}]")
        shown = [
            self._link(cite.key, "{}") + (f", {escape(cite.locator)}" if cite.locator else "")
            for cite in cites
        ]
        return f"[{'; '.join(shown)}]"

    def _link(self, key: str, form: str) -> str:
        """The number of an entry, as a link to it in the list."""
        number = self.numbers.setdefault(key, len(self.numbers) + 1)
        if key not in self.hints:
            self.hints[key] = escape(hint_of_entry(self.entries[key]))
        return (
            f'<a href="#{escape(self.ids[key])}"{self._new_use(key)} class="citation" '
            f'role="doc-biblioref" title="{self.hints[key]}">{form.format(number)}</a>'
        )

    def _new_use(self, key: str) -> str:
        """The id of one more use as an attribute, if the list is to lead back to it."""
        uses = self.uses[key]
        if len(uses) == MOST_BACKLINKS:
            return ""
        use = f"-{len(uses) + 1}" if uses else ""
        uses.append(first_free(f"{self.ids[key]}-at{use}", self.taken, "-"))
        return f' id="{escape(uses[-1])}"'

    def _list(self) -> str:
        uncited = [key for key in self.entries if key not in self.numbers]
        items = "\n".join(map(self._item, [*self.numbers, *uncited]))
        return f"<ol>\n{items}\n</ol>" if items else ""

    def _item(self, key: str) -> str:
        back = "".join(self._backlink(key, place) for place in enumerate(self.uses[key], start=1))
        return f'<li id="{escape(self.ids[key])}">{html_of_entry(self.entries[key])}{back}</li>'

    def _backlink(self, key: str, place: tuple[int, str]) -> str:
        use, anchor = place
        which = f", use {use}" if use > 1 else ""
        return (
            f' <a href="#{escape(anchor)}" role="doc-backlink" '
            f'aria-label="Back to reference {self.numbers[key]} in the text{which}">↩\ufe0e</a>'
        )

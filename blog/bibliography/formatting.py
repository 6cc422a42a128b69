"""How an entry is written: as HTML for the list, and as words for search and hints."""

import re
from html import escape, unescape
from urllib.parse import quote

from blog.bibliography.entries import Entry

MOST_NAMED = 10  # Authors; of more, the first of them and “and others”.
LONGEST_HINT = 160
_TAG = re.compile(r"<[^>]*>")


def html_of_entry(entry: Entry) -> str:
    """The entry as sentences: who, what, where it appeared, and a link to it."""
    who = _people(entry.authors) + (" (eds.)" if entry.is_edited and entry.authors else "")
    title = escape(entry.title or ("" if entry.authors else entry.key))
    what = f"“{_ended(title)}”" if entry.container and title else _ended(_cited(title))
    sentences = [_ended(escape(who)), what, _ended(_where(entry)), _ended(escape(entry.note))]
    return " ".join(part for part in (*sentences, _link(entry)) if part)


def words_of_entry(entry: Entry) -> str:
    """The same without markup."""
    return unescape(_TAG.sub("", html_of_entry(entry)))


def hint_of_entry(entry: Entry) -> str:
    """A few words that tell the entry from others."""
    who = (
        entry.authors[0] + (" and others" if len(entry.authors) > 1 else "")
        if entry.authors
        else ""
    )
    words = ", ".join(part for part in (who, entry.title or entry.key, entry.year) if part)
    return words if len(words) <= LONGEST_HINT else words[: LONGEST_HINT - 1].rstrip() + "…"


def _people(names: tuple[str, ...]) -> str:
    if len(names) > MOST_NAMED:
        return f"{', '.join(names[:MOST_NAMED])} and others"
    names = tuple("others" if name == "others" else name for name in names)
    if len(names) < 3:
        return " and ".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _where(entry: Entry) -> str:
    """What it is; container with volume, number and pages; publisher; year."""
    issue = entry.volume + (f"({entry.number})" if entry.number else "")
    place = f" {issue}" if issue else ""
    pages = f"{':' if issue else ', pp. '}{entry.pages}" if entry.pages else ""
    container = _cited(escape(entry.container)) + escape(place + pages)
    parts = (
        escape(entry.kind),
        container.removeprefix(", ").strip(),
        escape(entry.publisher),
        escape(entry.year),
    )
    return ", ".join(part for part in parts if part)


def _link(entry: Entry) -> str:
    if entry.doi:
        address, words = f"https://doi.org/{quote(entry.doi, safe='/:;()._-')}", f"doi:{entry.doi}"
    elif entry.url:
        address, words = entry.url, re.sub(r"^https?://(?:www\.)?|/$", "", entry.url)
    else:
        return ""
    return f'<a href="{escape(address)}" rel="noopener">{escape(words)}</a>'


def _cited(html: str) -> str:
    return f"<cite>{html}</cite>" if html else ""


def _ended(html: str) -> str:
    """With a full stop, unless it ends with a mark of its own."""
    if not html or html.removesuffix("</cite>").endswith((".", "!", "?", "…")):
        return html
    return f"{html}."

"""What can be cited: entries read from BibTeX, or from fields that an editor filled in."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from pybtex.database.input.bibtex import LowLevelParser, month_names
from pybtex.scanner import PrematureEOF, PybtexSyntaxError, Token

from blog.bibliography.latex import address_in, words_in
from blog.highlighting import showable
from blog.markdown.citations import KEY

LONGEST_BIBTEX = 200_000  # Characters.
MOST_ENTRIES = 2_000
MOST_FIELDS = 200  # Of one entry.
LONGEST_FIELD = 20_000
MOST_AUTHORS = 100  # Of one entry.
DEEPEST_BRACES = 100

_BRACE_OR_QUOTE = re.compile(r'[{}"]')
_NAME_PART = re.compile(r"[{}]|,|\s+and\s+", re.I)
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.[0-9]{4,9}/\S+)", re.I)
_ARXIV = re.compile(r"(?:arxiv:)?([a-z.-]+/[0-9]{7}|[0-9]{4}\.[0-9]{4,5})(v[0-9]+)?", re.I)
_KINDS = {
    "dataset": "Dataset",
    "mastersthesis": "Master’s thesis",
    "phdthesis": "PhD thesis",
    "software": "Software",
    "techreport": "Report",
    "report": "Report",
    "thesis": "Thesis",
    "video": "Video",
}
_YEAR = re.compile(r"[0-9]{4}")


@dataclass(frozen=True)
class Entry:
    """One thing that can be cited. All of it is plain text; `doi` and `url` are safe to link."""

    key: str
    kind: str = ""  # In a word, where readers should be told: "Software".
    authors: tuple[str, ...] = ()
    title: str = ""
    year: str = ""
    container: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    publisher: str = ""
    note: str = ""
    doi: str = ""
    url: str = ""
    is_edited: bool = False  # Its authors are its editors.


class BibtexError(ValueError):
    """BibTeX that cannot be used: a line from 1, and a sentence or two on what to change."""

    def __init__(self, line: int, message: str):
        super().__init__(f"Line {line}: {message}")


@lru_cache(maxsize=8)
def read_bibtex(text: str) -> tuple[Entry, ...]:
    """The entries in their order. Raises BibtexError; takes time in proportion to the length."""
    text = showable(text)
    if len(text) > LONGEST_BIBTEX:
        raise BibtexError(1, f"The most is {LONGEST_BIBTEX:,} characters. Leave out some entries.")
    parser = _BoundedParser(text)
    entries: dict[str, Entry] = {}
    try:
        for line, entry in _entries_of(parser):
            if entry.key in entries:
                raise BibtexError(line, f"There are two entries with the key “{entry.key}”.")
            if len(entries) == MOST_ENTRIES:
                raise BibtexError(line, f"The most is {MOST_ENTRIES:,} entries. Leave out some.")
            entries[entry.key] = entry
    except PrematureEOF:
        line = text.count("\n", 0, parser.command_start) + 1
        raise BibtexError(
            line, "The entry that begins here has no end. Look for a brace or quote left open."
        ) from None
    except PybtexSyntaxError as error:
        raise BibtexError(error.lineno, f"This is not BibTeX: {error.args[0]}.") from None
    return tuple(entries.values())


def entry_of_fields(fields: Mapping) -> Entry:
    """The entry that an editor wrote into fields, in plain text; what cannot be used is left out.

    Authors are parted by semicolons, lines or “and”.
    """
    plain = {name: " ".join(showable(str(value or "")).split()) for name, value in fields.items()}
    authors = re.split(r"[;\n]", showable(str(fields.get("authors") or "")))
    return Entry(
        key=plain.get("key", ""),
        kind=_KINDS.get(plain.get("kind", ""), ""),
        authors=tuple(name for part in authors for name in _names_in(part)),
        title=plain.get("title", ""),
        year=plain.get("year", ""),
        container=plain.get("container", ""),
        pages=_range(plain.get("pages", "")),
        publisher=plain.get("publisher", ""),
        doi=doi_in(plain.get("doi", "")),
        url=url_in(plain.get("url", "")),
    )


def is_key(words: str) -> bool:
    """Whether the words can be cited as [@words]."""
    return re.fullmatch(KEY, words) is not None


def doi_in(words: str) -> str:
    """The DOI in the words, with or without its address; "" if there is none."""
    found = _DOI.fullmatch(words)
    return found[1] if found else ""


def url_in(words: str) -> str:
    """The words if they are a whole web address, else ""."""
    try:
        parts = urlsplit(words)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return ""
    return words if is_address and not re.search(r"[\s<>\"\\]", words) else ""


class _BoundedParser(LowLevelParser):
    """Pybtex's parser with the work it may do bounded by the length of the text."""

    _expanded = 0

    def __init__(self, text: str):
        super().__init__(text, macros=dict(month_names))  # It writes @string into them.

    def parse_string(self, string_end, level=0, max_level=DEEPEST_BRACES):
        """A value up to its end as one token, without a generator for each brace."""
        start, end = self.pos, '"' if string_end is self.QUOTE else "}"
        for found in _BRACE_OR_QUOTE.finditer(self.text, start):
            sign = found[0]
            if sign == end and level == 0:
                value = self.text[start : found.end()]
                self.pos = found.end()
                self.update_lineno(value)
                return [Token(value, string_end)]
            level += (sign == "{") - (sign == "}")
            if not 0 <= level <= max_level:
                self.update_lineno(self.text[start : found.end()])
                problem = "the braces do not match" if level < 0 else "the braces are too deep"
                raise PybtexSyntaxError(problem, self)
        raise PrematureEOF(self)

    def parse_field(self):
        if len(self.current_fields) == MOST_FIELDS:
            raise PybtexSyntaxError("the entry has too many fields", self)
        super().parse_field()

    def substitute_macro(self, name):
        """The value of an @string; those that grow by naming each other have an end."""
        value = self.macros.get(name.lower())
        if value is None:
            raise PybtexSyntaxError(f"“{name}” is not defined by @string", self)
        self._expanded += len(value)
        if self._expanded > LONGEST_BIBTEX:
            raise PybtexSyntaxError("what @string stands for is too long", self)
        return value

    def parse_string_body(self, body_end):
        super().parse_string_body(body_end)
        self.macros[self.current_field_name.lower()] = "".join(self.current_value)


def _entries_of(parser: _BoundedParser) -> Iterator[tuple[int, Entry]]:
    line_of, counted = 1, 0
    for kind, body in parser:
        if kind.lower() in {"string", "preamble"}:
            continue
        line_of += parser.text.count("\n", counted, parser.command_start)
        counted = parser.command_start
        key, fields = body
        yield line_of, _entry(line_of, kind.lower(), key, fields)


def _entry(line: int, kind: str, key: str, written: list[tuple[str, list[str]]]) -> Entry:
    if not is_key(key):
        raise BibtexError(
            line,
            f"The key “{key[:60]}” cannot be cited. It may have letters, digits and _ - : . + / "
            "and begins with a letter or a digit.",
        )
    raw: dict[str, str] = {}
    for name, parts in written:
        raw.setdefault(name.lower(), " ".join("".join(parts).split())[:LONGEST_FIELD])
    url, doi = _links(line, key, raw)
    people = raw.get("author") or raw.get("editor") or ""
    return Entry(
        key=key,
        kind=_first(raw, "type") or _KINDS.get(kind, ""),
        authors=tuple(words_in(name) for name in _names_in(people)),
        is_edited="author" not in raw and "editor" in raw,
        title=_first(raw, "title"),
        year=_year(raw),
        container=_container(raw),
        volume=_first(raw, "volume"),
        number=_first(raw, "number", "issue"),
        pages=_range(_first(raw, "pages")),
        publisher=_first(raw, "publisher", "institution", "school", "organization"),
        note=_first(raw, "note"),
        doi=doi,
        url=url,
    )


def _first(raw: dict[str, str], *names: str) -> str:
    """The words of the first of the fields that has any."""
    return next((words for name in names if (words := words_in(raw.get(name, "")))), "")


def _year(raw: dict[str, str]) -> str:
    found = _YEAR.search(raw.get("date", ""))
    return _first(raw, "year") or (found[0] if found else "")


def _container(raw: dict[str, str]) -> str:
    found = _first(raw, "journal", "journaltitle", "booktitle")
    if not found and not _is_address(raw.get("howpublished", "")):
        found = _first(raw, "howpublished")
    if not found and (arxiv := _arxiv(raw)):
        found = f"arXiv:{arxiv}"
    return found


def _links(line: int, key: str, raw: dict[str, str]) -> tuple[str, str]:
    """The address and the DOI. Raises BibtexError for what is neither, as it would not be shown."""
    address = address_in(raw.get("url", ""))
    how = raw.get("howpublished", "")
    if not address and _is_address(how):
        address = address_in(how)
    if address and not url_in(address):
        raise BibtexError(
            line, f"The address of “{key}” is not one. It begins with https:// or http://."
        )
    written_doi = address_in(raw.get("doi", ""))
    doi = doi_in(written_doi)
    if written_doi and not doi:
        raise BibtexError(line, f"The DOI of “{key}” is not one. Write for example 10.1000/182.")
    if not address and not doi and (arxiv := _arxiv(raw)):
        address = f"https://arxiv.org/abs/{arxiv}"
    return address, doi


def _is_address(how_published: str) -> bool:
    return re.match(r"\s*(?:\\url\b|https?://)", how_published) is not None


def _arxiv(raw: dict[str, str]) -> str:
    kind = (raw.get("archiveprefix") or raw.get("eprinttype") or "").lower()
    found = _ARXIV.fullmatch(raw.get("eprint", "").strip()) if kind == "arxiv" else None
    return f"{found[1]}{found[2] or ''}" if found else ""


def _names_in(people: str) -> list[str]:
    """Each person's name as it is said: “Knuth, Donald” and “Donald Knuth” are the same.

    What stands in braces is one name, commas and all.
    """
    names, parts, depth, start = [], [], 0, 0
    for found in _NAME_PART.finditer(people):
        sign = found[0]
        if sign in "{}":
            depth = depth + 1 if sign == "{" else max(0, depth - 1)
        elif depth == 0:
            parts.append(people[start : found.start()])
            start = found.end()
            if sign != ",":
                names.append(_said(parts))
                parts = []
        if len(names) == MOST_AUTHORS:
            return [name for name in names if name]
    names.append(_said([*parts, people[start:]]))
    return [name for name in names if name]


def _said(parts: list[str]) -> str:
    """The name from its parts between commas: last, first; or last, junior, first."""
    parts = [part for part in (" ".join(part.split()) for part in parts) if part]
    if len(parts) == 2:
        return f"{parts[1]} {parts[0]}"
    if len(parts) == 3:
        return f"{parts[2]} {parts[0]}, {parts[1]}"
    return ", ".join(parts)


def _range(pages: str) -> str:
    return re.sub(r"(?<=[0-9])\s*-{1,2}\s*(?=[0-9])", "–", pages)

"""Plain text: a date line, a title line, then paragraphs and headings that nothing marks.

A page as it was copied from a reader's browser is plain text too: its track and date stand on one
line, and its excerpt, byline and tags have their places.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from blog.importing.body import blocks_of_markdown
from blog.importing.dates import is_date, parse_moment
from blog.importing.documents import ImportedPost
from blog.importing.excerpts import LONGEST, cut, made_excerpt
from blog.importing.html_to_markdown import escape_line_start, escape_text, fenced
from blog.importing.slugs import slug_of
from blog.importing.source_file import SourceFile

FORMAT = "Plain text"
TRACK_AND_DATE = re.compile(r"(?P<track>[^·|•]{1,60}?)\s+[·|•]\s+(?P<date>[^·|•]{6,40})")
NAME_WORD = r"[^\W\d_a-z][\w’'.-]*"
PARTICLE = r"van|von|de|der|da|di|la|le|y"
NAME = (
    rf"(?!(?:The|A|An)\b){NAME_WORD}"
    rf"(?:\s+(?:{NAME_WORD}|[dl]['’]{NAME_WORD}|{PARTICLE})){{0,5}}"
)
BYLINE = re.compile(
    rf"[Bb]y\s+(?P<names>{NAME}(?:(?:,\s*(?:and\s+)?|\s+(?:and|&)\s+){NAME}){{0,7}})"
)
TRACK_LINE = re.compile(r"Track:\s+(?P<track>.{1,60})", re.IGNORECASE)
TAGGED = re.compile(r"(?:Tagged|Tags):?\s+(?P<tags>.{1,500})", re.IGNORECASE)
AFTER_TEXT = re.compile(
    r"(?:keep reading|read next|all posts|share this post|related posts)\.?", re.I
)
HEAD_LINES = 12
LONGEST_TITLE = 255

ITEM = re.compile(r"(?P<indent>[ \t]*)(?P<mark>[•◦▪‣·*+-]|\d{1,3}[.)])[ \t]+(?P<words>\S.*)")
CODE_LINE = re.compile(r"(?: {4}|\t)")
LONGEST_HEADING = 70
MOST_HEADING_WORDS = 12
MOST_QUESTION_WORDS = 8
ENDS_SENTENCE = re.compile(r"[.!:;,…]['\"”’)\]]*$")


@dataclass
class _Head:
    """What stands before the text."""

    title: str = ""
    date: datetime | None = None
    track: str = ""
    is_copied_page: bool = False
    excerpt: str = ""
    tags: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)


def read_plain_text(file: SourceFile) -> ImportedPost:
    """The post that a plain text tells."""
    notes = list(file.repaired.notes)
    lines = [line.rstrip() for line in file.repaired.text.split("\n")]
    head, start = _head_of(lines, file, notes)
    end = len(lines)
    if head.is_copied_page:
        end, head.tags = _end_of(lines, start, notes)
    blocks = blocks_of_markdown(_markdown_of(lines[start:end]), file.pictures(notes))
    return ImportedPost(
        source=file.name,
        digest=file.digest,
        format=FORMAT,
        title=cut(head.title, LONGEST_TITLE),
        slug=slug_of(head.title, "post", notes),
        body=blocks,
        track_names=(*([head.track] if head.track else []), *file.folder_names),
        date=head.date,
        tags=tuple(head.tags),
        excerpt=cut(head.excerpt, LONGEST) or made_excerpt(blocks, head.title),
        authors=tuple(file.author(name) for name in head.authors),
        notes=tuple(notes),
    )


# Head and foot


def _head_of(lines: list[str], file: SourceFile, notes: list[str]) -> tuple[_Head, int]:
    """What the first lines say, and the number of the line after them."""
    filled = [number for number, line in enumerate(lines) if line.strip()]
    for place, number in enumerate(filled[:HEAD_LINES]):
        found = TRACK_AND_DATE.fullmatch(lines[number].strip())
        if found and is_date(found["date"]):
            return _head_of_copied_page(lines, filled[place:], found, file, notes)
    head = _Head()
    rest = filled
    if is_date(lines[rest[0]].strip()):
        head.date = _date_on(rest[0], lines[rest[0]], file)
        rest = rest[1:]
    if not rest:
        raise file.error("The text has a date and nothing else. Add a title and paragraphs.")
    head.title = " ".join(lines[rest[0]].split()).removeprefix("# ")
    start, rest = rest[0] + 1, rest[1:]
    if head.date is None and rest and is_date(lines[rest[0]].strip()):
        head.date = _date_on(rest[0], lines[rest[0]], file)
        start, rest = rest[0] + 1, rest[1:]
    for number in rest:
        if not _take_head_line(lines[number].strip(), head):
            break
        start = number + 1
    if head.date is None:
        notes.append("The text has no date line; the post gets the date it is published.")
    return head, start


def _take_head_line(line: str, head: _Head) -> bool:
    """Whether a line under the title names authors, track or tags, which the head then has."""
    if byline := BYLINE.fullmatch(line):
        head.authors = _names_in(byline["names"])
    elif track := TRACK_LINE.fullmatch(line):
        head.track = track["track"]
    elif tagged := TAGGED.fullmatch(line):
        head.tags = _tags_in(tagged["tags"])
    else:
        return False
    return True


def _head_of_copied_page(
    lines: list[str], filled: list[int], found: re.Match, file: SourceFile, notes: list[str]
) -> tuple[_Head, int]:
    """The head of a page copied from a browser: track and date, title, excerpt, byline."""
    above = [line.strip() for line in lines[: filled[0]] if line.strip()]
    if above:
        notes.append(f"Left out what stands above the post: {cut(' / '.join(above), 160)}")
    date = _date_on(filled[0], found["date"], file)
    head = _Head(track=found["track"].strip(), date=date, is_copied_page=True)
    if len(filled) < 2:
        raise file.error("There is no title after the date.", filled[0] + 1)
    head.title = " ".join(lines[filled[1]].split())
    start = filled[1] + 1
    for number in filled[2:4]:
        byline = BYLINE.fullmatch(lines[number].strip())
        if byline:
            head.authors = _names_in(byline["names"])
            between = [other for other in filled[2:4] if other < number]
            head.excerpt = " ".join(" ".join(lines[other].split()) for other in between)
            start = number + 1
            break
    return head, start


def _date_on(number: int, words: str, file: SourceFile) -> datetime:
    try:
        return parse_moment(words.strip())
    except ValueError as error:
        raise file.error(f"In the date line: {error}", number + 1) from error


def _names_in(words: str) -> list[str]:
    names = re.split(r"\s*,\s*(?:and\s+)?|\s+(?:and|&)\s+", words)
    return [name.strip() for name in names if name.strip()]


def _end_of(lines: list[str], start: int, notes: list[str]) -> tuple[int, list[str]]:
    """The line before which the text of a copied page ends, and the tags named there."""
    for number in range(start, len(lines)):
        words = lines[number].strip()
        tagged = TAGGED.fullmatch(words)
        if tagged and ("#" in words or number > start):
            _note_left_out(lines[number + 1 :], notes)
            return number, _tags_in(tagged["tags"])
        if AFTER_TEXT.fullmatch(words):
            _note_left_out(lines[number:], notes)
            return number, []
    return len(lines), []


def _tags_in(words: str) -> list[str]:
    tags = re.findall(r"#([\w+#.-]+)", words) or re.split(r"\s*,\s*", words)
    return list(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))


def _note_left_out(lines: list[str], notes: list[str]) -> None:
    words = [line.strip() for line in lines if line.strip()]
    if words:
        notes.append(f"Left out what stands below the post: {cut(' / '.join(words), 160)}")


# Text


@dataclass
class _Chunk:
    """A piece of the text: `kind` is paragraph, heading, list or code."""

    kind: str
    lines: list[str]

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.lines).split())


def _markdown_of(lines: list[str]) -> str:
    """The lines as Markdown that shows the same words."""
    chunks = _with_headings(list(_chunks_of(lines)))
    return "\n\n".join(_as_markdown(chunk) for chunk in chunks)


def _chunks_of(lines: list[str]) -> Iterator[_Chunk]:
    for group in _groups_of(lines):
        if all(CODE_LINE.match(line) for line in group if line) and not ITEM.match(group[0]):
            yield _Chunk("code", group)
        else:
            yield from _chunks_of_group(group, _is_wrapped(group))


def _groups_of(lines: list[str]) -> list[list[str]]:
    """The lines between blank ones; items of a list, and lines of code, stay together."""
    groups: list[list[str]] = []
    is_open = False
    for line in lines:
        if not line.strip():
            is_open = False
            continue
        before = groups[-1] if groups else []
        if before and _is_code(before):
            continues = bool(CODE_LINE.match(line))
            before += [""] if continues and not is_open else []
        else:
            continues = is_open or bool(before and ITEM.match(line) and ITEM.match(before[-1]))
        if continues:
            before.append(line)
        else:
            groups.append([line])
        is_open = True
    return groups


def _is_code(group: list[str]) -> bool:
    return all(CODE_LINE.match(line) for line in group if line) and not ITEM.match(group[0])


def _is_wrapped(group: list[str]) -> bool:
    """Whether the lines of a group are one paragraph, broken at the same width."""
    lines = [line for line in group if not ITEM.match(line)]
    if len(lines) < 2 or max(map(len, lines)) > 120:
        return False
    if all(ENDS_SENTENCE.search(line) for line in lines[:-1]):
        return False
    width = max(map(len, lines))
    return all(
        len(line) + 1 + len(following.split()[0]) > width for line, following in pairwise(lines)
    )


def _chunks_of_group(group: list[str], is_wrapped: bool) -> Iterator[_Chunk]:
    """A group's paragraphs and lists; a line within a list that is no item continues the item."""
    pending: _Chunk | None = None
    for line in group:
        is_item = bool(ITEM.match(line))
        continues = {
            "list": is_item or line.startswith((" ", "\t")),
            "paragraph": is_wrapped and not is_item,
        }
        if pending and continues[pending.kind]:
            pending.lines.append(line)
        else:
            if pending:
                yield pending
            pending = _Chunk("list" if is_item else "paragraph", [line])
    if pending:
        yield pending


def _with_headings(chunks: list[_Chunk]) -> list[_Chunk]:
    """The chunks with those that can only be headings marked as such."""
    for chunk, following in pairwise(chunks):
        if chunk.kind == "paragraph" and _is_heading(chunk, following):
            chunk.kind = "heading"
    return chunks


def _is_heading(chunk: _Chunk, following: _Chunk) -> bool:
    """A short line without an end of sentence, before something longer."""
    words = chunk.words
    count = len(words.split())
    if len(chunk.lines) > 1 or len(words) > LONGEST_HEADING or count > MOST_HEADING_WORDS:
        return False
    if ENDS_SENTENCE.search(words) or not (
        words[0].isupper() or not words[0].isascii() or words[0].isdigit()
    ):
        return False
    if words.endswith("?") and count > MOST_QUESTION_WORDS:
        return False
    says_more = len(following.words) > 40 or ENDS_SENTENCE.search(following.words)
    return following.kind != "code" and len(following.words) > len(words) and bool(says_more)


def _as_markdown(chunk: _Chunk) -> str:
    if chunk.kind == "heading":
        return f"## {escape_text(chunk.words)}"
    if chunk.kind == "list":
        return "\n".join(_items_as_markdown(chunk.lines))
    if chunk.kind == "code":
        indent = min(len(line) - len(line.lstrip()) for line in chunk.lines if line.strip())
        return fenced("\n".join(line[indent:] for line in chunk.lines))
    lines = [" ".join(line.split()) for line in chunk.lines]
    return "\n".join(escape_line_start(escape_text(line)) for line in lines)


def _items_as_markdown(lines: list[str]) -> Iterator[str]:
    """The items with two or three spaces a level, by how far each is indented."""
    levels: list[tuple[int, int]] = []  # How far an item is indented, and its text in Markdown.
    for line in lines:
        found = ITEM.match(line)
        if not found:
            yield " " * (levels[-1][1] if levels else 0) + escape_text(line.strip())
            continue
        indent = len(found["indent"].expandtabs(4))
        while levels and levels[-1][0] >= indent:
            levels.pop()
        margin = levels[-1][1] if levels else 0
        mark = found["mark"].replace(")", ".") if found["mark"][0].isdigit() else "-"
        levels.append((indent, margin + len(mark) + 1))
        yield f"{' ' * margin}{mark} {escape_text(found['words'])}"

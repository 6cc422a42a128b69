"""RSS and Atom feeds with full HTML, one post an item."""

import hashlib
import io
import json
import re
from datetime import datetime
from html import unescape
from xml.etree.ElementTree import ParseError

import feedparser
from bs4 import BeautifulSoup
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from blog.importing.body import blocks_of_markdown
from blog.importing.dates import parse_moment
from blog.importing.documents import ImportedAuthor, ImportedPost, UnreadableDocument
from blog.importing.excerpts import LONGEST, cut, made_excerpt
from blog.importing.html_to_markdown import to_markdown, well_formed
from blog.importing.slugs import slug_of, usable_address
from blog.importing.source_file import LONGEST_SOURCE, LONGEST_TEXT, TOO_LONG, SourceFile
from blog.importing.text_repair import repair

FORMAT = "Feed"
ROOTS = {"rss", "feed", "rdf"}
DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
ENCODING = re.compile(r"encoding\s*=\s*[\"']([\w.-]+)[\"']")
DATA_ADDRESS = re.compile(r"data:[\w/+;=.-]{0,80},[A-Za-z0-9+/=%]{100,}")
QUOTED_WHOLE = re.compile(r'\A"([^"]+)"\Z')  # Left by an exporter that read YAML as text.
TEXT_MARKUP = re.compile(r"</?(?:b|i|em|strong|code|span|a|sup|sub|mark|small|tt)\b[^<>]*>", re.I)


def read_feed(file: SourceFile) -> list[ImportedPost | UnreadableDocument]:
    """The posts of a feed, in its order; an item that cannot be imported is an error in the list.

    UnreadableDocument is raised for a feed that cannot be read as a whole.
    """
    notes: list[str] = []
    data = _safe_xml(file, notes)
    feed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    if not feed.entries:
        raise file.error("The feed has no items. Export it again with its posts.")
    channel = [tag.term for tag in feed.feed.get("tags", []) if tag.get("term")]
    return [
        _read_item(entry, place, channel, file, notes)
        for place, entry in enumerate(feed.entries, 1)
    ]


def _safe_xml(file: SourceFile, notes: list[str]) -> bytes:
    """The feed as UTF-8, once it is certain that reading it is safe."""
    text = _text_of(file, notes)
    try:
        root = ElementTree.fromstring(
            text.encode(), forbid_dtd=True, forbid_entities=True, forbid_external=True
        )
    except DefusedXmlException as error:
        found = re.search(r"<!(?:DOCTYPE|ENTITY)", text)
        line = text[: found.start()].count("\n") + 1 if found else None
        raise file.error(
            "The feed declares a document type or entities, which can make a reader open other "
            "files. Remove the <!DOCTYPE …> part.",
            line,
        ) from error
    except ParseError as error:
        line = error.position[0] if error.position else None
        raise file.error(
            f"The feed is damaged ({str(error).partition(':')[0]}). Export it again.", line
        ) from error
    if root.tag.rpartition("}")[2].lower() not in ROOTS:
        raise file.error("This XML is not an RSS or Atom feed. Export the posts as a feed.")
    return text.encode()


def _text_of(file: SourceFile, notes: list[str]) -> str:
    """The text of the feed without its XML declaration, in the encoding that it really has."""
    data = file.data
    declared = ENCODING.search(data[:200].decode("latin-1").partition("?>")[0])
    name = declared[1] if declared else "utf-8"
    try:
        text = data.decode("utf-8-sig")
        if name.lower() not in {"utf-8", "utf8", "us-ascii"}:
            notes.append(f"The feed says that it is {name}, but it is UTF-8 and was read as that.")
    except UnicodeDecodeError:
        try:
            text = data.decode(name)
            notes.append(f"The feed was read as {name}.")
        except (UnicodeDecodeError, LookupError):
            text = file.repaired.text
            notes.extend(file.repaired.notes)
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise file.error("The feed holds a NUL character, so it is damaged. Export it again.", line)
    return DECLARATION.sub("", text).lstrip()


def _read_item(
    entry, place: int, channel: list[str], file: SourceFile, feed_notes: list[str]
) -> ImportedPost | UnreadableDocument:
    name = f"{file.path} (item {place})"
    try:
        return _post_of(entry, channel, file, list(feed_notes))
    except ValueError as error:
        return UnreadableDocument(name, None, str(error))
    except RecursionError:
        return UnreadableDocument(name, None, "Its HTML is nested too deeply. Simplify it.")


def _post_of(entry, channel: list[str], file: SourceFile, notes: list[str]) -> ImportedPost:
    link = entry.get("link", "")
    title = _plain(entry.get("title", ""), notes)
    html, summary = _content_of(entry)
    if not html.strip() and not title:
        raise ValueError("The item has neither a title nor a text. Leave it out of the feed.")
    html = DATA_ADDRESS.sub("data:,", html)
    if len(html) > LONGEST_TEXT:
        raise ValueError(TOO_LONG)
    markdown = to_markdown(repaired(html, notes), base=link, notes=notes)
    blocks = blocks_of_markdown(markdown, file.pictures(notes))
    title = cut(title, 255) or made_excerpt(blocks, "Untitled")[:100]
    tags = [_plain(tag.term, notes) for tag in entry.get("tags", []) if tag.get("term")]
    excerpt = _plain(summary, notes)
    return ImportedPost(
        source=_source_of(entry, title),
        digest=_digest_of(entry, html),
        format=FORMAT,
        title=title,
        slug=slug_of(title, "post", notes),
        body=blocks,
        track_names=(*tags, *channel, *file.folder_names),
        date=_moment(entry, "published", "pubDate") or _moment(entry, "updated", "updated"),
        updated=_moment(entry, "updated", "updated"),
        tags=tuple(dict.fromkeys(tags)),
        excerpt=cut(excerpt, LONGEST) if excerpt else made_excerpt(blocks, title),
        authors=_authors_of(entry, file, notes),
        canonical_address=usable_address(link, notes),
        notes=tuple(notes),
    )


def repaired(text: str, notes: list[str]) -> str:
    """The text put right; each sentence about it is told once."""
    result = repair(text)
    notes.extend(note for note in result.notes if note not in notes)
    return result.text


def _plain(words: str, notes: list[str]) -> str:
    """Words of a title, tag or summary without the markup and entities that feeds wrap them in."""
    if TEXT_MARKUP.search(words) or re.search(r"<(?:p|br|div|img|h\d|ul|li)\b", words, re.I):
        words = BeautifulSoup(well_formed(words), "html.parser").get_text(" ")
    elif re.search(r"&(?:#\d+|#x[0-9a-f]+|[a-z]+\d*);", words, re.I):
        words = unescape(words)
    words = " ".join(repaired(words, notes).split())
    return QUOTED_WHOLE.sub(r"\1", words)


def _content_of(entry) -> tuple[str, str]:
    """The longest text of an item, and its summary where that is another one."""
    contents = [content.get("value", "") for content in entry.get("content", [])]
    summary = entry.get("summary", "")
    html = max([*contents, summary], key=len)
    return html, summary if contents and summary != html and len(summary) < len(html) / 2 else ""


def _source_of(entry, title: str) -> str:
    source = entry.get("id") or entry.get("link") or f"{title} {entry.get('published', '')}"
    return source if len(source) <= LONGEST_SOURCE else hashlib.sha256(source.encode()).hexdigest()


def _digest_of(entry, html: str) -> str:
    """The digest of what one item says, so that its neighbours do not matter."""
    said = [
        *(
            dict.get(entry, name, "")
            for name in ("title", "link", "published", "updated", "author")
        ),
        *sorted(tag.get("term") or "" for tag in entry.get("tags", [])),
        html,
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _moment(entry, name: str, shown_name: str) -> datetime | None:
    words = dict.get(entry, name, "")  # Its own get() gives the published date for "updated".
    try:
        return parse_moment(words) if words else None
    except ValueError as error:
        raise ValueError(f"In the field {shown_name}: {error}") from error


def _authors_of(entry, file: SourceFile, notes: list[str]) -> tuple[ImportedAuthor, ...]:
    names = [author.get("name", "") for author in entry.get("authors", [])] or [
        entry.get("author", "")
    ]
    plain = [_plain(name, notes) for name in names]
    return tuple(dict.fromkeys(file.author(name) for name in plain if name and "@" not in name))


def looks_like_xml(data: bytes) -> bool:
    """Whether the bytes begin as XML does, in any encoding that keeps ASCII."""
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<?xml", b"<rss", b"<feed", b"<rdf", b"<!doctype rss"))

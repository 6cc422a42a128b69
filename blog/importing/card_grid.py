"""Card grids written as raw HTML in a Markdown text."""

import re
import textwrap
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

from blog.importing.documents import ImportedBlock, Picture, RemotePicture
from blog.importing.excerpts import cut
from blog.importing.html_to_markdown import HEADINGS, escape_text, target, to_markdown, well_formed
from blog.importing.markdown_source import plain_words, segments
from blog.importing.pictures import PictureFinder

GRID = re.compile(
    r"<(?P<tag>div|section)\b[^<>]*?\bclass\s*=\s*(?P<quote>[\"'])"
    r"(?:[^\"'<>]*\s)?(?:card-grid|card_grid|cards)(?:\s[^\"'<>]*)?(?P=quote)[^<>]*>",
    re.IGNORECASE,
)
EMPHASIS = re.compile(r"(?:^|[-_])(?:emphasis|emphasi[sz]ed|featured|highlight)$")
CARD = re.compile(r"^card(?:$|[-_]{1,2}(?:emphasi|featured|highlight))")
MARKDOWN_START = re.compile(r"^[ \t]*(?:#{1,6}[ \t]|[-*+][ \t]|\d+\.[ \t]|\*\*)", re.MULTILINE)
MOST_CARDS = 24
LONGEST_TITLE = 120


def cut_at_grids(source: str, finder: PictureFinder) -> list[str | ImportedBlock]:
    """The text in order, with each card grid as a block and what lies between as text."""
    masked = _without_code(source)
    pieces: list[str | ImportedBlock] = []
    begin = 0
    while found := GRID.search(masked, begin):
        end = _end_of(found, masked)
        if end is None:
            line = masked[: found.start()].count("\n") + 1
            finder.notes.append(
                f"A card grid is never closed (line {line} of the text) and was left as typed."
            )
            break
        pieces.append(source[begin : found.start()])
        pieces += _blocks_of(source[found.start() : end], finder)
        begin = end
    pieces.append(source[begin:])
    return [piece for piece in pieces if not isinstance(piece, str) or piece.strip()]


def holds_grid(source: str) -> bool:
    """Whether the text holds a card grid outside code."""
    return GRID.search(_without_code(source)) is not None


def _without_code(source: str) -> str:
    """The text, as long as it was, with a filler for each character of a code block."""
    return "".join(
        re.sub(r"[^\n]", "x", part) if is_code else part for is_code, part in segments(source)
    )


def _end_of(grid: re.Match, text: str) -> int | None:
    depth = 0
    for tag in re.compile(rf"<(/?){grid['tag']}\b[^<>]*>", re.IGNORECASE).finditer(
        text, grid.start()
    ):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.end()
    return None


def _blocks_of(markup: str, finder: PictureFinder) -> Iterator[str | ImportedBlock]:
    grid = BeautifulSoup(well_formed(markup), "html.parser").find(["div", "section"])
    heading = next((child for child in grid.find_all(HEADINGS, recursive=False)), None)
    words = heading.extract().get_text(" ", strip=True) if heading else ""
    elements = [child for child in grid.find_all(True, recursive=False) if _is_card(child)] or (
        grid.find_all(["div", "article", "li", "a"], recursive=False)
    )
    cards = [_card_of(element.extract(), finder) for element in elements]
    for start in range(0, len(cards), MOST_CARDS):
        value = {"heading": words if not start else "", "cards": cards[start : start + MOST_CARDS]}
        yield ImportedBlock("card_grid", value)
    rest = to_markdown(grid.decode_contents(), notes=finder.notes)
    if rest.strip():
        yield f"\n\n{rest}\n\n"


def _is_card(element: Tag) -> bool:
    return any(CARD.match(name) for name in element.get("class") or [])


def _card_of(element: Tag, finder: PictureFinder) -> dict:
    """The value of a card; its picture, if it has one, as a Picture."""
    classes = element.get("class") or []
    picture = _take_picture(element, finder)
    title, link, text = _words_of(element, finder.notes)
    if not title:
        title = cut(plain_words(text), 60) or "Card"
        finder.notes.append(f"A card had no title; it was called “{title}”.")
    if len(title) > LONGEST_TITLE:
        text, title = f"{escape_text(title)}\n\n{text}".strip(), cut(title, LONGEST_TITLE)
    if link and not link.startswith(("/", "#", "http://", "https://", "mailto:")):
        text, link = f"{text}\n\n[{escape_text(title)}]({target(link)})".strip(), ""
    return {
        "title": title,
        "text": text.strip(),
        "link": link[:500],
        "image": picture,
        "is_emphasised": any(EMPHASIS.search(name) for name in classes),
    }


def _take_picture(element: Tag, finder: PictureFinder) -> Picture | None:
    """The first picture of a card that lies beside the document, taken out of it."""
    for image in element.find_all("img"):
        found = finder.find(image.get("src") or "", image.get("alt") or "")
        if isinstance(found, Picture):
            image.decompose()
            return found
        if not isinstance(found, RemotePicture):
            image.replace_with(image.get("alt") or "")
    return None


def _is_written_in_markdown(element: Tag) -> bool:
    """Whether a card holds no blocks of HTML, and words that Markdown would read as its own."""
    if element.find(["p", "ul", "ol", "br", "div", "pre", "table"]):
        return False
    return element.find(True) is None or bool(MARKDOWN_START.search(element.get_text()))


def _words_of(element: Tag, notes: list[str]) -> tuple[str, str, str]:
    """Title, link and Markdown text of a card."""
    link = element.get("href") or ""
    heading = element.find(HEADINGS) or element.find(class_=re.compile("title"))
    if heading is None and _is_written_in_markdown(element):
        written = textwrap.dedent(element.decode_contents(formatter=None)).strip()
        found = re.match(
            r"(?:#{1,6}[ \t]+(?P<atx>.+?)[ \t#]*|\*\*(?P<bold>[^*\n]+)\*\*)(?:\n|$)", written
        )
        title = plain_words(found["atx"] or found["bold"]) if found else ""
        return title, link, written[found.end() :].strip() if found else written
    title = ""
    if heading:
        anchor = heading.find("a", href=True)
        link = link or (anchor["href"] if anchor else "")
        title = " ".join(heading.extract().get_text(" ", strip=True).split())
    return title, link, to_markdown(element.decode_contents(), notes=notes)

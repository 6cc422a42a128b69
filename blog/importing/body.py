"""A Markdown text cut into the blocks of a body."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import escape, unescape

from bs4 import BeautifulSoup

from blog.importing.card_grid import cut_at_grids
from blog.importing.directives import Taken, cut_at_directives
from blog.importing.documents import ImportedBlock, Picture, RemotePicture, placeholder
from blog.importing.html_to_markdown import escape_text, target, well_formed
from blog.importing.markdown_source import (
    outside_code,
    plain_words,
    short_enough,
    top_level,
    with_definitions,
)
from blog.importing.pictures import PictureFinder
from blog.importing.text_repair import CONTROL_CHARACTERS
from blog.markdown.parser import PARSER

QUOTED = r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|\((?:\\.|[^()\\])*\)"
IMAGE = re.compile(
    r"(?<!\\)!\[(?P<alt>(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]"
    r"(?:\(\s*(?:<(?P<angled>[^<>\n]*)>|(?P<bare>[^\s()<>]+(?:\([^\s()]*\)[^\s()]*)*)"
    rf"|(?P<spaced>[^()<>\"'\n]+\.\w{{3,4}}))(?:\s+(?P<title>{QUOTED}))?\s*\)"
    r"|\[(?P<label>[^\[\]]*)\])?"
)
IMAGE_TAG = re.compile(r"<img\b(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
MARKER = "\ue000([0-9]+)\ue001"
ALONE = re.compile(
    rf"(?:(?:\[{MARKER}\]\((?P<link>[^\s()]*)[^()\n]*\)|{MARKER})\s*)+"
    r"(?:\\?\n[ \t]*(?P<mark>[*_])(?P<caption>(?!\s)[^\n]+?)(?P=mark)\s*)?"
)
HTML_LINK = re.compile(rf"<a\b[^<>]*?href=[\"'](?P<link>[^\"']*)[\"'][^<>]*>\s*({MARKER})\s*</a>")
BREAK_TAG = re.compile(r"<br\s*/?>[ \t]*\n?")


def blocks_of_markdown(
    source: str, finder: PictureFinder, directives: list[Taken] | None = None
) -> tuple[ImportedBlock, ...]:
    """The blocks of a Markdown text: Markdown, cut only where another block must stand.

    A picture from beside the document that stands alone becomes a figure; one within a line is
    kept in the Markdown. `directives` are those that were taken out of the text.
    """
    source = CONTROL_CHARACTERS.sub("", source)
    pieces: list[str | ImportedBlock] = []
    for piece in cut_at_grids(source, finder):
        if directives and isinstance(piece, str):
            pieces += cut_at_directives(piece, directives, finder.notes)
        else:
            pieces.append(piece)
    texts = with_definitions([_text_in(piece) for piece in pieces], source)
    blocks: list[ImportedBlock] = []
    for piece, text in zip(pieces, texts, strict=True):
        if isinstance(piece, str):
            blocks += _TextCutter(finder).blocks_of(text)
        elif piece.kind == "callout":
            blocks.append(_TextCutter(finder).callout(piece, text))
        else:
            blocks.append(piece)
    return tuple(blocks)


def _text_in(piece: str | ImportedBlock) -> str:
    """The Markdown of a piece, which may use what is defined in another."""
    if isinstance(piece, str):
        return piece
    return piece.value["text"] if piece.kind == "callout" else ""


@dataclass
class _TextCutter:
    """Cuts one text without card grids; knows the pictures that its placeholders stand for."""

    finder: PictureFinder
    pictures: list[Picture] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)

    def callout(self, block: ImportedBlock, text: str) -> ImportedBlock:
        """The callout with this text, and with the pictures in it."""
        inner = self._markdown(self._with_marks(text))
        return replace(block, value=block.value | {"text": inner.value}, pictures=inner.pictures)

    def blocks_of(self, text: str) -> Iterator[ImportedBlock]:
        text = self._with_marks(text)
        texts: list[str] = []
        figures: list[list[ImportedBlock]] = []
        for piece in self._pieces_of(text):
            if isinstance(piece, str):
                texts.append(piece)
                figures.append([])
            else:
                figures[-1].append(piece)
        for piece, after in zip(with_definitions(texts, text), figures, strict=True):
            for part in short_enough(piece):
                if part.strip():
                    yield self._markdown(part)
            yield from after

    def _markdown(self, text: str) -> ImportedBlock:
        """A Markdown block whose placeholders count from 0."""
        numbers = list(dict.fromkeys(map(int, re.findall(MARKER, text))))
        renumbered = re.sub(MARKER, lambda match: placeholder(numbers.index(int(match[1]))), text)
        pictures = tuple(self.pictures[number] for number in numbers)
        return ImportedBlock("markdown", renumbered.strip("\n"), pictures)

    # Pictures

    def _with_marks(self, text: str) -> str:
        env: dict = {}
        PARSER.parse(text, env)
        self.references = env.get("references", {})
        return outside_code(text, self._mark_pictures)

    def _mark_pictures(self, text: str) -> str:
        return IMAGE_TAG.sub(self._mark_tag, IMAGE.sub(self._mark_image, text))

    def _mark_image(self, match: re.Match) -> str:
        """A placeholder, a link or words for a picture written in Markdown."""
        address, title = self._target_of(match)
        if not address or re.match(r"(?:image|page|doc):", address):
            return match[0]
        alt = plain_words(match["alt"])
        found = self.finder.find(address, alt)
        if isinstance(found, RemotePicture):
            self._note_remote(found)
            words = escape_text(alt or title or found.address)
            is_linked = match.string[
                match.start() - 1 : match.start()
            ] == "[" and match.string.startswith("](", match.end())
            return words if is_linked else f"[{words}]({target(found.address)})"
        if found is None:
            return words_for_missing(alt, address)
        return self._marked(found, title)

    def _target_of(self, match: re.Match) -> tuple[str, str]:
        address = match["angled"] or match["bare"] or match["spaced"]
        if address:
            title = re.sub(r"\\(.)", r"\1", (match["title"] or "  ")[1:-1]).strip()
            return re.sub(r"\\(.)", r"\1", address), unescape(title)
        label = " ".join((match["label"] or match["alt"]).split()).upper()
        reference = self.references.get(label, {})
        return reference.get("href", ""), reference.get("title", "")

    def _mark_tag(self, match: re.Match) -> str:
        """A placeholder, a link or words for a picture written in HTML."""
        image = BeautifulSoup(match[0], "html.parser").find("img")
        address, alt = image.get("src") or "", " ".join((image.get("alt") or "").split())
        found = self.finder.find(address, alt)
        if isinstance(found, RemotePicture):
            self._note_remote(found)
            words = escape(alt or found.address)
            before = match.string[max(0, match.start() - 1000) : match.start()]
            is_linked = re.search(r"<a\b[^<>]*>\s*$", before)
            return words if is_linked else f'<a href="{escape(found.address)}">{words}</a>'
        if found is None:
            return escape(alt)
        return self._marked(found, image.get("title") or "")

    def _marked(self, picture: Picture, caption: str) -> str:
        self.pictures.append(picture)
        self.captions.append(plain_words(caption))
        return placeholder(len(self.pictures) - 1)

    def _note_remote(self, picture: RemotePicture) -> None:
        self.finder.notes.append(
            f"The picture at {picture.address} lies elsewhere; it became a link."
        )

    # Cutting

    def _pieces_of(self, text: str) -> Iterator[str | ImportedBlock]:
        """Texts and figures in turn, beginning with a text, be it empty."""
        lines = text.split("\n")
        begin = 0
        for part in top_level(text):
            source = "\n".join(lines[part.start : part.end])
            if not re.search(MARKER, source):
                continue
            rest, figures = self._figures_of(part.kind, source)
            if not figures:
                continue
            yield "\n".join(lines[begin : part.start])
            yield from figures
            begin = part.end
            if rest.strip():
                lines[part.end - 1] = rest
                begin = part.end - 1
        yield "\n".join(lines[begin:])

    def _figures_of(self, kind: str, source: str) -> tuple[str, list[ImportedBlock]]:
        """What remains of a part, and its figures; no figures if its pictures stay in it."""
        if kind == "paragraph_open":
            return "", self._figures_alone(source.strip())
        if kind == "html_block":
            return self._figures_in_html(source)
        return source, []

    def _figures_alone(self, source: str) -> list[ImportedBlock]:
        source = HTML_LINK.sub(r"[\2](\g<link>)", BREAK_TAG.sub("\\\n", source))
        found = ALONE.fullmatch(source)
        if not found:
            return []
        if found["link"] and not re.search(r"\.(?:png|jpe?g|gif|webp|avif)$", found["link"], re.I):
            self.finder.notes.append(f"A picture led to {found['link']}; the link was not kept.")
        caption = plain_words(found["caption"]) if found["caption"] else ""
        numbers = [int(number) for number in re.findall(MARKER, source)]
        last = numbers[-1]
        return [self._figure(number, caption if number == last else "") for number in numbers]

    def _figures_in_html(self, source: str) -> tuple[str, list[ImportedBlock]]:
        soup = BeautifulSoup(well_formed(source), "html.parser")
        caption = soup.find("figcaption")
        words = " ".join(caption.extract().get_text(" ", strip=True).split()) if caption else ""
        numbers = [int(number) for number in re.findall(MARKER, str(soup))]
        figures = [
            self._figure(number, words if place == len(numbers) else "")
            for place, number in enumerate(numbers, start=1)
        ]
        is_alone = not re.sub(MARKER, "", soup.get_text()).strip()
        rest = "" if is_alone else re.sub(MARKER, "", source)
        return rest, figures

    def _figure(self, number: int, caption: str) -> ImportedBlock:
        return ImportedBlock(
            "figure",
            {"image": self.pictures[number], "caption": (caption or self.captions[number])[:400]},
        )


def words_for_missing(alt: str, address: str) -> str:
    words = f"Picture not imported: {alt}, {address}" if alt else f"Picture not imported: {address}"
    return f"*{escape_text(words)}*"

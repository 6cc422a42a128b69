"""Markdown as text: where its code is, where it may be cut, and what a cut must not lose."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markdown_it.token import Token

from blog.markdown.parser import LONGEST, PARSER

FENCE = re.compile(r"[ \t>]*(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)")
CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(?:(?!\n[ \t]*\n)[\s\S]){1,2000}?(?<!`)\1(?!`)")
FOOTNOTE = re.compile(r"\[\^([^\]\s]+)\]")
FOOTNOTE_DEFINITION = re.compile(
    r"^ {0,3}\[\^([^\]\s]+)\]:.*(?:\n(?:[ \t]+\S.*|[ \t]*(?=\n[ \t]+\S)))*", re.M
)
ASKED_ANCHOR = re.compile(r"\s+\{#[^\s{}#]+\}\s*$")  # Behind the words of a heading.
LONGEST_BLOCK = LONGEST * 3 // 4


def segments(text: str) -> Iterator[tuple[bool, str]]:
    """The text in order, cut into code blocks (True) and what lies between (False)."""
    pending: list[str] = []
    fence = ""
    for line in text.splitlines(keepends=True):
        found = FENCE.match(line)
        if not fence and found and not ("`" in found["fence"] and "`" in found["info"]):
            yield False, "".join(pending)
            pending, fence = [line], found["fence"]
            continue
        pending.append(line)
        if fence and found and found["fence"].startswith(fence) and not found["info"].strip():
            yield True, "".join(pending)
            pending, fence = [], ""
    yield bool(fence), "".join(pending)


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """The text with `change` made to each part that is in no fenced block and no code span."""
    return "".join(
        part if is_code else _outside_spans(part, change) for is_code, part in segments(text)
    )


def outside_fences(text: str, change: Callable[[str], str]) -> str:
    """The text with `change` made to each part that is in no fenced block."""
    return "".join(part if is_code else change(part) for is_code, part in segments(text))


def _outside_spans(text: str, change: Callable[[str], str]) -> str:
    spans = []

    def keep(match):
        spans.append(match[0])
        return f"\ue002{len(spans) - 1}\ue003"

    changed = change(CODE_SPAN.sub(keep, text))
    return re.sub("\ue002([0-9]+)\ue003", lambda match: spans[int(match[1])], changed)


@dataclass(frozen=True)
class Part:
    """A top-level part of a Markdown text: its lines from `start` to before `end`."""

    start: int
    end: int
    tokens: tuple[Token, ...]

    @property
    def kind(self) -> str:
        return self.tokens[0].type

    @property
    def inline(self) -> Token | None:
        """The inline token of a paragraph or heading."""
        return self.tokens[1] if len(self.tokens) == 3 else None


def top_level(text: str, env: dict | None = None) -> list[Part]:
    """The top-level parts of a text, in order; what a definition says is left in `env`."""
    parts: list[Part] = []
    pending: list[Token] = []
    for token in PARSER.parse(text, {} if env is None else env):
        if token.type == "footnote_block_open":
            break
        pending.append(token)
        if token.level == 0 and token.nesting <= 0:
            if pending[0].map:
                parts.append(Part(*pending[0].map, tuple(pending)))
            pending = []
    return parts


def words_of(token: Token | None) -> str:
    """The words of an inline token, without markup; a picture says nothing."""
    words = []
    for child in token.children or [] if token else []:
        if child.type in {"text", "code_inline", "text_special"}:
            words.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            words.append(" ")
    return " ".join("".join(words).split())


def plain_words(text: str) -> str:
    """A short Markdown or HTML text as plain words on one line."""
    inline = [token for token in PARSER.parse(text) if token.type == "inline"]
    return " ".join(filter(None, map(words_of, inline)))


def with_definitions(texts: list[str], whole: str) -> list[str]:
    """The pieces of a text, each with the definitions of links, notes and abbreviations it needs.

    A definition that stands in another piece is added to the end; one that is used in no piece
    where it stands, but in another, moves there. A piece with nothing but definitions is empty.
    """
    if len(texts) < 2:
        return texts
    env: dict = {}
    PARSER.parse(whole, env)
    footnotes = {match[1]: match[0] for match in FOOTNOTE_DEFINITION.finditer(whole)}
    return [_completed(text, env, footnotes) for text in texts]


def _completed(text: str, whole: dict, footnotes: dict[str, str]) -> str:
    """The text with what it uses of what the `whole` document, read by the parser, defines."""
    defined = {match[1] for match in FOOTNOTE_DEFINITION.finditer(text)}
    without = FOOTNOTE_DEFINITION.sub(lambda match: "" if match[1] in footnotes else match[0], text)
    used = [name for name in dict.fromkeys(FOOTNOTE.findall(without)) if name in footnotes]
    for name in defined - set(used):
        if name in footnotes:
            text = text.replace(footnotes[name], "")
    added = [footnotes[name] for name in used if name not in defined]
    env: dict = {}
    if not PARSER.parse(text, env):
        return ""
    known = env.get("references", {})
    for label, target in whole.get("references", {}).items():
        is_used = re.search(rf"\[{re.escape(label)}\]", text, re.I)
        if is_used and label not in known:
            title = f' "{target["title"]}"' if target.get("title") else ""
            added.append(f"[{label.lower()}]: <{target['href']}>{title}")
    for name, title in whole.get("abbreviations", {}).items():
        is_used = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
        if is_used and name not in env.get("abbreviations", {}):
            added.append(f"*[{name}]: {title}")
    return "\n\n".join([text.strip("\n"), *added]) if added else text.strip("\n")


def short_enough(text: str) -> list[str]:
    """The text, cut between top-level parts where it is longer than one block can show."""
    if len(text) <= LONGEST_BLOCK:
        return [text]
    lines = text.split("\n")
    pieces, begin, last = [], 0, 0
    for part in top_level(text):
        if sum(map(len, lines[begin : part.end])) > LONGEST_BLOCK and part.start > begin:
            pieces.append("\n".join(lines[begin : part.start]))
            begin = part.start
        last = part.end
    pieces.append("\n".join(lines[begin : max(last, len(lines))]))
    return with_definitions([piece.strip("\n") for piece in pieces if piece.strip()], text)

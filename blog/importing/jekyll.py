"""What Jekyll, its themes and kramdown write into Markdown, as Markdown that anybody reads.

What is not known here stays visible as it was typed, with a note, so that no word is lost.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from blog.importing.html_to_markdown import escape_text, fenced, target
from blog.importing.markdown_source import outside_code, outside_fences

RAW = re.compile(r"\{%-?\s*raw\s*-?%\}"), re.compile(r"\{%-?\s*endraw\s*-?%\}")
COMMENT = re.compile(r"\{%-?\s*comment\s*-?%\}"), re.compile(r"\{%-?\s*endcomment\s*-?%\}\n?")
HIGHLIGHT = (
    re.compile(
        r"^(?P<indent>[ \t]*)\{%-?\s*highlight\s+(?P<language>[\w+#.-]+)"
        r"(?P<options>[^%\n]*?)-?%\}[ \t]*\n?",
        re.MULTILINE,
    ),
    re.compile(r"\n?[ \t]*\{%-?\s*endhighlight\s*-?%\}"),
)
CAPTURE = (
    re.compile(r"\{%-?\s*capture\s+([\w-]+)\s*-?%\}"),
    re.compile(r"\{%-?\s*endcapture\s*-?%\}\n?"),
)
MARKED_LINES = re.compile(r"(?:mark_lines|hl_lines)=[\"']([\d ,-]+)[\"']")
CAPTURED = re.compile(r"\{\{-?\s*([\w-]+)\s*(?:\|\s*markdownify\s*)?-?\}\}")
PARAMETER = re.compile(r"([\w-]+)\s*=\s*(?:\"((?:\\.|[^\"\\])*)\"|'((?:\\.|[^'\\])*)'|([^\s%}]+))")
INCLUDE = re.compile(r"\{%-?\s*include(?:_relative|_cached)?\s+(\S+?)(\s[^%]*)?\s*-?%\}")
FIGURE_INCLUDES = {"figure", "image", "img", "picture", "figure.html", "image.html", "img.html"}
VIDEO_ADDRESSES = {
    "youtube": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
    "google-drive": "https://drive.google.com/file/d/{}",
    "bilibili": "https://www.bilibili.com/video/{}",
}
POST_ADDRESS = re.compile(
    r"(?:\{\{\s*site\.(?:base)?url\s*\}\})*\{%-?\s*(?:post_url|link)\s+(\S+?)\s*-?%\}"
)
SITE_ADDRESS = re.compile(r"\{\{-?\s*(?:site\.(?:baseurl|url|github\.url)|base_path)\s*-?\}\}")
FILTERED_ADDRESS = re.compile(
    r"\{\{-?\s*(?:site\.(?:base)?url\s*\|\s*append:\s*)?[\"']([^\"'{}]*)[\"']"
    r"\s*(?:\|\s*(?:relative_url|absolute_url|prepend:\s*site\.(?:base)?url)\s*)*-?\}\}"
)
GIST = re.compile(r"\{%-?\s*gist\s+([\w/-]+)[^%]*%\}")
LEFTOVER = re.compile(r"\{%[^{}]{0,300}%\}|\{\{[^{}]{0,300}\}\}")

NOTICE = re.compile(r"\.(?:notice|alert|callout)(?:-{1,2}([a-z]+))?\b")
ALERTS = {
    **dict.fromkeys(["success", "tip"], "TIP"),
    **dict.fromkeys(["warning", "important", "attention"], "WARNING"),
    **dict.fromkeys(["danger", "error", "caution"], "CAUTION"),
}
BLOCK_ATTRIBUTES = re.compile(r"^ {0,3}\{:(?P<inside>[^{}\n]*)\}[ \t]*$")
SPAN_ATTRIBUTES = re.compile(r"(?<=[)\]*_`>\w])\{:[^{}\n]*\}")
HEADING_ID = re.compile(
    r"^(#{1,6}[ \t].*?)[ \t]*\{(?::\s*)?(#[\w-]+)[^{}\n]*\}[ \t]*$", re.MULTILINE
)
CONTENTS = re.compile(
    r"^(?:[*-][ \t]+[^\n]*\n|1\.[ \t]+[^\n]*\n)?\{:\s*toc[^{}\n]*\}[ \t]*$"
    r"|^\{%\s*include\s+toc(?:\.html)?[^%]*%\}[ \t]*$|^\[\[?_?toc_?\]?\][ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
NOTICE_DIV = (
    re.compile(
        r"^[ ]{0,3}<(?:div|aside)\b[^<>]*?"
        r"class=[\"'](?P<classes>[^\"'<>]*\bnotice[^\"'<>]*)[\"'][^<>]*>",
        re.MULTILINE,
    ),
    re.compile(r"</(?:div|aside)>[ \t]*$", re.MULTILINE),
)
MARKDOWN_TAG = re.compile(
    r"^([ ]{0,3}<\w+\b[^<>\n]*?)\s+markdown=[\"']?(?:1|block|span)[\"']?([^<>\n]*>)", re.M
)
EXCERPT_END = re.compile(r"^[ \t]*<!--\s*more\s*-->[ \t]*\n?", re.MULTILINE)
MOST_LEFTOVERS = 5


def to_markdown(text: str, notes: list[str]) -> str:
    """The text without Liquid and kramdown's attributes, as far as they are known."""
    return _Translation(notes).of(text)


@dataclass
class _Translation:
    """One text on its way; `kept` are pieces that no later step may touch."""

    notes: list[str]
    kept: list[str] = field(default_factory=list)

    def of(self, text: str) -> str:
        text = _replace_between(text, *RAW, lambda _, inside: self.keep(inside))
        text = outside_fences(text, self._translate_blocks)
        text = outside_code(text, self._translate_liquid)
        text = outside_fences(text, self._translate_attributes)
        outside_code(text, self._note_leftovers)
        return self.restore(text)

    def keep(self, text: str) -> str:
        self.kept.append(text)
        return f"\ue004{len(self.kept) - 1}\ue005"

    def restore(self, text: str) -> str:
        while re.search("\ue004[0-9]+\ue005", text):
            text = re.sub("\ue004([0-9]+)\ue005", lambda match: self.kept[int(match[1])], text)
        return text

    def note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)

    # Liquid

    def _translate_blocks(self, text: str) -> str:
        text = _replace_between(text, *COMMENT, self._comment)
        text = _replace_between(text, *HIGHLIGHT, self._highlighted)
        captured: dict[str, str] = {}
        text = _replace_between(
            text, *CAPTURE, lambda begin, inside: captured.update({begin[1]: inside}) or ""
        )
        if not captured:
            return text
        return CAPTURED.sub(lambda match: captured.get(match[1], match[0]).strip("\n"), text)

    def _comment(self, begin: re.Match, inside: str) -> str:
        self.note("A Liquid comment was left out.")
        return ""

    def _highlighted(self, match: re.Match, inside: str) -> str:
        lines = MARKED_LINES.search(match["options"])
        marked = f" {{{', '.join(re.split(r'[ ,]+', lines[1].strip()))}}}" if lines else ""
        code = self.restore(inside).strip("\n")
        block = fenced(code, match["language"] + marked)
        return "\n".join(match["indent"] + line for line in self.keep(block).split("\n"))

    def _translate_liquid(self, text: str) -> str:
        text = CONTENTS.sub("", text)
        text = POST_ADDRESS.sub(self._post_address, text)
        text = FILTERED_ADDRESS.sub(lambda match: match[1], text)
        text = SITE_ADDRESS.sub("", text)
        text = INCLUDE.sub(self._included, text)
        return GIST.sub(self._gist, text)

    def _post_address(self, match: re.Match) -> str:
        name = match[1].rpartition("/")[2]
        return f"/{re.sub(r'^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}-|[.](?:md|markdown|html)$', '', name)}/"

    def _included(self, match: re.Match) -> str:
        parameters = {
            name: re.sub(r"\\([\"'])", r"\1", quoted or single or bare)
            for name, quoted, single, bare in PARAMETER.findall(match[2] or "")
        }
        if match[1] in FIGURE_INCLUDES:
            names = ("image_path", "src", "url", "path", "image", "file", "name")
            address = next((parameters[name] for name in names if parameters.get(name)), "")
            if address:
                return self._figure(address, parameters)
        if match[1] in {"video", "video.html", "youtube.html", "youtube"} and parameters.get("id"):
            provider = parameters.get("provider", "youtube")
            if provider in VIDEO_ADDRESSES:
                self.note("An included video became a link.")
                address = VIDEO_ADDRESSES[provider].format(parameters["id"])
                return f"[{escape_text(parameters.get('title') or 'Video')}]({target(address)})"
        return match[0]

    @staticmethod
    def _figure(address: str, parameters: dict[str, str]) -> str:
        caption = parameters.get("caption", "").replace("\\", "\\\\").replace('"', '\\"')
        title = f' "{caption}"' if caption else ""
        return f"![{escape_text(parameters.get('alt', ''))}]({target(address)}{title})"

    def _gist(self, match: re.Match) -> str:
        self.note("An included gist became a link.")
        return f"[Gist {match[1]}](https://gist.github.com/{match[1]})"

    def _note_leftovers(self, text: str) -> str:
        for leftover in LEFTOVER.findall(text)[:MOST_LEFTOVERS]:
            self.note(f"Left as typed: {' '.join(leftover.split())[:80]}")
        return text

    # kramdown and themes

    def _translate_attributes(self, text: str) -> str:
        text = _replace_between(text, *NOTICE_DIV, self._notice_div)
        text = MARKDOWN_TAG.sub(r"\1\2\n", text)
        text = HEADING_ID.sub(r"\1 {\2}", text)
        lines: list[str] = []
        for line in text.split("\n"):
            found = BLOCK_ATTRIBUTES.match(line)
            if found:
                self._apply(found["inside"], lines)
            else:
                lines.append(line)
        return outside_code("\n".join(lines), self._without_span_attributes)

    def _apply(self, attributes: str, lines: list[str]) -> None:
        """Make the paragraph that `lines` end with a callout, or drop what only styles."""
        notice = NOTICE.search(attributes)
        if not notice:
            self.note(f"Left out what only styles: {{:{attributes}}}")
            return
        begin = len(lines)
        while begin and lines[begin - 1].strip():
            begin -= 1
        lines[begin:] = [*_alert(notice[1], lines[begin:]), ""]

    def _notice_div(self, match: re.Match, inside: str) -> str:
        if "<div" in inside:  # Which end belongs to which is for an HTML parser to say.
            return f"{match[0]}{inside}</div>"
        kind = NOTICE.search(" ".join(f".{name}" for name in match["classes"].split()))
        lines = _alert(kind[1] if kind else "", inside.strip("\n").split("\n"))
        return "\n" + "\n".join(lines) + "\n"

    def _without_span_attributes(self, text: str) -> str:
        if SPAN_ATTRIBUTES.search(text):
            self.note("Left out attributes that only style words.")
        return SPAN_ATTRIBUTES.sub("", text)


def _replace_between(
    text: str, begin: re.Pattern, end: re.Pattern, change: Callable[[re.Match, str], str]
) -> str:
    """The text with `change` made to each stretch from a begin to its end.

    What begins and never ends stays, and costs nothing to find out.
    """
    pieces, position = [], 0
    while (opened := begin.search(text, position)) and (closed := end.search(text, opened.end())):
        pieces.append(text[position : opened.start()])
        pieces.append(change(opened, text[opened.end() : closed.start()]))
        position = closed.end()
    return "".join([*pieces, text[position:]])


def _alert(kind: str | None, lines: list[str]) -> list[str]:
    """The lines as a callout of Markdown."""
    quoted = [f"> {line.strip()}" if line.strip() else ">" for line in lines]
    return [f"> [!{ALERTS.get(kind or '', 'NOTE')}]", *quoted]

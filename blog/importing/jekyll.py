"""What Jekyll, its themes and kramdown write into Markdown, as Markdown that anybody reads.

What is not known here stays visible as it was typed, with a note, so that no word is lost.
"""

import re
from dataclasses import dataclass, field

from blog.importing.html_to_markdown import escape_text, fenced, target
from blog.importing.markdown_source import outside_code, outside_fences

RAW = re.compile(
    r"\{%-?\s*raw\s*-?%\}(?:[ \t]*\n(?=[ \t]*(?:`{3,}|~{3,})))?(.*?)\{%-?\s*endraw\s*-?%\}",
    re.DOTALL,
)
COMMENT = re.compile(r"\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}\n?", re.DOTALL)
HIGHLIGHT = re.compile(
    r"^(?P<indent>[ \t]*)\{%-?\s*highlight\s+(?P<language>[\w+#.-]+)"
    r"(?P<options>[^%]*?)-?%\}[ \t]*\n?"
    r"(?P<code>.*?)\n?[ \t]*\{%-?\s*endhighlight\s*-?%\}",
    re.DOTALL | re.MULTILINE,
)
MARKED_LINES = re.compile(r"(?:mark_lines|hl_lines)=[\"']([\d ,-]+)[\"']")
CAPTURE = re.compile(
    r"\{%-?\s*capture\s+([\w-]+)\s*-?%\}(.*?)\{%-?\s*endcapture\s*-?%\}\n?", re.DOTALL
)
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
LEFTOVER = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)

NOTICE = re.compile(r"\.(?:notice|alert|callout)(?:-{1,2}([a-z]+))?\b")
ALERTS = {
    **dict.fromkeys(["success", "tip"], "TIP"),
    **dict.fromkeys(["warning", "important", "attention"], "WARNING"),
    **dict.fromkeys(["danger", "error", "caution"], "CAUTION"),
}
BLOCK_ATTRIBUTES = re.compile(r"^ {0,3}\{:(?P<inside>[^{}\n]*)\}[ \t]*$")
SPAN_ATTRIBUTES = re.compile(r"(?<=[)\]*_`>\w])\{:[^{}\n]*\}")
HEADING_ID = re.compile(r"^(#{1,6}[ \t].*?)[ \t]*\{(?::\s*)?#[\w-]+[^{}\n]*\}[ \t]*$", re.MULTILINE)
CONTENTS = re.compile(
    r"^(?:[*-][ \t]+[^\n]*\n|1\.[ \t]+[^\n]*\n)?\{:\s*toc[^{}\n]*\}[ \t]*$"
    r"|^\{%\s*include\s+toc(?:\.html)?[^%]*%\}[ \t]*$|^\[\[?_?toc_?\]?\][ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
NOTICE_DIV = re.compile(
    r"^[ ]{0,3}<(?P<tag>div|p|aside)\b[^<>]*?"
    r"class=[\"'](?P<classes>[^\"']*\bnotice[^\"']*)[\"'][^<>]*>"
    r"(?P<inside>(?:(?!<(?P=tag)\b).)*?)</(?P=tag)>[ \t]*$",
    re.MULTILINE | re.DOTALL,
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
        text = RAW.sub(lambda match: self.keep(match[1]), text)
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
        if COMMENT.search(text):
            self.note("A Liquid comment was left out.")
            text = COMMENT.sub("", text)
        text = HIGHLIGHT.sub(self._highlighted, text)
        captured = {name: inside.strip("\n") for name, inside in CAPTURE.findall(text)}
        if captured:
            text = CAPTURE.sub("", text)
            text = CAPTURED.sub(lambda match: captured.get(match[1], match[0]), text)
        return text

    def _highlighted(self, match: re.Match) -> str:
        lines = MARKED_LINES.search(match["options"])
        marked = f" {{{', '.join(re.split(r'[ ,]+', lines[1].strip()))}}}" if lines else ""
        code = self.restore(match["code"]).strip("\n")
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
        text = NOTICE_DIV.sub(self._notice_div, text)
        text = MARKDOWN_TAG.sub(r"\1\2\n", text)
        if HEADING_ID.search(text):
            self.note("Headings get their own anchors; ids written behind them were left out.")
            text = HEADING_ID.sub(r"\1", text)
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
        lines[begin:] = _alert(notice[1], lines[begin:])

    def _notice_div(self, match: re.Match) -> str:
        kind = NOTICE.search(" ".join(f".{name}" for name in match["classes"].split()))
        inside = match["inside"].strip("\n").split("\n")
        return "\n" + "\n".join(_alert(kind[1] if kind else "", inside)) + "\n"

    def _without_span_attributes(self, text: str) -> str:
        if SPAN_ATTRIBUTES.search(text):
            self.note("Left out attributes that only style words.")
        return SPAN_ATTRIBUTES.sub("", text)


def _alert(kind: str | None, lines: list[str]) -> list[str]:
    """The lines as a callout of Markdown."""
    quoted = [f"> {line.strip()}" if line.strip() else ">" for line in lines]
    return [f"> [!{ALERTS.get(kind or '', 'NOTE')}]", *quoted]

"""Source code as HTML: coloured by classes, copied exactly, and readable without any colour."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString, mark_safe
from pygments.lexer import Lexer
from pygments.lexers import find_lexer_class_by_name
from pygments.token import STANDARD_TYPES, Name, Punctuation, Text, Whitespace
from pygments.util import ClassNotFound

LANGUAGES = [
    ("text", "Plain text"),
    ("bash", "Bash"),
    ("c", "C"),
    ("cmake", "CMake"),
    ("console", "Console session"),
    ("cpp", "C++"),
    ("csharp", "C#"),
    ("css", "CSS"),
    ("cuda", "CUDA"),
    ("diff", "Diff"),
    ("django", "Django template"),
    ("dockerfile", "Dockerfile"),
    ("elixir", "Elixir"),
    ("go", "Go"),
    ("graphql", "GraphQL"),
    ("haskell", "Haskell"),
    ("hcl", "HCL, Terraform"),
    ("html", "HTML"),
    ("http", "HTTP message"),
    ("ini", "INI"),
    ("java", "Java"),
    ("javascript", "JavaScript"),
    ("json", "JSON"),
    ("julia", "Julia"),
    ("kotlin", "Kotlin"),
    ("latex", "LaTeX"),
    ("lua", "Lua"),
    ("makefile", "Makefile"),
    ("markdown", "Markdown"),
    ("nginx", "Nginx configuration"),
    ("php", "PHP"),
    ("powershell", "PowerShell"),
    ("protobuf", "Protocol Buffers"),
    ("pycon", "Python session"),
    ("pytb", "Python traceback"),
    ("python", "Python"),
    ("r", "R"),
    ("ruby", "Ruby"),
    ("rust", "Rust"),
    ("scala", "Scala"),
    ("sql", "SQL"),
    ("swift", "Swift"),
    ("toml", "TOML"),
    ("typescript", "TypeScript"),
    ("xml", "XML"),
    ("yaml", "YAML"),
    ("zig", "Zig"),
]

MOST_COLOURING = 8_000_000  # See colouring_cost; code that costs more is shown without colours.
LAST_LINE = 100_000  # No code has more lines than this, and a range may not promise more.

_LABELS = dict(LANGUAGES)
_PLAIN = frozenset({"", "text", "txt", "plain", "plaintext", "none", "output"})
_OTHER_NAMES = {
    "shell": "bash",
    "shell-session": "console",
    "shellsession": "console",
    "terminal": "console",
    "golang": "go",
    "node": "javascript",
    "cu": "cuda",
    "tf": "hcl",
    "patch": "diff",
    "jinja": "django",
}
_UNCOLOURED = frozenset({Text, Whitespace, Punctuation, Name})
_UNSHOWABLE = re.compile(r"[\x00-\x08\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SIGN = re.compile(r"[^\w\s]")
_STRETCH = re.compile(r"""[^;(){}=:,"'`#]+""")
_LINES = re.compile(r"([0-9]{1,6})(?:\s*[-\u2013]\s*([0-9]{1,6}))?")


def showable(text: str) -> str:
    """The text with what HTML, XML and UTF-8 cannot carry replaced, and `\\n` at line ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", " ").replace("\f", " ")
    return _UNSHOWABLE.sub("\ufffd", text)


def storable(value):
    """The text, or all texts in lists and dicts, without what UTF-8 and databases cannot carry."""
    if isinstance(value, str):
        return _UNSHOWABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {storable(key): storable(part) for key, part in value.items()}
    return [storable(part) for part in value] if isinstance(value, list | tuple) else value


def parse_lines(text: str, what: str = "line") -> frozenset[int]:
    """The line numbers in words like "3, 7-9"; ValueError with a full sentence if there are none.

    An empty text is an empty set. `what` is the noun for what is counted.
    """
    lines: set[int] = set()
    for part in re.split(r"[,;]|(?<=[0-9])\s+(?=[0-9])", text.strip()):
        if not part.strip():
            continue
        found = _LINES.fullmatch(part.strip())
        if not found:
            raise ValueError(
                f"“{part.strip()}” is not a {what} number or a range of {what}s. "
                "Write for example 3, 7-9."
            )
        first, last = int(found[1]), int(found[2] or found[1])
        if first < 1:
            raise ValueError(f"{what.capitalize()}s are counted from 1. Write for example 3, 7-9.")
        if last < first:
            raise ValueError(
                f"The range {first}-{last} ends before it begins. Write {last}-{first}."
            )
        if last > LAST_LINE:
            raise ValueError(f"{what.capitalize()} {last} is too high. The highest is {LAST_LINE}.")
        lines.update(range(first, last + 1))
    return frozenset(lines)


def highlight(
    code: str,
    language: str = "",
    *,
    file_name: str = "",
    marked_lines: Iterable[int] = (),
    first_number: int | None = None,
    taken_labels: set[str] | None = None,
    is_coloured: bool = True,
) -> SafeString:
    """The code block of a page: a header with the file or the language, and the code.

    The text inside <code> is the source itself, less one newline at its end. An unknown language
    is shown as plain text under the name it was given, and code that would take too long to
    colour is shown without colours. Lines are numbered from `first_number` if there is one; the
    marked ones are counted from 1 all the same. `taken_labels` holds the accessible names that
    other regions of the page have; the name chosen here differs from them and is added.
    """
    code = showable(code).removesuffix("\n")
    language = _known_name(showable(language))
    lexer = _lexer_for(language)
    heading = showable(file_name).strip() or _label(language, lexer)
    name = f"Code: {heading}"
    numbered = "" if first_number is None else " numbered"
    if taken_labels is not None:
        name = first_free(name, taken_labels, ", ")
    marked = frozenset(marked_lines)
    is_coloured = is_coloured and lexer is not None and colouring_cost(code) <= MOST_COLOURING
    lines = _coloured_lines(code, lexer) if is_coloured else _plain_lines(code)
    body = "\n".join(
        _line(line, number in marked, None if first_number is None else first_number + number - 1)
        for number, line in enumerate(lines, start=1)
    )
    if body.startswith("\n"):
        body = "\n" + body  # A parser drops the first newline in <pre>, even past <code>.
    return mark_safe(  # noqa: S308 - every part is escaped here
        f'<div class="codeblock{numbered}" data-language="{escape(language if lexer else "text")}">'
        f'<header><span class="codefile">{escape(heading)}</span></header>'
        f'<pre tabindex="0" role="region" aria-label="{escape(name)}"><code>{body}</code></pre>'
        "</div>"
    )


def _line(html: str, is_marked: bool, number: int | None) -> str:
    """A line with its mark and its number, which is no part of the text and is never copied."""
    if number is not None:
        return f'<span class="ln{" hl" if is_marked else ""}" data-n="{number}">{html}</span>'
    return f'<span class="hl">{html}</span>' if is_marked else html


def colouring_cost(code: str) -> int:
    """What colouring the code may take, in no unit.

    Signs are mostly tokens of their own. Lexers of the C family look ahead over whole stretches
    of words and white space from every place in them, and others over the line, so those cost the
    square of their length.
    """
    signs = len(_SIGN.findall(code))
    stretches = sum(len(stretch) ** 2 for stretch in _STRETCH.findall(code))
    lines = sum(len(line) ** 2 for line in code.split("\n"))
    return 40 * len(code) + 160 * signs + stretches + lines // 4


def first_free(name: str, taken: set[str], joint: str) -> str:
    """The name, or the name with a number from 2 on, such that it is not taken; takes it."""
    if name in taken:
        too_low, free = 1, 2
        while f"{name}{joint}{free}" in taken:
            too_low, free = free, free * 2
        while free - too_low > 1:
            middle = (too_low + free) // 2
            if f"{name}{joint}{middle}" in taken:
                too_low = middle
            else:
                free = middle
        name = f"{name}{joint}{free}"
    taken.add(name)
    return name


def _known_name(language: str) -> str:
    name = language.strip().lower().removeprefix("language-").lstrip(".")
    return _OTHER_NAMES.get(name, name)


def _label(language: str, lexer: type[Lexer] | None) -> str:
    if language in _PLAIN:
        return _LABELS["text"]
    return _LABELS.get(language) or (lexer.name if lexer else language)


@lru_cache(maxsize=256)
def _lexer_for(language: str) -> type[Lexer] | None:
    """The class, never an instance: some lexers keep state, and threads share this cache."""
    if language in _PLAIN:
        return None
    try:
        return find_lexer_class_by_name(language)
    except ClassNotFound:
        return None


def _plain_lines(code: str) -> list[str]:
    return escape(code).split("\n")


def _coloured_lines(code: str, lexer: type[Lexer]) -> list[str]:
    """The lines as HTML, each complete in itself: a token over two lines becomes two spans."""
    finished, line, read = [], [], []
    for css_class, text in _runs(code, lexer):
        read.append(text)
        for number, piece in enumerate(text.split("\n")):
            if number:
                finished.append("".join(line))
                line = []
            if piece:
                shown = escape(piece)
                line.append(f'<span class="{css_class}">{shown}</span>' if css_class else shown)
    if "".join(read) != code + "\n":  # A lexer that loses or adds text is not used.
        return _plain_lines(code)
    return finished


def _runs(code: str, lexer: type[Lexer]) -> Iterator[tuple[str, str]]:
    """Neighbouring tokens of one colour together, as (class, text); uncoloured is class ""."""
    run_class, run = "", []
    for _, token, text in lexer().get_tokens_unprocessed(code + "\n"):
        css_class = _css_class(token)
        if css_class != run_class:
            if run:
                yield run_class, "".join(run)
            run_class, run = css_class, []
        run.append(text)
    if run:
        yield run_class, "".join(run)


@lru_cache(maxsize=512)
def _css_class(token) -> str:
    while token not in STANDARD_TYPES:
        token = token.parent
    return "" if token in _UNCOLOURED else STANDARD_TYPES[token]

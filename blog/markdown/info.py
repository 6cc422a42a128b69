"""What stands behind the fence of a code block: language, file name, highlighted lines."""

import re
from dataclasses import dataclass

from blog.highlighting import LAST_LINE, parse_lines

_LANGUAGE = re.compile(r"\s*\{?\.?([^\s{}=,:]+)(?!\S*=)")
_VALUE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|\{([^}]*)\}|([^\s}]+))""")
_BRACES = re.compile(r"(?<!=)\{([\d\s,;\u2013-]*)\}")
_FILE_KEYS = ("title", "file", "filename", "name")
_LINE_KEYS = ("hl_lines", "lines", "mark", "highlight")
_NUMBER_KEYS = ("linenums", "linenos", "linenostart", "startline", "start", "firstnumber")
_NUMBERED = re.compile(
    r"(?:^|[\s{])\.?(?:linenums|linenos|line-numbers|numberlines|showlinenumbers)\b", re.I
)


@dataclass(frozen=True)
class Info:
    """An info string, read. Nothing in it is an error: what cannot be read is left out."""

    language: str
    file_name: str
    marked_lines: frozenset[int]
    first_number: int | None = None


def read_info(info: str) -> Info:
    """`python title="a.py" {3,7-9}` and `python file=a.py hl_lines="3 7-9"` say the same.

    `linenums` numbers the lines from 1, and `linenums=40` from 40.
    """
    language = _LANGUAGE.match(info)
    values = {}
    for key, *written in _VALUE.findall(info):
        values.setdefault(key.lower(), next((value for value in written if value), ""))
    braces = _BRACES.search(info)
    named = [values[key] for key in _LINE_KEYS if key in values]
    return Info(
        language=language[1] if language else "",
        file_name=next((values[key] for key in _FILE_KEYS if key in values), ""),
        marked_lines=_lines(named[0] if named else braces[1] if braces else ""),
        first_number=_first_number(info, values),
    )


def _first_number(info: str, values: dict[str, str]) -> int | None:
    asked = next((values[key] for key in _NUMBER_KEYS if values.get(key, "").isdecimal()), "")
    if asked:
        return min(int(asked[:7]), LAST_LINE)
    outside_quotes = _VALUE.sub(" ", info)
    is_asked = _NUMBERED.search(outside_quotes) or any(
        values.get(key, "").lower() in {"true", "inline", "table"} for key in _NUMBER_KEYS
    )
    return 1 if is_asked else None


def is_diagram(info: Info) -> bool:
    """Whether the text behind the fence is a diagram to be drawn."""
    return info.language.lower() == "mermaid"


def _lines(text: str) -> frozenset[int]:
    try:
        return parse_lines(text)
    except ValueError:
        return frozenset()

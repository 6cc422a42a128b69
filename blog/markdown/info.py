"""What stands behind the fence of a code block: language, file name, highlighted lines."""

import re
from dataclasses import dataclass

from blog.highlighting import parse_lines

_LANGUAGE = re.compile(r"\s*\{?\.?([^\s{}=,:]+)(?!\S*=)")
_VALUE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|\{([^}]*)\}|([^\s}]+))""")
_BRACES = re.compile(r"(?<!=)\{([\d\s,;\u2013-]*)\}")
_FILE_KEYS = ("title", "file", "filename", "name")
_LINE_KEYS = ("hl_lines", "lines", "mark", "highlight")


@dataclass(frozen=True)
class Info:
    """An info string, read. Nothing in it is an error: what cannot be read is left out."""

    language: str
    file_name: str
    marked_lines: frozenset[int]


def read_info(info: str) -> Info:
    """`python title="a.py" {3,7-9}` and `python file=a.py hl_lines="3 7-9"` say the same."""
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
    )


def _lines(text: str) -> frozenset[int]:
    try:
        return parse_lines(text)
    except ValueError:
        return frozenset()

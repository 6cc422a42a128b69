"""What a program printed, as a terminal would leave it: no colours, no overwritten lines."""

import re
from dataclasses import dataclass

from blog.highlighting import showable

MOST_LINES = 500
LONGEST = 50_000  # Characters of one output.

_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]"  # Colours and movements.
    r"|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"  # Titles, links and the like.
    r"|[ -/]*[0-~])"
)


@dataclass(frozen=True)
class Printed:
    """The text to show, and how many lines of it were left out at its end."""

    text: str
    left_out: int


def printed(text: str) -> Printed:
    """The text as it stood at the end, cut to what one output may take of a page."""
    text = _ESCAPES.sub("", text.replace("\r\n", "\n")).replace("\b", "")
    lines = [_last_state(line) for line in text.rstrip().split("\n")]
    shown = showable("\n".join(lines[:MOST_LINES]))
    if len(shown) > LONGEST:
        shown = shown[:LONGEST].rstrip("\n") + " …"
    return Printed(shown, max(0, len(lines) - shown.count("\n") - 1))


def _last_state(line: str) -> str:
    """A progress bar returns to the start of its line; what it wrote last is what is seen."""
    return line.rstrip("\r").rsplit("\r", 1)[-1]

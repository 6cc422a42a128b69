"""What the source of a diagram says before it is drawn: its bounds, its words, its lines."""

import re

LONGEST = 20_000  # Characters.

_HEADER = re.compile(r"\A\s*---\s*\n.*?\n\s*---\s*(?:\n|\Z)", re.S)
_DIRECTIVE = re.compile(r"%%\{.*?\}%%", re.S)
_COMMENT = re.compile(r"^\s*%%")
_TITLE = re.compile(r"^\s*accTitle\s*:\s*(.+)$", re.M)
_DESCRIPTION = re.compile(r"^\s*accDescr\s*(?::\s*([^\n]+)|\{([^}]*)\})", re.M)


def problem_of_bounds(source: str) -> str:
    """Why a source is not even tried, or ""."""
    if len(source) > LONGEST:
        return (
            f"The diagram has {len(source):,} characters, and the most is {LONGEST:,}. "
            "Make two diagrams of it."
        )
    return ""


def words_for_it(source: str) -> str:
    """What the author says the diagram shows, by accTitle and accDescr, or ""."""
    title = _TITLE.search(source)
    description = _DESCRIPTION.search(source)
    said = [title[1] if title else "", *(description.groups() if description else ())]
    parts = [" ".join(part.split()) for part in said if part]
    return ". ".join(part.rstrip(".") for part in parts if part)


def line_in_source(source: str, line: int) -> int:
    """Where a line stands that Mermaid counted: it leaves out comments, header and directives."""
    counted = _lines_that_count(source)
    if not counted:
        return 1
    return counted[min(max(line, 1), len(counted)) - 1]


def _lines_that_count(source: str) -> list[int]:
    """The numbers, from 1, of the lines that Mermaid's own parser sees, less empty ones around."""
    blanked = _DIRECTIVE.sub(_left_out, _HEADER.sub(_left_out, source))
    numbered = [
        (number, line)
        for number, line in enumerate(blanked.split("\n"), start=1)
        if "\0" not in line and not _COMMENT.match(line)
    ]
    while numbered and not numbered[0][1].strip():
        del numbered[0]
    while numbered and not numbered[-1][1].strip():
        del numbered[-1]
    return [number for number, _ in numbered]


def _left_out(found: re.Match) -> str:
    """As many lines as before, marked."""
    return "\n".join("\0" for _ in found[0].removesuffix("\n").split("\n")) + (
        "\n" if found[0].endswith("\n") else ""
    )

"""The examples of the CommonMark specification, and how many a renderer gets right.

The text of the specification lies in samples/ as it was published, with its licence at its head.
"""

import re
from collections.abc import Callable
from pathlib import Path

SPECIFICATION = Path(__file__).parent / "samples" / "commonmark" / "spec-0.31.2.txt"
EXAMPLE = re.compile(r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$", re.M | re.S)


def examples() -> list[tuple[str, str]]:
    """Each example of the specification: what is typed and the HTML it asks for."""
    return EXAMPLE.findall(SPECIFICATION.read_text(encoding="utf-8").replace("→", "\t"))


def wrong_examples(to_html: Callable[[str], str]) -> list[int]:
    """The numbers, from 1, of the examples that give other HTML or none, line ends aside."""
    return [
        number
        for number, (source, expected) in enumerate(examples(), start=1)
        if _comparable(_html_or_nothing(to_html, source)) != _comparable(expected)
    ]


def _html_or_nothing(to_html: Callable[[str], str], source: str) -> str:
    try:
        return to_html(source)
    except Exception:  # A renderer that raises is compared like any other.
        return "nothing"


def _comparable(html: str) -> str:
    return re.sub(r"\s*(</?[a-z][^>]*>)\s*", r"\1", html.replace(" />", ">")).strip()

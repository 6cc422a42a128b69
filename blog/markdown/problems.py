"""What an editor should put right in a text before it is published."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

from blog import diagrams
from blog.highlighting import showable
from blog.markdown.info import is_diagram, read_info
from blog.markdown.parser import PARSER, problem_of_size, refused_parts
from blog.markdown.references import is_meant_as_reference, problem_with
from blog.markdown.renderer import Page, render_tokens
from blog.markdown.sanitising import TooTangledError, clean
from blog.markdown.state import PageState

logger = logging.getLogger(__name__)

# A reference that Markdown does not take for a link at all, such as [x](doc:a b).
_BROKEN = re.compile(r"(!?)\[[^\[\]]*\]\(\s*((?:page|doc|image):[^\s)]*\s[^)]*)\)", re.I)


@dataclass(frozen=True)
class Problem:
    """Something in a text that cannot be shown as meant: a line from 1, and what to do."""

    line: int
    message: str


def find_problems(source: str, *, draws: bool = True) -> list[Problem]:
    """What an editor should put right, in the order of the lines. Never raises.

    Diagrams are tried only if it `draws`: one that is new takes about a second.
    """
    source = showable(source or "")
    if too_large := problem_of_size(source):
        return [Problem(1, too_large)]
    env: dict = {}
    try:
        tokens = PARSER.parse(source, env)
        problems = [Problem(line + 1, message) for line, message in refused_parts(env).items()]
        problems += [Problem(line, message) for line, message in _problems_in(tokens, source)]
        if draws:
            problems += _problems_in_diagrams(tokens)
        body, notes = render_tokens(tokens, env, Page(PageState(draws=False)))
        problems += [Problem(line, message) for line, message in _problems_of_formulas(tokens)]
        for part in (body, *notes):
            clean(part)
    except TooTangledError:
        line = next((token.map[0] + 1 for token in tokens if _has_html(token) and token.map), 1)
        problems.append(
            Problem(
                line,
                "The HTML has too many tags inside one another or left open, so the whole text "
                "is shown as typed. Close the tags.",
            )
        )
    except Exception:  # An editor is told, and keeps what was typed.
        logger.exception("A text could not be rendered")
        problems = [Problem(1, "The text cannot be rendered and is shown as typed. Simplify it.")]
    return sorted(problems, key=lambda problem: problem.line)


def _problems_in(tokens: list[Token], source: str) -> Iterator[tuple[int, str]]:
    lines = source.split("\n")
    for token in tokens:
        line = token.map[0] + 1 if token.map else 1
        for child in token.children or []:
            target = str(child.attrGet("src" if child.type == "image" else "href") or "")
            if is_meant_as_reference(target):
                message = problem_with(target, is_picture=child.type == "image")
                if message:
                    yield _line_of(target, line, lines), message
            elif child.type == "text":
                for found in _BROKEN.finditer(child.content):
                    message = problem_with(found[2], is_picture=bool(found[1]))
                    yield _line_of(found[2], line, lines), message
            line += child.type in {"softbreak", "hardbreak"} or child.content.count("\n")


def _problems_in_diagrams(tokens: list[Token]) -> Iterator[Problem]:
    fences = [token for token in tokens if token.type == "fence"]
    drawn = [token for token in fences if is_diagram(read_info(unescapeAll(token.info)))]
    for number, token in enumerate(drawn, start=1):
        if number > diagrams.MOST:
            message = f"A page shows {diagrams.MOST} diagrams at most. Show this one as a picture."
            yield Problem(token.map[0] + 1, message)
            return
        problem = diagrams.find_problem(token.content)
        if problem:
            yield Problem(token.map[0] + 1 + problem[0], problem[1])


def _problems_of_formulas(tokens: list[Token]) -> Iterator[tuple[int, str]]:
    """What rendering found wrong with formulas."""
    for token in tokens:
        line = token.map[0] + 1 if token.map else 1
        if error := token.meta.get("error"):
            yield line + token.meta.get("lines_before", 0) + error.line - 1, str(error)
        for child in token.children or []:
            if error := child.meta.get("error"):
                hint = " If no formula is meant, write \\$." if child.markup[0] == "$" else ""
                yield line + error.line - 1, f"{error}{hint}"
            line += child.type in {"softbreak", "hardbreak"} or child.content.count("\n")


def _line_of(target: str, line: int, lines: list[str]) -> int:
    """Where the target stands: from this line on, else anywhere, as in a reference definition."""
    begins = target[:5].lower()
    after = (
        number for number in range(line, len(lines) + 1) if begins in lines[number - 1].lower()
    )
    return next(after, line)


def _has_html(token: Token) -> bool:
    children = token.children or []
    return token.type == "html_block" or any(child.type == "html_inline" for child in children)

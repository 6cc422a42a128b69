"""What stands in a body in a language of its own and would be shown as typed."""

from collections.abc import Iterator
from functools import lru_cache

from blog.bibliography import BibtexError, read_bibtex
from blog.bibliography.checking import unknown_citations
from blog.checks.about_words import at
from blog.checks.findings import Finding
from blog.checks.reading import Source
from blog.highlighting import showable
from blog.markdown import Problem, find_problems
from blog.tex import TexError, to_mathml, without_delimiters


def about_sources(sources: list[Source], keys: set[str]) -> Iterator[Finding]:
    """References, citations, formulas and BibTeX that cannot be shown as meant.

    `keys` are those of the body's bibliographies. Diagrams are not drawn here: a new one takes
    a second, and publishing tries it.
    """
    for source in sources:
        for message in _problems_of(source, keys):
            yield Finding("unresolved", message, **at(source.place))


def _problems_of(source: Source, keys: set[str]) -> Iterator[str]:
    if source.kind == "markdown":
        for problem in problems_in_markdown(source.text):
            yield f"Line {problem.line}: {problem.message}"
        if source.may_cite:
            yield from unknown_citations(source.text, keys)
    elif source.kind == "tex" and source.text.strip():
        try:
            to_mathml(without_delimiters(showable(source.text)), is_display=True)
        except TexError as error:
            yield f"The equation, line {error.line}: {error}"
    elif source.kind == "bibtex":
        try:
            read_bibtex(source.text)
        except BibtexError as error:
            yield f"The bibliography: {error}"


@lru_cache(maxsize=32)  # While somebody writes, most blocks stay as they are.
def problems_in_markdown(source: str) -> tuple[Problem, ...]:
    return tuple(find_problems(source, draws=False))

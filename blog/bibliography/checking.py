"""Whether a text cites only what there is."""

from collections.abc import Container, Iterator

from blog.highlighting import showable
from blog.markdown.citations import read_citation
from blog.markdown.parser import PARSER, problem_of_size


def unknown_citations(source: str, keys: Container[str]) -> Iterator[str]:
    """A sentence or two for each citation in a Markdown text whose key is not among those."""
    source = showable(source)
    if "[@" not in source or problem_of_size(source):
        return
    for token in PARSER.parse(source):
        line = token.map[0] + 1 if token.map else 1
        for child in token.children or []:
            if child.type == "citation":
                for cite in read_citation(child.content):
                    if cite.key not in keys:
                        yield (
                            f"Line {line}: “{cite.key}” is not in the bibliography of this body. "
                            f"Add it there, or write \\[@{cite.key}] if it is no citation."
                        )
            line += child.type in {"softbreak", "hardbreak"} or child.content.count("\n")

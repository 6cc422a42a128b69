"""YAML read for what it says: fields of text, lists and further fields, each with its line.

Nothing is built from the text: a scalar stays the words that were typed, so a date is not a date
yet and `no` is not false, and what is wrong can be told with its line.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from blog.importing.documents import UnreadableDocument
from blog.importing.text_repair import repair

MOST_NODES = 10_000  # after expansion of aliases
LONGEST = 256 * 1024  # characters
PLAIN_TAGS = {
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "null", "bool", "int", "float", "timestamp", "seq", "map", "merge", "value")
}


@dataclass(frozen=True)
class Fields:
    """The fields of a document, and the line each began on; a dot leads to a field in a field."""

    path: Path
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def first(self, *names: str) -> tuple[str, Any]:
        """Name and value of the first of these fields that says something, or two empty texts."""
        for name in names:
            value = self.value(name)
            if value not in ("", [], {}, None):
                return name, value
        return "", ""

    def value(self, name: str) -> Any:
        found: Any = self.values
        for part in name.split("."):
            found = found.get(part, "") if isinstance(found, dict) else ""
        return found

    def text(self, *names: str) -> str:
        """The first of these fields as one line of text; lists and further fields are refused."""
        name, value = self.first(*names)
        if isinstance(value, list | dict):
            raise self.error(name, f"The field {name} must be one text. Write it on one line.")
        return " ".join(value.split())

    def texts(self, *names: str, separator: str = ",") -> list[str]:
        """The first of these fields as a list: a YAML list, or one text with separators."""
        name, value = self.first(*names)
        items = value.split(separator) if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise self.error(name, f"The field {name} must be a list of texts.")
        return list(dict.fromkeys(" ".join(item.split()) for item in items if item.strip()))

    def error(self, name: str, message: str) -> UnreadableDocument:
        """The error to raise about a field."""
        return UnreadableDocument(self.path, self.lines.get(name), message)


def read_fields(source: str, path: Path, first_line: int = 1) -> Fields:
    """The fields of a YAML mapping whose text begins on `first_line` of the file."""
    value, lines = read_yaml(source, path, first_line)
    if value == "":
        return Fields(path)
    if not isinstance(value, dict):
        raise UnreadableDocument(
            path, first_line, "This must be fields, such as “title: A title”, one on each line."
        )
    return Fields(path, value, lines)


def read_yaml(source: str, path: Path, first_line: int = 1) -> tuple[Any, dict[str, int]]:
    """The value of a YAML text in dicts, lists and texts, and the line of each named field."""
    if len(source) > LONGEST:
        raise UnreadableDocument(
            path, first_line, f"The fields are longer than {LONGEST:,} characters. Shorten them."
        )
    try:
        node = yaml.compose(source, Loader=yaml.SafeLoader)
        walk = _Walk(path, first_line)
        return ("" if node is None else walk.value_of(node, "")), walk.lines
    except yaml.MarkedYAMLError as error:
        raise _explained(error, source, path, first_line) from error
    except yaml.reader.ReaderError as error:
        line = source[: error.position].count("\n") + first_line
        raise UnreadableDocument(
            path, line, "The fields hold a character that YAML does not allow. Remove it."
        ) from error
    except RecursionError as error:
        raise UnreadableDocument(
            path, first_line, "The fields are nested too deeply. Flatten them."
        ) from error


def _explained(error: yaml.MarkedYAMLError, source: str, path: Path, first_line: int):
    mark = error.problem_mark
    if mark is None or mark.index >= len(source.rstrip()):  # What is unclosed began elsewhere.
        mark = error.context_mark or mark
    number = min(mark.line if mark else 0, source.count("\n"))
    line = source.split("\n")[number]
    named = re.match(r"\s*([\w.-]+)\s*:", line)
    where = f"in the field {named[1]} " if named else ""
    return UnreadableDocument(
        path,
        number + first_line,
        f"YAML cannot be read {where}({error.problem}). Indent with spaces, and put a text "
        "with a colon or a quotation mark into quotes.",
    )


class _Walk:
    """Turns nodes into values, within a budget, and remembers where each field began."""

    def __init__(self, path: Path, first_line: int):
        self.path, self.first_line = path, first_line
        self.lines: dict[str, int] = {}
        self.nodes = 0

    def value_of(self, node: yaml.Node, name: str) -> Any:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise self.error(node, "The fields refer to each other too often. Write them out.")
        if node.tag not in PLAIN_TAGS:
            raise self.error(node, f"The YAML tag {node.tag} is not allowed. Remove it.")
        if isinstance(node, yaml.ScalarNode):
            return "" if node.tag.endswith(":null") else repair(node.value).text
        if isinstance(node, yaml.SequenceNode):
            return [self.value_of(item, name) for item in node.value]
        return self.mapping_of(node, name)

    def mapping_of(self, node: yaml.MappingNode, name: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self.error(key, "A field's name must be a word, not a list or fields.")
            dotted = f"{name}.{key.value}" if name else key.value
            if key.value in found:
                raise self.error(key, f"The field {dotted} is there twice. Keep one.")
            self.lines[dotted] = key.start_mark.line + self.first_line
            inner = self.value_of(value, dotted)
            if key.tag.endswith(":merge") and isinstance(inner, dict):
                merged = inner | merged
            else:
                found[key.value] = inner
        return merged | found

    def error(self, node: yaml.Node, message: str) -> UnreadableDocument:
        return UnreadableDocument(self.path, node.start_mark.line + self.first_line, message)

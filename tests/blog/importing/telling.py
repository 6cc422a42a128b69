"""What a reader made of a document, in words that a file of expected results can hold."""

import dataclasses
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from blog.importing import UnreadableDocument

SAMPLES = Path(__file__).parents[2] / "samples"


def told(value: Any) -> Any:
    """The value in dicts, lists and texts; pictures by their path in the samples."""
    if isinstance(value, UnreadableDocument):
        return {"unreadable": value.reason}
    if dataclasses.is_dataclass(value):
        fields = {name: told(inner) for name, inner in vars(value).items() if name != "digest"}
        return {"is": type(value).__name__} | {
            name: inner for name, inner in fields.items() if inner not in ("", [], None, False)
        }
    if isinstance(value, dict):
        return {name: told(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [told(inner) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return value.relative_to(SAMPLES.resolve()).as_posix()
    if isinstance(value, str) and "\n" in value:
        return [re.sub("\ue000([0-9]+)\ue001", r"(picture \1)", line) for line in value.split("\n")]
    return value

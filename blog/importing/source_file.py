"""A document as it lies on disk, and who is named beside it."""

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from blog.importing.documents import ImportedAuthor, UnreadableDocument
from blog.importing.fields import read_yaml
from blog.importing.pictures import PictureFinder
from blog.importing.text_repair import RepairedText, decode, repair

MOST_BYTES = 10 * 1024 * 1024
LONGEST_TEXT = 1_000_000  # characters
TOO_LONG = (
    f"The text is longer than {LONGEST_TEXT:,} characters. Split it, and move pictures that are "
    "written into it to files."
)
AUTHORS_FILES = ("authors.yml", "authors.yaml", "_data/authors.yml")
LONGEST_SOURCE = 500


@dataclass(frozen=True)
class SourceFile:
    """A file, and the folder that was given to import from; nothing outside it is read."""

    path: Path
    root: Path

    @cached_property
    def data(self) -> bytes:
        """The bytes of the file; UnreadableDocument for one that is too big or cannot be had."""
        try:
            with self.path.open("rb") as file:
                if os.fstat(file.fileno()).st_size > MOST_BYTES:
                    raise self.error("The file is larger than 10 MB. Split it.")
                data = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise self.error(f"The file cannot be read: {error.strerror}.") from error
        if len(data) > MOST_BYTES:
            raise self.error("The file is larger than 10 MB. Split it.")
        return data

    @property
    def name(self) -> str:
        """The path below the folder that was given: what identifies a file without a permalink."""
        name = self.path.resolve().relative_to(self.root.resolve()).as_posix()
        return name if len(name) <= LONGEST_SOURCE else hashlib.sha256(name.encode()).hexdigest()

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def folder_names(self) -> tuple[str, ...]:
        """The folders around the file, nearest first, up to the one that was given."""
        root = self.root.resolve()
        folders = [self.path.resolve().parent, *self.path.resolve().parent.parents]
        return tuple(folder.name for folder in folders if folder == root or root in folder.parents)

    @cached_property
    def repaired(self) -> RepairedText:
        """The text of the file, put right."""
        decoded = decode(self.data, self.path)
        repaired = repair(decoded.text)
        return RepairedText(repaired.text, decoded.notes + repaired.notes)

    def error(self, message: str, line: int | None = None) -> UnreadableDocument:
        return UnreadableDocument(self.path, line, message)

    def pictures(self, notes: list[str]) -> PictureFinder:
        return PictureFinder(self.path, self.root, notes)

    # Authors

    def author(self, named: Any) -> ImportedAuthor:
        """The author as a document names one: a name, a key of authors.yml, or fields."""
        if isinstance(named, dict):
            return _author_of(named)
        name = " ".join(str(named).split())
        return self._profiles.get(name.casefold(), ImportedAuthor(name[:120]))

    @cached_property
    def _profiles(self) -> dict[str, ImportedAuthor]:
        """What authors.yml in the document's folder, or the nearest above it, says of each."""
        root = self.root.resolve()
        folder = self.path.resolve().parent
        for place in (folder, *folder.parents):
            if place != root and root not in place.parents:
                break
            for name in AUTHORS_FILES:
                if (place / name).is_file():
                    return _read_profiles(SourceFile(place / name, self.root))
        return {}


def _read_profiles(file: SourceFile) -> dict[str, ImportedAuthor]:
    """Profiles by name and by key, from a list of fields or from fields of fields."""
    value, _ = read_yaml(file.repaired.text, file.path)
    if isinstance(value, dict):
        entries = [(key, entry) for key, entry in value.items() if isinstance(entry, dict)]
    else:
        entries = [("", entry) for entry in value or [] if isinstance(entry, dict)]
    profiles = {}
    for key, entry in entries:
        author = _author_of({"name": key} | entry)
        profiles[author.name.casefold()] = author
        if key:
            profiles[key.casefold()] = author
    return profiles


def _author_of(fields: dict[str, Any]) -> ImportedAuthor:
    words = {
        name: " ".join(value.split()) for name, value in fields.items() if isinstance(value, str)
    }
    links = fields.get("links")
    pairs = [
        (str(link.get("label", ""))[:60], str(link.get("url", ""))[:200])
        for link in (links if isinstance(links, list) else [])
        if isinstance(link, dict) and str(link.get("url", "")).startswith(("http://", "https://"))
    ]
    return ImportedAuthor(
        name=words.get("name", "")[:120],
        email=words.get("email", ""),
        bio=words.get("bio", ""),
        links=tuple(pairs),
    )

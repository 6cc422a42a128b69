"""Files beside a document: finding them, and never leaving the folder that was given."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings

from blog.importing.documents import Attachment, Picture, RemotePicture

VARIABLES = re.compile(r"\{\{-?\s*(site\.(baseurl|url|github\.url)|base_path)\s*-?\}\}")


class MissingFile(Exception):  # noqa: N818 - it says what is the matter
    """A file cannot be had; `reason` ends a sentence about it, without a full stop."""

    def __init__(self, address: str, reason: str):
        self.address, self.reason = address, reason
        super().__init__(f"{address}: {reason}")


@dataclass
class PictureFinder:
    """Looks for the files of one document: beside it, and in its parents up to `root`.

    Each picture that `find` cannot have leaves a sentence in `notes`.
    """

    path: Path
    root: Path
    notes: list[str] = field(default_factory=list)

    def find(self, address: str, alt: str) -> Picture | RemotePicture | None:
        """The picture at an address as a document writes it, or None with a note."""
        try:
            return self.picture(address, alt)
        except MissingFile as error:
            self.notes.append(f"The picture {error.address} was not imported: {error.reason}.")
            return None

    def picture(self, address: str, alt: str) -> Picture | RemotePicture:
        """The picture at an address as a document writes it; MissingFile if there is none."""
        address = VARIABLES.sub("", address).strip()
        parts = self._parts_of(address)
        if parts.netloc or parts.scheme in {"http", "https"}:
            return RemotePicture(address if parts.scheme else f"https:{address}", alt)
        endings = settings.WAGTAILIMAGES_EXTENSIONS
        return Picture(self._local(address, parts, endings), alt, address)

    def attachment(self, address: str, *endings: str) -> Attachment:
        """The file with one of these endings at an address; MissingFile if there is none."""
        parts = self._parts_of(address)
        if parts.netloc or parts.scheme in {"http", "https"}:
            raise MissingFile(address, "it lies elsewhere, and nothing is fetched")
        return Attachment(self._local(address, parts, endings), address)

    @staticmethod
    def _parts_of(address: str) -> SplitResult:
        try:
            return urlsplit(address)
        except ValueError as error:
            raise MissingFile(address, "its address cannot be read") from error

    def _local(self, address: str, parts: SplitResult, endings: Iterable[str]) -> Path:
        if parts.scheme:
            raise MissingFile(address[:60], "it is not a file")
        if Path(parts.path).suffix.lower().lstrip(".") not in endings:
            raise MissingFile(address, "its format is not one the publication takes")
        found = self._file_at(unquote(parts.path))
        if found is None:
            raise MissingFile(address, "there is no such file beside the document")
        return found

    def _file_at(self, path: str) -> Path | None:
        """A file within the root, in the document's folder first and then in each above it."""
        root = self.root.resolve()
        folder = self.path.resolve().parent
        if path.startswith("/"):
            folders = [root, *self._upwards(folder, root)]
        else:
            folders = self._upwards(folder, root)
        for place in folders:
            try:
                candidate = (place / path.lstrip("/")).resolve()
                if candidate.is_relative_to(root) and candidate.is_file():
                    return candidate
            except (OSError, ValueError, RuntimeError):
                continue
        return None

    @staticmethod
    def _upwards(folder: Path, root: Path) -> list[Path]:
        return [
            place for place in (folder, *folder.parents) if place == root or root in place.parents
        ]

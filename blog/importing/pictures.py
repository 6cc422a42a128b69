"""Pictures beside a document: finding them, and never leaving the folder that was given."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings

from blog.importing.documents import Picture, RemotePicture

VARIABLES = re.compile(r"\{\{-?\s*(site\.(baseurl|url|github\.url)|base_path)\s*-?\}\}")


@dataclass
class PictureFinder:
    """Looks for the pictures of one document: beside it, and in its parents up to `root`.

    Each picture that cannot be had leaves a sentence in `notes`.
    """

    path: Path
    root: Path
    notes: list[str] = field(default_factory=list)

    def find(self, address: str, alt: str) -> Picture | RemotePicture | None:
        """The picture at an address as a document writes it, or None with a note."""
        address = VARIABLES.sub("", address).strip()
        try:
            parts = urlsplit(address)
        except ValueError:
            return self._missing(address, "its address cannot be read")
        if parts.netloc or parts.scheme in {"http", "https"}:
            return RemotePicture(address if parts.scheme else f"https:{address}", alt)
        if parts.scheme:
            return self._missing(address[:60], "it is not a file")
        if Path(parts.path).suffix.lower().lstrip(".") not in settings.WAGTAILIMAGES_EXTENSIONS:
            return self._missing(address, "its format is not one the publication takes")
        found = self._file_at(unquote(parts.path))
        if found is None:
            return self._missing(address, "there is no such file beside the document")
        return Picture(found, alt, address)

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

    def _missing(self, address: str, reason: str) -> None:
        self.notes.append(f"The picture {address} was not imported: {reason}.")

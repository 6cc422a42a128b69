"""What a reader makes of a document, before anything is saved."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any


class UnreadableDocument(Exception):  # noqa: N818 - it says what the document is
    """A document, or one item of a feed, that cannot be imported.

    `message` is a full sentence that says what is wrong and what to do; `line` counts from 1 and
    is None where no line is to blame.
    """

    def __init__(self, path: Path | str, line: int | None, message: str):
        self.path, self.line, self.message = path, line, message
        super().__init__(f"{path}: {self.reason}")

    @property
    def reason(self) -> str:
        """The message, led by the line where there is one."""
        return f"line {self.line}: {self.message}" if self.line else self.message


@dataclass(frozen=True)
class Picture:
    """A picture that lies beside a document.

    `typed` is how the document names it, to stand in the text if the file turns out damaged.
    """

    path: Path
    alt: str = ""
    typed: str = ""


@dataclass(frozen=True)
class RemotePicture:
    """A picture at an address elsewhere. It is never fetched."""

    address: str
    alt: str = ""


@dataclass(frozen=True)
class Attachment:
    """A file other than a picture that lies beside a document, and how the document names it."""

    path: Path
    typed: str = ""


@dataclass(frozen=True)
class ImportedBlock:
    """One block of a body: a key of the page's StreamField and its value.

    Where the stored value names a picture or a document by number, `value` holds a Picture or an
    Attachment instead. In a Markdown text, `placeholder(n)` stands for `pictures[n]`. `typed` is
    what stands in the Markdown instead of the block if one of its files turns out damaged.
    """

    kind: str
    value: Any = None
    pictures: tuple[Picture, ...] = ()
    typed: str = ""


def placeholder(number: int) -> str:
    """What stands in a Markdown text for a picture that has no number in the database yet."""
    return f"\ue000{number}\ue001"


@dataclass(frozen=True)
class ImportedAuthor:
    """An author as documents name one, with what `authors.yml` adds."""

    name: str
    email: str = ""
    bio: str = ""
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ImportedPost:
    """A post as a document tells it.

    `source` is what identifies the document, and `digest` the SHA-256 of what was read.
    `track_names` are what may name its track, likeliest first. `tags` are as written; one that
    turns out to name the track is not kept as a tag. `old_addresses` are the paths it had, the
    permalink first. `notes` say what was repaired, and what was not kept.
    """

    source: str
    digest: str
    format: str
    title: str
    slug: str
    body: tuple[ImportedBlock, ...]
    track_names: tuple[str, ...] = ()
    date: datetime | None = None
    updated: datetime | None = None
    tags: tuple[str, ...] = ()
    excerpt: str = ""
    teaser: Picture | RemotePicture | None = None
    authors: tuple[ImportedAuthor, ...] = ()
    canonical_address: str = ""
    old_addresses: tuple[str, ...] = ()
    is_held_back: bool = False
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class ImportedPage:
    """A standard page as a document tells it; the fields mean what they mean for a post."""

    source: str
    digest: str
    format: str
    title: str
    slug: str
    blocks: tuple[ImportedBlock, ...]
    intro: str = ""
    old_addresses: tuple[str, ...] = ()
    is_held_back: bool = False
    notes: tuple[str, ...] = field(default=())

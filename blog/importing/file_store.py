"""Files from beside documents in the publication's library, each once."""

from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from wagtail.images.fields import WagtailImageField
from wagtail.utils.file import hash_filelike

from blog.importing.documents import Attachment, Picture
from blog.importing.excerpts import cut
from blog.models import Document, Image

LONGEST_WORDS = 255


class FileStore:
    """Puts files into the library for one document; what it made can be taken back.

    A file whose very bytes are in the library already is used from there.
    """

    def __init__(self, notes: list[str], user=None):
        self.notes, self.user = notes, user
        self._numbers: dict[Path, int | None] = {}
        self._made: list[Image | Document] = []

    def number_of(self, file: Picture | Attachment) -> int | None:
        """The number of the file in the library; None, with a note, if it is damaged."""
        if file.path not in self._numbers:
            is_picture = isinstance(file, Picture)
            try:
                store = self._store_picture if is_picture else self._store_attachment
                self._numbers[file.path] = store(file)
            except (ValidationError, OSError) as error:
                reason = " ".join(getattr(error, "messages", None) or [str(error)])
                what = "picture" if is_picture else "file"
                self.notes.append(f"The {what} {file.typed} was not imported: {reason}")
                self._numbers[file.path] = None
        return self._numbers[file.path]

    def take_back(self) -> None:
        """Remove the files made for a document that was not saved after all."""
        for made in self._made:
            made.file.storage.delete(made.file.name)

    def _store_picture(self, picture: Picture) -> int:
        file = _read(picture.path, settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE)
        digest = hash_filelike(file)
        known = Image.objects.filter(file_hash=digest).order_by("pk").first()
        if known:
            return known.pk
        file.seek(0)
        WagtailImageField().clean(file)
        file.seek(0)
        return self._made_of(
            Image(
                title=_title_of(picture.path),
                file=file,
                description=cut(picture.alt, LONGEST_WORDS),
                file_hash=digest,
                file_size=file.size,
                uploaded_by_user=self.user,
            )
        )

    def _store_attachment(self, attachment: Attachment) -> int:
        file = _read(attachment.path, settings.WAGTAILDOCS_MAX_UPLOAD_SIZE)
        digest = hash_filelike(file)
        known = Document.objects.filter(file_hash=digest).order_by("pk").first()
        if known:
            return known.pk
        file.seek(0)
        return self._made_of(
            Document(
                title=_title_of(attachment.path),
                file=file,
                file_hash=digest,
                file_size=file.size,
                uploaded_by_user=self.user,
            )
        )

    def _made_of(self, unsaved: Image | Document) -> int:
        unsaved.save()
        self._made.append(unsaved)
        return unsaved.pk


def _read(path: Path, most_bytes: int) -> ContentFile:
    if path.stat().st_size > most_bytes:
        raise ValidationError("It is too large.")
    return ContentFile(path.read_bytes(), name=path.name)


def _title_of(path: Path) -> str:
    words = path.stem.replace("-", " ").replace("_", " ").strip()
    return cut(words or path.name, LONGEST_WORDS)

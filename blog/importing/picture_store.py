"""Pictures from beside documents in the publication's library, each once."""

from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from wagtail.images.fields import WagtailImageField
from wagtail.utils.file import hash_filelike

from blog.importing.documents import Picture
from blog.importing.excerpts import cut
from blog.models import Image

LONGEST_WORDS = 255


class PictureStore:
    """Puts pictures into the library for one document; what it made can be taken back.

    A picture whose very bytes are in the library already is used from there.
    """

    def __init__(self, notes: list[str], user=None):
        self.notes, self.user = notes, user
        self._numbers: dict[Path, int | None] = {}
        self._made: list[Image] = []

    def number_of(self, picture: Picture) -> int | None:
        """The number of the picture in the library; None, with a note, if it is damaged."""
        if picture.path not in self._numbers:
            try:
                self._numbers[picture.path] = self._store(picture)
            except (ValidationError, OSError) as error:
                reason = " ".join(getattr(error, "messages", None) or [str(error)])
                self.notes.append(f"The picture {picture.typed} was not imported: {reason}")
                self._numbers[picture.path] = None
        return self._numbers[picture.path]

    def take_back(self) -> None:
        """Remove the files made for a document that was not saved after all."""
        for image in self._made:
            image.file.storage.delete(image.file.name)

    def _store(self, picture: Picture) -> int:
        if picture.path.stat().st_size > settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE:
            raise ValidationError("It is too large.")
        file = ContentFile(picture.path.read_bytes(), name=picture.path.name)
        digest = hash_filelike(file)
        known = Image.objects.filter(file_hash=digest).order_by("pk").first()
        if known:
            return known.pk
        file.seek(0)
        WagtailImageField().clean(file)
        file.seek(0)
        words = picture.path.stem.replace("-", " ").replace("_", " ").strip()
        image = Image(
            title=cut(words or picture.path.name, LONGEST_WORDS),
            file=file,
            description=cut(picture.alt, LONGEST_WORDS),
            file_hash=digest,
            file_size=file.size,
            uploaded_by_user=self.user,
        )
        image.save()
        self._made.append(image)
        return image.pk

"""Pictures and documents: what an editor uploads."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.db import models
from taggit.managers import TaggableManager
from wagtail.documents.models import AbstractDocument
from wagtail.documents.models import Document as StockDocument
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.images.models import Image as StockImage

from blog.notebooks import NotebookError, is_notebook_name, read_document


class Image(AbstractImage):
    """A picture with the words that travel with it.

    Wagtail's `description` is the alt text offered wherever the picture is chosen; the place
    that shows it may say something better, or mark the picture as decorative.
    """

    caption = models.CharField(
        max_length=300,
        blank=True,
        help_text="Shown under the picture unless the post says something else.",
    )
    credit = models.CharField(
        max_length=200,
        blank=True,
        help_text="Who made the picture, and its licence if it has one.",
    )

    # As in Wagtail, but without reverse names: Wagtail's own model of this name has them.
    tags = TaggableManager(blank=True, related_name="twotrack_images")
    uploaded_by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    uploaded_by_user.wagtail_reference_index_ignore = True

    admin_form_fields = (*StockImage.admin_form_fields, "caption", "credit")

    @property
    def default_alt_text(self) -> str:
        """The description, and never the title: a file name says nothing to those who listen."""
        return self.description


class Rendition(AbstractRendition):
    """One size and format of a picture."""

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("image", "filter_spec", "focal_point_key"), name="unique_rendition"
            )
        ]


def private_storage():
    """The storage for files that are only served after a permission check."""
    return storages["private"]


class Document(AbstractDocument):
    """A file to download. It is kept in private storage and served through a permission check."""

    file = models.FileField(upload_to="documents", storage=private_storage, verbose_name="file")

    # As in Wagtail, but without reverse names: Wagtail's own model of this name has them.
    tags = TaggableManager(blank=True, related_name="twotrack_documents")
    uploaded_by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    uploaded_by_user.wagtail_reference_index_ignore = True

    admin_form_fields = StockDocument.admin_form_fields

    def clean(self):
        super().clean()
        is_new_file = self.file and not self.file._committed
        if is_new_file and is_notebook_name(self.file.name):
            try:
                read_document(self)
            except NotebookError as error:
                raise ValidationError({"file": str(error)}) from error
            self.file.seek(0)

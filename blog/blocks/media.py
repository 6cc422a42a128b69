"""Pictures and things that live elsewhere."""

from urllib.parse import urlsplit

from django.db import models
from wagtail import blocks
from wagtail.images.blocks import ImageBlock


class FigureWidth(models.TextChoices):
    """How much room a figure takes beside the text column."""

    NORMAL = "normal", "As wide as the text"
    WIDE = "wide", "Wider than the text"
    FULL = "full", "As wide as the window"


class FigureBlock(blocks.StructBlock):
    """A picture with alt text or a mark that it is decorative, caption and credit."""

    image = ImageBlock(label="Picture")
    caption = blocks.CharBlock(
        required=False, max_length=400, help_text="Empty: the caption of the picture itself."
    )
    credit = blocks.CharBlock(
        required=False, max_length=200, help_text="Empty: the credit of the picture itself."
    )
    width = blocks.ChoiceBlock(choices=FigureWidth.choices, default=FigureWidth.NORMAL)

    class Meta:
        icon = "image"
        label = "Picture"
        description = "A picture with alt text, caption and credit."
        template = "blocks/figure.html"
        label_format = "{caption}"


class EmbedValue(blocks.StructValue):
    """An embed that knows where it leads."""

    @property
    def host(self) -> str:
        """The host readers go to, without www."""
        return (urlsplit(self.get("url") or "").hostname or "").removeprefix("www.")


class EmbedBlock(blocks.StructBlock):
    """A video or another thing elsewhere, as a link: nothing is loaded from there."""

    url = blocks.URLBlock(label="Address", help_text="Where the video or the other thing lives.")
    title = blocks.CharBlock(max_length=200, help_text="What the reader will find there.")
    text = blocks.CharBlock(
        required=False, max_length=400, label="Description", help_text="One sentence about it."
    )

    class Meta:
        icon = "media"
        label = "Video or embed"
        description = "A link card to a video or another page. Readers are not tracked by it."
        template = "blocks/embed.html"
        value_class = EmbedValue
        label_format = "{title}"
        preview_value = {
            "url": "https://example.org/talk",
            "title": "A talk about this post",
            "text": "Twenty minutes, with slides.",
        }

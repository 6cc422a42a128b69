"""Pictures and things that live elsewhere."""

from urllib.parse import urlsplit

from django.db import models
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from wagtail import blocks
from wagtail.images.blocks import ImageBlock, ImageChooserBlock
from wagtail.rich_text import expand_db_html

from blog.embeds import frame_url, loaded_from
from blog.markdown import RenderedMarkdown
from blog.pictures.expanding import embed


class FigureWidth(models.TextChoices):
    """How much room a figure takes beside the text column."""

    NORMAL = "normal", "As wide as the text"
    WIDE = "wide", "Wider than the text"
    FULL = "full", "As wide as the window"


class RenderedOnce(blocks.StructBlock):
    """A block whose HTML in Wagtail's database form, from `database_html`, is stored with its page.

    The files of its pictures are looked up at reading, together with all others of the page.
    """

    sheet = "figures"

    def render_once(self, value, page) -> RenderedMarkdown:
        """The stored HTML, with the block's own words as text."""
        text = "\n".join(self.get_searchable_content(value))
        return RenderedMarkdown(
            html=self.database_html(value),
            headings=(),
            text=text,
            code_text="",
            words=len(text.split()),
            code_words=0,
        )

    def render(self, value, context=None):
        return mark_safe(expand_db_html(self.database_html(value)))  # noqa: S308 - escaped words


class FigureBlock(RenderedOnce):
    """A picture with alt text or a mark that it is decorative, caption and credit."""

    image = ImageBlock(label="Picture")
    dark_image = ImageChooserBlock(
        required=False,
        label="Picture for dark pages",
        help_text="Shown instead on a dark page; same alt text.",
    )
    caption = blocks.CharBlock(
        required=False, max_length=400, help_text="Empty: the caption of the picture itself."
    )
    credit = blocks.CharBlock(
        required=False, max_length=200, help_text="Empty: the credit of the picture itself."
    )
    width = blocks.ChoiceBlock(
        choices=FigureWidth.choices, default=FigureWidth.NORMAL, search_index=False
    )

    class Meta:
        icon = "image"
        label = "Picture"
        description = "A picture with alt text, caption and credit."
        template = "blocks/figure.html"
        label_format = "{caption}"

    def database_html(self, value) -> str:
        """The figure by the numbers of its pictures; how it looks is decided at reading."""
        image, dark_image = value["image"], value.get("dark_image")
        if image is None:
            return ""
        return embed(
            "figure",
            id=image.pk,
            dark=dark_image and dark_image.pk,
            alt="" if image.decorative else image.contextual_alt_text or None,
            width=value["width"] or FigureWidth.NORMAL,
            caption=value["caption"] or None,
            credit=value["credit"] or None,
        )


class EmbedValue(blocks.StructValue):
    """An embed that knows where it leads."""

    @property
    def host(self) -> str:
        """The host readers go to, without www."""
        return (urlsplit(self.get("url") or "").hostname or "").removeprefix("www.")


class EmbedBlock(RenderedOnce):
    """A video or another thing elsewhere: nothing is loaded from there before a reader asks."""

    url = blocks.URLBlock(label="Address", help_text="Where the video or the other thing lives.")
    title = blocks.CharBlock(max_length=200, help_text="What the reader will find there.")
    text = blocks.CharBlock(
        required=False, max_length=400, label="Description", help_text="One sentence about it."
    )
    poster = ImageChooserBlock(
        required=False,
        label="Poster",
        help_text="A picture from the library, cropped to 16:9. It only decorates the link.",
    )

    class Meta:
        icon = "media"
        label = "Video or embed"
        description = (
            "A link card to a video or another page. Videos of YouTube and Vimeo play in place "
            "once a reader asks; nothing is loaded from there before."
        )
        template = "blocks/embed.html"
        value_class = EmbedValue
        label_format = "{title}"
        preview_value = {
            "url": "https://example.org/talk",
            "title": "A talk about this post",
            "text": "Twenty minutes, with slides.",
        }

    def database_html(self, value) -> str:
        """The card as a link, with the address that plays its video if there is one."""
        poster, frame = value.get("poster"), frame_url(value["url"] or "")
        return render_to_string(
            self.meta.template,
            {
                "value": value,
                "poster": poster
                and mark_safe(embed("image", id=poster.pk, alt="", format="poster")),  # noqa: S308
                "frame": frame,
                "loaded_from": frame and loaded_from(frame),
            },
        )

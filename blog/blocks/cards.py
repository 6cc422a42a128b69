"""Card grids: short things side by side, one or more of them emphasised."""

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

from blog.blocks.markdown import MarkdownBlock


class CardBlock(blocks.StructBlock):
    """One card of a grid."""

    title = blocks.CharBlock(max_length=120)
    text = MarkdownBlock(required=False, rows=3)
    link = blocks.CharBlock(
        required=False,
        max_length=500,
        help_text="Where the card leads: an address of this site such as /contact/, or a full one.",
    )
    image = ImageBlock(required=False, label="Picture")
    is_emphasised = blocks.BooleanBlock(
        required=False, label="Emphasise", help_text="The card is tinted and takes the whole row."
    )

    class Meta:
        icon = "form"
        label = "Card"
        label_format = "{title}"

    def clean(self, value):
        value = super().clean(value)
        link = value["link"]
        if link and not link.startswith(("/", "#", "http://", "https://", "mailto:")):
            raise blocks.StructBlockValidationError(
                block_errors={
                    "link": ValidationError("Begin the address with /, https:// or mailto:.")
                }
            )
        return value


class CardGridBlock(blocks.StructBlock):
    """Cards in one to four columns, by the width at hand."""

    heading = blocks.CharBlock(required=False, max_length=200)
    cards = blocks.ListBlock(CardBlock(), min_num=1, max_num=24, collapsed=True)

    class Meta:
        icon = "grid"
        label = "Card grid"
        description = "Short cards side by side. Any card may be emphasised."
        template = "blocks/card_grid.html"
        label_format = "{heading}"
        preview_value = {
            "heading": "How we work",
            "cards": [
                {"title": "Two tracks", "text": "Told twice.", "is_emphasised": True},
                {"title": "No sponsors", "text": "Nobody pays for a post."},
            ],
        }

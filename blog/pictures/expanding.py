"""From pictures as Wagtail's database HTML names them to pictures as readers see them.

All pictures of a body are looked up together: two queries for those that Markdown names, and two
for figures, however many there are.
"""

from html import escape

from django.template.loader import render_to_string
from wagtail.images.rich_text import ImageEmbedHandler
from wagtail.rich_text import EmbedHandler

from blog.pictures.finding import with_renditions

LONGEST_NUMBER = 18  # Digits that the id column of every supported database can hold.


def embed(kind: str, **attributes) -> str:
    """An element of Wagtail's database HTML; attributes that are None are left out."""
    # Wagtail's reader of attributes knows &amp; &lt; &gt; and &quot; only.
    shown = "".join(
        f' {name}="{escape(str(value), quote=False).replace(chr(34), "&quot;")}"'
        for name, value in attributes.items()
        if value is not None
    )
    return f'<embed embedtype="{kind}"{shown}/>'


def _number(attributes: dict, name: str) -> int | None:
    written = attributes.get(name, "")
    return int(written) if written.isdecimal() and len(written) <= LONGEST_NUMBER else None


def _numbers(attributes: list[dict], *names: str) -> set[int]:
    return {_number(found, name) for found in attributes for name in names} - {None}


class PictureEmbed(ImageEmbedHandler):
    """A picture in Markdown or rich text, or the poster of an embed."""

    @classmethod
    def get_many(cls, attrs_list):
        images = with_renditions(_numbers(attrs_list, "id"), ["text", "poster"])
        return [images.get(_number(attrs, "id")) for attrs in attrs_list]


class FigureEmbed(EmbedHandler):
    """A figure block: see blog.blocks.media."""

    identifier = "figure"

    @classmethod
    def expand_db_attributes(cls, attrs):
        return cls.expand_db_attributes_many([attrs])[0]

    @classmethod
    def expand_db_attributes_many(cls, attrs_list):
        images = with_renditions(
            _numbers(attrs_list, "id", "dark"), ["text", "wide", "full", "large"]
        )
        return [
            cls._figure(attrs, images.get(_number(attrs, "id")), images.get(_number(attrs, "dark")))
            for attrs in attrs_list
        ]

    @staticmethod
    def _figure(attrs: dict, image, dark_image) -> str:
        if image is None:
            return ""
        return render_to_string(
            "blocks/figure.html",
            {
                "image": image,
                "dark_image": dark_image,
                "alt": attrs.get("alt", image.default_alt_text),
                "width": attrs["width"],
                "use": {"wide": "wide", "full": "full"}.get(attrs["width"], "text"),
                "caption": attrs.get("caption") or image.caption,
                "credit": attrs.get("credit") or image.credit,
            },
        )

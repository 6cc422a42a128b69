"""The files of pictures, for templates."""

from django import template

from blog.pictures import Shown, find

register = template.Library()


@register.simple_tag
def picture_files(image, use: str) -> Shown | None:
    """What to show of a picture in a place that blog.pictures.USES names; None for no picture."""
    return find(image, use) if image else None


@register.filter
def alt_text(image) -> str:
    """What a picture chosen in a block says: its own words there, or those it travels with."""
    return "" if image.decorative else image.contextual_alt_text or image.default_alt_text

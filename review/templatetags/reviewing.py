"""What pages at review links show in their own way."""

from datetime import datetime

from django import template
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from blog.moments import in_words_for_all, publication_zone
from review.sealing import is_address_of_link

register = template.Library()


@register.filter
def is_at_link(request: HttpRequest | None) -> bool:
    """Whether a page is shown at the address of a review link, where it may ask for nothing."""
    if getattr(request, "review", None):
        return True  # The page is drawn as if at its own address.
    return is_address_of_link(getattr(request, "path_info", ""))


@register.filter
def as_moment(moment: datetime) -> SafeString:
    """A <time> with the zone's name: “21 November 2026, 14:05 CET”."""
    written = localtime(moment, publication_zone()).isoformat(timespec="seconds")
    return format_html('<time datetime="{}">{}</time>', written, in_words_for_all(moment))

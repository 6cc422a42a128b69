"""How moments are put into words for reviewers, who have no time zone of their own set."""

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from blog.moments import in_words_for_all, publication_zone

register = template.Library()


@register.filter
def as_moment(moment: datetime) -> SafeString:
    """A <time> with the zone's name: “21 November 2026, 14:05 CET”."""
    written = localtime(moment, publication_zone()).isoformat(timespec="seconds")
    return format_html('<time datetime="{}">{}</time>', written, in_words_for_all(moment))

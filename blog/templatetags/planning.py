"""Times with their zone, names of users, and what release a post waits for."""

from django import template

from blog import moments
from blog.desk.words import name_of
from blog.schedule.releases import release_of

register = template.Library()

register.filter("in_words", moments.in_words)
register.filter("as_time", moments.as_time)
register.filter("clock", moments.clock)
register.filter("name_of", name_of)


@register.filter
def day_of(moment):
    """The day of a moment by the publication’s calendar, as a <time>."""
    return moments.as_time(moments.local_day(moment)) if moment else "at an unknown time"


register.simple_tag(release_of)


@register.simple_tag
def publication_zone() -> str:
    return moments.zone_name(moments.publication_zone())

"""How facts about posts are put into words for readers."""

import re
from collections.abc import Iterator
from datetime import datetime

from django import template
from django.core.paginator import Page
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime

from blog import citing
from blog.feeds import for_any_reader
from blog.highlighting import highlight
from blog.models import PostPage

register = template.Library()

LONGEST_QUESTION = 100  # characters


@register.filter
def moment(date: datetime) -> str:
    """The moment for machines, to the second: HTML allows no more than milliseconds."""
    return localtime(date).isoformat(timespec="seconds")


@register.filter
def reading_time(minutes: int) -> str:
    """“6 min read”."""
    return f"{minutes} min read"


@register.filter
def in_a_feed(html: str) -> SafeString:
    """The HTML of a body as feeds carry it."""
    return mark_safe(for_any_reader(html))  # noqa: S308 - the body is sanitised


@register.filter
def words_of_path(path: str) -> str:
    """What the last part of an address says, as a question for the search page.

    Numbers at its start, such as a date, and the ending of a file name are left out; an
    address without words gives the empty text.
    """
    for part in reversed(path.split("/")):
        stem = re.sub(r"\.\w{1,5}$", "", part)
        words = re.findall(r"[^\W_]+", stem)
        while words and words[0].isdigit():
            words.pop(0)
        if words:
            return " ".join(words)[:LONGEST_QUESTION].rstrip()
    return ""


@register.filter
def citation(post: PostPage, publication: str) -> str:
    """The sentence by which others cite the post."""
    return citing.citation_of(post, publication)


@register.filter
def bibtex(post: PostPage, publication: str) -> SafeString:
    """A code block with the post as BibTeX, as a file to copy."""
    return highlight(
        citing.bibtex_of(post, publication),
        "bibtex",
        file_name=f"{citing.key_of_post(post)}.bib",
        is_coloured=False,
    )


@register.filter
def page_numbers(page: Page) -> Iterator[int | str]:
    """The numbers of a pager: the ends, those around the page, and an ellipsis between."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)

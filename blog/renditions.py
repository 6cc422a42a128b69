"""All files of the pictures of a page, made before readers come."""

import logging
import math
import time
from collections.abc import Iterable, Iterator

from django.template.loader import render_to_string
from wagtail.models import Page

from blog.models import Author, Image, PostPage, RenderedBody
from blog.pictures import USES, make, make_later, noting

logger = logging.getLogger("twotrack.pictures")


def pictures_of(page: Page) -> list[tuple[Image, str]]:
    """The pictures that readers are shown of a page here and in lists, each with its use.

    The very templates for readers are asked, so that nothing has to agree with them.
    """
    with noting() as noted:
        if isinstance(page, RenderedBody):
            str(page.body_html)
        if isinstance(page, PostPage):
            render_to_string("parts/teaser.html", {"post": page})
            render_to_string("parts/page_meta.html", {"picture": page.teaser_image})
    authors = page.author_list if isinstance(page, PostPage) else []
    return noted + [(author.photo, "photo") for author in authors if author.photo]


def make_renditions(page: Page, *, most_seconds: float = math.inf) -> int:
    """Make the files that are missing of the pictures of a page; returns how many were made.

    Never raises for a picture: one that is damaged or gone is logged, and shown as it was uploaded.
    Pictures not yet begun after `most_seconds` are made beside what is being done.
    """
    return make_all(pictures_of(page), most_seconds=most_seconds)


def make_all(pictures: Iterable[tuple[Image, str]], *, most_seconds: float = math.inf) -> int:
    """The same for any pictures, each with its use."""
    began, made = time.monotonic(), 0
    for image, specs in _wanted(pictures):
        if time.monotonic() - began < most_seconds:
            made += make(image, specs)
        else:
            make_later(image, specs)
    return made


def make_renditions_later(page: Page) -> None:
    """The same beside the request at hand, for a draft that an editor saves."""
    try:
        for image, specs in _wanted(pictures_of(page)):
            make_later(image, specs)
    except Exception:
        logger.exception("The pictures of “%s” could not be looked through", page)


def photos_of_authors() -> Iterator[tuple[Image, str]]:
    """The photos of all authors."""
    for author in Author.objects.exclude(photo=None).select_related("photo"):
        yield author.photo, "photo"


def _wanted(pictures: Iterable[tuple[Image, str]]) -> Iterator[tuple[Image, list[str]]]:
    """Each picture once, with all specs that its uses ask for."""
    asked: dict[int, tuple[Image, dict[str, None]]] = {}
    for image, use in pictures:
        specs = [spec for group in USES[use].specs(image).values() for spec in group]
        asked.setdefault(image.pk, (image, {}))[1].update(dict.fromkeys(specs))
    return ((image, list(specs)) for image, specs in asked.values())

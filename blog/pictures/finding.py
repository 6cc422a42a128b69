"""Finding the files of a picture for a reader, without ever making one."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Prefetch
from wagtail.images import get_image_model
from wagtail.images.models import Filter

from blog.pictures.making import make_later
from blog.pictures.uses import USES

_noted: ContextVar[list | None] = ContextVar("noted", default=None)


@dataclass(frozen=True)
class Source:
    """The files of one format, as a <source> names them."""

    type: str
    srcset: str


@dataclass(frozen=True)
class Shown:
    """What an <img>, or a <picture> around it, says of a picture."""

    src: str
    width: int
    height: int
    sources: tuple[Source, ...] = ()
    sizes: str = ""

    @property
    def full_src(self) -> str:
        """The address with scheme and host."""
        return settings.BASE_URL + self.src if self.src.startswith("/") else self.src


def find(image, use: str) -> Shown:
    """The files of a picture for a use that are there; those that are not are made later.

    If none is there, the file as it was uploaded. Asks the database only for what neither a
    prefetch nor the cache knows, and never reads a file.
    """
    noted = _noted.get()
    if noted is not None:
        noted.append((image, use))
        return _as_uploaded(image)
    specs = USES[use].specs(image)
    filters = {spec: Filter(spec) for group in specs.values() for spec in group}
    if not filters:
        return _as_uploaded(image)
    found = _existing(image, list(filters.values()))
    missing = [spec for spec, asked in filters.items() if asked not in found]
    if missing:
        make_later(image, missing)
    files = {
        name: [found[filters[spec]] for spec in group if filters[spec] in found]
        for name, group in specs.items()
    }
    return _shown(files, USES[use].sizes) or _as_uploaded(image)


def _existing(image, filters: list[Filter]) -> dict:
    """The renditions there are, by filter; what the database told is kept in the cache."""
    found = image.find_existing_renditions(*filters)
    if len(found) < len(filters) and hasattr(image, "prefetched_renditions"):
        # They may have been prefetched for another use.
        del image.prefetched_renditions
        found = image.find_existing_renditions(*filters)
    new = [file for file in found.values() if not getattr(file, "_from_cache", False)]
    for file in new:
        file._from_cache = True  # Wagtail's own mark against writing back what was read.
    if new:
        new[0].cache_backend.set_many({file.get_cache_key(): file for file in new})
    return found


def _shown(files: dict[str, list], sizes: str) -> Shown | None:
    there = {name: group for name, group in files.items() if group}
    if not there:
        return None
    last = list(there)[-1]
    plain = there.pop(last)[-1]
    has_choice = any(len(group) > 1 for group in there.values())
    return Shown(
        src=plain.url,
        width=plain.width,
        height=plain.height,
        sources=tuple(Source(f"image/{name}", _srcset(group)) for name, group in there.items()),
        sizes=sizes if has_choice else "",
    )


def _srcset(group: list) -> str:
    if len(group) == 1:
        return group[0].url
    return ", ".join(f"{file.url} {file.width}w" for file in group)


def _as_uploaded(image) -> Shown:
    return Shown(src=image.file.url, width=image.width, height=image.height)


@contextmanager
def noting() -> Iterator[list[tuple]]:
    """While this lasts, pictures asked for are noted, as pairs of picture and use."""
    noted: list[tuple] = []
    token = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(token)


def with_renditions(ids: Iterable, uses: Iterable[str]) -> dict:
    """Pictures by number, with what is known of their files: two queries for any number."""
    specs = [spec for use in uses for spec in USES[use].all_specs()]
    return get_image_model().objects.prefetch_renditions(*specs).in_bulk(set(ids))


def teaser_renditions() -> Prefetch:
    """For lists of posts: the files of all their teaser pictures in one query."""
    model = get_image_model().get_rendition_model()
    files = model.objects.filter(filter_spec__in=USES["teaser"].all_specs())
    return Prefetch("teaser_image__renditions", files, to_attr="prefetched_renditions")

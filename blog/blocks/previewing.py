"""Showing a body that cannot be saved as it is: what of it can be shown, and what to put right."""

import logging
from collections.abc import Container, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from wagtail.blocks import StreamValue

from blog.markdown import PageState

logger = logging.getLogger(__name__)

_is_previewing = ContextVar("is_previewing", default=False)


@dataclass(frozen=True)
class Trouble:
    """What a block cannot be saved for: its place in the body, from 1, its name, and why."""

    place: int
    block: str
    sentences: tuple[str, ...]


@contextmanager
def previewing():
    """Meanwhile a body with mistakes is shown as far as it can be. Nothing may be stored then."""
    token = _is_previewing.set(True)
    try:
        yield
    finally:
        _is_previewing.reset(token)


def is_previewing() -> bool:
    return _is_previewing.get()


def showable(body: StreamValue, error: ValidationError | None = None) -> StreamValue:
    """The blocks of a body that can be shown, with what `error` says of them as `troubles`."""
    shown = what_can_be_shown(body, doubted=getattr(error, "block_errors", ()))
    shown.troubles = list(troubles_in(body, error)) if error else []
    return shown


def what_can_be_shown(body: StreamValue, *, doubted: Container[int] | None = None) -> StreamValue:
    """The body without the blocks that are too far from whole to be shown at all.

    Every block is tried, or only those at the places, from 0, that are `doubted`.
    """
    kept = [
        (child.block.name, child.value, child.id)
        for place, child in enumerate(body)
        if (doubted is not None and place not in doubted) or _can_be_shown(child)
    ]
    return StreamValue(body.stream_block, kept)


def troubles_of(body: StreamValue) -> list[Trouble]:
    """What would keep a body from being published."""
    if not hasattr(body, "troubles"):
        try:
            body.stream_block.clean(body)
        except ValidationError as error:
            return list(troubles_in(body, error))
    return getattr(body, "troubles", [])


def _can_be_shown(child: StreamValue.StreamChild) -> bool:
    try:
        child.get_prep_value()
        if hasattr(child.block, "render_once"):
            child.block.render_once(child.value, PageState())
        else:
            child.render()
    except Exception:  # A half-written block may hold anything; the editor is told of it instead.
        logger.debug("A block of a preview cannot be shown", exc_info=True)
        return False
    return True


def troubles_in(body: StreamValue, error: ValidationError) -> Iterator[Trouble]:
    """What the error of a body says of its blocks, and then of the whole, whose place is 0."""
    for place, of_block in sorted(getattr(error, "block_errors", {}).items()):
        name = str(body[place].block.label)
        yield Trouble(place + 1, name, tuple(dict.fromkeys(_sentences(of_block))))
    if general := tuple(_own_sentences(error)):
        yield Trouble(0, "", general)


def _sentences(error) -> Iterator[str]:
    """What an error and those inside it say."""
    inner = getattr(error, "block_errors", None)
    if inner is None:
        yield from ValidationError(error).messages
        return
    yield from _own_sentences(error)
    for one in inner.values() if isinstance(inner, dict) else inner:
        if one is not None:
            yield from _sentences(one)


def _own_sentences(error) -> Iterator[str]:
    for one in getattr(error, "non_block_errors", None) or []:
        yield from ValidationError(one).messages

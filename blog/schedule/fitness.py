"""Whether what was approved can still be published as it was approved.

Between the approval and the moment, an author or a picture may be deleted, or a release of the
program may drop a kind of block. Wagtail would publish the post without them, or fail.
"""

import json
from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from wagtail.blocks import ListBlock, StreamBlock, StructBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtail.models import Revision
from wagtail.rich_text import extract_references_from_rich_text

from blog.models import Author, Image, PostPage, RenderedBody
from blog.models.rendered import HalfWrittenError, refuse_half_written
from blog.moments import in_words_for_all


class UnfitError(Exception):
    """Why a revision is not published, in words for editors."""


def refuse_unfit(revision: Revision, now: datetime | None = None) -> None:
    """Raise UnfitError if the revision has lost something since it was approved.

    The rules that may stop a publication (blog.checks) are not asked: they were, by whoever
    approved it, and a rule that is made stricter later stops no schedule.
    """
    content = revision.content
    model = revision.content_type.model_class()
    _refuse_what_is_over(revision, now or timezone.now())
    if model is PostPage:
        _refuse_missing_authors(content)
        _refuse_missing_pictures([content.get("teaser_image")], "The teaser picture was")
    if model is not None and issubclass(model, RenderedBody):
        _refuse_unknown_blocks(model, content)
        page = revision.as_object()
        _refuse_half_written(page)
        body = page.body
        shown = {*_chosen_pictures(body.stream_block, body.raw_data), *_pictures_in_text(page)}
        _refuse_missing_pictures(shown, "A picture in the text was")


def expiry_of(revision: Revision) -> datetime | None:
    """When what the revision publishes is to be taken away again."""
    return parse_datetime(revision.content.get("expire_at") or "")


def _refuse_what_is_over(revision: Revision, now: datetime) -> None:
    """A post that was to be gone by now would be announced, and be gone before it is read.

    One that readers have is published all the same: its expiry comes with the new words.
    """
    expiry = expiry_of(revision)
    if expiry is None or expiry > now or revision.content_object.live:
        return
    raise UnfitError(
        f"Its expiry, {in_words_for_all(expiry)}, has passed meanwhile. Cancel the schedule, look "
        "at the dates, and schedule it again."
    )


def _refuse_half_written(page: RenderedBody) -> None:
    try:
        refuse_half_written(page)
    except HalfWrittenError as error:
        raise UnfitError(" ".join(error.messages)) from error


def _refuse_missing_authors(content: dict) -> None:
    wanted = {row.get("author") for row in content.get("post_authors", ())} - {None}
    if Author.objects.filter(pk__in=wanted).count() < len(wanted):
        raise UnfitError(
            "An author of the post was deleted after it was scheduled. Cancel the schedule, look "
            "at the authors under Details, and schedule it again."
        )


def _refuse_missing_pictures(wanted, which: str) -> None:
    wanted = set(wanted) - {None}
    there = set(Image.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if missing := sorted(wanted - there):
        raise UnfitError(
            f"{which} deleted after the post was scheduled (number {missing[0]}). Cancel the "
            "schedule, choose another picture or take it out, and schedule it again."
        )


def _refuse_unknown_blocks(model: type, content: dict) -> None:
    known = model._meta.get_field("body").stream_block.child_blocks
    # Read as it is stored: Wagtail leaves out what it does not know.
    for place, block in enumerate(json.loads(content.get("body") or "[]"), start=1):
        if block["type"] not in known:
            raise UnfitError(
                f"Block {place} of the text is of a kind that this release of the program does "
                f"not know (“{block['type']}”). Cancel the schedule and take the block out."
            )


def _pictures_in_text(page: RenderedBody) -> Iterator[int]:
    """The numbers of the pictures that the stored HTML shows."""
    for part in page.rendered_body["parts"]:
        for model, number, *_ in extract_references_from_rich_text(part or ""):
            if model is Image:
                yield int(number)


def _chosen_pictures(block, raw) -> Iterator[int]:
    """The numbers of the pictures chosen in a block, from its value as it is stored."""
    if isinstance(block, ImageChooserBlock):
        if isinstance(raw, int):
            yield raw
    elif isinstance(block, StructBlock) and isinstance(raw, dict):
        for name, child in block.child_blocks.items():
            yield from _chosen_pictures(child, raw.get(name))
    elif isinstance(block, ListBlock) and isinstance(raw, list):
        for item in raw:
            value = item["value"] if isinstance(item, dict) and "value" in item else item
            yield from _chosen_pictures(block.child_block, value)
    elif isinstance(block, StreamBlock):
        for item in raw:
            yield from _chosen_pictures(block.child_blocks[item["type"]], item["value"])

"""What reviewers say, as editors have it: where it belongs in the draft, and what they do."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Prefetch
from wagtail.models import Page

from blog.clock import database_now
from blog.desk.words import name_of
from review import audit
from review.models import Remark
from review.passages import Words, words_of
from review.placing import Finder, Placed, Standing
from review.remarking import selector_of

logger = logging.getLogger("twotrack.review")

TWICE = timedelta(minutes=1)  # The same answer within it is a button that was pressed twice.


@dataclass(frozen=True)
class PlacedRemark:
    """A remark with its answers, and where it belongs in the form of the editor.

    `anchor` is the element of its block. It is empty for a remark on the whole page or on a
    footnote, and for one whose words were not found.
    """

    remark: Remark
    answers: list[Remark]
    standing: Standing
    anchor: str = ""

    @property
    def is_open(self) -> bool:
        return self.remark.resolved_at is None

    @property
    def is_orphan(self) -> bool:
        return self.standing is Standing.ORPHANED

    @property
    def is_unknown(self) -> bool:
        """Whether its words could not be looked up."""
        return self.standing is Standing.UNKNOWN

    @property
    def has_changed(self) -> bool:
        """Whether its words are there in other words."""
        return self.standing is Standing.CHANGED


def remarks_of(page: Page) -> list[PlacedRemark]:
    """All remarks on a page, by whichever link, in the order in which they were made."""
    answers = Remark.objects.select_related("by", "link").order_by("made_at", "pk")
    remarks = (
        Remark.objects.filter(linked_page__page=page.pk, parent=None)
        .select_related("link", "by", "resolved_by")
        .prefetch_related(Prefetch("answers", answers))
    )
    found = list(remarks)
    words, blocks = words_of_draft(page) if any(map(_has_place, found)) else (Words([]), set())
    finder = Finder(words)
    return [_placed(remark, finder.find(selector_of(remark)), blocks) for remark in found]


def _has_place(remark: Remark) -> bool:
    return bool(remark.block_id or remark.quote)


def _placed(remark: Remark, placed: Placed, blocks: set[str]) -> PlacedRemark:
    block = placed.piece.block_id if placed.piece else ""
    return PlacedRemark(
        remark=remark,
        answers=list(remark.answers.all()),
        standing=placed.standing,
        anchor=f"block-{block}-section" if block in blocks else "",
    )


def words_of_draft(page: Page) -> tuple[Words | None, set[str]]:
    """The words of the newest draft, and the ids of its blocks. A page without a body has none.

    A draft that cannot be shown must still be editable, with the remarks on it in the panel: its
    words are None.
    """
    try:
        draft = page.get_latest_revision_as_object()
        body = getattr(draft, "shown_body", None)
        if body is None:
            return Words([]), set()
        # Rendering gives a block without an id one that the editor's form does not know.
        blocks = {str(raw["id"]) for raw in body.raw_data if raw.get("id")}
        return words_of(body, draft.body_parts), blocks
    except Exception:
        logger.exception("The words of page %s could not be looked up for its remarks", page.pk)
        return None, set()


# What editors do


def answer(remark: Remark, text: str, by) -> Remark:
    """An editor's answer, which the reviewers of the link can read; the same twice is one."""
    first = remark.parent or remark
    with transaction.atomic():
        Remark.objects.select_for_update(of=("self",)).get(pk=first.pk)
        now = database_now()
        same = first.answers.filter(by=by, text=text, made_at__gt=now - TWICE).first()
        if same:
            return same
        answered = Remark.objects.create(
            link=first.link,
            linked_page=first.linked_page,
            version=first.version,
            parent=first,
            text=text,
            name=name_of(by)[:80],
            by=by,
            made_at=now,
        )
        _note("answer", first, by)
    return answered


def resolve(remark: Remark, by) -> bool:
    """Whether it was open until now."""
    return _set(remark, by, resolved=True)


def reopen(remark: Remark, by) -> bool:
    """Whether it was resolved until now."""
    return _set(remark, by, resolved=False)


def _set(remark: Remark, by, *, resolved: bool) -> bool:
    still = Remark.objects.filter(pk=remark.pk, parent=None, resolved_at__isnull=resolved)
    with transaction.atomic():
        is_done = bool(
            still.update(
                resolved_at=database_now() if resolved else None,
                resolved_by=by if resolved else None,
            )
        )
        if is_done:
            _note("resolve" if resolved else "reopen", remark, by)
    return is_done


def delete(remark: Remark, by) -> None:
    """Remove it for good, with its answers. That it was there stays in the history."""
    with transaction.atomic():
        _note("delete_remark", remark, by)
        remark.delete()


def _note(action: str, remark: Remark, by) -> None:
    said_by = remark.name or remark.link.label
    audit.note(action, remark.link, user=by, page=remark.linked_page, name=said_by)

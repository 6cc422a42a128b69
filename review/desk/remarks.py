"""What reviewers say, as editors have it: where it belongs in the draft, and what they do."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Prefetch
from wagtail.models import Page

from blog.clock import database_now
from review import audit
from review.desk.listing import name_of
from review.models import Remark
from review.passages import Words, words_of
from review.placing import Finder, Selector, Standing

logger = logging.getLogger("twotrack.review")

TWICE = timedelta(minutes=1)  # The same answer within it is a button that was pressed twice.


@dataclass(frozen=True)
class PlacedRemark:
    """A remark with its answers, and where it belongs in the form of the editor.

    `anchor` is the element of its block. It is empty for a remark on the whole page, and for one
    whose words are gone.
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
    finder = Finder(words_of_draft(page) if any(map(_has_place, found)) else Words([]))
    return [_placed(remark, finder) for remark in found]


def _has_place(remark: Remark) -> bool:
    return bool(remark.block_id or remark.quote)


def _placed(remark: Remark, finder: Finder) -> PlacedRemark:
    placed = finder.find(
        Selector(remark.block_id, remark.quote, remark.quote_prefix, remark.quote_suffix)
    )
    return PlacedRemark(
        remark=remark,
        answers=list(remark.answers.all()),
        standing=placed.standing,
        anchor=f"block-{placed.piece.block_id}-section" if placed.piece else "",
    )


def words_of_draft(page: Page) -> Words:
    """The words of the newest draft, of which a page without a body has none.

    A draft that cannot be shown must still be editable, with the remarks on it in the panel.
    """
    try:
        draft = page.get_latest_revision_as_object()
        parts = getattr(draft, "body_parts", None)
        return Words([]) if parts is None else words_of(draft.shown_body, parts)
    except Exception:
        logger.exception("The words of page %s could not be looked up for its remarks", page.pk)
        return Words([])


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
    still_open = Remark.objects.filter(pk=remark.pk, parent=None, resolved_at=None)
    with transaction.atomic():
        is_done = bool(still_open.update(resolved_at=database_now(), resolved_by=by))
        if is_done:
            _note("resolve", remark, by)
    return is_done


def reopen(remark: Remark, by) -> bool:
    """Whether it was resolved until now."""
    resolved = Remark.objects.filter(pk=remark.pk, parent=None).exclude(resolved_at=None)
    with transaction.atomic():
        is_done = bool(resolved.update(resolved_at=None, resolved_by=None))
        if is_done:
            _note("reopen", remark, by)
    return is_done


def delete(remark: Remark, by) -> None:
    """Remove it for good, with its answers. That it was there stays in the history."""
    with transaction.atomic():
        _note("delete_remark", remark, by)
        remark.delete()


def _note(action: str, remark: Remark, by) -> None:
    said_by = remark.name or remark.link.label
    audit.note(action, remark.link, user=by, page=remark.linked_page, name=said_by)

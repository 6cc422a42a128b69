"""Diagrams in Mermaid's language, drawn once on the server and shown as pictures.

A drawing is kept under a digest of its source, so a text that is saved again, previewed, or
indexed finds it there. Where there is none (it was lost, or cannot be made now) a page shows the
source as code, and the next rendering tries again.
"""

import logging
import re
from datetime import timedelta

from django.apps import apps
from django.db import DatabaseError, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from blog.diagrams.drawing import NotNowError, RefusedError, digest_of, draw
from blog.diagrams.source import LONGEST, words_for_it
from blog.highlighting import first_free, highlight, showable

__all__ = ["AWAITED", "LONGEST", "MOST", "are_kept", "digests_in", "find_problem", "html_of"]

MOST = 20  # Diagrams on one page.
COLUMN = 640  # Pixels; a diagram of a text that is broader may leave the column.
PROBLEMS_STAND = timedelta(minutes=10)  # It may have been the machine that was slow.
STEP = 120  # Pixels; see diagrams.css for how far a diagram of each size may shrink.

AWAITED = 'data-drawing="awaited"'  # Marks a source that could not be drawn just now.
_ADDRESS = re.compile(r"/diagrams/([0-9a-f]{64})-")

logger = logging.getLogger(__name__)


def find_problem(source: str) -> tuple[int, str] | None:
    """Why a source cannot be drawn: its line, from 1, and a sentence; draws it to find out."""
    row = _row_of(_tidy(source))
    return (row.problem_line, row.problem) if row and row.problem else None


def html_of(
    source: str,
    *,
    taken: set[str],
    alt: str = "",
    caption: str = "",
    width: str = "",
    is_drawn: bool = True,
) -> str:
    """The figure of a diagram, or its source as code where there is no drawing.

    `taken` holds the accessible names of the page. Without `width` a broad diagram may leave the
    text column. Unless it `is_drawn`, nothing is looked up.
    """
    source = _tidy(source)
    row = _row_of(source) if is_drawn else None
    if row is None or row.problem:
        code = highlight(source, "mermaid", taken_labels=taken)
        is_awaited = is_drawn and row is None
        return code.replace("<div ", f"<div {AWAITED} ", 1) if is_awaited else code
    alt = alt or words_for_it(source) or "Diagram; its source follows."
    broad = "wide" if row.width > COLUMN else ""
    return render_to_string(
        "blocks/diagram.html",
        {
            "diagram": row,
            "source": source,
            "alt": alt,
            "caption": caption,
            "label": first_free(f"Diagram: {caption}" if caption else "Diagram", taken, ", "),
            "width": {"normal": ""}.get(width, width) if width else broad,
            "size": min(row.width // STEP, 16),
        },
    )


def digests_in(html: str) -> set[str]:
    """The keys of the drawings that the HTML shows."""
    return set(_ADDRESS.findall(html)) if "/diagrams/" in html else set()


def are_kept(html: str) -> bool:
    """Whether there are all the drawings that the HTML shows; one query if it shows any."""
    digests = digests_in(html)
    kept = apps.get_model("blog", "Diagram").objects
    return not digests or kept.filter(pk__in=digests).count() == len(digests)


def _tidy(source: str) -> str:
    return showable(source or "").rstrip("\n")


def _row_of(source: str):
    """The drawing or the problem of a source, kept from now on; None if there can be none now."""
    # Looked up by name: the models are made of blocks, which come here.
    model = apps.get_model("blog", "Diagram")
    digest = digest_of(source)
    row = model.objects.filter(pk=digest).first()
    if row and row.problem and timezone.now() - row.created > PROBLEMS_STAND:
        row.delete()
        row = None
    if row is None:
        return _new_row(model, digest, source)
    if timezone.now() - row.last_used > timedelta(days=1):
        model.objects.filter(pk=digest).update(last_used=timezone.now())
    return row


def _new_row(model, digest: str, source: str):
    try:
        drawing = draw(source)
        found = {
            "svg_light": drawing.light,
            "svg_dark": drawing.dark,
            "width": drawing.width,
            "height": drawing.height,
        }
    except RefusedError as error:
        found = {"problem": str(error)[:400], "problem_line": error.line}
    except NotNowError as error:
        logger.warning("A diagram is shown by its source: %s", error)
        return None
    try:
        with transaction.atomic():
            return model.objects.get_or_create(pk=digest, defaults=found)[0]
    except DatabaseError:
        logger.exception("A drawing could not be kept")
        return None

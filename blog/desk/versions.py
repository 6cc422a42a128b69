"""Naming a version, so that a form can say for which one it was shown."""

from wagtail.models import Revision


def state_of(revision: Revision | None) -> str:
    """Names the words of a version; empty without one. It holds no blanks.

    An autosave keeps the number of its revision, so the moment belongs to the name.
    """
    return f"{revision.pk}@{revision.created_at.isoformat()}" if revision else ""

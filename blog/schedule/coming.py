"""What goes out next by itself."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, Revision


@dataclass(frozen=True)
class Coming:
    """A page that is scheduled: the title and the moment that were approved for it."""

    page: Page
    title: str
    at: datetime
    revision: int


def coming(count: int = 5) -> list[Coming]:
    """The pages that go out next, soonest first; those that were missed stand before them."""
    pages = ContentType.objects.get_for_model(Page)
    rows = list(
        Revision.objects.filter(base_content_type=pages)
        .exclude(approved_go_live_at=None)
        .order_by("approved_go_live_at")
        .values_list("object_id", "object_str", "approved_go_live_at", "pk")[:count]
    )
    found = Page.objects.in_bulk([int(row[0]) for row in rows])
    return [
        Coming(found[int(number)], title, at, pk)
        for number, title, at, pk in rows
        if int(number) in found
    ]

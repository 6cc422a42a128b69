"""On the dashboard: drafts with open remarks, for those who have shared or own them."""

from itertools import groupby
from operator import attrgetter

from django.db.models import Q
from wagtail import hooks

from blog.desk.dashboard import MOST_WAITING, Waiting
from review.desk.listing import pages_to_edit
from review.models import Remark

MOST_READ = 200  # remarks of a user that are looked through


@hooks.register("register_waiting")
def remarks_for(user) -> list[Waiting]:
    """A row for each page with open remarks, since the oldest of them; one query."""
    found = (
        Remark.objects.filter(parent=None, resolved_at=None)
        .filter(Q(link__made_by=user) | Q(linked_page__page__owner=user))
        .filter(linked_page__page__in=pages_to_edit(user).values("pk"))
        .select_related("link", "linked_page__page")
        .order_by("linked_page__page", "made_at", "pk")[:MOST_READ]
    )
    pages = [list(remarks) for _, remarks in groupby(found, attrgetter("linked_page.page"))]
    return [_row(remarks) for remarks in pages][:MOST_WAITING]


def _row(remarks: list[Remark]) -> Waiting:
    oldest, count = remarks[0], len(remarks)
    names = dict.fromkeys(remark.name or remark.link.label for remark in remarks)
    return Waiting(
        "Review remark" if count == 1 else f"{count} review remarks",
        oldest.linked_page.page,
        oldest.made_at,
        ", ".join(names),
        oldest.text,
        "#review",
    )

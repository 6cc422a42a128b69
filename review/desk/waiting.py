"""On the dashboard: drafts with open remarks, for those who have shared or own them."""

from collections import defaultdict

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from wagtail import hooks

from blog.desk.dashboard import MOST_WAITING, Waiting
from review.desk.listing import pages_to_edit
from review.models import Remark


@hooks.register("register_waiting")
def remarks_for(user) -> list[Waiting]:
    """A row for each page with open remarks, since the oldest of them, which it shows.

    The number of queries does not grow with the pages, nor with the remarks.
    """
    remarks = (
        Remark.objects.filter(parent=None, resolved_at=None)
        .filter(Q(link__made_by=user) | Q(linked_page__page__owner=user))
        .filter(linked_page__page__in=pages_to_edit(user).values("pk"))
    )
    of_page = remarks.filter(linked_page__page=OuterRef("linked_page__page"))
    pages = (
        remarks.order_by()
        .values("linked_page__page")
        .annotate(count=Count("pk"), since=Min("made_at"))
        .annotate(oldest=Subquery(of_page.order_by("made_at", "pk").values("pk")[:1]))
        .order_by("since", "linked_page__page")[:MOST_WAITING]
    )
    rows = {row["linked_page__page"]: row for row in pages}
    shown = remarks.select_related("linked_page__page").in_bulk(
        [row["oldest"] for row in rows.values()]
    )
    names = _names_by_page(remarks.filter(linked_page__page__in=rows))
    return [
        Waiting(
            "Review remark" if row["count"] == 1 else f"{row['count']} review remarks",
            shown[row["oldest"]].linked_page.page,
            row["since"],
            ", ".join(names[page]),
            shown[row["oldest"]].text,
            "#review",
        )
        for page, row in rows.items()
    ]


def _names_by_page(remarks: QuerySet[Remark]) -> dict[int, list[str]]:
    """Who has said something on each page; who was first stands first."""
    said = (
        remarks.order_by()
        .values_list("linked_page__page", "name", "link__label")
        .annotate(first=Min("pk"))
        .order_by("first")
    )
    names = defaultdict(dict)
    for page, name, label, _ in said:
        names[page][name or label] = None
    return {page: list(of_page) for page, of_page in names.items()}

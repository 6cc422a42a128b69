"""The report of review links: of the whole site, as far as the user may see them."""

import django_filters
from django.contrib.auth import get_user_model
from django.urls import reverse
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets.button import HeaderButton

from blog.clock import database_now
from blog.desk.reports import register_report
from blog.desk.rights import may_open, pages_policy
from blog.desk.words import counted
from blog.moments import in_words
from review.desk.listing import (
    OPENS_REPORT,
    LinkRow,
    links_to_revoke,
    rows_of,
    visible_links,
)
from review.desk.panel import days_to_choose
from review.models import ReviewLink

STATES = [("open", "Open"), ("over", "Over")]
SHOWS = [("pinned", "One version"), ("latest", "The newest draft")]


class LinkFilterSet(WagtailFilterSet):
    """By whether they are open, what they show, for whom, and who has made them."""

    state = django_filters.ChoiceFilter(label="State", choices=STATES, method="in_state")
    shows = django_filters.ChoiceFilter(label="Shows", choices=SHOWS, method="that_show")
    label = django_filters.CharFilter(label="For whom", lookup_expr="icontains")
    made_by = django_filters.ModelChoiceFilter(label="Made by", queryset=None)

    class Meta:
        model = ReviewLink
        fields = ["state", "shows", "label", "made_by"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        makers = visible_links(self.request.user).order_by().values("made_by")
        self.filters["made_by"].queryset = get_user_model().objects.filter(pk__in=makers)

    def in_state(self, links, name, value):
        still = ReviewLink.objects.open_at(database_now()).values("pk")
        return links.filter(pk__in=still) if value == "open" else links.exclude(pk__in=still)

    def that_show(self, links, name, value):
        return links.filter(follows_latest=value == "latest")


class PagesColumn(Column):
    """The pages of a link, each leading to its editor where the user may open it."""

    cell_template_name = "review/desk/report_pages.html"


class ButtonsColumn(Column):
    cell_template_name = "review/desk/report_buttons.html"

    def get_cell_context_data(self, instance, parent_context):
        context = super().get_cell_context_data(instance, parent_context)
        request = parent_context["request"]
        return context | days_to_choose() | {"request": request, "next": request.get_full_path()}


class ReviewLinksView(ReportView):
    """All links that the user may see, newest first."""

    model = ReviewLink
    page_title = "Review links"
    header_icon = "group"
    index_url_name = "review_links"
    results_template_name = "review/desk/report_results.html"
    index_results_url_name = "review_links_results"
    permission_policy = pages_policy
    any_permission_required = OPENS_REPORT
    filterset_class = LinkFilterSet
    default_ordering = "-made_at"
    columns = [
        Column("label", label="For whom"),
        PagesColumn("pages", label="Pages"),
        Column("shows", label="Shows"),
        Column("state", label="State", accessor="state_and_day"),
        Column("maker", label="Made by"),
        Column("opens", label="Opened", accessor="opened"),
        Column("said", label="Said"),
        ButtonsColumn("buttons", label="Do"),
    ]
    list_export = [
        *["label", "titles", "shows", "state", "maker", "made_at", "opens", "last_opened_at"],
        *["remark_count", "approval_count", "expires_at"],
    ]
    export_headings = {
        "label": "For whom",
        "titles": "Pages",
        "shows": "Shows",
        "state": "State",
        "maker": "Made by",
        "made_at": "Made",
        "opens": "Opens",
        "last_opened_at": "Last opened",
        "remark_count": "Remarks",
        "approval_count": "Approvals",
        "expires_at": "Open until",
    }

    @property
    def header_buttons(self):
        if not links_to_revoke(self.request.user):
            return []
        address = reverse("review_revoke_everywhere")
        return [HeaderButton("Revoke all", url=address, icon_name="cross")]

    def get_filename(self):
        return "review-links"

    def get_base_queryset(self):
        return visible_links(self.request.user)

    def decorate_paginated_queryset(self, links):
        for row in rows_of(links, self.request.user):
            tell(row, self.request.user)
        return links


def tell(row: LinkRow, user) -> None:
    """Put on the link what the columns say of it. Titles that the user may not see are left out."""
    link = row.link
    link.shown_pages = [
        linked for linked in row.pages if link.made_by_id == user.pk or may_open(user, linked.page)
    ]
    link.openable = {linked.page_id for linked in row.pages if may_open(user, linked.page)}
    link.hidden_pages = len(row.pages) - len(link.shown_pages)
    link.titles = ", ".join(linked.title for linked in link.shown_pages)
    link.maker = row.made_by
    link.state = f"Over: {row.ending.label}" if row.ending else "Open"
    link.state_and_day = link.state if row.ending else f"Open until {in_words(link.expires_at)}"
    link.opened = _opened(link)
    link.said = (
        f"{counted(link.remark_count, 'remark')}, {counted(link.approval_count, 'approval')}"
    )
    link.shows = "The newest draft" if link.follows_latest else _pinned(row)
    link.may_manage = row.may_manage and row.is_open


def _opened(link: ReviewLink) -> str:
    if not link.opens:
        return "Not yet"
    return f"{counted(link.opens, 'time')}, last on {in_words(link.last_opened_at)}"


def _pinned(row: LinkRow) -> str:
    first, last = in_words(row.moments[0]), in_words(row.moments[-1])
    return f"Version of {first}" if first == last else f"Versions of {first} to {last}"


register_report(ReviewLinksView, "review-links", order=660)

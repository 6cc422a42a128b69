"""The report on posts: what they lack, who wrote them, on which track, and how old they are."""

import django_filters
from django.db.models import Q
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.views.reports import PageReportView
from wagtail.admin.widgets import AdminDateInput

from blog.desk.ageing import to_look_at_again
from blog.desk.reports import register_report
from blog.models import Author, PostPage, TrackIndexPage

# What a post may lack, as the filter and the export name it.
LACKS = {
    "excerpt": ("an excerpt", Q(excerpt="")),
    "teaser": ("a teaser", Q(teaser_image=None)),
    "alt": ("alt text", Q(checked__without_alt__gt=0)),
    "tags": ("tags", Q(tagged_items=None)),
    "stops": ("something that stops publishing", Q(checked__stops__gt=0)),
    "links": ("working links elsewhere", Q(checked__broken_links__gt=0)),
}


class PostFilters(WagtailFilterSet):
    lacks = django_filters.ChoiceFilter(
        label="Without",
        choices=[(name, words) for name, (words, _) in LACKS.items()],
        method="filter_lacks",
    )
    author = django_filters.ModelChoiceFilter(
        label="Author", queryset=Author.objects.all(), method="filter_author"
    )
    track = django_filters.ModelChoiceFilter(label="Track", queryset=TrackIndexPage.objects.all())
    live = django_filters.BooleanFilter(label="Published")
    due = django_filters.BooleanFilter(label="To look at again", method="filter_due")
    published_before = django_filters.DateFilter(
        label="Published before",
        field_name="display_date",
        lookup_expr="date__lt",
        widget=AdminDateInput,
    )
    changed_before = django_filters.DateFilter(
        label="Last changed before",
        field_name="latest_revision_created_at",
        lookup_expr="date__lt",
        widget=AdminDateInput,
    )

    class Meta:
        model = PostPage
        fields = []

    def filter_lacks(self, posts, name, value):
        return posts.filter(LACKS[value][1])

    def filter_due(self, posts, name, is_due):
        due = to_look_at_again(PostPage.objects.all()).order_by().values("pk")
        return posts.filter(pk__in=due) if is_due else posts.exclude(pk__in=due)

    def filter_author(self, posts, name, author):
        return posts.filter(pk__in=PostPage.objects.by_author(author).values("pk"))


class PostReportView(PageReportView):
    """Posts the user may change or publish, oldest first."""

    page_title = "Posts"
    header_icon = "clipboard-list"
    results_template_name = "desk/post_report_results.html"
    index_url_name = "post_report"
    index_results_url_name = "post_report_results"
    filterset_class = PostFilters
    model = PostPage
    any_permission_required = ["add", "change", "publish"]
    list_export = [
        *["title", "track.title", "authors", "status_string", "display_date"],
        *["last_published_at", "latest_revision_created_at", "review_by", "lacks"],
        *["checked_stops", "checked_warnings", "full_url"],
    ]
    export_headings = {
        "title": "Title",
        "track.title": "Track",
        "authors": "Authors",
        "status_string": "Status",
        "display_date": "Published",
        "last_published_at": "Last published",
        "latest_revision_created_at": "Last changed",
        "review_by": "Look again by",
        "lacks": "Lacks",
        "checked_stops": "Stops",
        "checked_warnings": "Warnings",
        "full_url": "Address",
    }

    def get_filename(self):
        return "posts"

    def get_queryset(self):
        pages = self.permission_policy.instances_user_has_any_permission_for(
            self.request.user, {"change", "publish"}
        )
        self.queryset = (
            PostPage.objects.filter(pk__in=pages.values("pk"))
            .defer("body", "rendered")
            .select_related("track", "checked")
            .prefetch_related("post_authors__author", "tagged_items")
            .prefetch_workflow_states()
            .annotate_approved_schedule()
            .order_by("display_date", "pk")
        )
        return super().get_queryset()

    def decorate_paginated_queryset(self, posts):
        for post in posts:
            checked = getattr(post, "checked", None)
            post.authors = ", ".join(row.author.name for row in post.post_authors.all())
            post.checked_stops = checked.stops if checked else None
            post.checked_warnings = checked.warnings if checked else None
            post.lacks = ", ".join(_lacks(post, checked))
        return posts


def _lacks(post: PostPage, checked) -> list[str]:
    without = {
        "excerpt": not post.excerpt,
        "teaser": post.teaser_image_id is None,
        "alt text": checked and checked.without_alt,
        "tags": not post.tagged_items.all(),
        "working links": checked and checked.broken_links,
    }
    return [words for words, is_so in without.items() if is_so]


register_report(PostReportView, "posts", order=650)

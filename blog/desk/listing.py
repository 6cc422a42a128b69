"""The list of a track's posts: their state and date, what the checks found, and filters."""

from django.db.models import CharField, DateTimeField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from django_filters import ChoiceFilter, ModelChoiceFilter
from wagtail import hooks
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.pages.listing import ExplorableIndexView, PageFilterSet
from wagtail.models import Revision

from blog.desk.post_views import PostViews
from blog.desk.words import counted
from blog.models import Author, PostPage, Tag, TrackIndexPage
from blog.moments import in_words

STATES = [
    ("live", "Live"),
    ("changed", "Live, with a newer draft"),
    ("scheduled", "Scheduled"),
    ("draft", "Draft"),
]


def with_schedule(posts: QuerySet) -> QuerySet:
    """The posts with `goes_out_at`, the moment approved for a revision of theirs, or None."""
    approved = Revision.page_revisions.filter(
        object_id=Cast(OuterRef("pk"), CharField()), approved_go_live_at__isnull=False
    )
    return posts.annotate(
        goes_out_at=Subquery(
            approved.order_by("approved_go_live_at").values("approved_go_live_at")[:1],
            output_field=DateTimeField(),
        )
    )


class StateFilter(ChoiceFilter):
    def filter(self, qs, value):
        if not value:
            return qs
        return {
            "live": qs.filter(live=True),
            "changed": qs.filter(live=True, has_unpublished_changes=True),
            "scheduled": with_schedule(qs).filter(goes_out_at__isnull=False),
            "draft": with_schedule(qs).filter(Q(live=False), goes_out_at=None),
        }[value]


class PostFilterSet(PageFilterSet):
    """What posts can be narrowed to, beside what Wagtail offers for every page."""

    track = ModelChoiceFilter(queryset=TrackIndexPage.objects.order_by("path"))
    state = StateFilter(choices=STATES)
    author = ModelChoiceFilter(
        field_name="post_authors__author", label="Author", queryset=Author.objects.all()
    )
    tag = ModelChoiceFilter(
        field_name="tagged_items__tag", label="Tag", queryset=Tag.objects.order_by("name")
    )

    class Meta:
        model = PostPage
        fields = []


class DateColumn(Column):
    """The day that counts: of going out, of having gone out, or planned.

    Wagtail shows the columns also where it has not asked for the annotations of the list.
    """

    def get_value(self, instance):
        for words, moment in (
            ("Scheduled", getattr(instance, "goes_out_at", None)),
            ("Live", instance.live and instance.display_date),
            ("Planned", instance.planned_for),
        ):
            if moment:
                return f"{words} {in_words(moment)}"
        return ""


class ChecksColumn(Column):
    """What the checks found in the post as readers see it."""

    def get_value(self, instance):
        if getattr(instance, "stops", None) is None or not instance.live:
            return ""
        found = [
            counted(count, word)
            for count, word in ((instance.stops, "stop"), (instance.warnings, "warning"))
            if count
        ]
        return ", ".join(found) or "nothing found"


class PostIndexView(ExplorableIndexView):
    """The posts of a track in the page explorer."""

    base_columns = [
        *(
            column
            for column in ExplorableIndexView.base_columns
            if column.name in {"bulk_actions", "title", "parent", "latest_revision_created_at"}
        ),
        Column(
            "track",
            label="Track",
            classname="desk-roomy",
            accessor=lambda post: getattr(post, "track_label", ""),
        ),
        DateColumn("date", label="Date", sort_key="display_date"),
        ChecksColumn("checks", label="Checks"),
        *(column for column in ExplorableIndexView.base_columns if column.name == "status"),
    ]

    def annotate_queryset(self, pages):
        # As annotations, because Wagtail fetches the pages anew and forgets what was joined.
        return with_schedule(super().annotate_queryset(pages)).annotate(
            track_label=F("track__label"),
            stops=F("checked__stops"),
            warnings=F("checked__warnings"),
        )


class ListedPostViews(PostViews):
    """The screens of posts, and the list of a track's posts."""

    index_view_class = PostIndexView
    filterset_class = PostFilterSet
    parent_models = [TrackIndexPage]


@hooks.register("register_admin_viewset", order=30)
def register_post_list():
    """In place of the screens of posts without a list, which are registered before."""
    return ListedPostViews()

"""The first screen of the admin: what waits for this editor, what goes out, what needs care."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.forms import Media
from django.http import JsonResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_safe
from wagtail import hooks
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.ui.components import Component
from wagtail.admin.views.home import (
    UserObjectsInWorkflowModerationPanel,
    WorkflowObjectsToModeratePanel,
)
from wagtail.models import Comment, CommentReply, Page, TaskState, WorkflowState

from blog import checks, schedule
from blog.clock import database_now
from blog.desk.ageing import may_look_at, to_look_at_again
from blog.desk.planning import cadence, posts_for
from blog.desk.release_rights import may_open_releases, may_publish, releases_policy
from blog.desk.rights import CARES, SEES, may_open, pages_policy, posts_policy
from blog.desk.words import counted, name_of
from blog.models import (
    ImportedDocument,
    MissedChange,
    PostPage,
    Release,
    ReleasePost,
    TrackIndexPage,
)

SHOWN = 5
MOST_WAITING = 20
MOST_COMING = 50  # Looked through for the five that the user may see.


@dataclass(frozen=True)
class Waiting:
    """Something that waits for the user: what it is, of which page, since when and from whom.

    `place` is the end of the address of the page's editor that leads to it.
    """

    what: str
    page: Page
    since: datetime
    who: str = ""
    words: str = ""
    place: str = ""


class Desk(Component):
    """All panels of the desk. The number of queries does not grow with the publication."""

    name = "desk"
    template_name = "desk/dashboard.html"
    order = 100

    @property
    def media(self):
        return Media(js=[versioned_static("admin/desk.js")])

    def get_context_data(self, parent_context):
        request = parent_context["request"]
        user = request.user
        sees = posts_policy.user_has_any_permission(user, SEES)
        tracks = cadence(user) if sees else []
        context = {
            "csrf_token": parent_context.get("csrf_token"),
            "sees": sees,
            "publishes": posts_policy.user_has_any_permission(user, {"publish"}),
            "waiting": waiting_for(user),
            "missed": missed_for(user),
            "coming": coming_for(user),
            "timer": timer_in_words(),
            "timer_warning": schedule.timer_warning(),
            "cadence": tracks,
            "write_on": tracks_to_write_on(user, [entry.track for entry in tracks]),
            "drafts": drafts_of(user),
        }
        context |= readers_see(user) if sees else {}
        named = [row.page for row, _, _ in context["missed"] if row.page]
        named += [entry["item"].page for entry in context["coming"]]
        named += context.get("published", [])
        return context | {"openable": {page.pk for page in named if may_open(user, page)}}


def readers_see(user) -> dict:
    """The panels on what is published, for those who may find posts.

    What needs care is asked of those who can give it; what is new is told to all.
    """
    posts = posts_policy.instances_user_has_any_permission_for(user, CARES)
    due = to_look_at_again(posts)
    return {
        "old": old_posts(user, due),
        "old_count": due.count(),
        "broken": with_broken_links(posts),
        "asks_links": settings.TWOTRACK_CHECK_LINKS,
        "health": [*health_for(posts), *health_elsewhere(user)],
        "published": recently_published(posts_for(user)),
    }


# Waiting for you


def waiting_for(user) -> list[Waiting]:
    """Reviews to give, changes to make, comments to answer; longest waiting first.

    Other apps have what waits found by the hook `register_waiting`, called with the user.
    """
    found = [*reviews_for(user), *changes_asked_of(user), *comments_for(user)]
    for find in hooks.get_hooks("register_waiting"):
        found += find(user)
    return sorted(found, key=lambda item: item.since)[:MOST_WAITING]


def reviews_for(user) -> list[Waiting]:
    states = (
        TaskState.objects.reviewable_by(user)
        .select_related("workflow_state__requested_by")
        .order_by("started_at")[:MOST_WAITING]
    )
    pages = pages_of(state.workflow_state for state in states)
    return [
        Waiting(
            "Review",
            pages[state.workflow_state.object_id],
            state.started_at,
            name_of(state.workflow_state.requested_by),
        )
        for state in states
        if state.workflow_state.object_id in pages
    ]


def changes_asked_of(user) -> list[Waiting]:
    """Submissions of the user that a reviewer gave back, with the reviewer's words."""
    states = (
        WorkflowState.objects.filter(status=WorkflowState.STATUS_NEEDS_CHANGES, requested_by=user)
        .select_related("current_task_state__finished_by")
        .order_by("-created_at")[:MOST_WAITING]
    )
    pages = pages_of(states)
    return [
        Waiting(
            "Changes requested",
            pages[state.object_id],
            state.current_task_state.finished_at or state.created_at,
            name_of(state.current_task_state.finished_by),
            state.current_task_state.comment,
        )
        for state in states
        if state.object_id in pages
    ]


def comments_for(user) -> list[Waiting]:
    """Open comments by others that name the user, or stand in a page of theirs."""
    names = {f"@{user.get_username()}", user.get_full_name().strip()} - {""}
    named, answered = Q(), Q()
    for name in names:
        named |= Q(text__icontains=name)
        answered |= Q(text__icontains=name)
    replies = CommentReply.objects.filter(answered, comment=OuterRef("pk")).exclude(user=user)
    found = (
        Comment.objects.filter(resolved_at=None, page__in=visible_pages(user))
        .filter(Q(Q(page__owner=user) | named) & ~Q(user=user) | Exists(replies))
        .select_related("page", "user")
        .order_by("created_at")[:MOST_WAITING]
    )
    return [
        Waiting("Comment", comment.page, comment.created_at, name_of(comment.user), comment.text)
        for comment in found
    ]


def pages_of(states: Iterable[WorkflowState]) -> dict[str, Page]:
    """The pages that are in review, by their number as the review has it; one query."""
    numbers = [state.object_id for state in states if state.object_id.isdigit()]
    return {str(page.pk): page for page in Page.objects.filter(pk__in=numbers)}


def visible_pages(user) -> QuerySet:
    """The pages that the user may find in the admin."""
    return pages_policy.instances_user_has_any_permission_for(user, SEES)


# Out and not out


def missed_for(user) -> list[tuple[MissedChange, datetime, bool]]:
    """What was due and could not be done: the row, when it was due, whether the user may act."""
    pages = visible_pages(user)
    seen = Q(page__in=pages) | Q(release__in=Release.objects.filter(release_posts__post__in=pages))
    openable = releases_policy.instances_user_has_any_permission_for(user, {"change"})
    seen |= Q(release__in=openable)
    rows = list(schedule.missed().filter(seen)[:MOST_WAITING])
    foreign = foreign_releases({row.release_id for row in rows if row.release_id}, user)
    return [
        (
            row,
            row.due_at,
            row.release_id not in foreign
            if row.release_id
            else posts_policy.user_has_permission_for_instance(user, "publish", row.page),
        )
        for row in rows
    ]


def foreign_releases(numbers: set[int], user) -> set[int]:
    """Which of the releases hold a post that the user may not publish; one query."""
    if not may_open_releases(user):
        return numbers
    held = ReleasePost.objects.filter(release__in=numbers, post__isnull=False)
    return {
        entry.release_id
        for entry in held.select_related("post")
        if not may_publish(user, entry.post)
    }


def coming_for(user) -> list[dict]:
    """The next five that go out and that the user may see, and their tracks."""
    found = schedule.coming(MOST_COMING)
    pages = visible_pages(user).filter(pk__in=[item.page.pk for item in found])
    seen = set(pages.values_list("pk", flat=True))
    found = [item for item in found if item.page.pk in seen][:SHOWN]
    posts = PostPage.objects.defer("body", "rendered").select_related("track")
    posts = posts.in_bulk([item.page.pk for item in found])
    return [
        {"item": item, "track": getattr(posts.get(item.page.pk), "track", None)} for item in found
    ]


def timer_in_words() -> str:
    """When the timer last looked, or that it never has."""
    looked = schedule.last_look()
    if looked is None:
        return "The timer has never looked."
    return f"The timer last looked {schedule.ago(database_now() - looked)} ago."


# Drafts


def drafts_of(user) -> list[PostPage]:
    """The five drafts of the user that were edited last; what is scheduled stands elsewhere."""
    posts = (
        PostPage.objects.filter(owner=user)
        .filter(Q(live=False) | Q(has_unpublished_changes=True))
        .filter(latest_revision__isnull=False, latest_revision__approved_go_live_at=None)
        .defer("body", "rendered")
        .select_related("track")
    )
    return list(posts.order_by("-latest_revision_created_at", "-pk")[:SHOWN])


def checks_of(post: PostPage) -> str:
    """How long the newest draft is, and what the checks say of it: “4 words, 2 stops”."""
    newest = post.latest_revision.as_object()
    levels = [finding.level for finding in checks.problems_of(newest)]
    counts = [
        (len(newest.plain_text.split()), "word"),
        (levels.count(checks.STOP), "stop"),
        (levels.count(checks.WARN), "warning"),
    ]
    said = [counted(count, word) for count, word in counts if count]
    return ", ".join(said if any(levels) and len(said) > 1 else [*said[:1], "nothing found"])


@require_safe
def checks_of_drafts(request) -> JsonResponse:
    """What the checks say of the drafts on the user's dashboard, which asks once it is shown.

    Checking renders every draft, so the first screen does not wait for it.
    """
    found = {post.pk: checks_of(post) for post in drafts_of(request.user)}
    return JsonResponse(found, headers={"Cache-Control": "private, no-store"})


def tracks_to_write_on(user, tracks: Iterable[TrackIndexPage]) -> list[TrackIndexPage]:
    """The tracks on which the user may begin a post; no query."""
    may = pages_policy.user_has_permission_for_instance
    return [track for track in tracks if may(user, "add", track)]


# What readers see


def old_posts(user, due: QuerySet) -> list[tuple[PostPage, bool]]:
    """The five that have stood longest, and whether the user may say that they still hold."""
    posts = due.defer("body", "rendered").select_related("track")[:SHOWN]
    return [(post, may_look_at(user, post)) for post in posts]


def with_broken_links(posts: QuerySet) -> list[PostPage]:
    """The five live posts with the most links that the background check found broken."""
    found = posts.filter(live=True, checked__broken_links__gt=0).defer("body", "rendered")
    found = found.select_related("track", "checked")
    return list(found.order_by("-checked__broken_links", "pk")[:SHOWN])


def health_for(posts: QuerySet) -> list[dict]:
    """What needs care in what readers see: a sentence each, with its count and where to go."""
    counts = checks.counts(posts)
    imports = ImportedDocument.objects.filter(page__in=posts.values("page_ptr")).exclude(notes=[])
    report = reverse("post_report")
    found = [
        (
            counts["with_stops"],
            "published post that would be stopped now",
            "published posts that would be stopped now",
            f"{report}?lacks=stops",
        ),
        (
            counts["pictures_without_alt"],
            "picture without alt text",
            "pictures without alt text",
            f"{report}?lacks=alt",
        ),
        (
            imports.filter(page__live=False).count(),
            "imported draft with notes of what was repaired",
            "imported drafts with notes of what was repaired",
            f"{report}?live=false",
        ),
    ]
    return [
        {"count": count, "words": one if count == 1 else many, "address": address}
        for count, one, many, address in found
        if count
    ]


def health_elsewhere(user) -> list[dict]:
    """The same by other apps: what they register by the hook `register_health` is called with the
    user, and says what that user may know.
    """
    return [entry for find in hooks.get_hooks("register_health") for entry in find(user)]


def recently_published(posts: QuerySet) -> list[PostPage]:
    """The five posts whose words were published last."""
    found = posts.filter(live=True).exclude(last_published_at=None)
    found = found.defer("body", "rendered").select_related("track")
    return list(found.order_by("-last_published_at", "-pk")[:SHOWN])


# In the admin


@hooks.register("construct_homepage_panels")
def desk_on_the_first_screen(request, panels) -> None:
    """The desk says what two of Wagtail's panels say, and more."""
    said = (WorkflowObjectsToModeratePanel, UserObjectsInWorkflowModerationPanel)
    panels[:] = [Desk(), *(panel for panel in panels if not isinstance(panel, said))]


@hooks.register("register_admin_urls")
def addresses():
    return [path("drafts/checks/", checks_of_drafts, name="checks_of_drafts")]


@hooks.register("insert_global_admin_css")
def look() -> str:
    return format_html('<link rel="stylesheet" href="{}">', versioned_static("admin/desk.css"))

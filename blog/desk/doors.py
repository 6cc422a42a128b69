"""Every door by which a person publishes or schedules posts, and the checks asked at each.

A door asks where it can answer best: the editor keeps the words, a list goes on with the rest, a
form names the field. Behind all of them stands one guard: within a request to the admin, Wagtail's
own actions that make a post go live refuse one that the checks stop, unless a door has asked
already. So a way that nobody has thought of is shut too, and nothing is changed by it.

The timer asks nothing, since it carries out what was approved at a door; nor do management
commands, which whoever runs the machine calls.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from weakref import WeakKeyDictionary

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from wagtail.actions.copy_page import CopyPageAction
from wagtail.actions.create_alias import CreatePageAliasAction
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.admin.api.views import PagesAdminAPIViewSet
from wagtail.log_actions import LogContext, get_active_log_context, log
from wagtail.models import Page, PageLogEntry, Revision

from blog.checks import Finding, stops_of
from blog.desk.requests import is_fetched
from blog.models import PostPage
from blog.models.rendered import HalfWrittenError
from blog.schedule.fitness import UnfitError

OVERRIDDEN = "blog.checks.overridden"  # The log action of a publication in spite of stops.


class Door(StrEnum):
    """A way to publish or to schedule, in the words of a person who takes it."""

    EDITOR = "publish in the editor"
    NEW = "publish a new post"
    EARLIER = "publish an earlier version"
    APPROVAL = "approve in the editor"
    LISTED_APPROVAL = "approve in a list"
    SUBMISSION = "submit to a workflow that has no task left"
    TASK = "switch off the last task of a workflow"
    REASON = "publish from the page that says what stops a post"
    BULK_PUBLISH = "publish many"
    BULK_SCHEDULE = "schedule many"
    BULK_TAGS = "change the tags of many"
    BULK_AUTHORS = "set the authors of many"
    RELEASE = "schedule a release"
    CALENDAR = "move in the calendar what is scheduled"
    RETRY = "retry what was missed"
    OTHER_TIME = "set another time for what was missed"
    COPY = "copy what is published"
    ALIAS = "make an alias of what is published"


class StoppedError(UnfitError):
    """What stops a post that somebody wanted to publish, in words for editors."""

    def __init__(self, post: PostPage, stops: list[Finding]):
        super().__init__(" ".join(finding.message for finding in stops))
        self.post = post
        self.stops = stops


# Asking


_together: ContextVar[frozenset[int]] = ContextVar(
    "posts that go out together", default=frozenset()
)
_let_through: WeakKeyDictionary[LogContext, set[int]] = WeakKeyDictionary()


def ask(post: Page, revision: Revision | None = None) -> None:
    """Raise StoppedError if the checks stop this post as it is at hand; then let it through.

    What was published or scheduled with a reason as this very revision is let through as well.
    """
    if stops := stops_at(post, revision):
        raise StoppedError(post, stops)
    let_through(post)


def stops_at(post: Page, revision: Revision | None = None) -> list[Finding]:
    """What stops the post, for a door that only wants to know: the guard will ask again."""
    if not isinstance(post, PostPage):
        return []
    stops = stops_of(post, together=_together.get())
    accepted = accepted_stops(revision) if stops and revision else ()
    return [finding for finding in stops if finding.message not in accepted]


def accepted_stops(revision: Revision) -> set[str]:
    """The stops for which somebody gave a reason to publish this revision all the same."""
    data = PageLogEntry.objects.filter(revision=revision, action=OVERRIDDEN)
    return {stop for found in data.values_list("data", flat=True) for stop in found["stops"]}


def carry_reason(former: Revision, revision: Revision, user) -> None:
    """Have the reason that was given for one revision hold for the same words in another."""
    given = PageLogEntry.objects.filter(revision=former, action=OVERRIDDEN).order_by("-timestamp")
    if entry := given.first():
        post = revision.as_object()
        log(post, OVERRIDDEN, user=user, revision=revision, data=entry.data)


def let_through(post: Page) -> None:
    """Note for the request under way that a door has asked about the post."""
    if act := _act_under_way():
        _let_through.setdefault(act, set()).add(post.pk)


@contextmanager
def going_out_together(posts: Collection[int]) -> Iterator[None]:
    """Within it, posts of one release may lead to each other although all are drafts."""
    token = _together.set(frozenset(posts))
    try:
        yield
    finally:
        _together.reset(token)


def _act_under_way() -> LogContext | None:
    """What a person does in the admin: a context in which Wagtail logs for a user."""
    context = get_active_log_context()
    return context if context.user is not None else None


# The guard


def _asks_first(check):
    """Wagtail's check of an action that publishes or schedules, followed by ours."""

    def asking(action, *args, **kwargs):
        check(action, *args, **kwargs)
        act = _act_under_way()
        if act and action.object.pk not in _let_through.get(act, ()):
            ask(action.object, action.revision)

    return asking


def _asks_of_the_live(check):
    """The same for one by which what is live becomes live at a second place."""

    def asking(action, *args, **kwargs):
        check(action, *args, **kwargs)
        if _act_under_way() and getattr(action, "keep_live", True):
            posts = PostPage.objects.descendant_of(action.page, inclusive=True).live()
            for post in posts if action.recursive else posts.filter(pk=action.page.pk):
                ask(post)

    return asking


PublishPageRevisionAction.check = _asks_first(PublishPageRevisionAction.check)
for _copying in (CopyPageAction, CreatePageAliasAction):
    _copying.check = _asks_of_the_live(_copying.check)

# The admin's own scripts read pages here and act on none, so the actions would only be more doors.
PagesAdminAPIViewSet.actions = {}


class StoppedMiddleware:
    """The answer where a door has none of its own: what stops the page, and where to mend it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, StoppedError):
            return self.say(request, error.post, [finding.message for finding in error.stops])
        if isinstance(error, HalfWrittenError):
            return self.say(request, error.page, error.problems)
        return None

    @staticmethod
    def say(request: HttpRequest, page: Page, stops: list[str]) -> HttpResponse:
        if is_fetched(request):
            answer = {"error_code": "stopped", "error_message": " ".join(stops)}
            return JsonResponse(answer, status=422)
        may_edit = page.permissions_for_user(request.user).can_edit()
        context = {"page": page, "stops": stops, "may_edit": may_edit}
        return render(request, "desk/stopped.html", context, status=422)

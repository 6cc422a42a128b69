"""The plan: which posts are planned, scheduled and published, how each track keeps its goal,
and moving a post to another day.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Revision
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.utils.timestamps import ensure_utc

from blog.desk import doors
from blog.desk.rights import SEES, posts_policy
from blog.desk.zones import as_moment
from blog.models import PostPage, Release, ReleasePost, TrackIndexPage
from blog.moments import in_words, local_day, publication_zone, today
from blog.schedule.releases import release_of, reschedule

PLANNED, SCHEDULED, PUBLISHED = "planned", "scheduled", "published"
WEEKS = 12
BARS_BACK = timedelta(weeks=WEEKS)
AHEAD = timedelta(weeks=WEEKS)
CLOSE = timedelta(hours=1)

tracks_policy = PagePermissionPolicy(TrackIndexPage)


class MoveRefusedError(Exception):
    """Why a post cannot be moved to a day, in words for editors."""


@dataclass(frozen=True)
class Entry:
    """A post at a moment of the plan. A live post with a scheduled change has two of them."""

    post: PostPage
    state: str
    at: datetime
    revision_id: int | None = None
    release: Release | None = None

    @property
    def local(self) -> datetime:
        return timezone.localtime(self.at, publication_zone())

    @property
    def day(self) -> date:
        return self.local.date()

    @property
    def is_update(self) -> bool:
        return self.state == SCHEDULED and self.post.live

    @property
    def is_overdue(self) -> bool:
        """A plan whose time has passed: the post is still a draft."""
        return self.state == PLANNED and self.at < timezone.now()

    @property
    def title(self) -> str:
        return self.post.draft_title or self.post.title


def posts_for(user) -> QuerySet:
    """The posts that the user may find in the admin."""
    return posts_policy.instances_user_has_any_permission_for(user, SEES)


def may_move(user, entry: Entry) -> bool:
    """Whether the user may change the plan, or the schedule, of this very post; no query."""
    if entry.state == PUBLISHED or entry.release:
        return False
    action = "change" if entry.state == PLANNED else "publish"
    return posts_policy.user_has_permission_for_instance(user, action, entry.post)


def schedule() -> dict[int, tuple[int, datetime]]:
    """Every scheduled page: its number to the revision's number and time. One query."""
    found = Revision.page_revisions.filter(approved_go_live_at__isnull=False)
    rows = found.values_list("object_id", "pk", "approved_go_live_at")
    return {int(page): (revision, at) for page, revision, at in rows}


def entries(posts: QuerySet, since: datetime, until: datetime) -> list[Entry]:
    """What happens to these posts from `since` until before `until`, in order; three queries."""
    scheduled = schedule()
    is_within = {pk for pk, (_, at) in scheduled.items() if since <= at < until}
    between = {"gte": since, "lt": until}
    published = {f"display_date__{sign}": at for sign, at in between.items()}
    planned = {f"planned_for__{sign}": at for sign, at in between.items()}
    found = posts.filter(
        Q(live=True, **published) | Q(live=False, **planned) | Q(pk__in=is_within)
    ).defer("body", "rendered")
    releases = {
        entry.post_id: entry.release
        for entry in ReleasePost.objects.filter(
            release__in=Release.objects.scheduled(), revision__isnull=False
        ).select_related("release")
    }
    made = [
        entry
        for post in found.select_related("track")
        for entry in _entries_of(post, scheduled.get(post.pk), releases.get(post.pk))
        if since <= entry.at < until
    ]
    return sorted(made, key=lambda entry: (entry.at, entry.post.pk))


def _entries_of(post: PostPage, scheduled, release):
    if post.live and post.display_date:
        yield Entry(post, PUBLISHED, post.display_date)
    if scheduled:
        yield Entry(post, SCHEDULED, scheduled[1], scheduled[0], release)
    elif not post.live and post.planned_for:
        yield Entry(post, PLANNED, post.planned_for)


# Moving


def move(entry: Entry, day: date, user) -> None:
    """Move a planned or a scheduled post to another day; its time of day stays.

    A planned post's words and versions are not touched. A scheduled post is scheduled anew by
    Wagtail, with a revision of its own, so the checks are asked. Raises MoveRefusedError or
    StoppedError, with the reason, or PermissionDenied.
    """
    if entry.state == PUBLISHED:
        raise MoveRefusedError(f"“{entry.title}” is published. Its date is changed in its editor.")
    if entry.release:
        raise MoveRefusedError(
            f"“{entry.title}” goes out with the release “{entry.release}”. Move the release."
        )
    if not may_move(user, entry):
        raise PermissionDenied
    moment = as_moment(datetime.combine(day, entry.local.time()), publication_zone())
    with transaction.atomic():
        if entry.state == PLANNED:
            _move_plan(entry, moment, user)
        else:
            _move_schedule(entry, moment, user)


def _move_plan(entry: Entry, moment: datetime, user) -> None:
    found = PostPage.objects.filter(pk=entry.post.pk, planned_for=entry.at)
    if not found.update(planned_for=moment):
        raise MoveRefusedError(f"The plan of “{entry.title}” has changed meanwhile. Look again.")
    change = {"from": ensure_utc(entry.at).isoformat(), "to": ensure_utc(moment).isoformat()}
    log(instance=entry.post, action="blog.plan.move", user=user, data=change)


def _move_schedule(entry: Entry, moment: datetime, user) -> None:
    # The lock that the timer takes: either it publishes first, or it finds the new time.
    revision = (
        Revision.objects.select_for_update()
        .filter(pk=entry.revision_id, approved_go_live_at=entry.at)
        .first()
    )
    if revision is None:
        raise MoveRefusedError(
            f"The schedule of “{entry.title}” has changed meanwhile. Look again."
        )
    if moment <= timezone.now():
        raise MoveRefusedError(
            f"{in_words(moment)} is over. To publish “{entry.title}” now, open it and publish it."
        )
    approved = revision.as_object()
    expiry = approved.expire_at
    if expiry and expiry <= moment:
        raise MoveRefusedError(f"“{entry.title}” expires before that, at {in_words(expiry)}.")
    approved.go_live_at = moment
    doors.ask(approved, revision)
    moved = reschedule(PostPage.objects.get(pk=entry.post.pk), revision, moment, user)
    doors.carry_reason(revision, moved, user)


def entry_of(post: PostPage) -> Entry | None:
    """What lies ahead of one post: its schedule, else its plan, or None."""
    scheduled = schedule().get(post.pk)
    release = release_of(post)
    release = release if release and release.is_scheduled else None
    ahead = [e for e in _entries_of(post, scheduled, release) if e.state != PUBLISHED]
    return ahead[0] if ahead else None


# Collisions


def collisions(post: PostPage, at: datetime, user, *, besides: set[int] = frozenset()) -> list[str]:
    """Sentences about scheduled posts that go live within an hour of `at` on any track, or on
    the same day on the same track, as far as the user may find them. Those in `besides` are meant
    to go out together.
    """
    day = timezone.localtime(at, publication_zone()).date()
    around = entries(posts_for(user), at - timedelta(days=2), at + timedelta(days=2))
    said = []
    for entry in around:
        if entry.state != SCHEDULED or entry.post.pk in {post.pk, *besides}:
            continue
        if abs(entry.at - at) < CLOSE:
            said.append(f"“{entry.title}” goes live within an hour: {in_words(entry.at)}.")
        elif entry.day == day and entry.post.track_id == post.track_id:
            said.append(
                f"“{entry.title}” goes live on the same day on this track: {in_words(entry.at)}."
            )
    return said


# Cadence


@dataclass(frozen=True)
class Week:
    """How many posts a week has brought; `start` is its Monday."""

    start: date
    count: int


@dataclass(frozen=True)
class Gap:
    """Days on which a post is due and none is to come; `end` is None when nothing follows."""

    start: date
    end: date | None


@dataclass(frozen=True)
class Cadence:
    """How a track keeps its goal: `published` of `goal_posts` in the last `goal_days` days."""

    track: TrackIndexPage
    published: int
    last: datetime | None
    next: Entry | None
    gap: Gap | None
    weeks: list[Week] = field(default_factory=list)

    @property
    def goal_posts(self) -> int:
        return self.track.goal_posts

    @property
    def goal_days(self) -> int:
        return self.track.goal_days

    @property
    def behind(self) -> int:
        return max(0, self.goal_posts - self.published)

    @property
    def days_since(self) -> int | None:
        """Days since the last post by the publication's calendar, or None before the first."""
        return (today() - local_day(self.last)).days if self.last else None


def cadence(user) -> list[Cadence]:
    """How each track that the user may find keeps its goal; the number of queries is fixed."""
    now = timezone.now()
    seen = tracks_policy.instances_user_has_any_permission_for(user, SEES)
    tracks = list(seen.live().order_by("path"))
    longest = max([BARS_BACK, *[timedelta(days=track.goal_days) for track in tracks]])
    live = PostPage.objects.filter(live=True, display_date__lte=now)
    last = dict(live.values_list("track_id").annotate(Max("display_date")).order_by())
    dates = defaultdict(list)
    recent = live.filter(display_date__gte=now - longest - timedelta(days=7))
    for track_id, at in recent.values_list("track_id", "display_date"):
        dates[track_id].append(at)
    ahead = defaultdict(list)
    for entry in entries(posts_for(user), now, now + AHEAD):
        if entry.state != PUBLISHED and not entry.is_update:
            ahead[entry.post.track_id].append(entry)
    return [
        Cadence(
            track=track,
            published=sum(at > now - timedelta(days=track.goal_days) for at in dates[track.pk]),
            last=last.get(track.pk),
            next=next(iter(ahead[track.pk]), None),
            gap=next_gap(track, last.get(track.pk), [entry.at for entry in ahead[track.pk]]),
            weeks=weeks(dates[track.pk]),
        )
        for track in tracks
    ]


def weeks(moments: list[datetime]) -> list[Week]:
    """Twelve weeks, from Monday each, the last one under way."""
    monday = today() - timedelta(days=today().weekday())
    days = [local_day(moment) for moment in moments]
    starts = [monday - timedelta(weeks=number) for number in reversed(range(WEEKS))]
    return [
        Week(start, sum(start <= day < start + timedelta(weeks=1) for day in days))
        for start in starts
    ]


def next_gap(track: TrackIndexPage, last: datetime | None, ahead: list[datetime]) -> Gap | None:
    """The first days in the coming twelve weeks when the goal asks for a post and none comes."""
    if not track.goal_posts:
        return None
    interval = timedelta(days=max(1, track.goal_days // track.goal_posts))
    known = [local_day(last) if last else today() - interval, *map(local_day, ahead)]
    for before, after in pairwise(known):
        if after - before > interval and after > today():
            return Gap(max(before + interval, today()), after - timedelta(days=1))
    due = max(known[-1] + interval, today())
    return Gap(due, None) if due <= today() + AHEAD else None


def start_of(day: date) -> datetime:
    """The first moment of a day in the publication's zone, also where midnight is skipped."""
    return datetime.combine(day, time(), tzinfo=publication_zone())

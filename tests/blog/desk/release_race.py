"""Timers that race over releases, or are killed at them: done in a process of their own.

After every kill each release is looked at: all of its posts are live, or none.
"""

import random
from collections import Counter
from datetime import timedelta

from django.utils import timezone
from wagtail.models import PageLogEntry, Revision

from blog.models import PostPage, Release, TrackIndexPage
from blog.schedule import Timer
from tests.blog.desk.planning import make_due, make_release
from tests.blog.schedule.race import kill_once, race_once
from tests.factories import make_post

POSTS = 3  # in each release


def fill(count: int) -> None:
    """Make so many releases whose time has come."""
    track = TrackIndexPage.objects.first()
    for number in range(count):
        posts = [make_post(track, f"Due {number} {place}", live=False) for place in range(POSTS)]
        make_due(make_release(f"Release {number}", timezone.now() + timedelta(days=1), posts))


def look() -> int:
    return 1 if Timer().look().failed else 0


def torn() -> int:
    """How many releases are published in part, or say otherwise than their posts."""
    count = 0
    for release in Release.objects.prefetch_related("release_posts__post"):
        live = {entry.post.live for entry in release.release_posts.all()}
        count += live != {release.published_at is not None}
    return count


def outcome(**more) -> dict:
    entries = PageLogEntry.objects.filter(action="wagtail.publish.scheduled")
    times = Counter(entries.values_list("page", flat=True))
    return {
        "releases": Release.objects.exclude(published_at=None).count(),
        "live": PostPage.objects.filter(live=True).count(),
        "published_once": list(times.values()).count(1),
        "still_scheduled": Revision.objects.exclude(approved_go_live_at=None).count(),
        "torn": torn(),
        **more,
    }


def race(count: int, workers: int) -> dict:
    fill(count)
    return outcome(worker_codes=race_once(workers, look))


def kill(count: int, kills: int) -> dict:
    fill(count)
    hit = torn_after = 0
    for _ in range(kills):
        hit += kill_once(random.uniform(0.02, 0.3), look)
        torn_after += torn()
    Timer().look()
    return outcome(killed_at_work=hit, torn_after_kills=torn_after)

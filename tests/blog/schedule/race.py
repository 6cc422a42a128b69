"""Several timers on one database, and timers that are killed: run as a process by test_race.

`python -m tests.blog.schedule.race race POSTS WORKERS` and `… kill POSTS KILLS` print one line
of JSON: what became of the posts. Workers are forked from this process, so that they start at
the same moment and a kill hits the middle of the work.
"""

import json
import os
import random
import signal
import sys
import time
from datetime import timedelta

import django

django.setup()

from django.db import connections  # noqa: E402
from django.utils import timezone  # noqa: E402
from wagtail.models import PageLogEntry, Revision  # noqa: E402

from blog.models import PostPage, TrackIndexPage  # noqa: E402
from blog.schedule import Timer  # noqa: E402


def fill(count: int) -> None:
    """Make so many posts whose time has come."""
    track = TrackIndexPage.objects.first()
    for number in range(count):
        track = TrackIndexPage.objects.get(pk=track.pk)
        post = track.add_child(
            instance=PostPage(
                title=f"Due {number}",
                slug=f"due-{number}",
                excerpt="Due.",
                live=False,
                body=[("markdown", f"## Part {number}\n\nWords.")],
            )
        )
        post.save_revision()
    due = timezone.now() - timedelta(seconds=1)
    Revision.objects.update(approved_go_live_at=due)


def fork_worker() -> int:
    """A process that waits for SIGUSR1 and then looks once; returns its id."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        signal.sigwait({signal.SIGUSR1})
        code = 1 if Timer().look().failed else 0
    finally:
        os._exit(code)


def outcome(**more) -> str:
    posts = PostPage.objects.all()
    entries = [
        PageLogEntry.objects.filter(page=post, action="wagtail.publish.scheduled").count()
        for post in posts
    ]
    return json.dumps(
        {
            "posts": len(entries),
            "live": posts.filter(live=True).count(),
            "published_once": entries.count(1),
            "still_scheduled": Revision.objects.exclude(approved_go_live_at=None).count(),
            **more,
        }
    )


def race(posts: int, workers: int) -> str:
    fill(posts)
    connections.close_all()
    pids = [fork_worker() for _ in range(workers)]
    time.sleep(0.2)
    for pid in pids:
        os.kill(pid, signal.SIGUSR1)
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
    return outcome(worker_codes=codes)


def kill(posts: int, kills: int) -> str:
    fill(posts)
    hit = 0
    for _ in range(kills):
        connections.close_all()
        pid = fork_worker()
        time.sleep(0.02)
        os.kill(pid, signal.SIGUSR1)
        time.sleep(random.uniform(0.02, 0.25))
        os.kill(pid, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        hit += code == -signal.SIGKILL
    Timer().look()
    return outcome(killed_at_work=hit)


if __name__ == "__main__":
    print({"race": race, "kill": kill}[sys.argv[1]](*map(int, sys.argv[2:])))  # noqa: T201

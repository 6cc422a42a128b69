"""Timers that race, are killed, meet bad posts or a failing database: in a process of their own.

`python -m tests.blog.schedule.race MODE …` prints one line of JSON. MODE is `race POSTS WORKERS`,
`kill POSTS KILLS`, `poison POSTS` or `faults STEP CHANGE`. Workers are forked from this process, so
that they start at the same moment and a kill hits the middle of the work. RACE_FILE names a file
to which every delivery of a note is appended. Tests do the same in a fork of theirs.
"""

import json
import logging
import os
import random
import signal
import sys
import time
import uuid
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection, connections
from django.forms.models import model_to_dict
from django.utils import timezone
from wagtail.contrib.frontend_cache.backends.base import BaseBackend
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import PageLogEntry, Revision
from wagtail.signals import page_published

from blog import outbox
from blog.models import (
    MissedChange,
    OutboxEntry,
    PostAuthor,
    PostPage,
    TrackIndexPage,
)
from blog.schedule import Timer
from search.models import SearchDocument
from tests.factories import make_author, make_image

WAVE = 60  # posts that are due together
KINDS = ["note", "purge", "related", "renditions"]


# What is told of publications, and counted


class SilentCache(BaseBackend):
    """A cache that forgets at once."""

    def purge(self, url):
        """Nothing is kept."""


def note(sender, instance, **kwargs):
    """A committed event is one entry of its own in the outbox."""
    if instance.live:
        outbox.put("note", {"post": instance.pk}, key=str(uuid.uuid4()))


def deliver(entry):
    descriptor = os.open(notes_file(), os.O_APPEND | os.O_CREAT | os.O_WRONLY)
    os.write(descriptor, f"{entry.payload['post']}\n".encode())
    os.close(descriptor)


def notes_file() -> Path:
    return Path(os.environ["RACE_FILE"])


def listen() -> None:
    """From now on, and in no process but this one and its forks, count what is told."""
    cache = "tests.blog.schedule.race.SilentCache"
    settings.WAGTAILFRONTENDCACHE = {"silent": {"BACKEND": cache}}
    outbox.deliverer("note")(deliver)
    page_published.connect(note)


# Posts that are due


def add_post(name: str, **fields) -> PostPage:
    track = TrackIndexPage.objects.get(slug="engineers")
    fields.setdefault("body", [("markdown", f"## {name}\n\nWords.")])
    post = track.add_child(
        instance=PostPage(title=name, slug=name.lower(), excerpt="Due.", live=False, **fields)
    )
    return post


def make_due(post: PostPage) -> Revision:
    revision = post.save_revision()
    due = timezone.now() - timedelta(seconds=1)
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=due)
    return revision


def fill(count: int) -> None:
    """Make so many posts whose time has come."""
    for number in range(count):
        make_due(add_post(f"Due-{PostPage.objects.count()}-{number}"))


def fork_worker(work) -> int:
    """A process that waits for SIGUSR1 and then works; returns its id."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        signal.sigwait({signal.SIGUSR1})
        code = work()
    finally:
        os._exit(code)


def look_and_deliver() -> int:
    failed = Timer().look().failed
    return 1 if failed or outbox.deliver_due().failed else 0


def outcome(**more) -> dict:
    """What became of the posts: counts of those for which all is as it should be."""
    posts = list(PostPage.objects.values_list("pk", flat=True))
    audits = Counter(
        PageLogEntry.objects.filter(action="wagtail.publish.scheduled").values_list(
            "page_id", flat=True
        )
    )
    events = Counter(entry.payload["post"] for entry in OutboxEntry.objects.filter(kind="note"))
    notes = notes_file().read_text() if notes_file().exists() else ""
    delivered = Counter(map(int, notes.split()))
    return {
        "posts": len(posts),
        "live": PostPage.objects.filter(live=True).count(),
        "audited_once": sum(audits[pk] == 1 for pk in posts),
        "events_once": sum(events[pk] == 1 for pk in posts),
        "delivered_once": sum(delivered[pk] == 1 for pk in posts),
        "delivered": sum(delivered[pk] >= 1 for pk in posts),
        "still_scheduled": Revision.objects.exclude(approved_go_live_at=None).count(),
        "still_to_deliver": OutboxEntry.objects.filter(done_at=None).count(),
        "kinds": {
            kind: OutboxEntry.objects.filter(kind=kind).exclude(done_at=None).count()
            for kind in KINDS
        },
        "integrity": integrity(),
        **more,
    }


def integrity() -> str:
    if connection.vendor != "sqlite":
        return "ok"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        return cursor.fetchone()[0]


# Race


def race(posts: int, workers: int) -> dict:
    """So many posts in waves, each due at once to all workers."""
    codes, late = [], []
    for start in range(0, posts, WAVE):
        fill(min(WAVE, posts - start))
        due = timezone.now()
        Revision.objects.exclude(approved_go_live_at=None).update(approved_go_live_at=due)
        codes += race_once(workers)
        published = PostPage.objects.filter(last_published_at__gte=due)
        late += [
            (at - due).total_seconds()
            for at in published.values_list("last_published_at", flat=True)
        ]
    outbox.deliver_due()
    tried_once = OutboxEntry.objects.filter(tries=1).count() == OutboxEntry.objects.count()
    late.sort()
    return outcome(
        worker_codes=dict(Counter(map(str, codes))),
        tried_once=tried_once,
        late={
            "p50": round(late[len(late) // 2], 1),
            "p99": round(late[int(len(late) * 0.99) - 1], 1),
            "most": round(late[-1], 1),
        },
    )


def race_once(workers: int, work=look_and_deliver) -> list[int]:
    """Have so many processes work at once; returns how each of them ended."""
    connections.close_all()
    pids = [fork_worker(work) for _ in range(workers)]
    for pid in pids:
        os.kill(pid, signal.SIGUSR1)
    return [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]


# Kill


def kill(posts: int, kills: int) -> dict:
    """Kill timers after a random part of the time that one needs for two posts."""
    fill(2)
    began = time.monotonic()
    race_once(1)
    longest = time.monotonic() - began
    hit = between = 0
    for _ in range(kills):
        if due_count() < 5:
            fill(posts)
        before = due_count()
        hit += kill_once(random.uniform(0.02, longest))
        between += 0 < due_count() < before
        # The machine may be busier, or less so, than it was at first.
        longest *= 1.1 if due_count() == before else 0.7
    Timer().look()
    # What a killed process had begun to deliver is left alone for some minutes.
    outbox.try_again(OutboxEntry.objects.filter(done_at=None))
    outbox.deliver_due()
    return outcome(killed_at_work=hit, killed_between_posts=between)


def due_count() -> int:
    return Revision.objects.exclude(approved_go_live_at=None).count()


def kill_once(seconds: float, work=look_and_deliver) -> bool:
    """Start a timer and kill it after so many seconds; returns whether it was still at work."""
    connections.close_all()
    pid = fork_worker(work)
    os.kill(pid, signal.SIGUSR1)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


# Poison


def take_slug():
    post = add_post("Clash")
    make_due(post)
    other = add_post("Other")
    other.live = True
    PostPage.objects.filter(pk=post.pk).update(slug="moved-on")
    PostPage.objects.filter(pk=other.pk).update(slug="clash", live=True)


def delete_author():
    author = make_author("Gone")
    post = add_post("Authorless")
    post.post_authors = [PostAuthor(author=author)]
    make_due(post)
    author.delete()


def delete_picture():
    image = make_image("Gone")
    figure = {"image": {"image": image.pk, "alt_text": "Gone", "decorative": False}}
    post = add_post("Pictureless")
    post.body = json.dumps([{"type": "figure", "value": figure | {"width": "normal"}}])
    make_due(post)
    image.delete()


def drop_block():
    revision = make_due(add_post("Unknown"))
    revision.content["body"] = json.dumps([{"type": "hologram", "value": "?"}])
    revision.save(update_fields=["content"])


def poison_receiver():
    make_due(add_post("Receiver"))

    def refuse(sender, instance, **kwargs):
        if instance.title == "Receiver":
            raise RuntimeError("the newsletter is down")

    page_published.connect(refuse, weak=False)


def poison(posts: int) -> dict:
    """Five posts that cannot be published, each in its way, before all the others."""
    moderator = get_user_model().objects.create(username="m", email="m@example.org")
    moderator.groups.add(Group.objects.get(name="Moderators"))
    for spoil in (take_slug, delete_author, delete_picture, drop_block, poison_receiver):
        spoil()
    fill(posts - 5)
    began = time.monotonic()
    first = Timer().look()
    seconds = time.monotonic() - began
    # On a busy machine the first look may take longer than the first wait.
    MissedChange.objects.filter(tries=1).update(next_try=timezone.now() + timedelta(seconds=10))
    second = Timer().look()
    return {
        "published": len(first.published),
        "failed": sorted(failure.name for failure in first.failed),
        "second_look": len(second.published) + len(second.failed),
        "still_scheduled": Revision.objects.exclude(approved_go_live_at=None).count(),
        "reasons": dict(MissedChange.objects.values_list("name", "reason")),
        "letters": OutboxEntry.objects.filter(kind="mail").count(),
        "seconds": round(seconds, 1),
    }


# Faults


class FaultError(Exception):
    """The database fails."""


def state_of(pk: int) -> dict:
    """All that publishing changes."""
    post = PostPage.objects.get(pk=pk)
    fields = model_to_dict(post, exclude=["tags"])
    return {
        "address": [post.path, post.url_path, post.track_id],
        "page": {name: str(value) for name, value in fields.items()},
        "live revision": [post.live_revision_id, str(post.last_published_at)],
        "schedule": list(
            Revision.objects.for_instance(post)
            .order_by("pk")
            .values_list("pk", "approved_go_live_at")
        ),
        "audit": PageLogEntry.objects.filter(page=pk).count(),
        "search": SearchDocument.objects.get(pk=pk).title,
        "admin search": admin_finds(post),
        "redirects": sorted(Redirect.objects.values_list("old_path", "redirect_page")),
        "outbox": sorted(OutboxEntry.objects.filter(kind__in=KINDS).values_list("kind", flat=True)),
    }


def admin_finds(post: PostPage) -> list[str]:
    return [word for word in ("Former", "Renamed") if post in PostPage.objects.search(word)]


def live_post() -> PostPage:
    post = add_post("Former")
    post.save_revision().publish()
    OutboxEntry.objects.all().delete()
    return PostPage.objects.get(pk=post.pk)


def renamed(post: PostPage) -> PostPage:
    post.title, post.slug = "Renamed", "renamed"
    return post


def move(post: PostPage) -> None:
    """As somebody does in the admin."""
    post.move(TrackIndexPage.objects.get(slug="everyone"), pos="last-child")


# What is done to a live post: how it is prepared, and what makes the change.
CHANGES = {
    "publish": (lambda post: make_due(renamed(post)), lambda post: Timer().look()),
    "rename": (
        lambda post: renamed(post).save_revision(),
        lambda post: PostPage.objects.get(pk=post.pk).latest_revision.publish(),
    ),
    "move": (lambda post: None, lambda post: move(PostPage.objects.get(pk=post.pk))),
}


def change_with_fault(make, post: PostPage, number: int, fail) -> int:
    """Make the change, with `fail` called in place of that statement; returns how many there were.

    What it sets off is left in the outbox.
    """
    count = 0

    def wrap(execute, sql, params, many, context):
        nonlocal count
        count += 1
        if count == number:
            fail()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrap), suppress(FaultError), outbox.held_back():
        make(post)
    return count


def raise_fault():
    raise FaultError


def kill_self():
    os.kill(os.getpid(), signal.SIGKILL)


def faults(step: int, change: str) -> dict:
    """A failure, and every so many statements a kill, at each statement of one change."""
    logging.disable()
    found = {"statements": 0, "kills": 0, "old": 0, "new": 0, "mixed": []}
    prepare, make = CHANGES[change]
    post, old = fresh_post(prepare)
    change_with_fault(make, post, 0, raise_fault)
    whole = changed_parts(old, state_of(post.pk))
    post, old = fresh_post(prepare)
    while True:
        number = found["statements"] + 1
        if number % step == 0:
            found["kills"] += 1
            kill_at(make, post, number)
            if sort(found, whole, post, old, f"kill at {number}"):
                post, old = fresh_post(prepare)
        MissedChange.objects.all().delete()
        if change_with_fault(make, post, number, raise_fault) < number:
            break
        found["statements"] = number
        if sort(found, whole, post, old, f"fault at {number}"):
            post, old = fresh_post(prepare)
    return found | {"changes": sorted(whole), "integrity": integrity()}


def fresh_post(prepare) -> tuple[PostPage, dict]:
    PostPage.objects.all().delete()
    Redirect.objects.all().delete()
    post = live_post()
    prepare(post)
    return post, state_of(post.pk)


def kill_at(make, post: PostPage, number: int) -> None:
    MissedChange.objects.all().delete()
    connections.close_all()
    pid = fork_worker(lambda: change_with_fault(make, post, number, kill_self) and 0)
    os.kill(pid, signal.SIGUSR1)
    os.waitpid(pid, 0)


def sort(found: dict, whole: set[str], post: PostPage, old: dict, where: str) -> bool:
    """Count the state as old, new or mixed; returns whether it is no longer the old one.

    All of it is there at the commit, but for an entry of the admin's search that failed: Wagtail
    goes on then, and the outbox makes up for it.
    """
    for waiting in OutboxEntry.objects.filter(kind="index").values_list("waiting", flat=True):
        outbox.deliver_due(only=waiting)
    changed = changed_parts(old, state_of(post.pk))
    if not changed:
        found["old"] += 1
    elif changed == whole:
        found["new"] += 1
    else:
        found["mixed"].append([where, sorted(changed)])
    return bool(changed)


def changed_parts(old: dict, new: dict) -> set[str]:
    return {part for part in old if old[part] != new[part]}


def work(mode: str, *words: str) -> dict:
    """Do what the mode says, with its numbers and words, and return what was found."""
    listen()
    modes = {"race": race, "kill": kill, "poison": poison, "faults": faults}
    return modes[mode](*[int(word) if word.isdigit() else word for word in words])


if __name__ == "__main__":
    print(json.dumps(work(*sys.argv[1:])))  # noqa: T201

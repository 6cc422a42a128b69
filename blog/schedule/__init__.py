"""Publishing and expiring what is due: each once, none lost, none stopped by another.

Wagtail's own `publish_scheduled` clears the schedule of a page before it saves the page, without
a transaction, and one failing page ends the run. Here every page is one transaction that re-reads
its row under a lock: when it commits, the page is live and its schedule is done; when it fails or
the process is killed, the page and its schedule are as they were, and the next look tries again.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.apps import apps
from django.db import OperationalError, close_old_connections, transaction
from django.utils import timezone
from wagtail.models import DraftStateMixin, Page, Revision, Site

logger = logging.getLogger("twotrack.schedule")

FIRST_WAIT = 10  # seconds
LONGEST_WAIT = 600
MOST_TRIES = 3  # within one look, when locks get in the way


@dataclass(frozen=True)
class Failure:
    """A change that was due and could not be made; its schedule is kept."""

    name: str
    reason: str


@dataclass
class Report:
    """What one look did: names of pages published and expired, and failures."""

    published: list[str] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)


@dataclass(frozen=True)
class Due:
    """A change that is due: `key` names it for back-off, `carry_out` makes it.

    `carry_out` runs in a transaction. It returns the page's name, or None when another
    process has made the change meanwhile.
    """

    key: tuple[str, int]
    name: str
    carry_out: Callable[[], str | None]


def publish_revision(revision_id: int, now: datetime) -> str | None:
    """Publish a revision whose time has come, if it is still due under the lock."""
    revision = (
        Revision.objects.select_for_update(skip_locked=True)
        .filter(pk=revision_id, approved_go_live_at__lte=now)
        .first()
    )
    if revision is None:
        return None
    revision.publish(log_action="wagtail.publish.scheduled")
    return revision.object_str


def expire(model: type, pk: int, now: datetime) -> str | None:
    """Unpublish an object whose expiry has passed, if that still holds under the lock."""
    found = (
        model.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(pk=pk, live=True, expire_at__lte=now)
        .first()
    )
    if found is None:
        return None
    found = found.specific if isinstance(found, Page) else found
    found.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    return str(found)


def expiries_due(now: datetime) -> Iterator[Due]:
    """What is to be unpublished, longest overdue first."""
    others = [
        model
        for model in apps.get_models()
        if issubclass(model, DraftStateMixin) and not issubclass(model, Page)
    ]
    for model in [Page, *others]:
        found = model.objects.filter(live=True, expire_at__lte=now).order_by("expire_at")
        for pk, name in [(item.pk, str(item)) for item in found]:
            yield Due(
                (model._meta.label, pk), name, lambda model=model, pk=pk: expire(model, pk, now)
            )


def publications_due(now: datetime) -> Iterator[Due]:
    """What is to go live, longest overdue first."""
    found = Revision.objects.filter(approved_go_live_at__lte=now).order_by("approved_go_live_at")
    for pk, name in list(found.values_list("pk", "object_str")):
        yield Due((Revision._meta.label, pk), name, lambda pk=pk: publish_revision(pk, now))


def in_turn(due: Due) -> str | None:
    """Carry out one change in a transaction of its own, while other timers wait.

    Timers take turns by locking the row of the first site: publishing touches rows of the
    search index that pages share, and two at once could wait for each other. An editor who saves
    at the same moment can still cause that; the database then ends one of the two, and it is
    tried again at once.
    """
    tries = 0
    while True:
        try:
            with transaction.atomic():
                Site.objects.order_by("pk").select_for_update(no_key=True).first()
                return due.carry_out()
        except OperationalError:
            tries += 1
            if tries == MOST_TRIES:
                raise
            logger.info("“%s” met a lock and is tried again", due.name)


class Timer:
    """Looks for what is due and carries it out, one transaction for each change.

    A change that fails is tried again after ten seconds, then after twice as long each time, up
    to ten minutes. The waits are kept in this process: a restart tries everything at once.
    """

    def __init__(self):
        self._waits: dict[tuple[str, int], tuple[int, float]] = {}

    def look(self) -> Report:
        """Carry out what is due now, expiries first. A failure never stops the others."""
        now = timezone.now()
        report = Report()
        for due in [*expiries_due(now), *publications_due(now)]:
            done = report.expired if due.key[0] != Revision._meta.label else report.published
            if self._is_waiting(due.key):
                continue
            try:
                name = in_turn(due)
            except Exception as error:
                logger.exception("“%s” is due and could not be changed; its date is kept", due.name)
                report.failed.append(Failure(due.name, f"{type(error).__name__}: {error}"))
                self._wait_longer(due.key)
            else:
                self._waits.pop(due.key, None)
                if name is not None:
                    done.append(name)
        return report

    def watch(self, *, seconds: float, stop: threading.Event) -> None:
        """Look every so many seconds until `stop` is set; a look under way is finished first.

        A database that cannot be reached is logged and asked again at the next look.
        """
        while not stop.is_set():
            close_old_connections()
            try:
                report = self.look()
            except Exception:
                logger.exception("The timer could not look for what is due")
            else:
                for name in report.published:
                    logger.info("Published “%s”", name)
                for name in report.expired:
                    logger.info("Expired “%s”", name)
            stop.wait(seconds)

    def _is_waiting(self, key) -> bool:
        return key in self._waits and time.monotonic() < self._waits[key][1]

    def _wait_longer(self, key) -> None:
        times = self._waits.get(key, (0, 0.0))[0] + 1
        seconds = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (times - 1))
        self._waits[key] = (times, time.monotonic() + seconds)


def watch_until_told(seconds: float) -> None:
    """Run the timer in this process until SIGTERM or SIGINT asks it to end."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    Timer().watch(seconds=seconds, stop=stop)

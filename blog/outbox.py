"""Deliveries: what a change sets off outside the database, such as telling the caches.

`put` writes an entry in the transaction of the change, so a change that is rolled back sets off
nothing, and one that is committed is never without its deliveries. They are made after the commit
and tried again until they succeed. A delivery may be made twice when a process is killed in the
middle of it, so whoever delivers must not mind.
"""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import close_old_connections, connections, transaction
from django.db.models import F

from blog.clock import database_now
from blog.models.outbox import OutboxEntry, waiting_key

logger = logging.getLogger("twotrack.outbox")

FIRST_WAIT = 10  # seconds until what failed is tried again, and twice as long each time
LONGEST_WAIT = 600
KEPT_DAYS = 7  # that what is done can be seen
MOST_AT_ONCE = 50  # entries that are looked up together


@dataclass(frozen=True)
class Deliverer:
    """Who delivers a kind of entry, and how many seconds another process leaves it alone."""

    deliver: Callable[[OutboxEntry], None]
    within: int


_deliverers: dict[str, Deliverer] = {}


def deliverer(kind: str, *, within: int = 120):
    """Register a function that delivers entries of that kind, each in `within` seconds.

    It is given the entry, raises when it could not deliver, and runs outside of a transaction.
    """

    def register(deliver: Callable[[OutboxEntry], None]):
        _deliverers[kind] = Deliverer(deliver, within)
        return deliver

    return register


def seconds_to_wait(tries: int) -> int:
    """How long to wait after so many tries that failed."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(tries - 1, 10))


def put(kind: str, payload: dict, *, key: str, what: str = "") -> None:
    """Have something delivered once the transaction at hand is committed.

    What is asked again under the same key before it is delivered is one entry, with the latest
    payload. `what` says to people what it is about.
    """
    now, waiting = database_now(), waiting_key(kind, key)
    OutboxEntry.objects.bulk_create(
        [
            OutboxEntry(
                kind=kind,
                key=key,
                payload=payload,
                what=what[:255],
                waiting=waiting,
                created=now,
                due_at=now,
            )
        ],
        update_conflicts=True,
        unique_fields=["waiting"],
        update_fields=["payload", "what", "ask", "due_at"],
    )
    transaction.on_commit(partial(_after_commit, waiting), robust=True)


# Delivering


@dataclass
class Report:
    """How many entries were delivered, and how many failed and will be tried again."""

    done: int = 0
    failed: int = 0


def deliver_due(*, only: str | None = None, stop: threading.Event | None = None) -> Report:
    """Deliver what is due, until nothing is or `stop` is set. A failure never stops the others.

    `only` is the waiting key of the one entry to deliver. Any number of processes may do so at
    the same time: each entry is claimed by one of them.
    """
    report = Report()
    while found := _due(only):
        for entry in found:
            if stop is not None and stop.is_set():
                return report
            if _claim(entry):
                _deliver(entry, report)
    return report


def _due(only: str | None) -> list[OutboxEntry]:
    entries = OutboxEntry.objects.filter(done_at=None, due_at__lte=database_now())
    if only is not None:
        entries = entries.filter(waiting=only)
    return list(entries.order_by("due_at", "pk")[:MOST_AT_ONCE])


def _claim(entry: OutboxEntry) -> bool:
    """Whether the entry is now this process's to deliver.

    The database locks the row while it is updated, so of several one finds it still due. Should
    the process be killed, the entry is due again when its time is over.
    """
    found = _deliverers.get(entry.kind)
    now = database_now()
    claimed = OutboxEntry.objects.filter(
        pk=entry.pk, ask=entry.ask, done_at=None, due_at__lte=now
    ).update(due_at=now + timedelta(seconds=found.within if found else 0), tries=F("tries") + 1)
    entry.tries += 1
    return bool(claimed)


def _deliver(entry: OutboxEntry, report: Report) -> None:
    try:
        found = _deliverers.get(entry.kind)
        if found is None:
            raise LookupError(f"Nothing in this release delivers “{entry.kind}”.")
        found.deliver(entry)
    except Exception as error:
        logger.exception("“%s” could not be delivered and is tried again", entry)
        _put_off(entry, f"{type(error).__name__}: {error}")
        report.failed += 1
    else:
        _finish(entry)
        report.done += 1


def _finish(entry: OutboxEntry) -> None:
    """Close the entry, unless the same was asked again meanwhile: that is still to be delivered."""
    OutboxEntry.objects.filter(pk=entry.pk, ask=entry.ask).update(
        done_at=database_now(), waiting=None, problem=""
    )


def _put_off(entry: OutboxEntry, problem: str) -> None:
    wait = timedelta(seconds=seconds_to_wait(entry.tries))
    OutboxEntry.objects.filter(pk=entry.pk, ask=entry.ask).update(
        due_at=database_now() + wait, problem=problem[:2000]
    )
    OutboxEntry.objects.filter(pk=entry.pk).exclude(ask=entry.ask).update(problem=problem[:2000])


# Looking after them


def try_again(entries: Iterable[OutboxEntry]) -> int:
    """Make the entries due now, whatever their wait; returns how many were still waiting."""
    numbers = [entry.pk for entry in entries]
    return OutboxEntry.objects.filter(pk__in=numbers, done_at=None).update(
        due_at=database_now(), ask=uuid.uuid4()
    )


def deliver_soon(entry: OutboxEntry) -> None:
    """Have the entry delivered as after a commit: beside this process's work, or at once."""
    _after_commit(waiting_key(entry.kind, entry.key))


def drop(entries: Iterable[OutboxEntry]) -> int:
    """Give the entries up; returns how many were still waiting. They are forgotten at once."""
    numbers = [entry.pk for entry in entries]
    return OutboxEntry.objects.filter(pk__in=numbers, done_at=None).delete()[0]


def forget_old() -> int:
    """Remove entries that were done a week ago and more; returns how many."""
    before = database_now() - timedelta(days=KEPT_DAYS)
    return OutboxEntry.objects.filter(done_at__lt=before).delete()[0]


# When to deliver: a command does it before it goes on; a server has a thread for it.


class Courier:
    """A thread that delivers when it is woken, and at most so many `seconds` later by itself.

    Without `seconds` it only acts when woken. It starts at the first `wake`, also in a process
    forked later. It has no claim to finish: what it leaves is delivered by the timer.
    """

    def __init__(self, *, seconds: float | None = None):
        self._seconds = seconds
        self._woken = threading.Event()
        self._stop = threading.Event()
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Have what is due delivered soon; returns at once."""
        self._woken.set()
        with self._guard:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="outbox", daemon=True)
                self._thread.start()

    def end(self, *, seconds: float = 10) -> None:
        """Have the delivery at hand finished and no other begun; waits so long for it."""
        self._stop.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def _work(self) -> None:
        forgot = -float("inf")
        while not self._stop.is_set():
            self._woken.clear()
            close_old_connections()
            try:
                deliver_due(stop=self._stop)
                if self._seconds and time.monotonic() - forgot > 3600:
                    forget_old()
                    forgot = time.monotonic()
            except Exception:
                logger.exception("Deliveries could not be looked up")
            if not self._seconds:
                connections.close_all()
            if not self._stop.is_set():
                self._woken.wait(self._seconds)


class _Nobody:
    """Leaves deliveries to whoever looks next."""

    def wake(self) -> None:
        """Do nothing."""


_courier: Courier | _Nobody | None = None


def deliver_beside(courier: Courier | _Nobody | None) -> None:
    """From now on leave deliveries of this process to the courier; None: make them at once."""
    global _courier
    _courier = courier


@contextmanager
def held_back() -> Iterator[None]:
    """Make no delivery inside, unless a courier is there to make it beside."""
    before = _courier
    if before is None:
        deliver_beside(_Nobody())
    try:
        yield
    finally:
        deliver_beside(before)


def _after_commit(waiting: str) -> None:
    if _courier is None:
        deliver_due(only=waiting)
    else:
        _courier.wake()

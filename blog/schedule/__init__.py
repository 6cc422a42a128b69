"""Publishing and expiring what is due: each once, none lost, none stopped by another.

Wagtail's own `publish_scheduled` clears the schedule of a page before it saves the page, without
a transaction, and one failing page ends the run. Here every page is one transaction that re-reads
its row under a lock: when it commits, the page is live and its schedule is done; when it fails or
the process is killed, the page and its schedule are as they were, and the next look tries again.
"""

import logging
import signal
import threading
from dataclasses import dataclass, field
from datetime import datetime

from django.db import close_old_connections
from django.utils import timezone

from blog import outbox
from blog.clock import database_now
from blog.models import MissedChange
from blog.schedule.changes_due import Due, all_due, expire, in_turn, publish_revision
from blog.schedule.coming import Coming, coming
from blog.schedule.heartbeat import ago, beat, clock_warning, last_look, timer_warning
from blog.schedule.misses import (
    Outcome,
    SettledError,
    address_of,
    cancel,
    forget_settled,
    missed,
    record,
    reschedule,
    try_now,
)

__all__ = [
    "Coming",
    "Due",
    "Failure",
    "Outcome",
    "Report",
    "SettledError",
    "Timer",
    "address_of",
    "ago",
    "beat",
    "cancel",
    "clock_warning",
    "coming",
    "expire",
    "in_turn",
    "last_look",
    "missed",
    "moment_of_looking",
    "publish_revision",
    "reschedule",
    "timer_warning",
    "try_now",
    "watch_until_told",
]

logger = logging.getLogger("twotrack.schedule")


@dataclass(frozen=True)
class Failure:
    """A change that was due and could not be made; its schedule is kept."""

    name: str
    reason: str


@dataclass
class Report:
    """What one look did: names of what was published and expired, and failures."""

    published: list[str] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)


def moment_of_looking() -> datetime:
    """Now, by whichever of the database's clock and this machine's is behind: never early."""
    return min(database_now(), timezone.now())


class Timer:
    """Looks for what is due and carries it out, one transaction for each change.

    A change that fails is tried again after ten seconds, then after twice as long each time, up
    to ten minutes. The waits are kept in the database, so a restart does not shorten them.
    """

    def look(self) -> Report:
        """Carry out what is due now, expiries first. A failure never stops the others.

        What this sets off is left in the outbox, so that it holds up nothing that is due.
        """
        with outbox.held_back():
            return self._look(moment_of_looking())

    def _look(self, now: datetime) -> Report:
        report = Report()
        found = all_due(now)
        forget_settled(found, now)
        rows = MissedChange.objects.values_list("key", "due_at", "next_try")
        waits = {(key, due_at): next_try for key, due_at, next_try in rows}
        for due in found:
            next_try = waits.get((due.key, due.at))
            if next_try is None or next_try <= database_now():
                self._try(due, report, was_missed=next_try is not None)
        return report

    def _try(self, due: Due, report: Report, *, was_missed: bool) -> None:
        try:
            name = in_turn(due)
        except Exception as error:
            logger.exception("“%s” is due and could not be changed; its date is kept", due.name)
            report.failed.append(Failure(due.name, _remember(due, error)))
            return
        if name is not None:
            is_expiry = due.kind == MissedChange.Kind.EXPIRE
            (report.expired if is_expiry else report.published).append(name)
            if was_missed:
                logger.info("“%s” was missed at %s and is made now", name, due.at.isoformat())

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
                beat()
                _say(report)
            stop.wait(seconds)


def _remember(due: Due, error: Exception) -> str:
    """Store the miss and return its reason. Should that fail too, the change is still due."""
    try:
        return record(due, error, database_now()).reason
    except Exception:
        logger.exception("That “%s” was missed could not be stored", due.name)
        return f"{type(error).__name__}: {error}"


def _say(report: Report) -> None:
    for name in report.published:
        logger.info("Published “%s”", name)
    for name in report.expired:
        logger.info("Expired “%s”", name)
    if warning := clock_warning():
        logger.warning(warning)


def watch_until_told(seconds: float) -> None:
    """Run the timer in this process until SIGTERM or SIGINT asks it to end.

    Deliveries have a thread of their own beside it, so that a slow cache delays no publication.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    courier = outbox.Courier(seconds=seconds)
    outbox.deliver_beside(courier)
    courier.wake()
    Timer().watch(seconds=seconds, stop=stop)
    courier.end()

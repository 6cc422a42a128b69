"""When the timer last looked, for those who wonder whether it still does."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from blog.clock import database_now
from blog.models import Heartbeat

logger = logging.getLogger("twotrack.schedule")

TIMER = "timer"
LEAST_PATIENCE = 120  # seconds without a look until people are told
MOST_DIFFERENCE = 60  # seconds between this machine's clock and the database's


def beat(name: str = TIMER) -> None:
    """Note that a round has come to its end. One statement of its own; never raises."""
    try:
        Heartbeat.objects.bulk_create(
            [Heartbeat(name=name, at=database_now())],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["at"],
        )
    except DatabaseError:
        logger.warning("The timer’s heartbeat could not be stored", exc_info=True)


def last_look() -> datetime | None:
    """When any timer last came to the end of a look; None: never."""
    return Heartbeat.objects.filter(name=TIMER).values_list("at", flat=True).first()


def timer_warning() -> str:
    """A sentence for people if no timer has looked for a while, else empty."""
    looked = last_look()
    if looked is None:
        return "The timer has never run, so nothing is published by itself."
    age = database_now() - looked
    if age <= timedelta(seconds=max(LEAST_PATIENCE, 3 * settings.TWOTRACK_SCHEDULE_SECONDS)):
        return ""
    return f"The timer last ran {ago(age)} ago. Until it runs, nothing is published by itself."


def clock_warning() -> str:
    """A sentence for people if this machine's clock and the database's differ, else empty."""
    seconds = (timezone.now() - database_now()).total_seconds()
    if abs(seconds) < MOST_DIFFERENCE:
        return ""
    side = "ahead of" if seconds > 0 else "behind"
    return (
        f"The clock of this server is {ago(timedelta(seconds=abs(seconds)))} {side} the database’s."
    )


def ago(age: timedelta) -> str:
    """A length of time in its largest unit: “4 s”, “12 min”, “3 h”, “2 days”."""
    seconds = max(0, int(age.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 2 * 3600:
        return f"{seconds // 60} min"
    if seconds < 2 * 86400:
        return f"{seconds // 3600} h"
    return f"{seconds // 86400} days"

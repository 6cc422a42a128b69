"""What nobody waits for, done from time to time beside the web server."""

import logging
import signal
import threading
from collections.abc import Callable

from django.db import close_old_connections

from blog.changes import render_out_of_date
from blog.checks import links
from blog.models import Diagram

SECONDS = 600

logger = logging.getLogger("twotrack.housekeeping")


chores: list[Callable[[], object]] = [
    render_out_of_date,
    lambda: Diagram.objects.unused().delete(),
]


def keep_house() -> None:
    """Render what is out of date or lacks a drawing, forget drawings that nothing shows, and do
    what other apps have put into `chores`.
    """
    for chore in chores:
        try:
            chore()
        except Exception:  # The other chores, and the next time, must not suffer.
            logger.exception("A chore could not be done and is tried again later")


def keep_house_until_told() -> None:
    """Do so at once and then every ten minutes, until SIGTERM or SIGINT asks to end.

    Posts and their links are checked meanwhile, a few at a time.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=links.watch, args=(stop,), name="checks", daemon=True).start()
    while not stop.is_set():
        close_old_connections()
        keep_house()
        stop.wait(SECONDS)

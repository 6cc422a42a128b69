"""Making the files of a picture: now, or soon and beside what is being done."""

import logging
import queue
import threading
import time

from django.conf import settings
from django.db import connections
from wagtail.images import get_image_model
from wagtail.images.models import Filter

logger = logging.getLogger("twotrack.pictures")

WAIT_AFTER_ASKING = 600  # seconds until a file that could not be made is tried again
MOST_ASKED = 10_000

_one_at_a_time = threading.Lock()
_guard = threading.Lock()
_asked: dict[str, float] = {}
_waiting: queue.SimpleQueue = queue.SimpleQueue()
_workers: list[threading.Thread] = []


def make(image, specs: list[str]) -> int:
    """Make the files of a picture that are not there yet, and return how many were made.

    What cannot be made, because the picture is damaged or gone, is logged and left out.
    """
    with _one_at_a_time:
        fresh = get_image_model().objects.filter(pk=image.pk).first()
        if fresh is None:
            return 0
        missing = _missing(fresh, specs)
        try:
            return len(fresh.create_renditions(*missing))
        except Exception:
            return sum(_make_one(fresh, asked) for asked in missing)


def _missing(image, specs: list[str]) -> list[Filter]:
    there = set(
        image.renditions.filter(filter_spec__in=specs).values_list("filter_spec", "focal_point_key")
    )
    filters = map(Filter, dict.fromkeys(specs))
    return [asked for asked in filters if (asked.spec, asked.get_cache_key(image)) not in there]


def _make_one(image, asked: Filter) -> bool:
    try:
        image.create_rendition(asked)
    except Exception as error:
        logger.warning("Picture %d as %s could not be made: %r", image.pk, asked.spec, error)
        return False
    return True


def make_later(image, specs: list[str]) -> None:
    """Have the files made by a thread of this process, each asked for once in ten minutes.

    Does nothing where no such thread may be: see TWOTRACK_PICTURE_THREADS.
    """
    if settings.TWOTRACK_PICTURE_THREADS and (new := _not_asked_lately(image, specs)):
        _waiting.put((image, new))
        _start_workers()


def _not_asked_lately(image, specs: list[str]) -> list[str]:
    model, now, new = image.get_rendition_model(), time.monotonic(), []
    with _guard:
        if len(_asked) > MOST_ASKED:
            _asked.clear()
        for spec in specs:
            key = model.construct_cache_key(image, Filter(spec).get_cache_key(image), spec)
            if now - _asked.get(key, -WAIT_AFTER_ASKING) >= WAIT_AFTER_ASKING:
                _asked[key] = now
                new.append(spec)
    return new


def _start_workers() -> None:
    with _guard:
        _workers[:] = [worker for worker in _workers if worker.is_alive()]
        while len(_workers) < settings.TWOTRACK_PICTURE_THREADS:
            _workers.append(threading.Thread(target=_work, name="pictures", daemon=True))
            _workers[-1].start()


def _work() -> None:
    while True:
        image, specs = _waiting.get()
        try:
            make(image, specs)
        except Exception:
            logger.exception("Picture %s could not be looked after", image.pk)
        finally:
            connections.close_all()

"""What is due, and making one such change, all or nothing."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import OperationalError, transaction
from wagtail.models import DraftStateMixin, Page, Revision, Site

from blog.models import MissedChange, Release
from blog.schedule.fitness import refuse_unfit
from blog.schedule.releases import key_of, publish_release, revisions_of_releases

logger = logging.getLogger("twotrack.schedule")

MOST_TRIES = 3  # within one look, when locks get in the way


@dataclass(frozen=True)
class Due:
    """A change that is due at `at`: `key` names it, `carry_out` makes it.

    `carry_out` runs in a transaction. It returns the name of what was changed, or None when
    another process has made the change meanwhile.
    """

    key: str
    kind: MissedChange.Kind
    name: str
    at: datetime
    carry_out: Callable[[], str | None]
    page: int | None = None
    revision: int | None = None
    release: int | None = None


def all_due(now: datetime) -> list[Due]:
    """What is due, expiries first, and longest overdue first."""
    return [*expiries_due(now), *releases_due(now), *publications_due(now)]


def expiries_due(now: datetime) -> Iterator[Due]:
    """What is to be unpublished."""
    others = [
        model
        for model in apps.get_models()
        if issubclass(model, DraftStateMixin) and not issubclass(model, Page)
    ]
    for model in [Page, *others]:
        for found in model.objects.filter(live=True, expire_at__lte=now).order_by("expire_at"):
            yield Due(
                f"{model._meta.label}:{found.pk}",
                MissedChange.Kind.EXPIRE,
                str(found),
                found.expire_at,
                lambda model=model, pk=found.pk: expire(model, pk, now),
                page=found.pk if model is Page else None,
            )


def publications_due(now: datetime) -> Iterator[Due]:
    """What is to go live by itself."""
    pages = ContentType.objects.get_for_model(Page).pk
    found = (
        Revision.objects.filter(approved_go_live_at__lte=now)
        .exclude(pk__in=revisions_of_releases())
        .order_by("approved_go_live_at")
    )
    rows = found.values_list(
        *("pk", "object_str", "approved_go_live_at", "base_content_type", "object_id")
    )
    for pk, name, at, kind, number in list(rows):
        yield Due(
            f"{Revision._meta.label}:{pk}",
            MissedChange.Kind.PUBLISH,
            name,
            at,
            lambda pk=pk: publish_revision(pk, now),
            page=int(number) if kind == pages else None,
            revision=pk,
        )


def releases_due(now: datetime) -> Iterator[Due]:
    """What is to go live together."""
    for release in Release.objects.scheduled().filter(go_live_at__lte=now).order_by("go_live_at"):
        yield Due(
            key_of(release),
            MissedChange.Kind.PUBLISH,
            release.name,
            release.go_live_at,
            lambda pk=release.pk: publish_release(pk, now),
            release=release.pk,
        )


def publish_revision(revision_id: int, now: datetime) -> str | None:
    """Publish a revision whose time has come, if it is still due under the lock."""
    revision = (
        Revision.objects.select_for_update(skip_locked=True)
        .filter(pk=revision_id, approved_go_live_at__lte=now)
        .first()
    )
    if revision is None:
        return None
    refuse_unfit(revision, now)
    revision.publish(log_action="wagtail.publish.scheduled")
    # A go-live time in the text itself that is later holds; the revision is scheduled for it then.
    still_waits = Revision.objects.filter(pk=revision_id, approved_go_live_at__gt=now).exists()
    return None if still_waits else revision.object_str


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


def in_turn(due: Due) -> str | None:
    """Make one change in a transaction of its own, while other timers wait.

    Timers take turns by locking the row of the first site: publishing touches rows of the
    search index that pages share, and two at once could wait for each other. An editor who saves
    at the same moment can still cause that; the database then ends one of the two, and it is
    tried again at once. A change that was missed before is no longer so when it is made.
    """
    tries = 0
    while True:
        try:
            with transaction.atomic():
                Site.objects.order_by("pk").select_for_update(no_key=True).first()
                name = due.carry_out()
                if name is not None:
                    MissedChange.objects.filter(key=due.key).delete()
                return name
        except OperationalError:
            tries += 1
            if tries == MOST_TRIES:
                raise
            logger.info("“%s” met a lock and is tried again", due.name)

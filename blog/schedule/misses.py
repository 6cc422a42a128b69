"""Changes that were due and could not be made: kept, told to people, and put right by them."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import Enum

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry, Page, Revision

from blog import mailing
from blog.models import MissedChange, Release
from blog.moments import in_words_for_all
from blog.outbox import seconds_to_wait
from blog.schedule import releases
from blog.schedule.changes_due import Due, all_due, in_turn
from blog.schedule.reasons import reason_for

logger = logging.getLogger("twotrack.schedule")

MODERATORS = "Moderators"  # the group that is told of every miss


def missed(page: Page | None = None) -> QuerySet:
    """The changes that were due and could not be made, longest overdue first.

    All of them, or those of a page: its own, and that of a release which it belongs to.
    """
    found = MissedChange.objects.select_related("page", "revision", "release")
    if page is None:
        return found
    return found.filter(
        Q(page=page.pk) | Q(release__in=Release.objects.filter(release_posts__post=page.pk))
    )


def record(due: Due, error: Exception, now: datetime) -> MissedChange:
    """Store why a change could not be made and when it is tried again; tell people the first time.

    `now` is the moment by the database's clock.
    """
    with transaction.atomic():
        MissedChange.objects.filter(key=due.key).exclude(due_at=due.at).delete()
        row, is_new = MissedChange.objects.select_for_update().get_or_create(
            key=due.key,
            defaults={
                "kind": due.kind,
                "page_id": due.page,
                "revision_id": due.revision,
                "release_id": due.release,
                "name": due.name,
                "due_at": due.at,
                "first_missed": now,
                "next_try": now,
            },
        )
        row.tries += 1
        row.next_try = now + timedelta(seconds=seconds_to_wait(row.tries))
        row.reason = reason_for(error, row.page.specific_class if row.page else None)
        row.problem = f"{type(error).__name__}: {error}"[:4000]
        row.save()
        if is_new:
            _tell_if_possible(row)
    return row


def address_of(row: MissedChange) -> str:
    """Where it is put right, without the host: the form of the release, or the page's editor.

    Empty where both are gone.
    """
    if row.release_id:
        return reverse("releases:edit", args=[row.release_id])
    if row.page_id:
        return reverse("wagtailadmin_pages:edit", args=[row.page_id])
    return ""


def forget_settled(due: list[Due], now: datetime) -> None:
    """Remove the misses of what is no longer due: cancelled, rescheduled, or made by hand."""
    rows = MissedChange.objects.filter(due_at__lte=now).exclude(key__in=[one.key for one in due])
    for row in rows:
        logger.info("“%s” is no longer due and no longer missed", row.name)
        row.delete()


# Telling people


def _tell_if_possible(row: MissedChange) -> None:
    """A miss that nobody can be told of is still kept and shown."""
    try:
        with transaction.atomic():
            _tell(row)
    except Exception:
        logger.exception("Nobody could be told that “%s” was missed", row.name)


def _tell(row: MissedChange) -> None:
    """A letter to each who may want to know: one for a miss, however often it is tried."""
    subject = f"“{row.name}” could not be {row.done} on time"
    address = address_of(row)
    text = render_to_string(
        "mail/missed.txt",
        {
            "row": row,
            "due": in_words_for_all(row.due_at),
            "address": address and settings.WAGTAILADMIN_BASE_URL + address,
        },
    )
    for to in sorted(_who_is_told(row)):
        key = f"missed:{row.key}:{row.due_at.isoformat()}:{to}"[:200]
        mailing.send_later(to, subject, text, key=key)


def _who_is_told(row: MissedChange) -> set[str]:
    """The addresses of each page's owner, its latest editor and who approved it, and moderators."""
    users = get_user_model().objects.filter(is_active=True)
    wanted = Q(groups__name=MODERATORS) | Q(pk__in=set(_people_of(row)) - {None})
    return set(users.filter(wanted).values_list("email", flat=True)) - {""}


def _people_of(row: MissedChange) -> Iterator[int | None]:
    if row.page:
        yield from _editors_of(row.page, row.revision)
    if row.release:
        for entry in row.release.release_posts.select_related("post", "revision"):
            yield from _editors_of(entry.post, entry.revision)
        scheduled = ModelLogEntry.objects.for_instance(row.release)
        yield from scheduled.filter(action="blog.release.schedule").values_list("user", flat=True)


def _editors_of(page: Page | None, revision: Revision | None) -> Iterator[int | None]:
    if page:
        yield page.owner_id
        yield page.latest_revision and page.latest_revision.user_id
    if revision:
        yield revision.user_id


# Putting it right


class SettledError(Exception):
    """Nothing was changed: the timer, or somebody else, has settled it meanwhile."""


class Outcome(Enum):
    """What became of a change that somebody asked to have made now."""

    MADE = "made"
    FAILED = "failed"  # and is still missed, for the reason that the row says now
    SETTLED = "settled"  # the timer has made it, or somebody has cancelled it or moved its time
    BUSY = "busy"  # another process holds it at this moment


def try_now(row: MissedChange, now: datetime) -> Outcome:
    """Make the change now, whatever its wait."""
    due = _due_again(row, now)
    if due is None:
        row.delete()
        return Outcome.SETTLED
    try:
        name = in_turn(due)
    except Exception as error:
        logger.exception("“%s” could not be changed by hand either", due.name)
        record(due, error, now)
        return Outcome.FAILED
    if name is not None:
        return Outcome.MADE
    return Outcome.BUSY if _due_again(row, now) else Outcome.SETTLED


def _due_again(row: MissedChange, now: datetime) -> Due | None:
    return next((one for one in all_due(now) if (one.key, one.at) == (row.key, row.due_at)), None)


@transaction.atomic
def reschedule(row: MissedChange, at: datetime, user) -> None:
    """Set the change to another time. The words that were approved stay approved.

    Nothing is checked but the time, so a post that lacks something can be put off until it does
    not. Raises SettledError.
    """
    if row.release:
        _lock_release(row)
        releases.put_off(row.release, at)
        log(instance=row.release, action="blog.release.schedule", user=user)
    elif row.revision:
        releases.put_off_revision(_lock_revision(row), at)
        Page.objects.filter(pk=row.page_id, live=False).update(go_live_at=at)
        data = _logged(row, at)
        log(
            instance=row.page,
            action="wagtail.publish.schedule",
            user=user,
            revision=row.revision,
            data=data,
        )
    else:
        _set_expiry(row, at, user)
    row.delete()


@transaction.atomic
def cancel(row: MissedChange, user) -> None:
    """Take the change off the schedule; the text stays as the draft it is. Raises SettledError."""
    if row.release:
        _lock_release(row)
        releases.call_off(row.release, user)
    elif row.revision:
        releases.withdraw_revision(_lock_revision(row), user)
    else:
        _set_expiry(row, None, user)
    MissedChange.objects.filter(key=row.key).delete()


# Each takes the lock that the timer takes: either that has come first, which is found here, or it
# passes the change by.


def _lock_release(row: MissedChange) -> None:
    found = Release.objects.scheduled().select_for_update(no_key=True)
    if not found.filter(pk=row.release_id, go_live_at=row.due_at):
        raise SettledError


def _lock_revision(row: MissedChange) -> Revision:
    found = Revision.objects.select_for_update().filter(
        pk=row.revision_id, approved_go_live_at=row.due_at
    )
    revision = found.first()
    if revision is None:
        raise SettledError
    return revision


def _set_expiry(row: MissedChange, at: datetime | None, user) -> None:
    found = Page.objects.select_for_update(no_key=True).filter(
        pk=row.page_id, live=True, expire_at=row.due_at
    )
    if not found:
        raise SettledError
    found.update(expire_at=at)
    _set_in_newest_draft(row.page, "expire_at", at)
    log(instance=row.page, action="wagtail.edit", user=user)


def _set_in_newest_draft(page: Page, field: str, at: datetime | None) -> None:
    """So that the editor shows it, and publishing the draft does not undo it."""
    revision = page.latest_revision
    if revision is not None:
        revision.content[field] = at and at.isoformat()
        revision.save(update_fields=["content"])


def _logged(row: MissedChange, at: datetime) -> dict:
    """What Wagtail's own entry for scheduling holds, so that the history can show it."""
    return {
        "revision": {
            "id": row.revision_id,
            "created": row.revision.created_at.isoformat(),
            "go_live_at": at.isoformat(),
            "has_live_version": row.page.live,
        }
    }

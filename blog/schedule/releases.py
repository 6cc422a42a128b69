"""Releases: posts that go out together, made due, published in one transaction, or called off."""

from datetime import datetime

from django.db import OperationalError, transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from blog.models import MissedChange, PostPage, Release, ReleasePost
from blog.schedule.fitness import UnfitError, refuse_unfit
from blog.schedule.reasons import reason_for


class ReleaseError(UnfitError):
    """Why a release cannot go out, in words for editors."""


def revisions_of_releases():
    """The revisions that only their release publishes."""
    return ReleasePost.objects.filter(
        release__in=Release.objects.scheduled(), revision__isnull=False
    ).values("revision")


def publish_release(pk: int, now: datetime) -> str | None:
    """Publish every post of a release if it is still due under the lock: all of them or none.

    Runs in the caller's transaction; a post that cannot be published ends it with a ReleaseError
    that names the post. The posts are locked in the order of their pages.
    """
    release = (
        Release.objects.select_for_update(skip_locked=True)
        .scheduled()
        .filter(pk=pk, go_live_at__lte=now)
        .first()
    )
    if release is None:
        return None
    for entry in release.release_posts.select_related("post").order_by("post_id"):
        if not _is_out(entry):
            _publish_post(entry, now)
    release.published_at = timezone.now()
    release.save(update_fields=["published_at"])
    log(instance=release, action="blog.release.publish")
    return release.name


def _is_out(entry: ReleasePost) -> bool:
    """Whether readers have the approved words of a post already: somebody was quicker."""
    post = entry.post
    return bool(post and post.live and entry.revision_id == post.live_revision_id)


def _publish_post(entry: ReleasePost, now: datetime) -> None:
    if entry.post is None:
        name = f"“{entry.title}”" if entry.title else "A post of the release"
        raise ReleaseError(
            f"{name} was deleted, so none of the release’s posts was published. "
            "Take it out of the release, or cancel the release."
        )
    revision = (
        Revision.objects.select_for_update()
        .filter(pk=entry.revision_id, approved_go_live_at__lte=now)
        .first()
    )
    if revision is None:
        raise ReleaseError(
            f"“{entry.post.title}” is no longer scheduled with the release, so none of its posts "
            "was published. Schedule the release again, or take the post out of it."
        )
    try:
        refuse_unfit(revision, now)
        revision.publish(log_action="wagtail.publish.scheduled")
    except OperationalError:
        raise  # a lock is in the way: the caller tries again
    except Exception as error:
        raise ReleaseError(
            f"“{entry.post.title}” could not be published, so none of the release’s posts was. "
            f"{reason_for(error, PostPage)}"
        ) from error


def schedule(release: Release, user) -> None:
    """Have the release go out at its time: approves the newest draft of each post for it.

    Also puts a scheduled release in step with its changed time and posts. The checks of who may
    do so and of what may be in a release belong to the form. Each post is scheduled by Wagtail's
    own means, so it is locked against edits and shown as scheduled everywhere.
    """
    with transaction.atomic():
        release.is_scheduled = True
        release.save(update_fields=["is_scheduled"])
        for entry in release.release_posts.select_related("post").order_by("post_id"):
            _approve(entry, release, user)
        forget_miss(release)
        log(instance=release, action="blog.release.schedule", user=user)


def _approve(entry: ReleasePost, release: Release, user) -> None:
    scheduled = entry.post.scheduled_revision
    if scheduled and scheduled.approved_go_live_at == release.go_live_at:
        revision = scheduled
    else:
        revision = reschedule(entry.post, scheduled, release.go_live_at, user)
    ReleasePost.objects.filter(pk=entry.pk).update(revision=revision, title=entry.post.title)


def put_off(release: Release, go_live_at: datetime) -> None:
    """Set a scheduled release, and its posts as they were approved, to another time.

    Nothing is checked but the time, so a release whose post lacks something can be put off until
    it does not. A post that is no longer scheduled with it stays so.
    """
    for entry in release.release_posts.select_related("post", "revision").order_by("post_id"):
        revision = Revision.objects.select_for_update().filter(pk=entry.revision_id).first()
        if revision and revision.approved_go_live_at:
            put_off_revision(revision, go_live_at)
            Page.objects.filter(pk=entry.post_id, live=False).update(go_live_at=go_live_at)
    release.go_live_at = go_live_at
    release.save(update_fields=["go_live_at"])


def put_off_revision(revision: Revision, go_live_at: datetime) -> None:
    """Set a revision to another time; the words that were approved stay approved."""
    revision.content["go_live_at"] = go_live_at.isoformat()
    revision.approved_go_live_at = go_live_at
    revision.save(update_fields=["content", "approved_go_live_at"])


def reschedule(post: PostPage, former: Revision | None, go_live_at: datetime, user) -> Revision:
    """Schedule a post for another time by a new revision; returns it.

    What goes out is what was approved before (`former`), else the newest draft. Words saved after
    the approved ones stay the newest draft: they are saved once more on top.
    """
    source = former or post.latest_revision
    draft = post.latest_revision if former and post.latest_revision_id != former.pk else None
    approved = source.as_object() if source else post
    approved.go_live_at = go_live_at
    revision = approved.save_revision(user=user, log_action=True, changed=True)
    revision.publish(user=user, skip_permission_checks=True)
    if draft:
        # The reader's page as it now is, under the words that were not approved.
        draft.as_object().save_revision(user=draft.user, clean=False)
    return revision


def call_off(release: Release, user) -> bool:
    """Take a release and its posts off the schedule; drafts and times stay as they are.

    False, and nothing done, if the timer has published it meanwhile.
    """
    with transaction.atomic():
        if is_published(release):
            return False
        for entry in release.release_posts.select_related("revision"):
            withdraw(entry, user)
        release.is_scheduled = False
        release.save(update_fields=["is_scheduled"])
        forget_miss(release)
        log(instance=release, action="blog.release.cancel", user=user)
    return True


def is_published(release: Release) -> bool:
    """Whether the release has gone out, by its row, which stays locked until the commit.

    The timer takes the same lock, so from then on it passes the release by.
    """
    found = Release.objects.select_for_update(no_key=True).filter(pk=release.pk)
    return bool(found.values_list("published_at", flat=True).first())


def key_of(release: Release) -> str:
    """What the timer calls the release when it is due."""
    return f"{Release._meta.label}:{release.pk}"


def forget_miss(release: Release) -> None:
    """A release that was put right is tried at its time, whatever wait its failures had earned."""
    MissedChange.objects.filter(key=key_of(release)).delete()


def withdraw(entry: ReleasePost, user) -> None:
    """Take one post of a release off the schedule, as Wagtail's own “Unschedule” does."""
    revision = Revision.objects.select_for_update().filter(pk=entry.revision_id).first()
    if revision and revision.approved_go_live_at:
        withdraw_revision(revision, user)
    ReleasePost.objects.filter(pk=entry.pk).update(revision=None)


def withdraw_revision(revision: Revision, user) -> None:
    """Take a revision off the schedule; its words stay as they are."""
    revision.approved_go_live_at = None
    revision.save(user=user, update_fields=["approved_go_live_at"])


def release_of(post) -> Release | None:
    """The release that is still to come and holds the post; None for anything but a stored post."""
    if not isinstance(post, PostPage) or post.pk is None:
        return None
    return Release.objects.filter(release_posts__post=post.pk, published_at=None).first()

"""Planned and scheduled posts, for the tests of the desk."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Group, Permission, User
from django.utils import timezone
from wagtail.models import GroupPagePermission, Page, Revision

from blog.models import MissedChange, PostPage, Release, ReleasePost
from blog.schedule import releases
from tests.factories import make_post

BERLIN = ZoneInfo("Europe/Berlin")


def at(words: str) -> datetime:
    """The moment that clocks in Berlin show as “2026-12-01 09:00”."""
    return datetime.strptime(words, "%Y-%m-%d %H:%M").replace(tzinfo=BERLIN)


def make_planned(track, title: str, moment: datetime) -> PostPage:
    return make_post(track, title, live=False, planned_for=moment)


def make_scheduled(track, title: str, moment: datetime, **fields) -> PostPage:
    post = make_post(track, title, live=False, **fields)
    post.go_live_at = moment
    post.save_revision().publish()
    return PostPage.objects.get(pk=post.pk)


def make_missed(post, **fields) -> MissedChange:
    """A publication of the post that was due now and could not be made."""
    now = timezone.now()
    given = {"key": f"post:{post.pk}", "name": post.title, "due_at": now, "next_try": now} | fields
    return MissedChange.objects.create(
        kind=MissedChange.Kind.PUBLISH,
        page=post.page_ptr,
        reason="Another page took its address.",
        first_missed=now,
        **given,
    )


def make_release(name: str, moment: datetime, posts, *, user=None) -> Release:
    """A scheduled release."""
    release = Release.objects.create(name=name, go_live_at=moment)
    for place, post in enumerate(posts):
        ReleasePost.objects.create(release=release, post=post, sort_order=place)
    release = Release.objects.get(pk=release.pk)
    releases.schedule(release, user)
    return Release.objects.get(pk=release.pk)


def make_due(release: Release) -> Release:
    """Move the release's time, and that of its approved revisions, into the past."""
    due = timezone.now() - timedelta(seconds=1)
    Release.objects.filter(pk=release.pk).update(go_live_at=due)
    for revision in Revision.objects.filter(pk__in=release.release_posts.values("revision")):
        revision.content["go_live_at"] = due.isoformat()
        revision.approved_go_live_at = due
        revision.save(update_fields=["content", "approved_go_live_at"])
    return Release.objects.get(pk=release.pk)


def take_address(post) -> None:
    """Have another page take the address under which the post is scheduled to go live."""
    other = make_post(post.get_parent().specific, "Other")
    Page.objects.filter(pk=other.pk).update(slug="taken")
    revision = PostPage.objects.get(pk=post.pk).scheduled_revision
    revision.content["slug"] = "taken"
    revision.save(update_fields=["content"])


def free_the_address() -> None:
    """Have that other page leave it again."""
    Page.objects.filter(slug="taken").update(slug="free-again")


def state_of(posts) -> list[tuple[bool, bool]]:
    """Of each post: whether it is live, and whether it is scheduled."""
    found = [PostPage.objects.get(pk=post.pk) for post in posts]
    return [(post.live, post.scheduled_revision is not None) for post in found]


def make_user(name: str, page, *verbs: str) -> User:
    """Somebody who may enter the admin and has these permissions for a page and those below."""
    user = User.objects.create_user(name, f"{name}@example.org", "pass")
    group = Group.objects.create(name=f"Group of {name}")
    for verb in verbs:
        GroupPagePermission.objects.create(group=group, page=page, permission_type=verb)
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    user.groups.add(group)
    return User.objects.get(pk=user.pk)

"""Planned and scheduled posts, for the tests of the desk."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Group, Permission, User
from wagtail.models import GroupPagePermission

from blog.models import PostPage, Release, ReleasePost
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


def make_release(name: str, moment: datetime, posts, *, user=None) -> Release:
    """A scheduled release."""
    release = Release.objects.create(name=name, go_live_at=moment)
    for place, post in enumerate(posts):
        ReleasePost.objects.create(release=release, post=post, sort_order=place)
    release = Release.objects.get(pk=release.pk)
    releases.schedule(release, user)
    return Release.objects.get(pk=release.pk)


def make_user(name: str, page, *verbs: str) -> User:
    """Somebody who may enter the admin and has these permissions for a page and those below."""
    user = User.objects.create_user(name, f"{name}@example.org", "pass")
    group = Group.objects.create(name=f"Group of {name}")
    for verb in verbs:
        GroupPagePermission.objects.create(group=group, page=page, permission_type=verb)
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    user.groups.add(group)
    return User.objects.get(pk=user.pk)

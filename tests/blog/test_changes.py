from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.contrib.frontend_cache.backends.base import BaseBackend
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import PageViewRestriction
from wagtail.signals import post_page_move

from blog.models import PostPage
from tests.factories import make_author, make_post


class RecordingBackend(BaseBackend):
    """Remembers which addresses a cache was told to forget."""

    purged: set[str] = set()

    def purge(self, url):
        self.purged.add(url)


@pytest.fixture
def purged(settings):
    settings.WAGTAILFRONTENDCACHE = {
        "recording": {"BACKEND": f"{__name__}.{RecordingBackend.__name__}"}
    }
    RecordingBackend.purged = set()
    return RecordingBackend


@pytest.fixture
def post(engineers):
    return make_post(engineers, "Paging", tags=["memory"], authors=[make_author("Ada")])


def touched(site, *paths) -> set[str]:
    return {site.root_url + path for path in paths}


EVERYWHERE = ("/", "/feed/", "/feed/engineers/", "/engineers/", "/sitemap.xml")


def test_publishing_purges_all_that_shows_the_post(
    post, site, purged, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        post.save_revision().publish()

    assert purged.purged == touched(
        site, "/engineers/paging/", "/tags/memory/", "/authors/ada/", *EVERYWHERE
    )


def test_nothing_is_purged_before_the_commit(post, purged, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False):
        post.save_revision().publish()

    assert purged.purged == set()


def test_a_draft_purges_nothing(engineers, purged, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        make_post(engineers, live=False)

    assert purged.purged == set()


def test_scheduling_purges_nothing(engineers, purged, django_capture_on_commit_callbacks):
    post = make_post(engineers, live=False)
    post.go_live_at = timezone.now() + timedelta(hours=1)

    with django_capture_on_commit_callbacks(execute=True):
        post.save_revision().publish()

    assert purged.purged == set()


def test_a_new_slug_purges_the_old_address(post, site, purged, django_capture_on_commit_callbacks):
    post.slug = "paged"

    with django_capture_on_commit_callbacks(execute=True):
        post.save_revision().publish()

    assert touched(site, "/engineers/paging/", "/engineers/paged/") <= purged.purged


def test_a_move_purges_both_tracks(
    post, everyone, site, purged, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        post.move(everyone, pos="last-child")

    assert purged.purged >= touched(
        site,
        *("/engineers/paging/", "/everyone/paging/", "/engineers/", "/everyone/"),
        *("/feed/engineers/", "/feed/everyone/", "/feed/", "/"),
    )


@pytest.mark.parametrize("end", ["unpublish", "delete"])
def test_what_is_withdrawn_is_purged(post, site, purged, django_capture_on_commit_callbacks, end):
    with django_capture_on_commit_callbacks(execute=True):
        getattr(post, end)()

    assert touched(site, "/engineers/paging/", *EVERYWHERE) <= purged.purged


def test_a_new_restriction_purges_the_page(post, site, purged, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        PageViewRestriction.objects.create(page=post, restriction_type="login")

    assert touched(site, "/engineers/paging/") <= purged.purged


def test_an_old_address_leads_to_the_new_one(post, client, django_capture_on_commit_callbacks):
    post.slug = "paged"
    with django_capture_on_commit_callbacks(execute=True):
        post.save_revision().publish()

    answer = client.get("/engineers/paging/")

    assert (answer.status_code, answer.headers["Location"]) == (301, "/engineers/paged/")


def test_an_old_address_follows_a_move(post, everyone, client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        post.move(everyone, pos="last-child")

    answer = client.get("/engineers/paging/")

    assert (answer.status_code, answer.headers["Location"]) == (301, "/everyone/paging/")


def leading_on() -> set[tuple[str, str]]:
    return {(found.old_path, found.redirect_page.title) for found in Redirect.objects.all()}


def test_the_addresses_below_a_renamed_track_lead_on_before_the_commit(
    post, engineers, site, purged, django_capture_on_commit_callbacks
):
    make_post(engineers, "Never out", live=False)
    engineers.slug = "makers"

    with django_capture_on_commit_callbacks(execute=True):
        engineers.save()
        assert leading_on() == {("/engineers", "For Engineers"), ("/engineers/paging", "Paging")}
        assert purged.purged == set()

    assert purged.purged >= touched(site, "/engineers/", "/engineers/paging/", "/makers/")


def test_a_moved_draft_leaves_no_address(engineers, everyone):
    make_post(engineers, "Never out", live=False).move(everyone, pos="last-child")

    assert leading_on() == set()


def test_a_move_that_fails_leaves_all_as_it_was(post, engineers, everyone):
    def refuse(**kwargs):
        raise RuntimeError("the newsletter is down")

    post_page_move.connect(refuse)
    try:
        with pytest.raises(RuntimeError):
            post.move(everyone, pos="last-child")
    finally:
        post_page_move.disconnect(refuse)

    found = PostPage.objects.get(pk=post.pk)
    assert (found.track, found.url_path) == (engineers, post.url_path)
    assert leading_on() == set()


def test_a_redirect_made_by_hand_stays(post, everyone, site):
    Redirect.objects.create(old_path="/engineers/paging", site=site, redirect_link="/elsewhere/")

    post.move(everyone, pos="last-child")

    assert Redirect.objects.get().link == "/elsewhere/"

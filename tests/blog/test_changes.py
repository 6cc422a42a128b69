from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.contrib.frontend_cache.backends.base import BaseBackend
from wagtail.models import PageViewRestriction

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

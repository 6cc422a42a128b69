"""Publishing and unpublishing by hand leave all as it was when something fails on the way."""

import pytest
from wagtail.models import PageLogEntry
from wagtail.signals import page_published, page_unpublished

from blog.models import OutboxEntry, PostPage
from tests.factories import make_post


@pytest.fixture
def failing():
    """The last receiver of both events raises."""

    def refuse(**kwargs):
        raise RuntimeError("the newsletter is down")

    for event in (page_published, page_unpublished):
        event.connect(refuse)
    yield
    for event in (page_published, page_unpublished):
        event.disconnect(refuse)


def test_a_failed_publication_changes_nothing(engineers, failing):
    post = make_post(engineers, "Draft", live=False)
    OutboxEntry.objects.all().delete()

    with pytest.raises(RuntimeError):
        post.latest_revision.publish()

    found = PostPage.objects.get(pk=post.pk)
    assert (found.live, found.live_revision, found.first_published_at) == (False, None, None)
    assert not OutboxEntry.objects.exists()
    assert not PageLogEntry.objects.filter(page=post, action="wagtail.publish").exists()


def test_a_failed_withdrawal_changes_nothing(engineers, request):
    post = make_post(engineers, "Live")
    revision = post.live_revision_id
    OutboxEntry.objects.all().delete()
    request.getfixturevalue("failing")

    with pytest.raises(RuntimeError):
        post.unpublish()

    found = PostPage.objects.get(pk=post.pk)
    assert (found.live, found.live_revision_id) == (True, revision)
    assert not OutboxEntry.objects.exists()
    assert not PageLogEntry.objects.filter(page=post, action="wagtail.unpublish").exists()

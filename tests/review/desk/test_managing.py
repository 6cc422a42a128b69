"""Links are extended, revoked and listed: what is said of them is so, and true counts are told."""

from datetime import timedelta

from wagtail.models import PageLogEntry

from review.links import extend, revoke, revoke_all
from review.models import ReviewLink


def expire(link) -> None:
    ReviewLink.objects.filter(pk=link.pk).update(expires_at=link.made_at)


def test_extending_never_shortens(share, draft, editor):
    link, _ = share(draft, expires_in=timedelta(days=20))
    before = link.expires_at

    extend(link, timedelta(days=7), by=editor)

    assert link.expires_at == before
    assert ReviewLink.objects.get().expires_at == before
    assert not PageLogEntry.objects.filter(action="twotrack.review.extend").exists()


def test_only_links_that_are_open_are_revoked(share, draft, editor):
    over, _ = share(draft)
    share(draft, label="Sam")
    expire(over)

    assert not revoke(over, by=editor)
    assert revoke_all(ReviewLink.objects.all(), by=editor) == 1
    over.refresh_from_db()
    assert over.revoked_at is None

"""Links are extended, revoked and listed: what is said of them is so, and true counts are told."""

from datetime import timedelta

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageLogEntry

from blog.moments import in_words_for_all
from review.links import extend, note_opened, revoke, revoke_all
from review.models import ReviewLink
from tests.review.desk.conftest import say, session_of


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


def test_the_command_says_what_links_show_and_what_came_of_them(share, draft, capsys):
    link, _ = share(draft)
    share(draft, label="Sam", follows_latest=True)
    note_opened(link, session_of(link))
    say(link, block=None)
    link.refresh_from_db()
    version = link.linked_pages.get().version

    call_command("review_links")

    following, pinned = capsys.readouterr().out.splitlines()
    assert pinned == (
        f"{link.public_id}  for Rae, by edda, until {in_words_for_all(link.expires_at)}, "
        f"opened: 1, last on {in_words_for_all(link.last_opened_at)}, remarks: 1, approvals: 0; "
        f"Secret quokka: revision {version.revision_number} of {in_words_for_all(version.as_of)}"
    )
    assert following.endswith("opened: 0, remarks: 0, approvals: 0; Secret quokka: newest draft")


def test_more_links_cost_the_command_no_more_queries(share, draft, capsys):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            call_command("review_links", all=True)
        return len(captured)

    share(draft)
    before = queries()
    for number in range(4):
        share(draft, label=f"Reader {number}")

    assert queries() == before
    assert capsys.readouterr().out.count("Reader") == 4

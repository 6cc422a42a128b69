"""Letters to editors: gathered, few, without a secret, and never lost or sent twice."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.users.models import UserProfile

from blog.models import OutboxEntry, PostPage
from review.desk import digest
from review.desk.digest import tell_editors
from review.models import Notice, Remark
from tests.review.desk.conftest import approve, say
from tests.review.desk.test_sharing import TOKEN


@pytest.fixture
def shared_words(words, share, editor):
    editor.email = "edda@example.org"
    editor.save()
    link, _ = share(words)
    return link


@pytest.fixture
def tell(django_capture_on_commit_callbacks):
    """Look for what is to be told, and have it delivered."""

    def tell() -> int:
        with django_capture_on_commit_callbacks(execute=True):
            return tell_editors()

    return tell


def an_hour_passes() -> None:
    for notice in Notice.objects.exclude(told_at=None):
        Notice.objects.filter(pk=notice.pk).update(told_at=notice.told_at - timedelta(minutes=61))


def test_several_remarks_and_an_approval_are_one_letter(shared_words, words, tell):
    say(shared_words)
    say(shared_words, "And this?")
    approve(shared_words)

    assert tell() == 1
    (letter,) = mail.outbox
    assert letter.to == ["edda@example.org"]
    assert letter.subject == "2 remarks and 1 approval by reviewers"
    assert "Wombats do not dig." in letter.body
    assert f"/admin/pages/{words.pk}/edit/#review\n" in letter.body
    assert "/p/" not in letter.body
    assert not TOKEN.search(letter.body)


def test_the_next_letter_waits_for_an_hour(shared_words, tell):
    say(shared_words)
    tell()
    say(shared_words, "And this?")

    assert (tell(), len(mail.outbox)) == (0, 1)
    an_hour_passes()
    assert (tell(), len(mail.outbox)) == (1, 2)
    assert "And this?" in mail.outbox[1].body
    assert "Wombats" not in mail.outbox[1].body


def test_nothing_is_told_twice(shared_words, tell):
    say(shared_words)
    tell()
    an_hour_passes()

    assert (tell(), len(mail.outbox)) == (0, 1)


def test_a_letter_that_fails_in_the_middle_is_written_again(shared_words, tell, monkeypatch):
    say(shared_words)
    with monkeypatch.context() as patch:
        patch.setattr(digest.mailing, "send_later", lambda *_, **__: 1 / 0)
        failed = tell()

    assert (failed, OutboxEntry.objects.count()) == (0, 0)
    assert (tell(), len(mail.outbox)) == (1, 1)


def test_a_mail_server_that_is_down_leaves_the_letter_to_the_outbox(shared_words, tell, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    say(shared_words)

    tell()

    entry = OutboxEntry.objects.get(kind="mail")
    assert (entry.done_at, entry.tries) == (None, 1)
    assert not TOKEN.search(str(entry.payload))


def test_who_owns_the_page_is_told_too(shared_words, words, moderator, tell):
    moderator.email = "mo@example.org"
    moderator.save()
    PostPage.objects.filter(pk=words.pk).update(owner=moderator)
    say(shared_words)

    assert tell() == 2
    assert {letter.to[0] for letter in mail.outbox} == {"edda@example.org", "mo@example.org"}


def without_address(user):
    user.email = ""


def deactivated(user):
    user.is_active = False


def demoted(user):
    user.groups.set([Group.objects.create(name="Nobodies")])


def not_interested(user):
    UserProfile.objects.create(user=user, updated_comments_notifications=False)


@pytest.mark.parametrize("change", [without_address, deactivated, demoted, not_interested])
def test_nobody_is_told_who_cannot_or_will_not_be(shared_words, editor, tell, change):
    say(shared_words)
    change(editor)
    editor.save()

    assert (tell(), mail.outbox) == (0, [])
    assert Notice.objects.count() == 0


def test_what_is_settled_by_then_is_no_news(shared_words, words, tell, at_desk):
    resolved, deleted = say(shared_words), say(shared_words, "And this?")
    at_desk.post(f"/admin/review/remarks/{resolved.pk}/resolve/")
    at_desk.post(f"/admin/review/remarks/{deleted.pk}/delete/")

    assert (tell(), mail.outbox) == (0, [])


def test_answers_of_editors_are_no_news(shared_words, tell, at_desk):
    remark = say(shared_words)
    tell()
    an_hour_passes()
    at_desk.post(f"/admin/review/remarks/{remark.pk}/answer/", {"text": "They do."})

    assert (tell(), len(mail.outbox)) == (0, 1)


def test_a_flood_of_remarks_is_one_letter_of_bearable_length(shared_words, tell):
    for number in range(12):
        say(shared_words, f"Remark {number} " + "x" * 4000)

    tell()

    (letter,) = mail.outbox
    assert "and 2 more remarks" in letter.body
    assert len(letter.body) < 8000


def test_a_flood_of_approvals_is_one_letter_of_bearable_length(shared_words, tell):
    for number in range(12):
        approve(shared_words, f"Reader {number}")

    tell()

    (letter,) = mail.outbox
    assert letter.body.count("pressed “Looks good”") == 10
    assert "and 2 more approvals" in letter.body
    assert "more remark" not in letter.body


def test_more_answers_by_reviewers_cost_no_more_queries(shared_words, tell):
    say(shared_words)

    def queries() -> int:
        Notice.objects.exclude(told_at=None).delete()
        with CaptureQueriesContext(connection) as captured:
            assert tell() == 1
        return len(captured)

    def answer(number: int) -> None:
        remark = say(shared_words, f"Answer {number}")
        Remark.objects.filter(pk=remark.pk).update(parent=say(shared_words, f"Remark {number}"))

    queries()
    answer(0)
    before = queries()
    for number in range(1, 5):
        answer(number)

    assert queries() == before


def test_a_page_that_is_deleted_is_no_news(shared_words, words, tell):
    say(shared_words)
    words.delete()

    assert (tell(), mail.outbox) == (0, [])

"""What could not be done on time is kept, told once, and put right from the page's editor."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, Revision

from blog import outbox, schedule
from blog.checks import stops_of
from blog.models import MissedChange, PostAuthor, PostPage
from blog.schedule import Timer
from blog.schedule.reasons import FOR_OTHERS, reason_for
from tests.blog.desk.planning import free_the_address, take_address
from tests.blog.schedule.test_timer import is_scheduled, schedule_post
from tests.factories import make_author, make_image, make_person, make_post


@pytest.fixture
def clash(engineers):
    """A post that is due and whose slug another page has taken."""
    post = schedule_post(engineers, "Clash", minutes=-3)
    take_address(post)
    return post


@pytest.fixture
def row(clash):
    """The miss of that post."""
    Timer().look()
    return schedule.missed(clash).get()


# Keeping


def test_a_miss_says_what_when_and_why(clash, row):
    assert (row.kind, row.page_id, row.revision_id) == (
        "publish",
        clash.pk,
        clash.latest_revision_id,
    )
    assert (row.name, row.tries) == ("Clash", 1)
    assert row.due_at == Revision.objects.get(pk=row.revision_id).approved_go_live_at
    assert row.reason.startswith("Another page took its address meanwhile")
    assert row.problem.startswith("ValidationError: {'slug'")
    assert row.next_try - row.first_missed == timedelta(seconds=10)


def test_a_miss_goes_when_the_change_is_made(clash, row, caplog):
    free_the_address()
    MissedChange.objects.update(next_try=timezone.now())
    caplog.set_level("INFO", "twotrack.schedule")

    assert Timer().look().published == ["Clash"]

    assert not schedule.missed().exists()
    assert "“Clash” was missed at" in caplog.text


@pytest.mark.parametrize(
    "settle",
    [
        lambda post: Revision.objects.update(approved_go_live_at=None),
        lambda post: Revision.objects.update(
            approved_go_live_at=timezone.now() + timedelta(days=1)
        ),
        lambda post: post.delete(),
    ],
    ids=["cancelled", "rescheduled", "deleted"],
)
def test_a_miss_goes_when_the_change_is_no_longer_due(clash, row, settle):
    settle(PostPage.objects.get(pk=clash.pk))

    Timer().look()

    assert not schedule.missed().exists()


def test_an_expiry_can_be_missed_too(engineers, monkeypatch):
    post = make_post(engineers, "Over")
    Page.objects.filter(pk=post.pk).update(expire_at=timezone.now() - timedelta(seconds=1))
    monkeypatch.setattr(PostPage, "unpublish", lambda *args, **kwargs: 1 / 0)

    Timer().look()

    row = schedule.missed(post).get()
    assert (row.kind, row.name, row.reason) == ("expire", "Over", FOR_OTHERS)


def test_what_a_post_lost_since_is_a_reason(engineers):
    author, image = make_author("Gone"), make_image("Gone")
    without_author = schedule_post(engineers, "Authorless")
    without_author.post_authors = [PostAuthor(author=author)]
    without_picture = schedule_post(engineers, "Pictureless")
    without_picture.teaser_image = image
    in_text = make_post(engineers, "In text", markdown=f"![Gone](image:{image.pk})", live=False)
    for post in (without_author, without_picture, in_text):
        post.go_live_at = timezone.now() - timedelta(seconds=1)
        revision = post.save_revision()
        Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=post.go_live_at)
    Revision.objects.exclude(pk__in=PostPage.objects.values("latest_revision")).update(
        approved_go_live_at=None
    )
    author.delete()
    image.delete()

    Timer().look()

    reasons = dict(MissedChange.objects.values_list("name", "reason"))
    assert {name: reason.split(" deleted")[0] for name, reason in reasons.items()} == {
        "Authorless": "An author of the post was",
        "Pictureless": "The teaser picture was",
        "In text": "A picture in the text was",
    }


def test_a_draft_whose_author_is_gone_can_still_be_opened(engineers, admin):
    author = make_author("Gone")
    post = make_post(engineers, "Draft", live=False, authors=[author, make_author("Here")])
    PostAuthor.objects.filter(author=author).delete()
    author.delete()

    assert [str(row) for row in post.latest_revision.as_object().author_list] == ["Here"]
    assert admin.get(f"/admin/pages/{post.pk}/edit/").status_code == 200


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OperationalError("locked"), "The database was busy with other changes"),
        (IntegrityError("FOREIGN KEY"), "It refers to something that was deleted meanwhile"),
        (KeyError("x"), "The program failed at it."),
    ],
)
def test_reasons_are_words_for_editors(error, words):
    assert reason_for(error).startswith(words)


def test_a_text_that_cannot_be_rendered_is_a_reason(engineers, monkeypatch):
    schedule_post(engineers, "Due")
    monkeypatch.setattr("blog.rendering.resolve", lambda *args: 1 / 0)
    monkeypatch.setattr("blog.rendering.PIPELINE", -1)

    Timer().look()

    assert schedule.missed().get().reason.startswith("A part of its text cannot be shown.")


# Telling


def test_owner_editor_and_moderators_are_told_once(clash, mailoutbox):
    owner, editor = make_person("own", "Writers"), make_person("ed", "Editors")
    moderator = make_person("mod", "Moderators")
    make_person("nobody", "Editors")
    Page.objects.filter(pk=clash.pk).update(owner=owner)
    Revision.objects.update(user=editor)

    for _ in range(3):
        Timer().look()
        MissedChange.objects.update(next_try=timezone.now())
    outbox.deliver_due()

    assert sorted(mail.to[0] for mail in mailoutbox) == [
        *("ed@example.org", moderator.email, "own@example.org")
    ]
    assert mailoutbox[0].subject == "“Clash” could not be published on time"
    assert f"/admin/pages/{clash.pk}/edit/" in mailoutbox[0].body
    assert "Another page took its address meanwhile" in mailoutbox[0].body


def test_a_miss_is_kept_when_nobody_can_be_told(clash, monkeypatch):
    monkeypatch.setattr("blog.schedule.misses._who_is_told", lambda row: 1 / 0)

    Timer().look()

    assert schedule.missed(clash).exists()


# Putting it right


def test_the_editor_says_why_and_offers_three_ways(clash, row, admin):
    html = admin.get(f"/admin/pages/{clash.pk}/edit/").content.decode()

    assert "Was due at" in html
    assert "Another page took its address meanwhile" in html
    assert "Retry now" in html
    assert f"/admin/missed/{row.pk}/reschedule/" in html
    assert "Cancel schedule and edit" in html


def test_retrying_too_early_says_the_reason_again(clash, row, admin):
    answer = admin.post(f"/admin/missed/{row.pk}/retry/", follow=True)

    assert "Another page took its address meanwhile" in answer.content.decode()
    assert schedule.missed(clash).get().tries == 2
    assert is_scheduled(clash)


def test_retrying_publishes(clash, row, admin):
    free_the_address()

    answer = admin.post(f"/admin/missed/{row.pk}/retry/", follow=True)

    assert "“Clash” is published now." in answer.content.decode()
    assert PostPage.objects.get(pk=clash.pk).live
    assert not schedule.missed().exists()
    assert PageLogEntry.objects.filter(page=clash, action="wagtail.publish.scheduled").count() == 1


def test_rescheduling_sets_the_time_of_what_was_approved(clash, row, admin):
    answer = admin.post(f"/admin/missed/{row.pk}/reschedule/", {"at": "2040-05-06 07:08"})

    assert answer.status_code == 302
    revision = Revision.objects.get(pk=clash.latest_revision_id)
    assert revision.approved_go_live_at.isoformat() == "2040-05-06T07:08:00+00:00"
    assert revision.as_object().go_live_at == revision.approved_go_live_at
    assert not schedule.missed().exists()
    Timer().look()
    assert is_scheduled(clash)


@pytest.mark.parametrize("at", ["", "2020-01-01 00:00", "soon"])
def test_a_time_that_cannot_be_is_refused(clash, row, admin, at):
    answer = admin.post(f"/admin/missed/{row.pk}/reschedule/", {"at": at})

    assert answer.status_code == 422
    assert schedule.missed(clash).exists()


def test_cancelling_frees_the_post_for_editing(clash, row, admin):
    admin.post(f"/admin/missed/{row.pk}/cancel/")

    assert not is_scheduled(clash)
    assert not schedule.missed().exists()
    assert PostPage.objects.get(pk=clash.pk).get_lock() is None


def test_an_expiry_is_rescheduled_and_cancelled(engineers, monkeypatch, admin):
    post = make_post(engineers, "Over")
    Page.objects.filter(pk=post.pk).update(expire_at=timezone.now() - timedelta(seconds=1))
    monkeypatch.setattr(PostPage, "unpublish", lambda *args, **kwargs: 1 / 0)
    Timer().look()
    row = schedule.missed(post).get()

    admin.post(f"/admin/missed/{row.pk}/reschedule/", {"at": "2040-05-06 07:08"})
    found = PostPage.objects.get(pk=post.pk)
    assert found.expire_at.year == found.latest_revision.as_object().expire_at.year == 2040

    Page.objects.filter(pk=post.pk).update(expire_at=row.due_at)
    Timer().look()
    row = schedule.missed(post).get()
    admin.post(f"/admin/missed/{row.pk}/cancel/")
    found = PostPage.objects.get(pk=post.pk)
    assert found.expire_at is found.latest_revision.as_object().expire_at is None


@pytest.mark.parametrize("way", ["retry", "reschedule", "cancel"])
def test_only_who_may_publish_puts_it_right(clash, row, client, way):
    client.force_login(make_person("writer", "Writers"))

    assert client.post(f"/admin/missed/{row.pk}/{way}/").status_code in {302, 403}
    assert is_scheduled(clash)
    assert schedule.missed(clash).get().tries == 1


@pytest.mark.parametrize("way", ["retry", "cancel"])
def test_looking_changes_nothing(clash, row, admin, way):
    assert admin.get(f"/admin/missed/{row.pk}/{way}/").status_code == 405


# What comes


def test_what_comes_next_stands_in_order(engineers):
    schedule_post(engineers, "Later", minutes=60)
    schedule_post(engineers, "Soon", minutes=5)
    schedule_post(engineers, "Much later", minutes=600)

    assert [one.title for one in schedule.coming(2)] == ["Soon", "Later"]


# Meanwhile


def test_a_post_whose_expiry_passed_meanwhile_is_not_published(engineers):
    post = schedule_post(engineers, "Brief")
    revision = Revision.objects.get(pk=post.latest_revision_id)
    revision.content["expire_at"] = (timezone.now() - timedelta(seconds=1)).isoformat()
    revision.save(update_fields=["content"])

    assert Timer().look().published == []

    assert schedule.missed(post).get().reason.startswith("Its expiry, ")
    assert not PostPage.objects.get(pk=post.pk).live


@pytest.mark.parametrize("change", ["cancel", "reschedule"])
def test_what_was_published_meanwhile_is_not_taken_back(clash, row, admin_user, change):
    free_the_address()
    MissedChange.objects.update(next_try=timezone.now())
    Timer().look()
    later = [timezone.now() + timedelta(days=1)] if change == "reschedule" else []

    with pytest.raises(schedule.SettledError):
        getattr(schedule, change)(row, *later, admin_user)

    assert PostPage.objects.get(pk=clash.pk).live
    assert not is_scheduled(clash)


def test_what_expired_meanwhile_keeps_its_expiry(engineers, admin_user, monkeypatch):
    post = make_post(engineers, "Over")
    Page.objects.filter(pk=post.pk).update(expire_at=timezone.now() - timedelta(seconds=1))
    with monkeypatch.context() as patched:
        patched.setattr(PostPage, "unpublish", lambda *args, **kwargs: 1 / 0)
        Timer().look()
    row = schedule.missed(post).get()
    MissedChange.objects.update(next_try=timezone.now())
    assert Timer().look().expired == ["Over"]

    with pytest.raises(schedule.SettledError):
        schedule.cancel(row, admin_user)

    found = PostPage.objects.get(pk=post.pk)
    assert (found.live, found.expire_at) == (False, row.due_at)


def test_a_wait_for_another_time_holds_nothing_back(engineers):
    post = make_post(engineers, "Over")
    Page.objects.filter(pk=post.pk).update(expire_at=timezone.now() - timedelta(seconds=1))
    MissedChange.objects.create(
        key=f"wagtailcore.Page:{post.pk}",
        kind=MissedChange.Kind.EXPIRE,
        page_id=post.pk,
        name="Over",
        due_at=timezone.now() - timedelta(hours=1),
        next_try=timezone.now() + timedelta(hours=1),
        first_missed=timezone.now(),
    )

    assert Timer().look().expired == ["Over"]


def test_a_rule_made_stricter_later_stops_no_schedule(engineers):
    """Rules are asked when somebody publishes or schedules; the timer carries out what was."""
    post = schedule_post(engineers, "Leftovers")
    revision = Revision.objects.get(pk=post.latest_revision_id)
    revision.content["body"] = '[{"type": "markdown", "value": "{% include gallery %}"}]'
    revision.save(update_fields=["content"])
    assert stops_of(revision.as_object())

    assert Timer().look().published == ["Leftovers"]

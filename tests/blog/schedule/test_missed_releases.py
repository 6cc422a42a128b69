"""A release that could not go out is kept, told once, and put right in one step."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission, Page, Revision

from blog import outbox, schedule
from blog.desk import dashboard
from blog.models import MissedChange, PostPage, Release, ReleasePost
from blog.schedule import Outcome, SettledError, Timer
from tests.blog.desk.planning import (
    free_the_address,
    make_due,
    make_release,
    make_user,
    state_of,
    take_address,
)
from tests.factories import make_person, make_post


@pytest.fixture
def posts(engineers, everyone):
    return [make_post(engineers, "First", live=False), make_post(everyone, "Second", live=False)]


@pytest.fixture
def release(posts):
    """A release that is due; another page has taken the address of its first post."""
    made = make_due(make_release("Autumn", timezone.now() + timedelta(days=3), posts))
    take_address(posts[0])
    return made


@pytest.fixture
def row(release):
    Timer().look()
    return schedule.missed().get()


def test_it_keeps_its_date_and_names_the_post_that_stops_it(release, row, posts):
    assert (row.release_id, row.page_id, row.tries) == (release.pk, None, 1)
    assert (row.name, row.due_at) == ("Autumn", release.go_live_at)
    assert row.reason.startswith("“First” could not be published, so none of the release’s posts")
    assert row.next_try - row.first_missed == timedelta(seconds=10)
    assert state_of(posts) == [(False, True)] * 2


def test_its_wait_outlives_a_restart(row):
    Timer().look()
    assert schedule.missed().get().tries == 1

    MissedChange.objects.update(next_try=timezone.now())
    Timer().look()
    again = schedule.missed().get()
    assert again.tries == 2
    assert again.next_try > timezone.now() + timedelta(seconds=15)


def test_owners_editors_and_moderators_are_told_once(release, posts, mailoutbox):
    names = ("owner", "editor", "nobody")
    owner, editor, _ = [make_person(name, "Editors") for name in names]
    make_person("moderator", "Moderators")
    Page.objects.filter(pk=posts[0].pk).update(owner=owner)
    Revision.objects.filter(object_id=str(posts[1].pk)).update(user=editor)

    for _ in range(3):
        Timer().look()
        MissedChange.objects.update(next_try=timezone.now())
    outbox.deliver_due()

    assert sorted(mail.to[0] for mail in mailoutbox) == [
        *("editor@example.org", "moderator@example.org", "owner@example.org")
    ]
    assert mailoutbox[0].subject == "“Autumn” could not be published on time"
    assert f"/admin/releases/edit/{release.pk}/" in mailoutbox[0].body
    assert "“First” could not be published" in mailoutbox[0].body


def test_it_is_shown_on_its_form_its_posts_and_the_dashboard(release, row, posts, admin, settings):
    for address in (
        reverse("releases:edit", args=[release.pk]),
        *(reverse("wagtailadmin_pages:edit", args=[post.pk]) for post in posts),
        "/admin/",
    ):
        html = admin.get(address).content.decode()
        assert "“First” could not be published" in html
        assert f"/admin/missed/{row.pk}/retry/" in html
        assert f"/admin/missed/{row.pk}/reschedule/" in html
        assert f"/admin/missed/{row.pk}/cancel/" in html
        assert f"/admin/releases/edit/{release.pk}/" in html
        assert settings.TIME_ZONE in html


def test_retrying_publishes_all_of_it(release, row, posts, admin):
    free_the_address()

    answer = admin.post(f"/admin/missed/{row.pk}/retry/", follow=True)

    assert answer.redirect_chain[0][0] == f"/admin/releases/edit/{release.pk}/"
    assert "“Autumn” is published now." in answer.content.decode()
    assert state_of(posts) == [(True, False)] * 2
    assert not schedule.missed().exists()


def test_retrying_too_early_counts_and_says_why(row, posts, admin):
    answer = admin.post(f"/admin/missed/{row.pk}/retry/", follow=True)

    assert "“First” could not be published" in answer.content.decode()
    assert schedule.missed().get().tries == 2
    assert state_of(posts) == [(False, True)] * 2


def test_rescheduling_moves_the_release_and_the_approved_words(release, row, posts, admin):
    approved = list(release.release_posts.values_list("revision", flat=True))

    admin.post(f"/admin/missed/{row.pk}/reschedule/", {"at": "2040-05-06 07:08"})

    found = Release.objects.get()
    assert (found.state, found.go_live_at.isoformat()) == ("scheduled", "2040-05-06T07:08:00+00:00")
    assert list(found.release_posts.values_list("revision", flat=True)) == approved
    revisions = Revision.objects.filter(pk__in=approved)
    assert {one.approved_go_live_at for one in revisions} == {found.go_live_at}
    assert {one.as_object().go_live_at for one in revisions} == {found.go_live_at}
    assert not schedule.missed().exists()
    assert Timer().look() == schedule.Report()


def test_a_time_after_the_expiry_of_a_post_is_refused(release, row, posts, admin):
    revision = Revision.objects.get(pk=release.release_posts.get(post=posts[1]).revision_id)
    revision.content["expire_at"] = "2039-01-01T00:00:00+00:00"
    revision.save(update_fields=["content"])

    answer = admin.post(f"/admin/missed/{row.pk}/reschedule/", {"at": "2040-05-06 07:08"})

    assert answer.status_code == 422
    assert "“Second” expires before that" in answer.content.decode()
    assert Release.objects.get().go_live_at == release.go_live_at


def test_cancelling_frees_all_of_its_posts(row, posts, admin):
    admin.post(f"/admin/missed/{row.pk}/cancel/")

    assert Release.objects.get().state == "draft"
    assert state_of(posts) == [(False, False)] * 2
    assert not schedule.missed().exists()


@pytest.mark.parametrize("way", ["retry", "reschedule", "cancel"])
def test_only_who_may_publish_every_post_puts_it_right(row, posts, engineers, client, way):
    client.force_login(make_user("half", engineers, "change", "publish"))

    client.post(f"/admin/missed/{row.pk}/{way}/", {"at": "2040-05-06 07:08"})

    assert state_of(posts) == [(False, True)] * 2
    assert schedule.missed().get().tries == 1
    assert [may for _, _, may in dashboard.missed_for(get_user_model().objects.get())] == [False]


def test_a_writer_sees_the_miss_of_their_track_and_no_other(row, everyone, client):
    GroupPagePermission.objects.filter(group__name="Writers").update(page=everyone)
    assert [found.name for found, _, _ in dashboard.missed_for(make_person("w", "Writers"))] == [
        "Autumn"
    ]
    ReleasePost.objects.filter(post__track=everyone).delete()
    assert dashboard.missed_for(get_user_model().objects.get()) == []


# Meanwhile


def test_a_post_that_is_out_already_holds_nobody_back(release, posts):
    free_the_address()
    Revision.objects.get(pk=release.release_posts.get(post=posts[0]).revision_id).publish()

    assert Timer().look().published == ["Autumn"]
    assert state_of(posts) == [(True, False)] * 2


def test_a_post_that_was_deleted_is_named(release, row, posts):
    PostPage.objects.get(pk=posts[1].pk).delete()
    free_the_address()
    MissedChange.objects.update(next_try=timezone.now())

    Timer().look()

    assert schedule.missed().get().reason.startswith("“Second” was deleted, so none")
    assert state_of(posts[:1]) == [(False, True)]


def test_deleting_the_release_ends_the_miss(release, row, admin):
    admin.post(reverse("releases:delete", args=[release.pk]))

    assert not MissedChange.objects.exists()


@pytest.mark.parametrize("change", ["cancel", "reschedule"])
def test_what_the_timer_published_meanwhile_is_not_taken_back(row, posts, admin_user, change):
    free_the_address()
    MissedChange.objects.update(next_try=timezone.now())
    assert Timer().look().published == ["Autumn"]
    later = [timezone.now() + timedelta(days=1)] if change == "reschedule" else []

    with pytest.raises(SettledError):
        getattr(schedule, change)(row, *later, admin_user)

    assert Release.objects.get().state == "published"
    assert state_of(posts) == [(True, False)] * 2


def test_a_button_pressed_after_the_timer_says_so(row, admin):
    free_the_address()
    MissedChange.objects.update(next_try=timezone.now())
    Timer().look()

    answer = admin.post(f"/admin/missed/{row.pk}/cancel/", follow=True)

    assert "That is no longer missed" in answer.content.decode()


def test_a_form_saved_after_the_timer_changes_nothing(release, posts, admin, monkeypatch):
    """The form was opened, and loaded its release, before the timer published it."""
    Release.objects.update(published_at=timezone.now())
    address = reverse("releases:edit", args=[release.pk])
    monkeypatch.setattr("blog.desk.releases.ReleaseEditView.get_object", lambda view: release)

    answer = admin.post(address, {"name": "Other", "is_scheduled": ""})

    assert answer.status_code == 200
    assert (Release.objects.get().name, Release.objects.get().state) == ("Autumn", "published")


def test_retry_tells_what_became_of_it(row, monkeypatch):
    now = schedule.moment_of_looking()
    assert schedule.try_now(row, now) is Outcome.FAILED
    monkeypatch.setattr("blog.schedule.changes_due.publish_release", lambda *args: None)
    assert schedule.try_now(row, now) is Outcome.BUSY
    Release.objects.update(is_scheduled=False)
    assert schedule.try_now(row, now) is Outcome.SETTLED

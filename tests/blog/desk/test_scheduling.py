"""Dates in the editor: what is asked for, shown, refused and warned of."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page
from wagtail.users.models import UserProfile

from blog.models import PostPage
from tests.blog.desk.planning import at, make_planned, make_scheduled
from tests.blog.test_admin import post_form
from tests.factories import make_post

pytestmark = pytest.mark.usefixtures("berlin")


@pytest.fixture
def new_yorker(admin_user):
    profile = UserProfile.get_for_user(admin_user)
    profile.current_time_zone = "America/New_York"
    profile.save()


def form_of(post: PostPage, **fields) -> dict:
    """What the editor sends for the post as it is."""
    body = [("markdown", "Words of a quokka.")]
    form = post_form(post.title, slug=post.slug, excerpt=post.excerpt, body=body)
    return form | {"go_live_at": "", "expire_at": "", "planned_for": "", **fields}


def send(admin, post, **fields):
    return admin.post(reverse("wagtailadmin_pages:edit", args=[post.pk]), form_of(post, **fields))


def publish(admin, post, **fields):
    return send(admin, post, **{"action-publish": "yes", **fields})


def said(answer) -> list[str]:
    """What the editor is told, as plain text."""
    found = [str(message) for message in answer.wsgi_request._messages]
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", words)).strip() for words in found]


def errors_of(answer) -> dict:
    assert answer.status_code == 200
    return {name: list(found) for name, found in answer.context["form"].errors.items()}


def test_a_post_is_scheduled_in_the_publications_zone_from_anywhere(admin, engineers, new_yorker):
    post = make_post(engineers, "Post", live=False)

    publish(admin, post, go_live_at="2036-12-01 09:00")

    revision = PostPage.objects.get(pk=post.pk).scheduled_revision
    assert revision.approved_go_live_at == at("2036-12-01 09:00")


def test_the_editor_names_both_zones(admin, engineers, new_yorker):
    post = make_scheduled(engineers, "Post", at("2036-12-01 09:00"))

    page = admin.get(reverse("wagtailadmin_pages:edit", args=[post.pk])).content.decode()

    assert "Time in Europe/Berlin, the publication’s time zone." in page
    assert "For you in America/New_York: 1 December 2036, 03:00 EST." in page
    assert "1 December 2036, 09:00 CET (1 December 2036, 03:00 EST)" in page
    assert 'value="2036-12-01 09:00"' in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("2026-03-29 02:30", "02:30 does not exist on 29 March 2026 in Europe/Berlin"),
        ("2026-10-25 02:30", "02:30 happens twice on 25 October 2026 in Europe/Berlin"),
        ("10000-01-01 00:00", "Enter a valid date/time."),
        ("9999-12-31 23:59", "Choose a year from 1 to 9999."),
    ],
)
def test_a_time_that_cannot_be_is_refused_at_its_field(admin, engineers, typed, words):
    post = make_post(engineers, "Post", live=False)
    revision = post.latest_revision_id

    answer = publish(admin, post, go_live_at=typed)

    assert words in errors_of(answer)["go_live_at"][0]
    post.refresh_from_db()
    assert (post.live, post.latest_revision_id) == (False, revision)


def test_the_year_9999_is_accepted(admin, engineers, new_yorker):
    post = make_post(engineers, "Post", live=False)

    assert publish(admin, post, go_live_at="9999-06-01 12:00").status_code == 302

    assert admin.get(reverse("wagtailadmin_pages:edit", args=[post.pk])).status_code == 200
    assert admin.get("/admin/calendar/").status_code == 200


def test_a_time_that_is_over_publishes_now_and_says_so(admin, engineers):
    post = make_post(engineers, "Post", live=False)

    answer = publish(admin, post, go_live_at="2020-01-01 09:00")

    assert PostPage.objects.get(pk=post.pk).live
    assert said(answer)[0] == (
        "The go-live time, 1 January 2020, 09:00 CET, is over, so “Post” is published now."
    )


def test_that_the_time_is_over_is_said_once(admin, engineers):
    post = make_post(engineers, "Post", live=False)
    publish(admin, post, go_live_at="2020-01-01 09:00")
    admin.get("/admin/")

    answer = publish(admin, post, go_live_at="2020-01-01 09:00")

    assert [words for words in said(answer) if "is over" in words] == []


@pytest.mark.parametrize("expiry", ["2036-11-30 09:00", "2036-12-01 09:00"])
def test_an_expiry_not_after_the_go_live_time_is_refused(admin, engineers, expiry):
    post = make_post(engineers, "Post", live=False)

    answer = publish(admin, post, go_live_at="2036-12-01 09:00", expire_at=expiry)

    assert "expire_at" in errors_of(answer)
    assert not PostPage.objects.get(pk=post.pk).live


def test_the_draft_of_an_expired_post_can_be_saved(admin, engineers):
    over = (timezone.now() - timedelta(days=30)).replace(second=0, microsecond=0)
    post = make_post(engineers, "Post", expire_at=over)
    Page.objects.filter(pk=post.pk).update(live=False, expired=True)
    typed = f"{timezone.localtime(over, timezone.get_default_timezone()):%Y-%m-%d %H:%M}"

    saved = send(admin, post, expire_at=typed, title="Better")
    refused = publish(admin, post, expire_at=typed, title="Better")

    assert saved.status_code == 302
    assert PostPage.objects.get(pk=post.pk).latest_revision.content["title"] == "Better"
    assert errors_of(refused)["expire_at"] == ["Expiry date/time must be in the future."]


def test_an_expiry_that_is_over_is_refused_on_other_posts(admin, engineers):
    post = make_post(engineers, "Post", live=False)

    assert "expire_at" in errors_of(send(admin, post, expire_at="2020-01-01 09:00"))


def test_scheduling_close_to_another_post_warns(admin, engineers):
    make_scheduled(engineers, "Other", at("2036-12-01 09:30"))
    post = make_post(engineers, "Post", live=False)

    answer = publish(admin, post, go_live_at="2036-12-01 09:00")

    assert said(answer)[0] == ("“Other” goes live within an hour: 1 December 2036, 09:30 CET.")
    assert PostPage.objects.get(pk=post.pk).scheduled_revision is not None


def test_the_plan_is_stored_with_a_draft_and_publishes_nothing(admin, engineers):
    post = make_post(engineers, "Post", live=False)

    send(admin, post, planned_for="2036-12-01 09:00")

    found = PostPage.objects.get(pk=post.pk)
    assert found.planned_for == at("2036-12-01 09:00")
    assert (found.live, found.scheduled_revision) == (False, None)


def test_the_plan_of_a_live_post_does_not_publish_its_draft(admin, engineers):
    post = make_post(engineers, "Live")

    send(admin, post, title="Draft title", planned_for="2036-12-01 09:00")

    found = PostPage.objects.get(pk=post.pk)
    assert (found.title, found.planned_for) == ("Live", at("2036-12-01 09:00"))


def test_the_editor_shows_the_plan_that_the_calendar_moved(admin, engineers):
    post = make_planned(engineers, "Post", at("2036-12-01 09:00"))
    PostPage.objects.filter(pk=post.pk).update(planned_for=at("2036-12-08 09:00"))

    page = admin.get(reverse("wagtailadmin_pages:edit", args=[post.pk])).content.decode()

    assert 'value="2036-12-08 09:00"' in page

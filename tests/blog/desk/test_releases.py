from datetime import UTC, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry, PageLogEntry, Revision
from wagtail.signals import page_published

from blog import schedule
from blog.models import PostPage, Release, ReleasePost
from blog.schedule import Timer, releases
from tests.blog.desk.planning import (
    make_due,
    make_release,
    make_scheduled,
    make_user,
    state_of,
    take_address,
)
from tests.factories import make_post

AHEAD = timedelta(days=3)


@pytest.fixture
def three(engineers, everyone):
    return [
        make_post(engineers, "First", live=False),
        make_post(everyone, "Second", live=False),
        make_post(engineers, "Third", live=False),
    ]


def published_entries() -> int:
    return PageLogEntry.objects.filter(action="wagtail.publish.scheduled").count()


def test_the_posts_of_a_release_go_out_together(three, admin_user):
    release = make_due(make_release("Autumn", timezone.now() + AHEAD, three, user=admin_user))

    report = Timer().look()

    assert report.published == ["Autumn"]
    assert state_of(three) == [(True, False)] * 3
    assert published_entries() == 3
    release.refresh_from_db()
    assert release.state == "published"
    assert Timer().look() == schedule.Report()


def test_a_release_that_is_not_due_waits(three):
    make_release("Autumn", timezone.now() + AHEAD, three)

    assert Timer().look() == schedule.Report()
    assert state_of(three) == [(False, True)] * 3


def test_a_post_that_cannot_be_published_keeps_all_back(three):
    release = make_due(make_release("Autumn", timezone.now() + AHEAD, three))
    take_address(three[1])

    report = Timer().look()

    assert report.published == []
    assert [failure.name for failure in report.failed] == ["Autumn"]
    assert "“Second” could not be published, so none of the release’s posts was." in (
        report.failed[0].reason
    )
    assert state_of(three) == [(False, True)] * 3
    assert published_entries() == 0
    release.refresh_from_db()
    assert release.state == "scheduled"
    assert schedule.missed().get().reason == report.failed[0].reason


def test_the_posts_of_a_missed_release_do_not_go_out_by_themselves(three, engineers):
    make_due(make_release("Autumn", timezone.now() + AHEAD, three))
    Revision.objects.filter(object_id=str(three[2].pk)).update(approved_go_live_at=None)

    report = Timer().look()

    assert report.published == []
    assert "“Third” is no longer scheduled with the release" in report.failed[0].reason
    assert state_of(three) == [(False, True), (False, True), (False, False)]


def test_a_release_with_a_deleted_post_is_kept_back(three):
    make_due(make_release("Autumn", timezone.now() + AHEAD, three))
    PostPage.objects.get(pk=three[0].pk).delete()

    report = Timer().look()

    assert "“First” was deleted, so none" in report.failed[0].reason
    assert state_of(three[1:]) == [(False, True)] * 2


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_failure_after_any_post_takes_back_those_before(three, place):
    make_due(make_release("Autumn", timezone.now() + AHEAD, three))
    seen = []

    def refuse(instance, **kwargs):
        seen.append(instance.title)
        if len(seen) == place + 1:
            raise RuntimeError("the newsletter is down")

    page_published.connect(refuse)
    try:
        report = Timer().look()
    finally:
        page_published.disconnect(refuse)

    assert len(report.failed) == 1
    assert state_of(three) == [(False, True)] * 3
    assert published_entries() == 0
    assert Release.objects.get().published_at is None


def test_a_repaired_release_goes_out(three, admin_user):
    release = make_due(make_release("Autumn", timezone.now() + AHEAD, three))
    entry = release.release_posts.last()
    releases.withdraw(entry, admin_user)
    assert len(Timer().look().failed) == 1
    release = Release.objects.get(pk=release.pk)
    release.go_live_at = timezone.now() + AHEAD
    release.save()

    releases.schedule(release, admin_user)
    make_due(release)

    assert Timer().look().published == ["Autumn"]
    assert state_of(three) == [(True, False)] * 3
    assert list(schedule.missed()) == []


def test_calling_off_leaves_drafts(three, admin_user):
    release = make_release("Autumn", timezone.now() + AHEAD, three, user=admin_user)

    releases.call_off(release, admin_user)

    assert state_of(three) == [(False, False)] * 3
    assert Release.objects.get().state == "draft"
    actions = ModelLogEntry.objects.for_instance(release).values_list("action", flat=True)
    assert set(actions) == {"blog.release.schedule", "blog.release.cancel"}


# In the admin


def form_data(name, moment, posts, *, is_scheduled=True, entries=()):
    data = {
        "name": name,
        "go_live_at": moment and f"{timezone.localtime(moment, UTC):%Y-%m-%d %H:%M}",
        "release_posts-TOTAL_FORMS": len(posts),
        "release_posts-INITIAL_FORMS": len(entries),
        "release_posts-MIN_NUM_FORMS": 1,
        "release_posts-MAX_NUM_FORMS": 1000,
    }
    if is_scheduled:
        data["is_scheduled"] = "on"
    for place, post in enumerate(posts):
        data |= {
            f"release_posts-{place}-post": post.pk,
            f"release_posts-{place}-ORDER": place + 1,
            f"release_posts-{place}-id": entries[place].pk if place < len(entries) else "",
        }
    return data


@pytest.fixture(autouse=True)
def utc(settings):
    settings.TIME_ZONE = "UTC"


def test_a_release_is_made_and_scheduled_in_the_admin(admin, three, admin_user):
    moment = (timezone.now() + AHEAD).replace(second=0, microsecond=0)

    answer = admin.post(reverse("releases:add"), form_data("Autumn", moment, three))

    release = Release.objects.get()
    assert answer.status_code == 302
    assert (release.state, release.go_live_at) == ("scheduled", moment)
    assert state_of(three) == [(False, True)] * 3
    approved = [entry.revision.approved_go_live_at for entry in release.release_posts.all()]
    assert approved == [moment] * 3


def test_a_release_without_the_tick_schedules_nothing(admin, three):
    moment = timezone.now() + AHEAD

    admin.post(reverse("releases:add"), form_data("Autumn", moment, three, is_scheduled=False))

    assert Release.objects.get().state == "draft"
    assert state_of(three) == [(False, False)] * 3


def test_editing_moves_the_time_and_lets_go_of_a_post(admin, three, admin_user):
    release = make_release("Autumn", timezone.now() + AHEAD, three, user=admin_user)
    entries = list(release.release_posts.all())
    later = (timezone.now() + 2 * AHEAD).replace(second=0, microsecond=0)
    data = form_data("Autumn", later, three, entries=entries) | {"release_posts-2-DELETE": "on"}

    answer = admin.post(reverse("releases:edit", args=[release.pk]), data)

    assert answer.status_code == 302
    assert state_of(three) == [(False, True), (False, True), (False, False)]
    found = PostPage.objects.get(pk=three[0].pk).scheduled_revision
    assert found.approved_go_live_at == later
    assert ReleasePost.objects.get(post=three[0]).revision_id == found.pk


def test_unticking_takes_the_posts_off_the_schedule(admin, three, admin_user):
    release = make_release("Autumn", timezone.now() + AHEAD, three, user=admin_user)
    entries = list(release.release_posts.all())
    data = form_data("Autumn", release.go_live_at, three, entries=entries, is_scheduled=False)

    admin.post(reverse("releases:edit", args=[release.pk]), data)

    assert state_of(three) == [(False, False)] * 3


def test_deleting_takes_the_posts_off_the_schedule(admin, three, admin_user):
    release = make_release("Autumn", timezone.now() + AHEAD, three, user=admin_user)

    admin.post(reverse("releases:delete", args=[release.pk]))

    assert not Release.objects.exists()
    assert state_of(three) == [(False, False)] * 3


def refusal(client, data) -> str:
    answer = client.post(reverse("releases:add"), data)
    assert answer.status_code == 200
    assert not Release.objects.filter(name=data["name"]).exists()
    return answer.content.decode()


def test_what_cannot_go_out_is_refused_with_its_reason(admin, three, engineers, admin_user):
    moment = timezone.now() + AHEAD
    live = make_post(engineers, "Live already")
    alone = make_scheduled(engineers, "Alone", moment)
    taken = make_post(engineers, "Taken", live=False)
    make_release("Spring", moment, [taken], user=admin_user)
    before = state_of([*three, live, alone, taken])

    assert "has no changes to publish" in refusal(admin, form_data("A", moment, [live]))
    assert "is scheduled by itself for" in refusal(admin, form_data("B", moment, [alone]))
    assert "is in the release “Spring” already" in refusal(admin, form_data("C", moment, [taken]))
    assert "This time is over" in refusal(admin, form_data("D", timezone.now() - AHEAD, three))
    assert "Say when the posts" in refusal(admin, form_data("E", "", three))
    refusal(admin, form_data("F", moment, []))
    assert state_of([*three, live, alone, taken]) == before


def test_a_draft_that_is_not_complete_is_refused(admin, three):
    post = three[0]
    post.excerpt = ""
    post.save_revision(clean=False)

    said = refusal(admin, form_data("Autumn", timezone.now() + AHEAD, three))

    assert "“First” cannot be published yet" in said


def test_only_those_who_may_publish_every_post_schedule_a_release(client, three, engineers):
    publisher = make_user("publisher", engineers, "change", "publish")
    client.force_login(publisher)
    moment = timezone.now() + AHEAD

    assert "You may not publish “Second”" in refusal(client, form_data("A", moment, three))
    assert state_of(three) == [(False, False)] * 3
    answer = client.post(reverse("releases:add"), form_data("B", moment, [three[0], three[2]]))
    assert answer.status_code == 302
    assert state_of(three) == [(False, True), (False, False), (False, True)]


def test_a_foreign_post_in_a_release_protects_it(client, three, engineers, admin_user):
    release = make_release("Autumn", timezone.now() + AHEAD, three, user=admin_user)
    client.force_login(make_user("publisher", engineers, "change", "publish"))
    entries = list(release.release_posts.all())
    data = form_data("Autumn", release.go_live_at, three, entries=entries, is_scheduled=False)

    client.post(reverse("releases:edit", args=[release.pk]), data)
    client.post(reverse("releases:delete", args=[release.pk]))

    assert Release.objects.get().state == "scheduled"
    assert state_of(three) == [(False, True)] * 3


@pytest.mark.parametrize("name", ["index", "add"])
def test_releases_are_not_for_those_who_publish_nothing(client, engineers, name):
    client.force_login(make_user("writer", engineers, "add", "change"))

    answer = client.get(reverse(f"releases:{name}"))

    assert answer.status_code == 302
    assert answer.url == reverse("wagtailadmin_home")


def test_a_published_release_stays_as_it_is(admin, three, admin_user):
    release = make_due(make_release("Autumn", timezone.now() + AHEAD, three, user=admin_user))
    Timer().look()
    data = form_data("Other name", timezone.now() + AHEAD, three)

    answer = admin.post(reverse("releases:edit", args=[release.pk]), data)

    assert "stays as it is" in answer.content.decode()
    assert Release.objects.get().name == "Autumn"


def test_a_post_says_that_it_is_in_a_release(admin, three, admin_user):
    make_release("Autumn", timezone.now() + AHEAD, three, user=admin_user)

    page = admin.get(reverse("wagtailadmin_pages:edit", args=[three[0].pk])).content.decode()

    assert "In the release" in page
    assert "Autumn" in page


def test_the_pages_of_releases_open(admin, three, admin_user):
    release = make_due(make_release("Autumn", timezone.now() + AHEAD, three, user=admin_user))
    Revision.objects.filter(object_id=str(three[2].pk)).update(approved_go_live_at=None)
    Timer().look()

    page = admin.get(reverse("releases:edit", args=[release.pk])).content.decode()

    assert "did not go out" in page
    assert "Third is no longer scheduled with the release" in page
    assert admin.get(reverse("releases:index")).status_code == 200


def test_a_post_that_a_check_stops_is_refused(admin, three):
    stopped = three[1]
    stopped.body = [("markdown", "{% include gallery %}")]
    stopped.save_revision()

    said = refusal(admin, form_data("Autumn", timezone.now() + AHEAD, three))

    assert "“Second” is stopped by a check" in said
    assert state_of(three) == [(False, False)] * 3


def test_a_release_with_posts_elsewhere_shows_nobody_their_titles(client, engineers, everyone):
    secret = make_post(engineers, "Secret draft", live=False)
    release = Release.objects.create(name="Secret release")
    ReleasePost.objects.create(release=release, post=secret)
    client.force_login(make_user("elsa", everyone, "add", "change", "publish"))

    listed = client.get("/admin/releases/").content.decode()
    opened = client.get(f"/admin/releases/edit/{release.pk}/")
    history = client.get(f"/admin/releases/history/{release.pk}/")
    deleted = client.post(f"/admin/releases/delete/{release.pk}/")

    assert "Secret release" not in listed
    assert [answer.status_code for answer in (opened, history, deleted)] == [302, 302, 302]
    assert "Secret" not in client.get("/admin/").content.decode()
    assert Release.objects.filter(pk=release.pk).exists()

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, Revision

from blog.desk import planning
from blog.desk.planning import Gap, MoveRefusedError
from blog.models import PostPage
from blog.schedule import Timer
from tests.blog.desk.planning import at, make_planned, make_release, make_scheduled, make_user
from tests.factories import make_post

pytestmark = pytest.mark.usefixtures("berlin")


@pytest.fixture
def now(monkeypatch):
    """Thursday, 12 November 2026, ten o'clock."""
    moment = at("2026-11-12 10:00")
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return moment


def published(track, title, words):
    return make_post(track, title, display_date=at(words))


def entries(since="2026-11-01 00:00", until="2026-12-01 00:00"):
    found = planning.entries(PostPage.objects.all(), at(since), at(until))
    return [(entry.title, entry.state, f"{entry.local:%d %H:%M}") for entry in found]


def test_a_month_holds_what_is_published_planned_and_scheduled_in_order(now, engineers):
    make_scheduled(engineers, "Scheduled", at("2026-11-20 09:00"))
    make_planned(engineers, "Planned", at("2026-11-18 09:00"))
    published(engineers, "Published", "2026-11-03 09:00")
    published(engineers, "Of October", "2026-10-31 23:59")
    make_planned(engineers, "Of December", at("2026-12-01 00:00"))
    make_post(engineers, "Draft", live=False)

    assert entries() == [
        ("Published", "published", "03 09:00"),
        ("Planned", "planned", "18 09:00"),
        ("Scheduled", "scheduled", "20 09:00"),
    ]


def test_a_scheduled_post_is_no_longer_only_planned(now, engineers):
    make_scheduled(engineers, "Both", at("2026-11-20 09:00"), planned_for=at("2026-11-18 09:00"))

    assert entries() == [("Both", "scheduled", "20 09:00")]


def test_a_published_post_is_no_longer_planned(now, engineers):
    post = published(engineers, "Out", "2026-11-03 09:00")
    PostPage.objects.filter(pk=post.pk).update(planned_for=at("2026-11-18 09:00"))

    assert entries() == [("Out", "published", "03 09:00")]


def test_a_scheduled_change_of_a_live_post_stands_beside_it(now, engineers):
    post = published(engineers, "Out", "2026-11-03 09:00")
    post.go_live_at = at("2026-11-20 09:00")
    post.save_revision().publish()

    assert entries() == [("Out", "published", "03 09:00"), ("Out", "scheduled", "20 09:00")]


def test_entries_take_three_queries_however_many_posts(
    now, engineers, everyone, django_assert_num_queries
):
    for number in range(6):
        make_scheduled(engineers, f"Scheduled {number}", at("2026-11-20 09:00"))
        make_planned(everyone, f"Planned {number}", at("2026-11-21 09:00"))

    with django_assert_num_queries(3):
        found = planning.entries(
            PostPage.objects.all(), at("2026-11-01 00:00"), at("2026-12-01 00:00")
        )
        assert {entry.post.track.label for entry in found} == {engineers.label, everyone.label}
    assert len(found) == 12


# Moving


def test_moving_a_plan_touches_nothing_but_the_plan(now, engineers, admin_user):
    post = make_planned(engineers, "Planned", at("2026-11-18 09:30"))
    before = Page.objects.filter(pk=post.pk).values().get()
    revisions = list(Revision.objects.for_instance(post).values())

    planning.move(planning.entry_of(post), date(2026, 11, 25), admin_user)

    post.refresh_from_db()
    assert post.planned_for == at("2026-11-25 09:30")
    assert Page.objects.filter(pk=post.pk).values().get() == before
    assert list(Revision.objects.for_instance(post).values()) == revisions
    entry = PageLogEntry.objects.get(page=post, action="blog.plan.move")
    assert entry.user == admin_user
    assert entry.data == {
        "from": "2026-11-18T08:30:00+00:00",
        "to": "2026-11-25T08:30:00+00:00",
    }


def test_the_time_of_day_stays_over_a_change_of_clocks(now, engineers, admin_user):
    post = make_planned(engineers, "Planned", at("2027-03-20 09:30"))

    planning.move(planning.entry_of(post), date(2027, 4, 20), admin_user)

    post.refresh_from_db()
    assert post.planned_for == at("2027-04-20 09:30")


def test_moving_to_a_day_without_that_time_is_refused(now, engineers, admin_user):
    post = make_scheduled(engineers, "Early", at("2027-03-20 02:30"))

    with pytest.raises(ValidationError, match=r"02:30 does not exist on 28 March 2027"):
        planning.move(planning.entry_of(post), date(2027, 3, 28), admin_user)

    assert planning.entry_of(post).at == at("2027-03-20 02:30")


def test_moving_a_scheduled_post_schedules_the_approved_words_anew(now, engineers, admin_user):
    post = make_scheduled(engineers, "Approved", at("2026-11-20 09:00"), markdown="Approved words.")
    former = post.scheduled_revision

    planning.move(planning.entry_of(post), date(2026, 11, 25), admin_user)

    moved = PostPage.objects.get(pk=post.pk)
    revision = moved.scheduled_revision
    assert revision.approved_go_live_at == at("2026-11-25 09:00")
    assert revision.as_object().go_live_at == at("2026-11-25 09:00")
    assert revision.content["body"] == former.content["body"]
    assert revision.user == admin_user
    assert Revision.objects.get(pk=former.pk).approved_go_live_at is None
    assert not moved.live
    logged = PageLogEntry.objects.filter(page=post, revision=revision)
    assert set(logged.values_list("action", "user")) == {
        ("wagtail.edit", admin_user.pk),
        ("wagtail.publish.schedule", admin_user.pk),
    }


def test_words_written_after_the_approved_ones_stay_the_newest_draft(
    now, engineers, admin_user, monkeypatch
):
    post = make_scheduled(engineers, "Approved", at("2026-11-20 09:00"))
    post.title = "Newer words"
    post.save_revision()

    planning.move(planning.entry_of(post), date(2026, 11, 25), admin_user)

    moved = PostPage.objects.get(pk=post.pk)
    assert moved.get_latest_revision_as_object().title == "Newer words"
    assert moved.scheduled_revision.as_object().title == "Approved"
    monkeypatch.setattr(timezone, "now", lambda: at("2026-11-25 09:01"))
    monkeypatch.setattr("blog.schedule.moment_of_looking", timezone.now)
    assert Timer().look().published == ["Approved"]
    assert PostPage.objects.get(pk=post.pk).title == "Approved"


def test_a_schedule_that_changed_meanwhile_is_not_moved(now, engineers, admin_user):
    post = make_scheduled(engineers, "Approved", at("2026-11-20 09:00"))
    entry = planning.entry_of(post)
    Revision.objects.update(approved_go_live_at=None)

    with pytest.raises(MoveRefusedError, match="has changed meanwhile"):
        planning.move(entry, date(2026, 11, 25), admin_user)

    assert PostPage.objects.get(pk=post.pk).scheduled_revision is None


def test_a_plan_that_changed_meanwhile_is_not_moved(now, engineers, admin_user):
    post = make_planned(engineers, "Planned", at("2026-11-18 09:30"))
    entry = planning.entry_of(post)
    PostPage.objects.update(planned_for=at("2026-11-19 09:30"))

    with pytest.raises(MoveRefusedError, match="has changed meanwhile"):
        planning.move(entry, date(2026, 11, 25), admin_user)

    post.refresh_from_db()
    assert post.planned_for == at("2026-11-19 09:30")


@pytest.mark.parametrize(
    ("day", "reason"),
    [(date(2026, 11, 12), "is over. To publish"), (date(2026, 11, 29), "expires before that")],
)
def test_a_day_that_is_over_or_after_the_expiry_is_refused(now, engineers, admin_user, day, reason):
    post = make_scheduled(
        engineers, "Short", at("2026-11-20 09:00"), expire_at=at("2026-11-28 09:00")
    )

    with pytest.raises(MoveRefusedError, match=reason):
        planning.move(planning.entry_of(post), day, admin_user)

    assert planning.entry_of(post).at == at("2026-11-20 09:00")


def test_moving_needs_the_right_for_this_very_post(now, engineers, everyone):
    writer = make_user("writer", engineers, "change")
    planned = make_planned(engineers, "Planned", at("2026-11-18 09:30"))
    scheduled = make_scheduled(engineers, "Scheduled", at("2026-11-20 09:00"))
    foreign = make_planned(everyone, "Foreign", at("2026-11-18 09:30"))

    planning.move(planning.entry_of(planned), date(2026, 11, 25), writer)
    for post in (scheduled, foreign):
        with pytest.raises(PermissionDenied):
            planning.move(planning.entry_of(post), date(2026, 11, 25), writer)

    assert entries() == [
        ("Foreign", "planned", "18 09:30"),
        ("Scheduled", "scheduled", "20 09:00"),
        ("Planned", "planned", "25 09:30"),
    ]


def test_a_post_of_a_release_is_moved_with_it_only(now, engineers, admin_user):
    post = make_post(engineers, "Together", live=False)
    make_release("Autumn", at("2026-11-20 09:00"), [post], user=admin_user)

    with pytest.raises(MoveRefusedError, match="release “Autumn”"):
        planning.move(planning.entry_of(post), date(2026, 11, 25), admin_user)


# Plans and versions


def test_no_version_brings_back_an_earlier_plan(engineers):
    post = make_planned(engineers, "Planned", at("2026-11-18 09:30"))
    PostPage.objects.filter(pk=post.pk).update(planned_for=at("2026-11-25 09:30"))

    post.latest_revision.publish()

    post.refresh_from_db()
    assert post.planned_for == at("2026-11-25 09:30")


def test_a_copy_has_no_plan(engineers):
    post = make_planned(engineers, "Planned", at("2026-11-18 09:30"))

    copy = post.copy(update_attrs={"title": "Copy", "slug": "copy"})

    assert copy.planned_for is None


# Collisions


def test_collisions_name_what_is_close(now, engineers, everyone, admin_user):
    make_scheduled(everyone, "Within the hour", at("2026-11-20 09:59"))
    make_scheduled(everyone, "An hour later", at("2026-11-20 10:00"))
    make_scheduled(engineers, "Same day, same track", at("2026-11-20 23:00"))
    make_scheduled(engineers, "Day after", at("2026-11-21 00:00"))
    make_planned(engineers, "Only planned", at("2026-11-20 09:00"))
    post = make_scheduled(engineers, "This", at("2026-11-20 09:00"))

    assert planning.collisions(post, at("2026-11-20 09:00"), admin_user) == [
        "“Within the hour” goes live within an hour: 20 November 2026, 09:59 CET.",
        "“Same day, same track” goes live on the same day on this track: "
        "20 November 2026, 23:00 CET.",
    ]


def test_collisions_name_no_post_that_the_user_may_not_find(now, engineers, everyone):
    make_scheduled(everyone, "Theirs", at("2026-11-20 09:30"))
    make_scheduled(engineers, "Ours", at("2026-11-20 09:15"))
    post = make_scheduled(engineers, "This", at("2026-11-20 09:00"))
    user = make_user("elsa", engineers, "change", "publish")

    assert planning.collisions(post, at("2026-11-20 09:00"), user) == [
        "“Ours” goes live within an hour: 20 November 2026, 09:15 CET.",
    ]


# Cadence


@pytest.fixture
def cadence_of(admin_user):
    """How a track keeps its goal, for somebody who may see everything."""
    return lambda track: next(
        found for found in planning.cadence(admin_user) if found.track == track
    )


def test_cadence_is_of_the_tracks_that_the_user_may_find(now, engineers, everyone):
    make_scheduled(everyone, "Theirs", at("2026-11-20 09:00"))
    make_scheduled(engineers, "Ours", at("2026-11-21 09:00"))
    user = make_user("elsa", engineers, "change")

    found = planning.cadence(user)

    assert [(entry.track, entry.next.title) for entry in found] == [(engineers, "Ours")]


def test_cadence_counts_what_is_published_and_what_is_behind(now, engineers, everyone, cadence_of):
    engineers.goal_posts, engineers.goal_days = 3, 30
    engineers.save()
    published(engineers, "Old", "2026-10-13 09:59")
    published(engineers, "First", "2026-10-14 12:00")
    published(engineers, "Last", "2026-11-10 23:00")
    make_planned(engineers, "Planned", at("2026-11-30 09:00"))
    make_scheduled(engineers, "Next", at("2026-11-20 09:00"))

    found = cadence_of(engineers)

    assert (found.goal_posts, found.goal_days) == (3, 30)
    assert (found.published, found.behind, found.days_since) == (2, 1, 2)
    assert (found.next.title, found.next.state) == ("Next", "scheduled")
    assert found.last == at("2026-11-10 23:00")
    other = cadence_of(everyone)
    assert (other.published, other.behind, other.days_since, other.next) == (0, 1, None, None)


def test_cadence_has_twelve_weeks_from_monday(now, engineers, cadence_of):
    published(engineers, "This Monday", "2026-11-09 00:00")
    published(engineers, "Last Sunday", "2026-11-08 23:59")
    published(engineers, "First Monday", "2026-08-24 00:00")
    published(engineers, "Before", "2026-08-23 23:59")

    weeks = cadence_of(engineers).weeks

    assert [week.count for week in weeks] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]
    assert (weeks[0].start, weeks[-1].start) == (date(2026, 8, 24), date(2026, 11, 9))


@pytest.mark.parametrize(
    ("last", "ahead", "gap"),
    [
        ("2026-11-10", ["2026-11-20", "2026-12-10"], Gap(date(2026, 12, 4), date(2026, 12, 9))),
        ("2026-11-10", ["2026-11-24", "2026-12-08"], Gap(date(2026, 12, 22), None)),
        ("2026-10-01", ["2026-11-20"], Gap(date(2026, 11, 12), date(2026, 11, 19))),
        ("2026-10-01", [], Gap(date(2026, 11, 12), None)),
        (None, ["2026-11-20"], Gap(date(2026, 11, 12), date(2026, 11, 19))),
    ],
)
def test_the_next_gap_is_where_the_goal_asks_for_a_post(now, engineers, last, ahead, gap):
    engineers.goal_posts, engineers.goal_days = 1, 14

    found = planning.next_gap(
        engineers, last and at(f"{last} 09:00"), [at(f"{day} 09:00") for day in ahead]
    )

    assert found == gap


def test_a_track_without_a_goal_is_never_behind(now, engineers, cadence_of):
    engineers.goal_posts = 0
    engineers.save()

    found = cadence_of(engineers)

    assert (found.behind, found.gap) == (0, None)


def test_cadence_takes_six_queries(now, engineers, everyone, admin_user, django_assert_num_queries):
    for number in range(5):
        published(engineers, f"Out {number}", "2026-11-03 09:00")
        make_scheduled(everyone, f"Scheduled {number}", at("2026-11-20 09:00") + timedelta(number))

    with django_assert_num_queries(6):
        planning.cadence(admin_user)

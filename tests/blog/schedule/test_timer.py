from datetime import UTC, datetime, timedelta
from threading import Event
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, Revision
from wagtail.signals import page_published

from blog import outbox, schedule
from blog.models import PostPage
from blog.schedule import Timer, changes_due, misses
from tests.blog.desk.planning import take_address
from tests.factories import make_post


def schedule_post(track, title, *, minutes: float = -1):
    """A post whose go-live time lies `minutes` from now; below zero it is due."""
    post = make_post(track, title, live=False)
    post.go_live_at = timezone.now() + timedelta(hours=1)
    post.save_revision().publish()
    due = timezone.now() + timedelta(minutes=minutes)
    Revision.objects.filter(pk=post.latest_revision_id).update(approved_go_live_at=due)
    content = Revision.objects.get(pk=post.latest_revision_id)
    content.content["go_live_at"] = due.isoformat()
    content.save(update_fields=["content"])
    return post


def is_scheduled(post) -> bool:
    return Revision.objects.for_instance(post).filter(approved_go_live_at__isnull=False).exists()


def test_a_due_post_goes_live(engineers, client):
    post = schedule_post(engineers, "Due")

    report = Timer().look()

    assert report.published == ["Due"]
    assert client.get(f"{engineers.url}due/").status_code == 200
    assert not is_scheduled(post)
    assert PageLogEntry.objects.filter(page=post, action="wagtail.publish.scheduled").count() == 1


def test_a_post_that_is_not_due_waits(engineers):
    post = schedule_post(engineers, "Later", minutes=5)

    assert Timer().look() == schedule.Report()
    assert not PostPage.objects.get(pk=post.pk).live
    assert is_scheduled(post)


def test_a_newer_revision_of_a_live_post_goes_live(engineers):
    post = make_post(engineers, "Old title")
    post.title, post.go_live_at = "New title", timezone.now() + timedelta(hours=1)
    revision = post.save_revision()
    revision.publish()
    assert PostPage.objects.get(pk=post.pk).title == "Old title"
    due = timezone.now() - timedelta(seconds=1)
    revision.content["go_live_at"] = due.isoformat()
    revision.approved_go_live_at = due
    revision.save()

    Timer().look()

    assert PostPage.objects.get(pk=post.pk).title == "New title"


def test_an_expired_post_is_unpublished(engineers):
    post = make_post(engineers, "Over")
    Page.objects.filter(pk=post.pk).update(expire_at=timezone.now() - timedelta(seconds=1))

    report = Timer().look()

    assert report.expired == ["Over"]
    found = PostPage.objects.get(pk=post.pk)
    assert (found.live, found.expired) == (False, True)


def test_a_second_look_does_nothing(engineers):
    schedule_post(engineers, "Due")
    timer = Timer()
    timer.look()

    assert timer.look() == schedule.Report()


def test_a_failing_post_keeps_its_schedule_and_stops_nobody(engineers):
    clash = schedule_post(engineers, "Clash", minutes=-3)
    schedule_post(engineers, "Fine", minutes=-2)
    take_address(clash)

    report = Timer().look()

    assert report.published == ["Fine"]
    assert [failure.name for failure in report.failed] == ["Clash"]
    assert report.failed[0].reason == (
        "Another page took its address meanwhile: The slug 'taken' is already in use within the "
        "parent page at '/engineers/'. Give one of the two another slug."
    )
    assert is_scheduled(clash)
    assert not PostPage.objects.get(pk=clash.pk).live


def test_a_receiver_that_raises_leaves_nothing_half_done(engineers):
    post = schedule_post(engineers, "Due")

    def refuse(**kwargs):
        raise RuntimeError("the newsletter is down")

    page_published.connect(refuse)
    try:
        report = Timer().look()
    finally:
        page_published.disconnect(refuse)

    assert report.published == []
    assert report.failed[0].reason == (
        "A part of the program that is told of every publication (“refuse”) failed. "
        "The program failed at it. Show the technical text to whoever looks after the site."
    )
    assert schedule.missed().get().problem == "RuntimeError: the newsletter is down"
    assert is_scheduled(post)
    assert not PostPage.objects.get(pk=post.pk).live
    assert not PageLogEntry.objects.filter(page=post, action="wagtail.publish.scheduled").exists()


@pytest.fixture
def clock(monkeypatch):
    """The database's clock, to be set on by seconds."""
    began, passed = timezone.now(), [0]
    for module in (schedule, misses, outbox):
        monkeypatch.setattr(
            module, "database_now", lambda: began + timedelta(seconds=passed[0]), raising=False
        )
    return lambda seconds: passed.__setitem__(0, passed[0] + seconds)


def test_a_failing_post_waits_longer_each_time_over_restarts(engineers, monkeypatch, clock):
    post = schedule_post(engineers, "Due")
    tries = []
    monkeypatch.setattr(changes_due, "publish_revision", lambda *args: tries.append(1) or 1 / 0)

    counts = []
    for seconds in (0, 9, 2, 18, 3, 600, 600):
        clock(seconds)
        Timer().look()
        counts.append(len(tries))

    assert counts == [1, 1, 2, 2, 3, 4, 5]
    assert is_scheduled(post)


def test_a_clock_that_is_ahead_publishes_nothing_early(engineers, monkeypatch):
    post = schedule_post(engineers, "Due", minutes=30)
    now = timezone.now()
    monkeypatch.setattr(schedule, "database_now", lambda: now)
    monkeypatch.setattr(schedule.timezone, "now", lambda: now + timedelta(hours=2))

    assert Timer().look() == schedule.Report()
    assert is_scheduled(post)


def test_a_clock_that_is_behind_leaves_the_schedule_as_it_is(engineers, monkeypatch):
    post = schedule_post(engineers, "Due", minutes=30)
    now = timezone.now()
    monkeypatch.setattr(schedule, "database_now", lambda: now + timedelta(hours=2))

    assert Timer().look() == schedule.Report()
    assert is_scheduled(post)
    assert not PageLogEntry.objects.filter(page=post, action="wagtail.publish.scheduled").exists()


def test_a_later_time_in_the_text_itself_holds(engineers):
    post = schedule_post(engineers, "Due")
    revision = post.latest_revision
    later = timezone.now() + timedelta(days=1)
    Revision.objects.filter(pk=revision.pk).update(
        content=revision.content | {"go_live_at": later.isoformat()}
    )

    assert Timer().look().published == []
    assert Revision.objects.get(pk=revision.pk).approved_go_live_at == later


@pytest.mark.parametrize(
    ("zone", "local"),
    [
        ("Europe/Berlin", "2027-03-28 03:00"),  # the first moment after the gap
        ("Europe/Berlin", "2026-10-25 02:30"),  # the first of the two
        ("America/New_York", "2026-11-01 01:30"),
        ("Australia/Lord_Howe", "2026-10-04 02:30"),  # half an hour is left out
        ("America/St_Johns", "2027-03-14 03:00"),
        ("Pacific/Kiritimati", "2027-01-01 00:00"),  # UTC+14
        ("Asia/Kathmandu", "2028-02-29 12:00"),  # UTC+5:45, a leap day
    ],
)
def test_a_post_goes_live_at_its_moment_in_every_zone(engineers, monkeypatch, zone, local):
    at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))
    post = schedule_post(engineers, "Due")
    content = post.latest_revision.content | {"go_live_at": at.isoformat()}
    Revision.objects.filter(pk=post.latest_revision_id).update(
        approved_go_live_at=at, content=content
    )
    found = []

    with timezone.override(ZoneInfo(zone)):
        for seconds in (-1, 0):
            now = at.astimezone(UTC) + timedelta(seconds=seconds)
            monkeypatch.setattr("django.utils.timezone.now", lambda now=now: now)
            monkeypatch.setattr(schedule, "database_now", lambda now=now: now)
            found.append(Timer().look().published)

    assert found == [[], ["Due"]]


def test_an_expiry_that_passed_holds_at_reading_while_no_timer_runs(engineers, client):
    post = make_post(engineers, "Over")
    address = f"{engineers.url}over/"
    assert client.get(address).status_code == 200

    Page.objects.filter(pk=post.pk).update(expire_at=timezone.now() - timedelta(seconds=1))

    assert client.get(address).status_code == 404
    assert "Over" not in client.get("/feed/").content.decode()


def test_the_timer_survives_a_database_that_is_away(monkeypatch):
    stop, looks = Event(), []

    def look(self):
        looks.append(1)
        if len(looks) == 3:
            stop.set()
        raise OperationalError("the database is away")

    monkeypatch.setattr(Timer, "look", look)
    monkeypatch.setattr(schedule, "close_old_connections", lambda: None)

    Timer().watch(seconds=0.001, stop=stop)

    assert len(looks) == 3


def test_the_command_says_what_it_did(engineers, capsys):
    schedule_post(engineers, "Due")

    call_command("publish_due")

    assert capsys.readouterr().out == "published  Due\n"


@pytest.mark.parametrize("command", ["publish_due", "publish_scheduled"])
def test_the_commands_fail_when_a_change_failed(engineers, monkeypatch, command):
    schedule_post(engineers, "Due")
    monkeypatch.setattr(changes_due, "publish_revision", lambda *args: 1 / 0)

    with pytest.raises(CommandError, match="1 due changes could not be made"):
        call_command(command)

from datetime import timedelta
from threading import Event
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, Revision
from wagtail.signals import page_published

from blog import schedule
from blog.models import PostPage
from blog.schedule import Timer
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
    other = make_post(engineers, "Other")
    Page.objects.filter(pk=other.pk).update(slug="taken")
    revision = clash.latest_revision
    revision.refresh_from_db()
    revision.content["slug"] = "taken"
    revision.save(update_fields=["content"])

    report = Timer().look()

    assert report.published == ["Fine"]
    assert [failure.name for failure in report.failed] == ["Clash"]
    assert "slug" in report.failed[0].reason
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
    assert report.failed[0].reason == "RuntimeError: the newsletter is down"
    assert is_scheduled(post)
    assert not PostPage.objects.get(pk=post.pk).live
    assert not PageLogEntry.objects.filter(page=post, action="wagtail.publish.scheduled").exists()


def test_a_failing_post_is_tried_again_after_a_while(engineers, monkeypatch):
    clock = iter([0.0, 5.0, 11.0, 12.0, 25.0])
    monkeypatch.setattr(schedule, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    post = schedule_post(engineers, "Due")
    tries = []
    monkeypatch.setattr(schedule, "publish_revision", lambda *args: tries.append(1) or 1 / 0)
    timer = Timer()

    timer.look()  # fails at 0 s, waits until 10 s
    timer.look()  # 5 s: still waiting
    assert len(tries) == 1
    timer.look()  # 11 s: fails at 12 s, waits twice as long

    assert len(tries) == 2
    assert is_scheduled(post)
    timer.look()  # 25 s: still waiting
    assert len(tries) == 2


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
    monkeypatch.setattr(schedule, "publish_revision", lambda *args: 1 / 0)

    with pytest.raises(CommandError, match="1 due changes could not be made"):
        call_command(command)

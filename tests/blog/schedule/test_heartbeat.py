"""When the timer last looked is known to people and to whoever watches the server."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from blog import schedule
from blog.models import Heartbeat
from blog.schedule import heartbeat
from blog.schedule.heartbeat import ago
from tests.blog.schedule.test_timer import schedule_post


def stand_still(**age):
    Heartbeat.objects.update_or_create(
        name="timer", defaults={"at": timezone.now() - timedelta(**age)}
    )


def test_a_beat_is_one_row_and_one_statement(db, django_assert_num_queries, monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(heartbeat, "database_now", lambda: now)

    for _ in range(2):
        with django_assert_num_queries(1):
            schedule.beat()

    assert schedule.last_look() == now
    assert Heartbeat.objects.count() == 1


def test_a_beat_that_cannot_be_stored_stops_nothing(db, monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError("locked")

    monkeypatch.setattr(Heartbeat.objects, "bulk_create", fail)

    schedule.beat()

    assert schedule.last_look() is None


@pytest.mark.parametrize(
    ("age", "words"),
    [
        ({"seconds": 4}, ""),
        ({"seconds": 100}, ""),
        ({"minutes": 3}, "The timer last ran 3 min ago."),
        ({"hours": 3}, "The timer last ran 3 h ago."),
        ({"days": 3}, "The timer last ran 3 days ago."),
    ],
)
def test_people_are_told_when_the_timer_stands_still(db, age, words):
    stand_still(**age)

    found = schedule.timer_warning()

    assert (found.startswith(words), bool(found)) == (True, bool(words))


def test_a_timer_that_never_ran_is_told_of(db):
    assert schedule.timer_warning().startswith("The timer has never run")


def test_clocks_that_differ_are_told_of(db, monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(heartbeat, "database_now", lambda: now + timedelta(hours=2, seconds=5))

    assert schedule.clock_warning() == ("The clock of this server is 2 h behind the database’s.")


def test_lengths_of_time_in_words():
    lengths = [0, 119, 120, 7199, 7200, 172799, 172800]

    assert [ago(timedelta(seconds=length)) for length in lengths] == [
        *("0 s", "119 s", "2 min", "119 min", "2 h", "47 h", "2 days")
    ]


def test_the_editor_of_a_scheduled_post_is_warned(engineers, admin):
    post = schedule_post(engineers, "Later", minutes=60)
    stand_still(hours=3)

    html = admin.get(f"/admin/pages/{post.pk}/edit/").content.decode()

    assert "The timer last ran 3 h ago." in html

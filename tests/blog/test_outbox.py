"""What a change sets off is kept with it, delivered once, and tried until it succeeds."""

from datetime import timedelta
from threading import Event

import pytest
from django.db import transaction
from django.utils import timezone

from blog import mailing, outbox
from blog.models import OutboxEntry
from tests.factories import make_post


@pytest.fixture
def delivered(monkeypatch):
    """What was delivered of the kind `test`; `fails` makes it raise."""
    calls = []

    def deliver(entry):
        calls.append(entry.payload)
        if deliver.fails:
            raise ConnectionError("nobody answers")

    deliver.fails, deliver.calls = False, calls
    monkeypatch.setitem(outbox._deliverers, "test", outbox.Deliverer(deliver, 60))
    return deliver


@pytest.fixture
def clock(monkeypatch):
    """The database's clock; called with seconds it is set on."""
    began, passed = timezone.now(), [0]
    monkeypatch.setattr(outbox, "database_now", lambda: began + timedelta(seconds=passed[0]))
    return lambda seconds: passed.__setitem__(0, passed[0] + seconds)


def put(number: int = 1, key: str = "one"):
    outbox.put("test", {"number": number}, key=key)


# Writing


def test_what_is_rolled_back_sets_off_nothing(db, delivered, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        put()
        transaction.set_rollback(True)

    assert (delivered.calls, OutboxEntry.objects.count()) == ([], 0)


def test_what_is_committed_is_delivered_at_once(db, delivered, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        put()
        assert delivered.calls == []

    assert delivered.calls == [{"number": 1}]
    entry = OutboxEntry.objects.get()
    assert (entry.tries, entry.problem, entry.waiting) == (1, "", None)
    assert entry.done_at is not None


def test_asked_twice_is_one_entry_with_the_latest_payload(db, delivered):
    put(1)
    put(2)
    put(3, key="other")

    assert outbox.deliver_due() == outbox.Report(done=2)
    assert delivered.calls == [{"number": 2}, {"number": 3}]


def test_asked_again_when_done_is_a_new_entry(db, delivered):
    put(1)
    outbox.deliver_due()
    put(2)
    outbox.deliver_due()

    assert delivered.calls == [{"number": 1}, {"number": 2}]
    assert OutboxEntry.objects.exclude(done_at=None).count() == 2


def test_asked_again_while_it_is_delivered_is_delivered_again(db, monkeypatch):
    calls = []

    def deliver(entry):
        calls.append(entry.payload["number"])
        if len(calls) == 1:
            put(2)

    monkeypatch.setitem(outbox._deliverers, "test", outbox.Deliverer(deliver, 60))
    put(1)

    outbox.deliver_due()

    assert calls == [1, 2]
    assert OutboxEntry.objects.filter(done_at=None).count() == 0


# Failing


def test_what_fails_waits_twice_as_long_each_time_up_to_ten_minutes(db, delivered, clock):
    delivered.fails = True
    put()
    waits = []
    for _ in range(8):
        outbox.deliver_due()
        wait = OutboxEntry.objects.get().due_at - outbox.database_now()
        waits.append(wait.total_seconds())
        clock(wait.total_seconds())

    assert waits == [10, 20, 40, 80, 160, 320, 600, 600]
    assert OutboxEntry.objects.get().problem == "ConnectionError: nobody answers"

    delivered.fails = False
    outbox.deliver_due()
    entry = OutboxEntry.objects.get()
    assert (entry.tries, entry.problem, entry.done_at is None) == (9, "", False)


def test_what_fails_stops_none_of_the_others(db, delivered, monkeypatch):
    monkeypatch.setitem(outbox._deliverers, "bad", outbox.Deliverer(lambda entry: 1 / 0, 60))
    outbox.put("bad", {}, key="bad")
    outbox.put("unknown", {}, key="unknown")
    put()

    assert outbox.deliver_due() == outbox.Report(done=1, failed=2)
    assert dict(OutboxEntry.objects.values_list("kind", "problem")) == {
        "bad": "ZeroDivisionError: division by zero",
        "unknown": "LookupError: Nothing in this release delivers “unknown”.",
        "test": "",
    }


def test_an_entry_is_claimed_by_one(db, delivered):
    put()
    (entry,), (same,) = outbox._due(None), outbox._due(None)

    assert (outbox._claim(entry), outbox._claim(same)) == (True, False)
    assert outbox.deliver_due() == outbox.Report()


def test_what_a_killed_process_had_claimed_is_due_again_in_its_time(db, delivered, clock):
    put()
    outbox._claim(outbox._due(None)[0])

    clock(59)
    assert outbox.deliver_due() == outbox.Report()
    clock(2)
    assert outbox.deliver_due() == outbox.Report(done=1)


def test_it_stops_between_two_entries(db, delivered):
    put(1, key="1")
    put(2, key="2")
    stop = Event()
    stop.set()

    assert outbox.deliver_due(stop=stop) == outbox.Report()


def test_old_entries_are_forgotten_after_a_week(db, delivered):
    put(1, key="old")
    put(2, key="new")
    outbox.deliver_due()
    put(3, key="waiting")
    day = timedelta(days=1)
    OutboxEntry.objects.filter(key="old").update(done_at=timezone.now() - 7 * day)
    OutboxEntry.objects.filter(key="waiting").update(created=timezone.now() - 9 * day)

    assert outbox.forget_old() == 1
    assert set(OutboxEntry.objects.values_list("key", flat=True)) == {"new", "waiting"}


# By whom


@pytest.fixture
def rounds(monkeypatch):
    """Set whenever somebody delivers; no database is touched."""
    called = Event()
    monkeypatch.setattr(outbox, "deliver_due", lambda **kwargs: called.set())
    monkeypatch.setattr(outbox, "close_old_connections", lambda: None)
    return called


def test_a_courier_delivers_beside_whenever_it_is_woken(rounds, monkeypatch):
    courier = outbox.Courier()
    monkeypatch.setattr(outbox, "_courier", courier)
    found = []
    for _ in range(3):
        rounds.clear()
        outbox._after_commit("test:one")
        found.append(rounds.wait(10))
    courier.end()

    assert found == [True, True, True]
    assert not courier._thread.is_alive()


def test_the_courier_of_the_timer_looks_by_itself(rounds, monkeypatch):
    monkeypatch.setattr(outbox, "forget_old", lambda: None)
    courier = outbox.Courier(seconds=0.01)
    courier.wake()
    found = []
    for _ in range(3):
        rounds.clear()
        found.append(rounds.wait(10))
    courier.end()

    assert found == [True, True, True]


def test_held_back_is_left_for_later(db, delivered, django_capture_on_commit_callbacks):
    with outbox.held_back(), django_capture_on_commit_callbacks(execute=True):
        put()
    assert delivered.calls == []

    outbox.deliver_due()
    assert delivered.calls == [{"number": 1}]


# What


def test_a_letter_is_sent_from_the_outbox(db, mailoutbox):
    mailing.send_later("ada@example.org", "A\nsubject", "Words.", key="letter")
    assert mailoutbox == []

    outbox.deliver_due()

    letter = mailoutbox[0]
    assert (letter.to, letter.subject, letter.body) == (["ada@example.org"], "A subject", "Words.")


def test_publishing_writes_its_deliveries(engineers, settings):
    settings.WAGTAILFRONTENDCACHE = {"cache": {"BACKEND": "blog.purging.HTTPBackend"}}
    post = make_post(engineers, "Post")
    post.title = "Post again"
    post.save_revision().publish()

    assert sorted(OutboxEntry.objects.values_list("kind", "what")) == [
        ("purge", "Post again"),
        ("related", "Post again"),
        ("renditions", "Post again"),
    ]


def test_without_a_cache_none_is_told(engineers, settings):
    settings.WAGTAILFRONTENDCACHE = {}
    make_post(engineers)

    assert not OutboxEntry.objects.filter(kind="purge").exists()

"""The report of deliveries, for moderators."""

import pytest

from blog import outbox
from blog.models import OutboxEntry
from tests.factories import make_person


@pytest.fixture
def failed(db, monkeypatch):
    """An entry that could not be delivered."""
    monkeypatch.setitem(outbox._deliverers, "test", outbox.Deliverer(lambda entry: 1 / 0, 60))
    outbox.put("test", {}, key="one", what="A post")
    outbox.deliver_due()
    return OutboxEntry.objects.get()


@pytest.fixture
def member(client):
    """Log in as a member of that group."""

    def log_in(group):
        client.force_login(make_person(group, group))
        return client

    return log_in


def test_the_report_says_what_is_the_matter(failed, member):
    html = member("Moderators").get("/admin/reports/deliveries/").content.decode()

    assert "A post" in html
    assert "ZeroDivisionError: division by zero" in html
    assert "Try again" in html
    assert "Drop" in html


@pytest.mark.parametrize(
    ("query", "shown"),
    [("", True), ("?state=failed", True), ("?state=done", False), ("?kind=mail", False)],
)
def test_the_report_can_be_narrowed(failed, member, query, shown):
    html = member("Moderators").get(f"/admin/reports/deliveries/{query}").content.decode()

    assert ("A post" in html) is shown


def test_trying_again_delivers(failed, member, monkeypatch):
    monkeypatch.setitem(outbox._deliverers, "test", outbox.Deliverer(lambda entry: None, 60))

    member("Moderators").post(f"/admin/reports/deliveries/{failed.pk}/try-again/")

    failed.refresh_from_db()
    assert failed.done_at is not None


def test_dropping_gives_up(failed, member):
    member("Moderators").post(f"/admin/reports/deliveries/{failed.pk}/drop/")

    assert not OutboxEntry.objects.exists()


def test_what_is_done_is_neither_tried_nor_dropped(failed, member, monkeypatch):
    monkeypatch.setitem(outbox._deliverers, "test", outbox.Deliverer(lambda entry: None, 60))
    outbox.try_again([failed])
    outbox.deliver_due()
    moderator = member("Moderators")

    for way in ("try-again", "drop"):
        moderator.post(f"/admin/reports/deliveries/{failed.pk}/{way}/")

    assert OutboxEntry.objects.get().tries == 2


@pytest.mark.parametrize("group", ["Writers", "Editors"])
def test_others_neither_look_nor_change(failed, member, group):
    other = member(group)

    assert other.get("/admin/reports/deliveries/").status_code == 302
    for way in ("try-again", "drop"):
        answer = other.post(f"/admin/reports/deliveries/{failed.pk}/{way}/")
        assert answer.headers.get("Location") == "/admin/" or answer.status_code == 403
    assert OutboxEntry.objects.get().tries == 1


def test_looking_changes_nothing(failed, member):
    moderator = member("Moderators")

    assert moderator.get(f"/admin/reports/deliveries/{failed.pk}/drop/").status_code == 405

"""What the log leaves out."""

import logging

import pytest

from blog.models import CalendarAddress


@pytest.fixture
def log(caplog):
    """The log as the handler of the settings writes it."""
    written = next(found for found in logging.getLogger().handlers if found.name == "console")
    caplog.handler.setFormatter(written.formatter)
    return caplog


def test_a_revoked_calendar_address_is_not_in_the_log(log, client, admin_user):
    token = CalendarAddress.objects.make(admin_user)
    CalendarAddress.objects.all().delete()

    assert client.get(f"/calendar/{token}.ics").status_code == 404

    assert "Not Found: /calendar/[left out]\n" in log.text
    assert token not in log.text


def test_nor_is_one_that_fails(log, client, admin_user, monkeypatch):
    token = CalendarAddress.objects.make(admin_user)
    monkeypatch.setattr("blog.desk.ical.calendar_for", lambda *_: 1 / 0)
    client.raise_request_exception = False

    assert client.get(f"/calendar/{token}.ics").status_code == 500

    assert "Internal Server Error: /calendar/[left out]\n" in log.text
    assert "ZeroDivisionError" in log.text
    assert token not in log.text


def test_pages_of_the_admin_are_named(log, admin):
    assert admin.get("/admin/calendar/5/nothing/").status_code == 404

    assert "Not Found: /admin/calendar/5/nothing/" in log.text

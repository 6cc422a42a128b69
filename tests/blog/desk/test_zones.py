from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.admin.forms.models import formfield_for_dbfield

from blog.desk import zones
from blog.models import PostPage, Release
from tests.blog.desk.planning import at


def moment_in(zone: str, words: str) -> datetime:
    return zones.as_moment(datetime.strptime(words, "%Y-%m-%d %H:%M"), ZoneInfo(zone))


@pytest.mark.parametrize(
    ("zone", "typed", "utc"),
    [
        ("Europe/Berlin", "2026-03-29 01:59", "2026-03-29 00:59"),
        ("Europe/Berlin", "2026-03-29 03:00", "2026-03-29 01:00"),
        ("Europe/Berlin", "2026-10-25 01:59", "2026-10-24 23:59"),
        ("Europe/Berlin", "2026-10-25 03:00", "2026-10-25 02:00"),
        ("America/New_York", "2026-03-08 03:00", "2026-03-08 07:00"),
        ("Australia/Lord_Howe", "2026-10-04 02:30", "2026-10-03 15:30"),
        ("Asia/Kathmandu", "2026-06-01 12:00", "2026-06-01 06:15"),
        ("Pacific/Apia", "2026-06-01 12:00", "2026-05-31 23:00"),
        ("UTC", "2028-02-29 23:59", "2028-02-29 23:59"),
    ],
)
def test_a_time_is_that_of_the_publications_clocks(zone, typed, utc):
    assert f"{moment_in(zone, typed).astimezone(UTC):%Y-%m-%d %H:%M}" == utc


@pytest.mark.parametrize(
    ("zone", "typed", "code", "words"),
    [
        ("Europe/Berlin", "2026-03-29 02:30", "does_not_exist", "an hour earlier or later"),
        ("America/New_York", "2026-03-08 02:00", "does_not_exist", "an hour earlier or later"),
        ("America/Santiago", "2026-09-06 00:15", "does_not_exist", "an hour earlier or later"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "does_not_exist", "30 minutes earlier"),
        ("Pacific/Apia", "2011-12-30 12:00", "does_not_exist", "1440 minutes earlier"),
        ("Europe/Berlin", "2026-10-25 02:30", "happens_twice", "an hour earlier or later"),
        ("America/New_York", "2026-11-01 01:00", "happens_twice", "an hour earlier or later"),
        ("Australia/Lord_Howe", "2026-04-05 01:45", "happens_twice", "30 minutes earlier"),
    ],
)
def test_a_time_that_clocks_skip_or_repeat_is_refused_in_words(zone, typed, code, words):
    with pytest.raises(ValidationError) as refusal:
        moment_in(zone, typed)

    assert refusal.value.code == code
    assert zone in refusal.value.message
    assert words in refusal.value.message
    assert typed[-5:] in refusal.value.message


@pytest.mark.parametrize("model", [PostPage, Release])
@pytest.mark.parametrize("own", ["America/New_York", "Asia/Tokyo"])
def test_times_are_entered_in_the_publications_zone_whatever_the_editors_is(berlin, model, own):
    field = formfield_for_dbfield(model._meta.get_field("go_live_at"))

    with timezone.override(own):
        moment = field.clean("2026-12-01 09:00")
        shown = field.prepare_value(moment)

    assert moment == at("2026-12-01 09:00")
    assert (shown.hour, shown.tzinfo) == (9, None)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2026-03-29 02:30", "does_not_exist"),
        ("9999-12-31 23:59", "too_far"),
        ("0001-01-01 00:00", "too_far"),
        ("10000-01-01 00:00", "invalid"),
        ("2026-02-30 09:00", "invalid"),
        ("tomorrow", "invalid"),
    ],
)
def test_the_field_refuses_with_a_message(berlin, typed, code):
    with pytest.raises(ValidationError) as refusal:
        zones.PublicationDateTimeField().clean(typed)

    assert refusal.value.error_list[0].code == code


def test_the_field_takes_the_last_year_and_times_with_an_offset(berlin):
    field = zones.PublicationDateTimeField()

    assert field.clean("9999-06-01 12:00").year == 9999
    assert field.clean("2026-12-01T09:00:00+09:00") == datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
    assert field.clean("2026-10-25T02:30:00+02:00") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_field_names_the_zone_and_the_editors_own_time(berlin):
    class Plan(forms.Form):
        go_live_at = zones.PublicationDateTimeField(help_text="When.")

    with timezone.override("America/New_York"):
        filled = Plan(initial={"go_live_at": at("2026-12-01 09:00")})["go_live_at"].help_text
        empty = Plan()["go_live_at"].help_text
    at_home = Plan()["go_live_at"].help_text

    home = "When. Time in Europe/Berlin, the publication’s time zone."
    assert at_home == home
    assert empty == f"{home} Your own is America/New_York."
    assert filled == f"{home} For you in America/New_York: 1 December 2026, 03:00 EST."

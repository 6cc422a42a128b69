from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from blog import moments
from tests.blog.desk.planning import at


def test_a_moment_carries_the_name_of_its_zone_at_that_time(berlin):
    assert moments.in_words(at("2026-12-01 09:00")) == "1 December 2026, 09:00 CET"
    assert moments.in_words(at("2026-07-01 09:00")) == "1 July 2026, 09:00 CEST"


def test_the_hour_that_comes_twice_is_told_apart(berlin):
    first, second = (
        datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=fold)
        for fold in (0, 1)
    )

    assert moments.in_words(first) == "25 October 2026, 02:30 CEST"
    assert moments.in_words(second) == "25 October 2026, 02:30 CET"


def test_a_moment_is_said_in_both_zones(berlin):
    moment = at("2026-12-01 09:00")

    with timezone.override("America/New_York"):
        both, for_all = moments.in_words(moment), moments.in_words_for_all(moment)

    assert both == "1 December 2026, 09:00 CET (1 December 2026, 03:00 EST)"
    assert for_all == "1 December 2026, 09:00 CET"


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("UTC", "UTC"),
        ("America/Sao_Paulo", "UTC−03:00"),
        ("Asia/Kathmandu", "UTC+05:45"),
        ("Asia/Tokyo", "JST"),
    ],
)
def test_a_zone_without_letters_is_named_by_its_distance(zone, name):
    local = datetime(2026, 12, 1, 9, tzinfo=ZoneInfo(zone))

    assert moments.zone_at(local) == name


def test_a_page_carries_the_moment_for_programs_too(berlin):
    assert moments.as_time(at("2026-12-01 09:00")) == (
        '<time datetime="2026-12-01T09:00:00+01:00">1 December 2026, 09:00 CET</time>'
    )
    assert moments.as_time(date(2026, 12, 1)) == (
        '<time datetime="2026-12-01">1 December 2026</time>'
    )


def test_what_wagtail_says_of_a_moment_pops_up_with_the_zone(berlin):
    context = {"date": at("2026-07-01 09:00"), "placement": "top"}

    shown = render_to_string("wagtailadmin/shared/human_readable_date.html", context)

    assert 'data-w-tooltip-content-value="1 July 2026, 09:00 CEST"' in shown

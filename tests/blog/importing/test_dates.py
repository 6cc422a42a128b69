from datetime import UTC, datetime, timedelta
from datetime import timezone as fixed_zone

import pytest

from blog.importing.dates import is_date, parse_moment

AFTERNOON = datetime(2025, 3, 4, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("2025-03-04", datetime(2025, 3, 4, tzinfo=UTC)),
        ("2025-3-4", datetime(2025, 3, 4, tzinfo=UTC)),
        ("2025/03/04", datetime(2025, 3, 4, tzinfo=UTC)),
        ("4.3.2025", datetime(2025, 3, 4, tzinfo=UTC)),
        ("March 4, 2025", datetime(2025, 3, 4, tzinfo=UTC)),
        ("Tuesday, Mar 4th, 2025", datetime(2025, 3, 4, tzinfo=UTC)),
        ("4 March 2025", datetime(2025, 3, 4, tzinfo=UTC)),
        ("2025-03-04 15:30", AFTERNOON),
        ("2025-03-04T15:30:00Z", AFTERNOON),
        ("2025-03-04T15:30:00.123Z", AFTERNOON),
        ("2025-03-04 21:00:00 +0530", AFTERNOON),
        ("2025-03-04 10:30 -05:00", AFTERNOON),
        ("Tue, 04 Mar 2025 15:30:00 GMT", AFTERNOON),
        ("Tue, 04 Mar 2025 15:30:00 +0000", AFTERNOON),
        ("Tue, 4 Mar 2025 16:30:00 +0100", AFTERNOON),
    ],
)
def test_moments_as_people_and_programs_write_them(words, moment):
    assert parse_moment(words) == moment


def test_a_date_without_a_zone_is_in_the_publications(settings):
    settings.TIME_ZONE = "Asia/Kolkata"

    assert parse_moment("2025-03-04 21:00") == AFTERNOON
    assert parse_moment("Tue, 04 Mar 2025 21:00:00").utcoffset() == timedelta(hours=5, minutes=30)


def test_a_zone_that_is_given_is_kept():
    zone = fixed_zone(timedelta(hours=-5))

    assert parse_moment("2025-03-04 10:30 -0500").tzinfo == zone


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("2024-02-30", "There is no 2024-02-30."),
        ("2025-13-01", "There is no 2025-13-01."),
        ("31 April 2025", "There is no 31 April 2025."),
        ("2025-01-01 25:00", "There is no 2025-01-01 25:00."),
        ("20255-01-01", "There is no 20255-01-01."),
        ("3025-01-01", "The year of 3025-01-01"),
        ("0001-01-01", "The year of 0001-01-01"),
        ("last Tuesday", "“last Tuesday” is not a date."),
        ("12", "“12” is not a date."),
        ("Smarch 4, 2025", "is not a date."),
    ],
)
def test_what_is_no_date_is_told_in_a_sentence(words, complaint):
    with pytest.raises(ValueError, match=complaint):
        parse_moment(words)


def test_the_form_of_a_date_is_known_whether_it_exists_or_not():
    assert is_date("2024-02-30")
    assert is_date("June 9, 2025")
    assert not is_date("A walk in June")
    assert not is_date("Chapter 4, 2025")

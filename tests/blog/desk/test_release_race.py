"""Releases under three timers at once and under timers that are killed, on a real database."""

from tests.blog.desk import release_race


def test_three_timers_publish_each_release_once(apart):
    assert apart(release_race.race, 8, 3) == {
        "releases": 8,
        "live": 24,
        "published_once": 24,
        "still_scheduled": 0,
        "torn": 0,
        "worker_codes": [0, 0, 0],
    }


def test_killed_timers_leave_no_release_in_part(apart):
    found = apart(release_race.kill, 15, 12)

    assert found.pop("killed_at_work") >= 3
    assert found == {
        "releases": 15,
        "live": 45,
        "published_once": 45,
        "still_scheduled": 0,
        "torn": 0,
        "torn_after_kills": 0,
    }

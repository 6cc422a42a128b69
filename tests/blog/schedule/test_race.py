"""Timers that race, are killed, meet bad posts and a failing database, on one of their own."""

import pytest

from tests.blog.schedule import race


@pytest.fixture
def run(apart, tmp_path, monkeypatch):
    """Do a mode of tests.blog.schedule.race in a process of its own; returns what it found."""
    monkeypatch.setenv("RACE_FILE", str(tmp_path / "notes"))
    return lambda *words: apart(race.work, *words)


def each_once(count: int) -> dict:
    """What is found when so many posts are live, and all that belongs to it happened once."""
    return {
        "posts": count,
        "live": count,
        "audited_once": count,
        "events_once": count,
        "delivered": count,
        "still_scheduled": 0,
        "still_to_deliver": 0,
        "kinds": dict.fromkeys(["note", "purge", "related", "renditions"], count),
        "integrity": "ok",
    }


def test_three_timers_publish_and_deliver_each_post_once(run):
    found = run("race", "60", "3")

    assert found.pop("late")["most"] < 60
    assert found == each_once(60) | {
        "delivered_once": 60,
        "tried_once": True,
        "worker_codes": {"0": 3},
    }


def test_killed_timers_lose_nothing_and_double_nothing(run):
    found = run("kill", "12", "30")

    assert found.pop("killed_at_work") >= 20
    assert found.pop("killed_between_posts") >= 1
    # A process that is killed while it delivers has that one delivery made again; if it was
    # that of pictures, the caches are told again too.
    assert found.pop("delivered_once") >= found["posts"] - 30
    assert found["kinds"].pop("purge") >= found["posts"]
    expected = each_once(found["posts"])
    del expected["kinds"]["purge"]
    assert found == expected


def test_five_bad_posts_stop_none_of_the_others_and_say_why(run):
    found = run("poison", "50")

    reasons = found.pop("reasons")
    assert found.pop("seconds") < 60
    assert found == {
        "published": 45,
        "failed": ["Authorless", "Clash", "Pictureless", "Receiver", "Unknown"],
        "second_look": 0,
        "still_scheduled": 5,
        "letters": 5,
    }
    assert {
        name: reason.split(".")[0].split(" (number")[0] for name, reason in reasons.items()
    } == {
        "Authorless": "An author of the post was deleted after it was scheduled",
        "Clash": "Another page took its address meanwhile: The slug 'clash' is already in use "
        "within the parent page at '/engineers/'",
        "Pictureless": "A picture in the text was deleted after the post was scheduled",
        "Receiver": "A part of the program that is told of every publication (“refuse”) failed",
        "Unknown": "Block 1 of the text is of a kind that this release of the program does not "
        "know (“hologram”)",
    }


CHANGED = {
    "publish": {"admin search", "live revision", "page", "schedule", "search"},
    "rename": {"admin search", "live revision", "page", "search"},
    "move": {"page"},
}


@pytest.mark.parametrize("change", CHANGED)
def test_a_failure_at_any_statement_leaves_all_old_or_all_new(run, change):
    found = run("faults", "10", change)

    assert found["mixed"] == []
    assert set(found["changes"]) == {"address", "audit", "outbox", "redirects"} | CHANGED[change]
    assert found["statements"] >= 40
    assert found["kills"] == found["statements"] // 10
    assert found["old"] >= 40
    assert found["integrity"] == "ok"

import re
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from blog.models import CalendarAddress, PostPage
from tests.blog.desk.planning import make_planned, make_scheduled, make_user
from tests.factories import make_post

PAGE = "/admin/calendar/address/"


@pytest.fixture
def ahead() -> datetime:
    return (timezone.now() + timedelta(days=3)).replace(microsecond=0)


def address_of(user) -> str:
    return reverse("calendar_feed", args=[CalendarAddress.objects.make(user)])


def events(client, address) -> dict[str, icalendar.Event]:
    answer = client.get(address)
    assert answer.status_code == 200
    found = icalendar.Calendar.from_ical(answer.content)
    assert not found.errors
    return {str(event["summary"]): event for event in found.walk("VEVENT")}


def test_plans_are_tentative_and_schedules_confirmed_in_utc(client, engineers, admin_user, ahead):
    planned = make_planned(engineers, "Planned, perhaps; or not", ahead)
    make_scheduled(engineers, "Scheduled", ahead)
    make_post(engineers, "Published")
    make_post(engineers, "Draft", live=False)
    label = engineers.label

    found = events(client, address_of(admin_user))

    assert set(found) == {
        f"Planned, perhaps; or not ({label}, planned)",
        f"Scheduled ({label}, scheduled)",
    }
    event = found[f"Planned, perhaps; or not ({label}, planned)"]
    assert (event["status"], event["transp"]) == ("TENTATIVE", "TRANSPARENT")
    assert event["dtstart"].dt == ahead
    assert event["dtstart"].to_ical().decode() == f"{ahead.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    assert event["uid"].startswith(f"post-{planned.pk}@")
    assert event["url"].endswith(f"/admin/pages/{planned.pk}/edit/")
    assert found[f"Scheduled ({label}, scheduled)"]["status"] == "CONFIRMED"


def test_a_plan_that_becomes_a_schedule_stays_the_same_event(client, engineers, admin_user, ahead):
    post = make_planned(engineers, "Post", ahead)
    address = address_of(admin_user)
    before = [event["uid"] for event in events(client, address).values()]

    post.go_live_at = ahead
    post.save_revision().publish()

    assert [event["uid"] for event in events(client, address).values()] == before


@pytest.mark.parametrize(
    "title",
    [
        "Ends\r\nEND:VCALENDAR\r\nX-EVIL:1",
        "Tab\tand \x0b and \x85 and \u2028",
        "Back\\slash, semi; colon: “quotes”",
        "Ω" * 200,
        "👩‍🔬 " * 40,
    ],
)
def test_any_title_makes_a_valid_file(client, engineers, admin_user, ahead, title):
    post = make_planned(engineers, "Post", ahead)
    PostPage.objects.filter(pk=post.pk).update(draft_title=title)

    answer = client.get(address_of(admin_user))

    lines = answer.content.split(b"\r\n")
    assert lines.count(b"BEGIN:VEVENT") == lines.count(b"END:VCALENDAR") == 1
    assert max(map(len, lines)) <= 75
    assert not re.search(rb"[\x00-\x09\x0b\x0c\x0e-\x1f]", answer.content)
    assert b"\nX-EVIL" not in answer.content
    found = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")[0]
    kept = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028]+", " ", title).strip()
    assert str(found["summary"]).startswith(kept)


def test_the_answer_is_kept_nowhere(client, admin_user):
    address = address_of(admin_user)

    for answer in (client.get(address), client.head(address)):
        assert answer.status_code == 200
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer["Cache-Control"] == "private, no-store, max-age=0"
        assert answer["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert not answer.cookies
    assert client.post(address).status_code == 405


def test_an_address_shows_what_its_user_may_see(client, engineers, everyone, ahead):
    make_planned(engineers, "Ours", ahead)
    make_planned(everyone, "Theirs", ahead)

    found = events(client, address_of(make_user("writer", engineers, "add")))

    assert list(found) == [f"Ours ({engineers.label}, planned)"]


def test_only_a_digest_is_stored(admin_user):
    token = CalendarAddress.objects.make(admin_user)

    stored = str(CalendarAddress.objects.values().get())
    assert token not in stored
    assert len(token) == 43


def test_an_unknown_address_is_any_missing_page(client, admin_user):
    CalendarAddress.objects.make(admin_user)

    for token in ("x", "A" * 43, "A" * 500, "%00", "a b"):
        assert client.get(f"/calendar/{token}.ics").status_code == 404
    guess, missing = client.get("/calendar/guess.ics"), client.get("/guess/")
    assert guess.templates[0].name == missing.templates[0].name == "404.html"


def test_a_new_address_ends_the_former_and_revoking_ends_it(client, admin_user):
    former = address_of(admin_user)
    latest = address_of(admin_user)

    assert client.get(former).status_code == 404
    assert client.get(latest).status_code == 200
    CalendarAddress.objects.all().delete()
    assert client.get(latest).status_code == 404


def test_an_address_lives_over_a_change_of_the_secret_key(client, admin_user, settings):
    address = address_of(admin_user)

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert client.get(address).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get(address).status_code == 404


def test_those_who_left_read_no_more(client, engineers):
    user = make_user("writer", engineers, "add")
    address = address_of(user)
    assert client.get(address).status_code == 200

    user.groups.clear()
    assert client.get(address).status_code == 404
    User.objects.filter(pk=user.pk).update(is_active=False, is_superuser=True)
    assert client.get(address).status_code == 404


def test_the_page_makes_shows_once_and_revokes(admin, admin_user):
    assert "You have no address." in admin.get(PAGE).content.decode()

    made = admin.post(PAGE, {"action": "make"})
    address = re.search(r'value="(\S+?/calendar/\S+\.ics)"', made.content.decode())[1]
    assert "no-store" in made["Cache-Control"]
    path = address[address.index("/calendar/") :]
    assert admin.get(path).status_code == 200
    later = admin.get(PAGE).content.decode()
    assert path not in later
    assert "You have an address" in later

    assert admin.post(PAGE, {"action": "revoke"}).url == PAGE
    assert admin.get(path).status_code == 404


def test_the_number_of_queries_is_fixed(client, engineers, admin_user, ahead):
    address = address_of(admin_user)
    make_planned(engineers, "First", ahead)
    with CaptureQueriesContext(connection) as few:
        events(client, address)
    for number in range(6):
        make_planned(engineers, f"Planned {number}", ahead)
        make_scheduled(engineers, f"Scheduled {number}", ahead)

    with CaptureQueriesContext(connection) as many:
        assert len(events(client, address)) == 13
    assert len(many) == len(few)

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Revision

from blog.desk.calendar import Month
from blog.models import PostPage
from tests.blog.desk.planning import at, make_planned, make_release, make_scheduled, make_user
from tests.factories import make_post

pytestmark = pytest.mark.usefixtures("berlin")

CALENDAR = "/admin/calendar/"


@pytest.fixture(autouse=True)
def now(monkeypatch):
    moment = at("2026-11-12 10:00")
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return moment


def shown(client, query="?month=2026-11") -> str:
    answer = client.get(f"{CALENDAR}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def days_with(page: str) -> dict[str, list[str]]:
    """The titles on each day of the page that has any."""
    days = re.split(r'<li class="plan-day" data-day="([0-9-]+)"', page)[1:]
    found = {
        day: re.findall(r'class="plan-title"[^>]*>([^<]+)<', words)
        for day, words in zip(days[::2], days[1::2], strict=True)
    }
    return {day: titles for day, titles in found.items() if titles}


def move(client, post, day, *, state="planned", revision="", **more):
    data = {"day": day, "state": state, "revision": revision, "month": "2026-11"} | more
    return client.post(reverse("calendar_move", args=[post.pk]), data)


def words_of(answer) -> list[str]:
    return [str(message).strip() for message in answer.wsgi_request._messages]


@pytest.mark.parametrize(
    ("words", "first", "last", "count"),
    [
        ("2026-11", date(2026, 11, 1), date(2026, 12, 5), 35),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28), 28),
        ("2028-02", date(2028, 1, 30), date(2028, 3, 4), 35),
        ("2026-08", date(2026, 7, 26), date(2026, 9, 5), 42),
    ],
)
def test_a_month_is_shown_in_whole_weeks(words, first, last, count):
    days = Month.written(words).days()

    assert (days[0], days[-1], len(days)) == (first, last, count)


@pytest.mark.parametrize(
    "words", ["", "2026", "2026-13", "2026-00", "0000-01", "9999-12", "2026-11x", "٢٠٢٦-١١"]
)
def test_what_is_no_month_shows_this_month(words):
    assert str(Month.written(words)) == "2026-11"


def test_the_calendar_shows_what_is_when_by_the_publications_days(admin, engineers, everyone):
    make_planned(engineers, "Planned", at("2026-11-18 00:00"))
    make_scheduled(everyone, "Scheduled", at("2026-11-20 23:59"))
    make_post(engineers, "Published", display_date=at("2026-11-03 09:00"))
    make_planned(engineers, "Elsewhere", at("2027-01-18 09:00"))

    page = shown(admin)

    assert days_with(page) == {
        "2026-11-03": ["Published"],
        "2026-11-18": ["Planned"],
        "2026-11-20": ["Scheduled"],
    }
    assert 'href="?month=2026-10"' in page
    assert 'href="?month=2026-12"' in page
    assert "Times are in Europe/Berlin" in page


def test_a_plan_whose_date_passed_says_so(admin, engineers):
    make_planned(engineers, "Late", at("2026-11-02 09:00"))

    assert "planned, date passed" in shown(admin)


def test_an_empty_month_says_what_to_do(admin):
    assert "Nothing is planned, scheduled or published in March 2031." in shown(
        admin, "?month=2031-03"
    )


def test_the_number_of_queries_is_fixed(client, engineers, everyone):
    user = make_user("editor", engineers, "change", "publish")
    client.force_login(user)
    make_planned(engineers, "Planned 0", at("2026-11-18 09:00"))
    shown(client)
    with CaptureQueriesContext(connection) as few:
        shown(client)
    for number in range(1, 8):
        make_planned(engineers, f"Planned {number}", at("2026-11-18 09:00"))
        make_scheduled(engineers, f"Scheduled {number}", at("2026-11-20 09:00"))
        make_post(engineers, f"Out {number}", display_date=at("2026-11-03 09:00"))

    with CaptureQueriesContext(connection) as many:
        page = shown(client)

    assert sum(map(len, days_with(page).values())) == 22
    assert len(many) == len(few)


def test_a_planned_post_is_moved_and_moved_back(admin, engineers):
    post = make_planned(engineers, "Planned", at("2026-11-18 09:30"))

    answer = move(admin, post, "2026-11-25")

    assert answer.status_code == 302
    assert answer.url == f"{CALENDAR}?month=2026-11"
    assert words_of(answer) == ["“Planned” is now planned for 25 November 2026, 09:30 CET."]
    post.refresh_from_db()
    assert post.planned_for == at("2026-11-25 09:30")

    undo = re.search(r'<form class="plan-undo".*?</form>', shown(admin), re.DOTALL)[0]
    data = dict(re.findall(r'name="(\w+)" value="([^"]*)"', undo))
    move(admin, post, data["day"], state=data["state"], revision=data["revision"])

    post.refresh_from_db()
    assert post.planned_for == at("2026-11-18 09:30")


def test_a_plan_that_somebody_moved_meanwhile_is_not_moved(admin, engineers):
    post = make_planned(engineers, "Planned", at("2026-11-18 09:30"))
    was = re.search(r'name="was" value="([^"]*)"', shown(admin))[1]
    PostPage.objects.filter(pk=post.pk).update(planned_for=at("2026-11-19 09:30"))

    answer = move(admin, post, "2026-11-25", was=was)

    assert words_of(answer) == ["“Planned” has changed meanwhile. Nothing was moved."]
    post.refresh_from_db()
    assert post.planned_for == at("2026-11-19 09:30")


def test_a_move_is_not_undone_over_a_later_one(admin, engineers):
    post = make_planned(engineers, "Planned", at("2026-11-18 09:30"))
    move(admin, post, "2026-11-25")
    undo = re.search(r'<form class="plan-undo".*?</form>', shown(admin), re.DOTALL)[0]
    data = dict(re.findall(r'name="(\w+)" value="([^"]*)"', undo))
    PostPage.objects.filter(pk=post.pk).update(planned_for=at("2026-11-26 09:30"))

    move(admin, post, data["day"], state=data["state"], was=data["was"])

    post.refresh_from_db()
    assert post.planned_for == at("2026-11-26 09:30")


def test_the_offer_to_undo_is_made_once(admin, engineers):
    post = make_planned(engineers, "Planned", at("2026-11-18 09:30"))
    move(admin, post, "2026-11-25")

    assert "plan-undo" in shown(admin)
    assert "plan-undo" not in shown(admin)


def test_a_scheduled_post_is_moved_and_warned_of(admin, engineers):
    post = make_scheduled(engineers, "Scheduled", at("2026-11-20 09:00"))
    make_scheduled(engineers, "Other", at("2026-11-25 09:30"))

    answer = move(admin, post, "2026-11-25", state="scheduled", revision=post.scheduled_revision.pk)

    moved = PostPage.objects.get(pk=post.pk)
    assert moved.scheduled_revision.approved_go_live_at == at("2026-11-25 09:00")
    assert words_of(answer) == [
        "“Scheduled” is now scheduled for 25 November 2026, 09:00 CET.",
        "“Other” goes live within an hour: 25 November 2026, 09:30 CET.",
    ]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-11-10", "is over. To publish “Scheduled” now"),
        ("not a day", "Choose a day"),
        ("0001-01-01", "Choose a day"),
        ("9999-12-31", "Choose a day"),
        ("2027-03-28", "02:30 does not exist on 28 March 2027 in Europe/Berlin"),
        ("2026-11-20", "is on that day already"),
    ],
)
def test_a_day_that_cannot_be_is_refused_in_words(admin, engineers, day, words):
    post = make_scheduled(engineers, "Scheduled", at("2026-11-20 02:30"))
    revision = post.scheduled_revision.pk

    answer = move(admin, post, day, state="scheduled", revision=revision)

    assert words in words_of(answer)[0]
    assert PostPage.objects.get(pk=post.pk).scheduled_revision.pk == revision


def test_a_page_that_is_out_of_date_moves_nothing(admin, engineers):
    post = make_planned(engineers, "Planned", at("2026-11-18 09:30"))
    post.go_live_at = at("2026-11-20 09:00")
    post.save_revision().publish()

    stale = move(admin, post, "2026-11-25")
    wrong = move(admin, post, "2026-11-25", state="scheduled", revision="999999")

    assert "has changed meanwhile" in words_of(stale)[0]
    assert "has changed meanwhile" in words_of(wrong)[-1]
    revision = PostPage.objects.get(pk=post.pk).scheduled_revision
    assert revision.approved_go_live_at == at("2026-11-20 09:00")


def test_who_may_do_what(client, engineers, everyone):
    planned = make_planned(engineers, "Planned", at("2026-11-18 09:30"))
    scheduled = make_scheduled(engineers, "Scheduled", at("2026-11-20 09:00"))
    foreign = make_planned(everyone, "Foreign", at("2026-11-18 09:30"))
    client.force_login(make_user("writer", engineers, "change"))

    page = shown(client)
    assert days_with(page) == {"2026-11-18": ["Planned"], "2026-11-20": ["Scheduled"]}
    assert page.count('class="plan-move"') == 1
    assert move(client, foreign, "2026-11-25").status_code == 404
    refused = move(
        client, scheduled, "2026-11-25", state="scheduled", revision=scheduled.scheduled_revision.pk
    )
    assert refused.url == reverse("wagtailadmin_home")
    assert move(client, planned, "2026-11-25").url.startswith(CALENDAR)
    assert Revision.objects.get(approved_go_live_at__isnull=False).approved_go_live_at == at(
        "2026-11-20 09:00"
    )


def test_those_who_see_no_post_have_no_calendar(client, engineers, home):
    user = make_user("nobody", engineers)
    client.force_login(user)

    assert client.get(CALENDAR).url == reverse("wagtailadmin_home")
    client.logout()
    assert client.get(CALENDAR).status_code == 302


def test_looking_moves_nothing(admin, engineers):
    post = make_planned(engineers, "Planned", at("2026-11-18 09:30"))

    assert admin.get(reverse("calendar_move", args=[post.pk])).status_code == 405


def test_a_post_of_a_release_names_it_and_has_no_form(admin, engineers, admin_user):
    post = make_post(engineers, "Together", live=False)
    release = make_release("Autumn", at("2026-11-20 09:00"), [post], user=admin_user)

    page = shown(admin)

    assert days_with(page) == {"2026-11-20": ["Together"]}
    assert f'<a href="/admin/releases/edit/{release.pk}/">Autumn</a>' in page
    assert "plan-move" not in page


def test_cadence_stands_below(admin, engineers):
    make_post(engineers, "Out", display_date=at("2026-11-03 09:00"))

    page = shown(admin)

    assert "1 in 30 days</td>" in page
    assert "<strong>1 behind</strong>" in page
    assert "9 days ago" in page

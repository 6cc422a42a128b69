"""What editors see of what readers search for."""

import csv
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from blog.moments import today
from search.models import NotedQuestion
from search.report import unanswered
from tests.factories import make_person


@pytest.fixture
def asked(db):
    for words, days_ago, askings, results in [
        *[("wombat", 0, 3, 0), ("quokka", 1, 5, 2), ("only once", 0, 1, 0)],
        *[("long ago", 60, 7, 0), ("numbat", 20, 2, 0)],
    ]:
        NotedQuestion.objects.create(
            words=words, day=today() - timedelta(days=days_ago), askings=askings, results=results
        )


def listed(client, **chosen) -> list[str]:
    table = client.get(reverse("searches"), chosen | {"export": "csv"})
    lines = b"".join(table.streaming_content).decode("utf-8-sig").splitlines()
    return [line["Question"] for line in csv.DictReader(lines)]


@pytest.mark.parametrize(
    ("chosen", "questions"),
    [
        ({}, ["long ago", "quokka", "wombat", "numbat"]),
        ({"found": "nothing"}, ["long ago", "wombat", "numbat"]),
        ({"found": "something"}, ["quokka"]),
        ({"period": "7"}, ["quokka", "wombat"]),
        ({"found": "nothing", "period": "30"}, ["wombat", "numbat"]),
        ({"found": "\0", "period": "x"}, ["long ago", "quokka", "wombat", "numbat"]),
        ({"ordering": "words"}, ["long ago", "numbat", "quokka", "wombat"]),
    ],
)
def test_the_report_is_narrowed_and_exported(admin, asked, chosen, questions):
    assert listed(admin, **chosen) == questions


def test_the_export_has_all_columns(admin, asked):
    table = admin.get(reverse("searches"), {"export": "csv", "found": "something"})
    lines = b"".join(table.streaming_content).decode("utf-8-sig").splitlines()

    assert lines == [
        "Question,Times asked,Last asked,Most results",
        f"quokka,5,{today() - timedelta(days=1)},2",
    ]


def test_each_question_leads_to_what_answers_it(admin, asked):
    shown = admin.get(reverse("searches")).content.decode()

    assert '<a href="/search/?q=wombat&amp;page=1">wombat</a>' in shown
    assert 'href="/admin/search/synonyms/new/?words=wombat"' in shown
    assert 'href="/admin/search/promotions/new/?question=wombat"' in shown


def test_editors_see_it_and_moderators_act_on_it(client, asked):
    shown = {}
    for group in ("Writers", "Editors", "Moderators"):
        client.force_login(make_person(group.lower(), group))
        answer = client.get(reverse("searches"))
        shown[group] = answer.content.decode() if answer.status_code == 200 else ""

    assert shown["Writers"] == ""
    assert "wombat" in shown["Editors"]
    assert "synonyms/new" not in shown["Editors"]
    assert "synonyms/new" in shown["Moderators"]


def test_the_report_says_when_nothing_is_counted(admin, settings):
    settings.TWOTRACK_NOTE_SEARCHES = True
    counted = admin.get(reverse("searches")).content.decode()
    settings.TWOTRACK_NOTE_SEARCHES = False
    switched_off = admin.get(reverse("searches")).content.decode()

    assert "A question is shown once it was asked twice in 90 days." in counted
    assert "Questions are not counted." in switched_off


def test_queries_do_not_grow(admin, asked):
    admin.get(reverse("searches"))
    with CaptureQueriesContext(connection) as for_few:
        admin.get(reverse("searches"))
    for number in range(20):
        NotedQuestion.objects.create(words=f"more {number}", day=today(), askings=2, results=0)

    with CaptureQueriesContext(connection) as for_many:
        admin.get(reverse("searches"))
    assert len(for_many) == len(for_few)


def test_the_dashboard_counts_what_found_nothing(client, asked):
    editor = make_person("edith", "Editors")
    client.force_login(editor)

    shown = client.get("/admin/").content.decode()

    assert "<strong>2</strong> searches of the last month that found nothing" in shown
    assert 'href="/admin/reports/searches/?found=nothing&amp;period=30"' in shown
    assert unanswered(make_person("wanda", "Writers")) == []

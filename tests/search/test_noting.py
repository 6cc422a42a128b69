"""What is counted of questions, and what is not."""

import time
from datetime import date, timedelta
from itertools import product
from types import SimpleNamespace

import pytest
from django.db import connection

from blog.housekeeping import chores
from blog.moments import today
from search import noting
from search.curation import note_question
from search.models import NotedQuestion
from tests.factories import make_post

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def notes(db, settings, monkeypatch) -> noting.Notes:
    """Questions are counted, and written when the test says so."""
    settings.TWOTRACK_NOTE_SEARCHES = True
    monkeypatch.setattr(noting.threading, "Timer", SleepingTimer)
    monkeypatch.setattr(noting, "notes", noting.Notes())
    return noting.notes


class SleepingTimer:
    """A timer whose time never comes."""

    def __init__(self, seconds, work):
        self.work = work

    def start(self):
        """Do nothing."""

    def is_alive(self):
        return True


def answer_to(question: str, count: int = 0):
    return SimpleNamespace(question=question, count=count)


def rows() -> list[tuple]:
    found = NotedQuestion.objects.order_by("words", "day")
    return list(found.values_list("words", "day", "askings", "results"))


def test_askings_of_a_day_are_added_up(notes):
    for question in ["Quokka", "quokka", " QUOKKA? "]:
        note_question(answer_to(question))
    note_question(answer_to("C++"))
    notes.write()
    note_question(answer_to("quokka", count=3))
    notes.write()

    assert rows() == [("c++", today(), 1, 0), ("quokka", today(), 4, 3)]


def test_nothing_is_asked_of_the_database_before(notes, django_assert_num_queries):
    with django_assert_num_queries(0):
        note_question(answer_to("quokka"))


@pytest.mark.parametrize(
    "question",
    [
        *["", "  ", "?", "\0", "😀"],
        *["ada@example.org", "mail of ada@example.org", "ada＠example.org", "ada @ example.org"],
        *["+49 170 1234567", "(030) 123-4567", "4111 1111 1111 1111", "１２３４５６７"],
        *["DE02 1203 0000 0000 2020 51", "192.168.0.1", "10.0.0.1", "aa:bb:cc:dd:ee:ff"],
        *["fe80::1ff:fe23:4567:890a", "https://example.org/reset?token=abc", "born 1990-01-31"],
        *["61fa3901c761fa3901c761fa3901c7aaaa", "AKIA1234IOSFODNN7", "one two three " * 3],
        "123e4567-e89b-12d3-a456-426614174000",
    ],
)
def test_what_may_tell_of_a_person_is_not_counted(notes, question):
    note_question(answer_to(question))
    notes.write()

    assert rows() == []


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("torch.nn.functional", "torch nn functional"),
        ("python 3.11.7", "python 3 11 7"),
        ("@dataclass slots", "dataclass slots"),
        ("std::vector", "std vector"),
        ("error 0x80070005", "error 0x80070005"),
        ("x86_64 sha256sum", "x86 64 sha256sum"),
        ("naïve café", "naive cafe"),
        ("搜索", "搜 索"),
    ],
)
def test_what_technical_readers_ask_is_counted(notes, question, words):
    note_question(answer_to(question))
    notes.write()

    assert [row[0] for row in rows()] == [words]


def test_nothing_is_counted_when_it_is_switched_off(notes, settings):
    settings.TWOTRACK_NOTE_SEARCHES = False

    note_question(answer_to("quokka"))
    notes.write()

    assert rows() == []


def test_a_failure_is_logged_and_nothing_else(notes, monkeypatch, caplog):
    note_question(SimpleNamespace())
    monkeypatch.setattr(noting, "add_up", lambda counted: 1 / 0)
    note_question(answer_to("quokka"))
    notes.write()

    assert [record.message for record in caplog.records] == [
        "A question could not be counted.",
        "What readers searched for could not be counted.",
    ]


def test_nobody_fills_the_memory_or_the_table(notes, monkeypatch):
    monkeypatch.setattr(noting, "MOST_WAITING", 3)
    monkeypatch.setattr(noting, "MOST_A_DAY", 3)
    for number in range(5):
        note_question(answer_to(f"question {number}"))
    notes.write()
    for number in range(2, 5):
        note_question(answer_to(f"question {number}", count=1))
    notes.write()

    assert [row[0::2] for row in rows()] == [
        ("question 0", 1),
        ("question 1", 1),
        ("question 2", 2),
    ]


def count_as_two_processes(times: int) -> dict:
    """Ask two questions so often in each of two notebooks, which write while others are asked."""
    noting.SECONDS = 0.05
    books = [noting.Notes(), noting.Notes()]
    for _ in range(times):
        for book, words in product(books, ["quokka", "wombat"]):
            book.add(today(), words, 0)
        time.sleep(0.01)
    found, deadline = {}, time.monotonic() + 60
    while set(found.values()) != {2 * times} and time.monotonic() < deadline:
        time.sleep(0.05)
        found = dict(NotedQuestion.objects.values_list("words", "askings"))
    return found


def test_several_processes_count_together_and_lose_nothing(apart):
    assert apart(count_as_two_processes, 50) == {"quokka": 100, "wombat": 100}


def test_old_ones_are_forgotten_by_the_housekeeping(db):
    oldest = today() - timedelta(days=90)
    for day in (oldest - timedelta(days=1), oldest, today()):
        NotedQuestion.objects.create(words="quokka", day=day, askings=2, results=0)

    assert noting.forget_old in chores
    noting.forget_old()

    assert [row[1] for row in rows()] == [oldest, today()]


def test_nothing_but_four_things_is_stored():
    assert [field.name for field in NotedQuestion._meta.get_fields()] == [
        *["id", "words", "day", "askings", "results"]
    ]


def test_editors_see_what_was_asked_twice_and_the_most_it_found(db):
    day = date(2026, 11, 1)
    for words, days, askings, results in [
        *[("once", 0, 1, 0), ("mended", 0, 1, 0), ("mended", 1, 1, 4), ("often", 2, 9, 0)],
        *[("too old", -1, 9, 0), ("half old", -1, 1, 0), ("half old", 0, 1, 0)],
    ]:
        NotedQuestion.objects.create(
            words=words, day=day + timedelta(days=days), askings=askings, results=results
        )

    assert list(NotedQuestion.objects.asked_since(day)) == [
        {"words": "often", "times": 9, "last_asked": day + timedelta(days=2), "found": 0},
        {"words": "mended", "times": 2, "last_asked": day + timedelta(days=1), "found": 4},
    ]


# From the search page


def asked(client, words: str, **headers):
    return client.get(f"/search/?{words}", headers={"user-agent": BROWSER} | headers)


def test_a_reader_who_searches_is_counted(client, notes, engineers):
    make_post(engineers, "A quokka")
    asked(client, "q=quokka")
    asked(client, "q=wombat")
    notes.write()

    assert [(row[0], row[3]) for row in rows()] == [("quokka", 1), ("wombat", 0)]


def test_asking_costs_no_query_more(client, notes, settings, home, django_assert_num_queries):
    with connection.execute_wrapper(lambda *_: pytest.fail("a query")):
        note_question(answer_to("quokka"))


@pytest.mark.parametrize(
    ("words", "headers"),
    [
        ("q=quokka&page=2", {}),
        ("q=quokka&track=engineers", {}),
        ("q=", {}),
        ("", {}),
        ("q=quokka", {"user-agent": ""}),
        ("q=quokka", {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://google.com)"}),
        ("q=quokka", {"user-agent": "curl/8.5.0"}),
        ("q=quokka", {"sec-purpose": "prefetch;prerender"}),
    ],
)
def test_others_are_not(client, notes, home, words, headers):
    asked(client, words, **headers)
    client.head("/search/?q=quokka", headers={"user-agent": BROWSER})
    notes.write()

    assert rows() == []

"""Counting what readers ask: by day and question, with nothing of who asked.

A question in which anything looks as if it told of a person is not counted at all, and editors
see only what was asked more than once, for 90 days.
"""

import logging
import re
import threading
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta

from django.conf import settings
from django.db import connection, connections, transaction
from django.http import HttpRequest

from blog.moments import today
from search.folding import question_words
from search.models import NotedQuestion

log = logging.getLogger(__name__)

KEPT_DAYS = 90
SECONDS = 10  # From the first asking until all that were counted meanwhile are written.
# What is kept at most, so that nobody fills the memory or the database by asking.
MOST_WAITING = 1_000
MOST_A_DAY = 1_000
MOST_WORDS = 8
# E-mail and web addresses; telephone numbers, cards and the like, but not 0x80070005; addresses
# of the network.
PERSONAL = re.compile(
    r"\S@\S|\S\s*@\s*\S+\.\S|://"
    r"|(?<![^\W_])\d(?:[\s().,/-]*\d){6}"
    r"|\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{1,4}(?:::?[0-9a-f]{1,4}){3}",
    re.IGNORECASE,
)
LONGEST_WORD = 30
SHORTEST_SECRET, DIGITS_OF_SECRET = 12, 3
# Of what says that it is a program. Browsers name no address and none of these.
PROGRAM = re.compile("bot|crawl|spider|http|curl|wget|python|headless|preview|monitor|scan", re.I)

ADD_UP = """
    INSERT INTO search_notedquestion (words, day, askings, results) VALUES (%s, %s, %s, %s)
    ON CONFLICT (words, day) DO UPDATE SET
        askings = search_notedquestion.askings + excluded.askings, results = excluded.results
"""
ADD_TO_WHAT_IS_THERE = """
    UPDATE search_notedquestion SET askings = askings + %s, results = %s
    WHERE words = %s AND day = %s
"""


def is_by_reader(request: HttpRequest) -> bool:
    """Whether a person asks, and anew: turning pages and narrowing down ask the same again."""
    agent = request.headers.get("User-Agent", "")
    return (
        request.method == "GET"
        and request.GET.keys() == {"q"}
        and "prefetch" not in request.headers.get("Sec-Purpose", "")
        and bool(agent)
        and not PROGRAM.search(agent)
    )


def note_question(answer) -> None:
    """Count the question and its results, some seconds later and beside what is being done.

    It neither waits nor fails. What a process has not yet written when it ends is not counted.
    """
    if not settings.TWOTRACK_NOTE_SEARCHES:
        return
    try:
        if words := notable(answer.question):
            notes.add(today(), words, answer.count)
    except Exception:
        log.exception("A question could not be counted.")


def notable(question: str) -> str:
    """The words to count a question by; none where it may tell of a person."""
    words = question_words(question)
    counted = " ".join(words)
    if (
        len(words) > MOST_WORDS
        or len(counted) > NotedQuestion._meta.get_field("words").max_length
        or PERSONAL.search(unicodedata.normalize("NFKC", question))
        or any(map(is_like_a_secret, words))
    ):
        return ""
    return counted


def is_like_a_secret(word: str) -> bool:
    """Whether it is rather a key or a token than a word."""
    digits = sum(map(str.isdigit, word))
    return len(word) > LONGEST_WORD or (len(word) >= SHORTEST_SECRET and digits >= DIGITS_OF_SECRET)


class Notes:
    """What this process has counted and not yet written; a thread of its own writes it."""

    def __init__(self):
        self._guard = threading.Lock()
        self._waiting: dict[tuple[date, str], tuple[int, int]] = {}
        self._timer: threading.Timer | None = None

    def add(self, day: date, words: str, results: int) -> None:
        """Count one asking, unless very many others wait already."""
        with self._guard:
            askings, _ = self._waiting.get((day, words), (0, 0))
            if not askings and len(self._waiting) >= MOST_WAITING:
                return
            self._waiting[day, words] = (askings + 1, results)
            if self._timer is None or not self._timer.is_alive():
                self._timer = threading.Timer(SECONDS, self._write_beside)
                self._timer.daemon = True
                self._timer.start()

    def write(self) -> None:
        """Write what waits, or log why it could not be; it is then lost."""
        with self._guard:
            taken, self._waiting, self._timer = self._waiting, {}, None
        try:
            add_up(taken)
        except Exception:
            log.exception("What readers searched for could not be counted.")

    def _write_beside(self) -> None:
        try:
            self.write()
        finally:
            connections.close_all()


notes = Notes()


def add_up(counted: Mapping[tuple[date, str], tuple[int, int]]) -> None:
    """Add askings to those of the day, always in the same order: so no two processes hold each
    other up for good. On a day with very many questions no other is begun.
    """
    as_stored = connection.ops.adapt_datefield_value
    rows = sorted((words, as_stored(day), *counts) for (day, words), counts in counted.items())
    with transaction.atomic(), connection.cursor() as cursor:
        if NotedQuestion.objects.filter(day=today()).count() < MOST_A_DAY:
            cursor.executemany(ADD_UP, rows)
        else:
            known = [(askings, results, words, day) for words, day, askings, results in rows]
            cursor.executemany(ADD_TO_WHAT_IS_THERE, known)


def forget_old() -> None:
    """Remove what was asked longer ago than it may be kept."""
    NotedQuestion.objects.filter(day__lt=today() - timedelta(days=KEPT_DAYS)).delete()

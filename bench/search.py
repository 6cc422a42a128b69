"""Our search against Wagtail's, on the same synthetic posts, in one run.

    .venv/bin/python bench/search.py --posts 3000

Posts are made in a scratch database beside the configured one (DATABASE_URL as always), which is
dropped at the end. Each line is the median of some rounds for a whole answer of ours, with
count, tracks, titles and snippets, and for the first ten posts and the count of Wagtail's.
"""

import argparse
import itertools
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]
os.environ["DJANGO_SETTINGS_MODULE"] = "twotrack.settings.test"

import django  # noqa: E402 - needs the path and the setting above

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from wagtail.search.backends import get_search_backend  # noqa: E402
from wagtail.signal_handlers import disable_reference_index_auto_update  # noqa: E402

from blog.models import PostPage, TrackIndexPage  # noqa: E402
from blog.visibility import readable  # noqa: E402
from search import index  # noqa: E402
from search.query import search  # noqa: E402

MOST_POSTS = 100_000
WORDS_A_POST = 600
VOCABULARY = 20_000
# In one of how many posts each word stands.
WORDS = {"rare": ("quagga", 1000), "middling": ("wombat", 20), "common": ("marsupial", 1)}
GIVE_UP_AFTER = 5.0  # Seconds for one question; it is not asked again.
ROUNDS = 7


def make_posts(number: int) -> None:
    """Live posts over both tracks, their words spread as in real texts: few of them everywhere."""
    chance = random.Random(2)
    syllables = ["ka", "lo", "mi", "ter", "sun", "ve", "dra", "pol", "in", "gu", "she", "bor"]
    vocabulary = ["".join(chance.choices(syllables, k=3)) + str(n % 97) for n in range(VOCABULARY)]
    weights = list(itertools.accumulate(1 / (rank + 1) for rank in range(VOCABULARY)))
    tracks = list(TrackIndexPage.objects.all())
    with disable_reference_index_auto_update(), transaction.atomic():
        for count in range(number):
            words = chance.choices(vocabulary, cum_weights=weights, k=WORDS_A_POST)
            for word, every in WORDS.values():
                if count % every == 0:
                    words[count % WORDS_A_POST] = word
                    words = [*words[: count % 300], word, *words[count % 300 :]]
            tracks[count % len(tracks)].add_child(
                instance=PostPage(
                    title=" ".join(words[:6]),
                    slug=f"post-{count}",
                    excerpt=" ".join(words[6:20]),
                    body=[("markdown", " ".join(words))],
                )
            )


def seconds(ask) -> float:
    """The median time of some rounds, or the time of the first when that was long."""
    times = []
    while len(times) < ROUNDS and sum(times) < GIVE_UP_AFTER:
        start = time.perf_counter()
        ask()
        times.append(time.perf_counter() - start)
    return median(times)


def stock_answer(question: str, backend) -> tuple[list, int]:
    """The first ten readable posts and the count, by the given Wagtail backend."""
    found = backend.search(question, PostPage.objects.live())
    return list(found[:10]), found.count()


def admin_answer(question: str, backend) -> tuple[list, int]:
    """What a search box of the admin asks for."""
    found = backend.autocomplete(question, PostPage.objects.all())
    return list(found[:10]), found.count()


def measure(number: int) -> None:
    stock = get_search_backend("wagtail.search.backends.database")
    ours = get_search_backend("search.backends")
    start = time.perf_counter()
    make_posts(number)
    print(f"{number} posts made in {time.perf_counter() - start:.1f} s ({connection.vendor})")
    start = time.perf_counter()
    index.rebuild()
    print(f"our index:     {time.perf_counter() - start:7.1f} s")
    start = time.perf_counter()
    pks = list(PostPage.objects.values_list("pk", flat=True))
    for first in range(0, number, 500):
        stock.add_bulk(PostPage, list(PostPage.objects.filter(pk__in=pks[first : first + 500])))
    print(f"Wagtail's:     {time.perf_counter() - start:7.1f} s")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    print(f"readable posts: {readable(PostPage.objects.all()).count()}")
    print(
        f"{'question':34} {'hits':>6} {'ours ms':>9} {'stock ms':>10} {'ratio':>7} {'admin ms':>9}"
    )
    questions = {name: word for name, (word, _) in WORDS.items()}
    questions |= {"beginning": "marsup", "two common": "marsupial wombat"}
    for name, question in questions.items():
        answer = search(question)
        mine = seconds(lambda question=question: search(question))
        theirs = seconds(lambda question=question: stock_answer(question, stock))
        admin = seconds(lambda question=question: admin_answer(question, ours))
        print(
            f"{name + ': ' + question:34} {answer.count:6} {mine * 1000:9.1f} "
            f"{theirs * 1000:10.1f} {theirs / mine:7.1f} {admin * 1000:9.1f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=int, default=3_000, help="how many posts are made")
    posts = min(parser.parse_args().posts, MOST_POSTS)
    # Both indexes are built on their own, so that each can be timed.
    settings.WAGTAILSEARCH_BACKENDS["default"]["AUTO_UPDATE"] = False
    with tempfile.TemporaryDirectory() as folder:
        if connection.vendor == "sqlite":
            connection.settings_dict["TEST"]["NAME"] = f"{folder}/bench.sqlite3"
        former = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            measure(posts)
        finally:
            connection.creation.destroy_test_db(former, verbosity=0)


if __name__ == "__main__":
    main()

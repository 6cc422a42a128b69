"""Our search against Wagtail's, on the same synthetic posts, in one run.

    .venv/bin/python bench/search.py --posts 3000

Posts are made in a scratch database beside the configured one (DATABASE_URL as always), which is
dropped at the end. Each line is the median of some rounds for a whole answer of ours, with
count, facets, titles and snippets, and for the first ten posts and the count of Wagtail's. Its
index takes a time that grows with the square of the posts, so above 10,000 it is left out.
"""

import argparse
import itertools
import os
import random
import resource
import sys
import time
from datetime import timedelta
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
# Not the folder of this file: markdown.py beside it would be taken for the library.
sys.path[:1] = [str(ROOT), str(ROOT / "site")]
os.environ["DJANGO_SETTINGS_MODULE"] = "twotrack.settings.test"

import django  # noqa: E402 - needs the path and the setting above

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import F  # noqa: E402
from django.utils import timezone  # noqa: E402
from wagtail.models import Page  # noqa: E402
from wagtail.search.backends import get_search_backend  # noqa: E402

from bench.quality.publication import scratch_database  # noqa: E402
from blog.models import (  # noqa: E402
    Author,
    PostAuthor,
    PostPage,
    Tag,
    TaggedPost,
    TrackIndexPage,
)
from blog.visibility import readable  # noqa: E402
from search import index  # noqa: E402
from search.query import search  # noqa: E402

MOST_POSTS = 100_000
MOST_POSTS_OF_STOCK = 10_000
BATCH = 500
TAGS = 60  # And as many authors.
YEARS = 10
TYPICAL = 100
WORDS_A_POST = 600
VOCABULARY = 20_000
# In one of how many posts each word stands.
WORDS = {"rare": ("quagga", 1000), "middling": ("wombat", 20), "common": ("marsupial", 1)}
GIVE_UP_AFTER = 5.0  # Seconds for one question; it is not asked again.
ROUNDS = 7


def make_posts(number: int) -> None:
    """Live posts over both tracks, their words spread as in real texts: few of them everywhere.

    They are stored as publishing leaves them, but many at a time and without revisions.
    """
    chance = random.Random(2)
    syllables = ["ka", "lo", "mi", "ter", "sun", "ve", "dra", "pol", "in", "gu", "she", "bor"]
    vocabulary = ["".join(chance.choices(syllables, k=3)) + str(n % 97) for n in range(VOCABULARY)]
    weights = list(itertools.accumulate(1 / (rank + 1) for rank in range(VOCABULARY)))
    tracks = list(TrackIndexPage.objects.order_by("path"))
    tags = [Tag.objects.create(name=f"topic {n}", slug=f"topic-{n}") for n in range(TAGS)]
    authors = [Author.objects.create(name=f"Author {n}", slug=f"author-{n}") for n in range(TAGS)]
    for first in range(0, number, BATCH):
        posts = []
        for count in range(first, min(first + BATCH, number)):
            words = chance.choices(vocabulary, cum_weights=weights, k=WORDS_A_POST)
            for word, every in WORDS.values():
                if count % every == 0:
                    words[count % WORDS_A_POST] = word
                    words = [*words[: count % 300], word, *words[count % 300 :]]
            posts.append(post_of(words, count, tracks[count % len(tracks)], len(tracks)))
        with transaction.atomic():
            store(posts, chance, tags, authors)
    for place, track in enumerate(tracks):
        children = len(range(place, number, len(tracks)))
        Page.objects.filter(pk=track.pk).update(numchild=F("numchild") + children)


def post_of(words: list[str], count: int, track: TrackIndexPage, tracks: int) -> PostPage:
    """A post that is not stored yet; every third has code."""
    now = timezone.now()
    halves = " ".join(words[:300]), " ".join(words[300:])
    text = "\n\n".join([halves[0], f"## {' '.join(words[20:24])}", halves[1]])
    if count % 3 == 0:
        text += f"\n\n```python\n{words[30]}_{words[31]} = {count}\n```\n"
    post = PostPage(
        title=" ".join(words[:6]),
        draft_title=" ".join(words[:6]),
        slug=f"post-{count}",
        path=track._get_path(track.path, track.depth + 1, 1 + count // tracks),
        depth=track.depth + 1,
        url_path=f"{track.url_path}post-{count}/",
        content_type=ContentType.objects.get_for_model(PostPage),
        locale_id=track.locale_id,
        live=True,
        first_published_at=now,
        display_date=now - timedelta(days=count % (365 * YEARS)),
        track=track,
        excerpt=" ".join(words[6:20]),
        body=[("markdown", text)],
    )
    post.render_body()
    return post


def store(posts: list[PostPage], chance: random.Random, tags: list, authors: list) -> None:
    """The rows of the posts, three tags and an author each. Django's bulk_create takes no model
    with a parent's table, so each table is filled by itself.
    """
    parents = [field.attname for field in Page._meta.concrete_fields if not field.primary_key]
    pages = [Page(**{name: getattr(post, name) for name in parents}) for post in posts]
    for post, page in zip(posts, Page.objects.bulk_create(pages), strict=True):
        post.pk = post.page_ptr_id = page.pk
    PostPage.objects.get_queryset()._insert(
        posts, fields=PostPage._meta.local_concrete_fields, using=connection.alias
    )
    TaggedPost.objects.bulk_create(
        TaggedPost(tag=tag, content_object=post) for post in posts for tag in chance.sample(tags, 3)
    )
    PostAuthor.objects.bulk_create(
        PostAuthor(post=post, author=chance.choice(authors)) for post in posts
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
    start = time.perf_counter()
    make_posts(number)
    print(f"{number:,} posts made in {time.perf_counter() - start:.1f} s ({connection.vendor})")
    say_memory()
    start = time.perf_counter()
    index.rebuild()
    took = time.perf_counter() - start
    print(f"our index:     {took:7.1f} s, {number / took:.0f} posts a second")
    say_memory()
    stock = None
    if number <= MOST_POSTS_OF_STOCK:
        stock = get_search_backend("wagtail.search.backends.database")
        start = time.perf_counter()
        pks = list(PostPage.objects.values_list("pk", flat=True))
        for first in range(0, number, BATCH):
            batch = pks[first : first + BATCH]
            stock.add_bulk(PostPage, list(PostPage.objects.filter(pk__in=batch)))
        print(f"Wagtail's:     {time.perf_counter() - start:7.1f} s")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    print(f"readable posts: {readable(PostPage.objects.all()).count():,}")
    say_times(stock)
    times = sorted(map(first_page, typical_questions(TYPICAL)))
    print(
        f"{TYPICAL} questions of two words, the first page with facets: median "
        f"{median(times) * 1000:.1f} ms, p95 {times[len(times) * 95 // 100] * 1000:.1f} ms"
    )
    say_memory()


def say_times(stock) -> None:
    """What kinds of questions take: of us, of Wagtail, of the search boxes of the admin."""
    ours = get_search_backend("search.backends")
    heads = ["hits", "ours ms", *(["stock ms", "ratio", "admin ms"] if stock else [])]
    print(f"{'question':34}", *(f"{head:>9}" for head in heads))
    questions = {name: word for name, (word, _) in WORDS.items()}
    questions |= {"beginning": "marsup", "two common": "marsupial wombat"}
    for name, question in questions.items():
        mine = seconds(lambda question=question: search(question))
        cells = [f"{search(question).count:9,}", f"{mine * 1000:9.1f}"]
        if stock:
            theirs = seconds(lambda question=question: stock_answer(question, stock))
            admin = seconds(lambda question=question: admin_answer(question, ours))
            cells += [f"{theirs * 1000:9.1f}", f"{theirs / mine:9.1f}", f"{admin * 1000:9.1f}"]
        print(f"{name + ': ' + question:34}", *cells)


def typical_questions(number: int) -> list[str]:
    """Two words of a title each, of posts from all over."""
    chance = random.Random(5)
    pks = list(PostPage.objects.values_list("pk", flat=True))
    titles = PostPage.objects.filter(pk__in=chance.sample(pks, min(number, len(pks))))
    return [
        " ".join(chance.sample(title.split(), 2))
        for title in titles.order_by("pk").values_list("title", flat=True)
    ]


def first_page(question: str) -> float:
    """The seconds that a question takes when it is asked for the first time."""
    start = time.perf_counter()
    search(question)
    return time.perf_counter() - start


def say_memory() -> None:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory, at most so far: {most:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=int, default=3_000, help="how many posts are made")
    posts = min(parser.parse_args().posts, MOST_POSTS)
    # Both indexes are built on their own, so that each can be timed.
    settings.WAGTAILSEARCH_BACKENDS["default"]["AUTO_UPDATE"] = False
    with scratch_database():
        measure(posts)


if __name__ == "__main__":
    main()

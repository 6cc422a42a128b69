"""Whether the time to look up a token tells if there is such a link: known, unknown, expired.

    .venv/bin/python bench/review_links.py --rounds 10000

Works on a scratch database of its own beside the configured one (DATABASE_URL as always; SQLite if
it is empty). The three are asked for in turn, so that what else the machine does meets all alike.
Ends with 1 when two medians are a millisecond or more apart.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MOST_APART = 1.0  # milliseconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10_000)
    rounds = parser.parse_args().rounds
    # Not the folder of this file: markdown.py beside it would be taken for the library.
    sys.path[:1] = [str(ROOT), str(ROOT / "site")]
    os.environ["DJANGO_SETTINGS_MODULE"] = "twotrack.settings.test"
    os.environ.setdefault("TWOTRACK_LOG_LEVEL", "ERROR")
    with tempfile.TemporaryDirectory() as folder:
        if not os.environ.get("DATABASE_URL"):
            os.environ["DATABASE_URL"] = f"sqlite:///{folder}/configured.sqlite3"
        import django

        django.setup()
        from django.db import connection

        former = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            return report(measure(rounds))
        finally:
            connection.creation.destroy_test_db(former, verbosity=0)


def measure(rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each look-up, by the kind of token."""
    from django.contrib.auth import get_user_model

    from blog.models import PostPage, TrackIndexPage
    from review.links import find_link, make_review_link
    from review.models import ReviewLink
    from review.tokens import make_token

    user = get_user_model().objects.create_superuser("sue")
    post = PostPage(title="A draft", slug="a-draft", excerpt="Words.", live=False)
    TrackIndexPage.objects.first().add_child(instance=post)
    for _ in range(200):
        make_review_link(post, label="Somebody", made_by=user)
    _, known = make_review_link(post, label="Rae", made_by=user)
    expired_link, expired = make_review_link(post, label="Sam", made_by=user)
    past = expired_link.made_at - timedelta(days=1)
    ReviewLink.objects.filter(pk=expired_link.pk).update(expires_at=past)

    kinds = {"known": lambda: known, "unknown": make_token, "expired": lambda: expired}
    found = {kind: [] for kind in kinds}
    order = list(kinds)
    for number in range(rounds):
        turn = number % len(order)
        for kind in order[turn:] + order[:turn]:
            token = kinds[kind]()
            began = time.perf_counter()
            find_link(token)
            found[kind].append((time.perf_counter() - began) * 1000)
    return found


def report(found: dict[str, list[float]]) -> int:
    medians = {kind: statistics.median(times) for kind, times in found.items()}
    for kind, times in found.items():
        p99 = statistics.quantiles(times, n=100)[98]
        print(f"{kind:8} {len(times)} look-ups, median {medians[kind]:.3f} ms, p99 {p99:.3f} ms")
    apart = max(medians.values()) - min(medians.values())
    print(f"medians at most {apart:.3f} ms apart (promised: less than {MOST_APART:.0f})")
    return int(apart >= MOST_APART)


if __name__ == "__main__":
    sys.exit(main())

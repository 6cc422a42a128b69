"""How good our search is beside others, on a publication's own posts, in one run.

    .venv/bin/python bench/search_quality.py
    .venv/bin/python bench/search_quality.py --import ~/posts --questions 100

Questions of many kinds are made of the readable posts of the configured database (DATABASE_URL as
always), which is only read; see bench/quality/kinds.py for what counts as an answer. With --import
the documents fill a scratch database instead, which is dropped at the end; where there are no
posts the demo publication does. Compared are Wagtail's stock search on the same database, SQL LIKE
ordered as WordPress does (“LIKE”), and title and excerpt by the beginnings of words as Ghost does
(“excerpts”). Ends with 1 when what search promises is not reached.
"""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Not the folder of this file: markdown.py beside it would be taken for the library.
sys.path[:1] = [str(ROOT), str(ROOT / "site")]

import django  # noqa: E402 - needs the path above

from bench.quality.kinds import OF_WORDS_THAT_OCCUR, Corpus, Question, questions_of  # noqa: E402
from bench.quality.metrics import Outcome, Scores, macro, ndcg, scores_of  # noqa: E402
from bench.quality.reading import Text  # noqa: E402

DEMO = [ROOT / "blog/demo", ROOT / "home/demo"]
LEAST_NDCG = {"macro": 0.93, "typo": 0.97}
INDEXES = {"Twotrack": r"search\_%", "Wagtail": "%indexentry%"}  # Their tables.


def main() -> int:
    options = read_options()
    os.environ["DJANGO_SETTINGS_MODULE"] = "twotrack.settings.test"
    os.environ.setdefault("TWOTRACK_LOG_LEVEL", "ERROR")
    if options.keep:
        os.environ["DATABASE_URL"] = options.keep
    django.setup()
    # These need what is set up above, and only then is known which database is meant.
    from django.conf import settings

    from bench.quality import publication

    if not options.documents and not publication.has_posts():
        print("The configured database has no readable posts, so the demo publication is used.")
        options.documents = DEMO
    is_scratch = options.documents and not options.keep
    try:
        with publication.scratch_database() if is_scratch else nullcontext():
            return measure(options)
    finally:
        shutil.rmtree(settings.TEST_DIR, ignore_errors=True)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--questions", type=int, default=60, help="how many of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--import", dest="documents", type=Path, nargs="+", metavar="PATH", help="documents"
    )
    parser.add_argument(
        "--keep",
        metavar="DATABASE_URL",
        help="import into this database, and leave it filled for later runs",
    )
    parser.add_argument(
        "--rebuild",
        action="store_true",
        help="migrate the configured database and index it anew, timed, before asking",
    )
    parser.add_argument("--ours", action="store_true", help="leave the others out")
    parser.add_argument(
        "--misses", action="store_true", help="list the questions that ours answers less than best"
    )
    return parser.parse_args()


def measure(options: argparse.Namespace) -> int:
    from django.core.management import call_command

    if options.keep or options.rebuild:
        call_command("migrate", verbosity=0)
    # Wagtail looks for the tables of its index when its backend is made.
    from bench.quality import engines, publication

    if options.documents:
        publication.import_documents(options.documents)
    texts = publication.readable_texts()
    compared = {"Twotrack": engines.twotrack}
    if not options.ours:
        compared |= {
            "Wagtail": engines.wagtail,
            "LIKE": engines.like_engine(texts),
            "excerpts": engines.excerpt_engine(texts),
        }
    say_indexes(texts, is_built=bool(options.documents or options.rebuild), compared=compared)
    questions = questions_of(Corpus(texts), options.questions, options.seed)
    engines.add_synonyms(questions)
    outcomes = ask(questions, compared)
    if options.misses:
        say_misses(questions, outcomes["Twotrack"], texts)
    return report(questions, outcomes)


def say_indexes(texts: Sequence[Text], *, is_built: bool, compared: dict) -> None:
    """The sizes of the indexes; they are built anew, and timed, only where that is asked for."""
    from django.db import connection

    from bench.quality import engines, publication
    from search import index

    build = {"Twotrack": index.rebuild, "Wagtail": engines.index_by_wagtail}
    text_size = sum(len(text.whole.encode("utf-8", "replace")) for text in texts)
    print(f"{len(texts):,} posts with {text_size / 1e6:.1f} MB of text on {connection.vendor}")
    for name in [name for name in INDEXES if name in compared]:
        began = time.perf_counter()
        if is_built:
            build[name]()
        took = time.perf_counter() - began
        size = publication.size_of_tables(INDEXES[name])
        built = f", built in {took:.1f} s: {len(texts) / took:.0f} posts/s" if is_built else ""
        print(f"index of {name}: {size / 1e6:.1f} MB, {size / text_size:.1f} of the text{built}")


def ask(
    questions: Sequence[Question], engines: dict[str, Callable[[str], Sequence[int]]]
) -> dict[str, list[Outcome]]:
    """What each engine answers, asked in turn, so that what else the machine does meets all."""
    for engine in engines.values():
        engine(questions[0].text)  # The first question of a process loads what later ones have.
    outcomes: dict[str, list[Outcome]] = {name: [] for name in engines}
    for question in questions:
        for name, engine in engines.items():
            began = time.perf_counter()
            found = engine(question.text)
            took = time.perf_counter() - began
            kept = [pk for pk in found if pk not in question.passed_over]
            outcomes[name].append(Outcome(kept, question.relevant, took))
    return outcomes


def say_misses(
    questions: Sequence[Question], outcomes: Sequence[Outcome], texts: Sequence[Text]
) -> None:
    titles = {text.pk: text.title for text in texts}
    for question, outcome in zip(questions, outcomes, strict=True):
        worth = ndcg(outcome.found, outcome.relevant)
        if worth < 1:
            wanted = " | ".join(titles[pk] for pk in sorted(question.relevant)[:3])
            first = " | ".join(titles.get(pk, f"page {pk}") for pk in outcome.found[:3])
            print(f"{question.kind} {worth:.2f}: {question.text}")
            print(f"    wanted: {wanted}\n    found:  {first or 'nothing'}")


def report(questions: Sequence[Question], outcomes: dict[str, list[Outcome]]) -> int:
    """A table for each measure, and whether the promises are kept: 0 if so, else 1."""
    kinds = [question.kind for question in questions]
    counts = {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}
    scores = {}
    for name, found in outcomes.items():
        by_kind = {
            kind: scores_of([one for one, of in zip(found, kinds, strict=True) if of == kind])
            for kind in counts
        }
        scores[name] = by_kind | {"macro": macro(by_kind.values())}
    counts["macro"] = len(questions)
    say_table("nDCG@10", counts, scores, lambda one: one.ndcg)
    say_table("MRR", counts, scores, lambda one: one.reciprocal_rank)
    say_table("success@1", counts, scores, lambda one: one.success)
    say_table("nothing found", counts, scores, lambda one: one.nothing)
    say_table("p50 in ms", counts, scores, lambda one: one.p50 * 1000, ".1f")
    say_table("p95 in ms", counts, scores, lambda one: one.p95 * 1000, ".1f")
    ours = scores["Twotrack"]
    promises = {
        f"nDCG@10 of at least {least}: {kind}": ours[kind].ndcg >= least
        for kind, least in LEAST_NDCG.items()
        if kind in ours
    }
    promises["some answer to each question whose words occur"] = not any(
        ours[kind].nothing for kind in OF_WORDS_THAT_OCCUR if kind in ours
    )
    print()
    for promise, holds in promises.items():
        print(f"{'holds' if holds else 'BROKEN':7} {promise}")
    return 0 if all(promises.values()) else 1


def say_table(
    title: str,
    counts: dict[str, int],
    scores: dict[str, dict[str, Scores]],
    value: Callable[[Scores], float],
    form: str = ".3f",
) -> None:
    """A row for each kind: how many questions, what each engine reaches, and its ratio to ours."""
    others = list(scores)[1:]
    heads = [f"{name:>9}" for name in scores] + [f"{f'{name}/ours':>14}" for name in others]
    print(f"\n{title:14}{'':>5}", *heads)
    for kind, count in counts.items():
        values = [value(scores[name][kind]) for name in scores]
        ratios = [f"{one / values[0]:.2f}" if values[0] else "-" for one in values[1:]]
        cells = [f"{one:>9{form}}" for one in values] + [f"{one:>14}" for one in ratios]
        print(f"{kind:14}{count:>5}", *cells)


if __name__ == "__main__":
    sys.exit(main())

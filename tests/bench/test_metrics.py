"""What a list of answers is worth."""

from math import log2

import pytest

from bench.quality.metrics import (
    Outcome,
    Scores,
    macro,
    ndcg,
    percentile,
    reciprocal_rank,
    scores_of,
)


@pytest.mark.parametrize(
    ("found", "relevant", "expected"),
    [
        ([1, 2, 3], {1}, 1.0),
        ([2, 1, 3], {1}, 1 / log2(3)),
        ([2, 3, 1], {1}, 0.5),
        ([2, 3], {1}, 0.0),
        ([], {1}, 0.0),
        ([1, 2], set(), 0.0),
        # two that are relevant
        ([1, 2, 3], {1, 2}, 1.0),
        ([1, 3, 2], {1, 2}, (1 + 0.5) / (1 + 1 / log2(3))),
        ([1], {1, 2}, 1 / (1 + 1 / log2(3))),
        # Järvelin and Kekäläinen's list of places, with gains of 0 and 1
        ([1, 9, 2, 8, 3], {1, 2, 3}, (1 + 0.5 + 1 / log2(6)) / (1 + 1 / log2(3) + 0.5)),
        # only ten places count, and more relevant pages than that can all be had
        ([*range(100, 110), 1], {1}, 0.0),
        ([*range(100, 109), 1], {1}, 1 / log2(11)),
        (list(range(10)), set(range(50)), 1.0),
    ],
)
def test_ndcg(found, relevant, expected):
    assert ndcg(found, relevant) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("found", "expected"),
    [([1, 2], 1.0), ([9, 2], 0.5), ([9, 8, 7, 1, 2], 0.25), ([9], 0.0), ([], 0.0)],
)
def test_reciprocal_rank_is_that_of_the_first_relevant(found, expected):
    assert reciprocal_rank(found, {1, 2}) == expected


def test_reciprocal_rank_looks_at_ten():
    assert reciprocal_rank([*range(100, 109), 1], {1}) == 0.1
    assert reciprocal_rank([*range(100, 110), 1], {1}) == 0.0


@pytest.mark.parametrize(("share", "expected"), [(0.5, 10), (0.95, 19), (1, 20), (0.01, 1)])
def test_a_percentile_is_one_of_the_values(share, expected):
    assert percentile(range(20, 0, -1), share) == expected


def test_scores_are_means_over_the_questions():
    found = scores_of(
        [
            Outcome([1], {1}, 0.1),
            Outcome([2, 3, 1], {1}, 0.2),
            Outcome([], {1}, 0.3),
            Outcome([2], {1}, 0.4),
        ]
    )

    assert found == Scores(
        ndcg=pytest.approx(1.5 / 4),
        reciprocal_rank=pytest.approx((1 + 1 / 3) / 4),
        success=0.25,
        nothing=0.25,
        p50=0.2,
        p95=0.4,
    )


def test_each_kind_counts_the_same():
    good, bad = Scores(1, 1, 1, 0, 0.1, 0.3), Scores(0, 0.5, 0, 1, 0.3, 0.5)

    assert macro([good, bad]) == Scores(0.5, 0.75, 0.5, 0.5, 0.2, 0.4)

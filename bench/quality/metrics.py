"""What a list of answers is worth when the right ones are known."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from math import ceil, log2
from statistics import mean

DEPTH = 10  # Nobody looks further, so no answer further down counts.


@dataclass(frozen=True)
class Outcome:
    """What one question brought: the answers, best first, and how long they took."""

    found: Sequence[int]
    relevant: Collection[int]
    seconds: float


@dataclass(frozen=True)
class Scores:
    """What all the questions of a kind brought; each part of a whole is from 0 to 1."""

    ndcg: float
    reciprocal_rank: float
    success: float
    nothing: float
    p50: float
    p95: float


def ndcg(found: Sequence[int], relevant: Collection[int]) -> float:
    """Normalised discounted cumulative gain: 1 when the relevant answers come before all others.

    An answer at place n counts 1 / log2(n + 1) if it is relevant; the sum is divided by the best
    that could be had.
    """
    ideal = sum(gain(place) for place in range(1, min(len(relevant), DEPTH) + 1))
    places = (place for place, one in enumerate(found[:DEPTH], 1) if one in relevant)
    return sum(map(gain, places)) / ideal if ideal else 0.0


def gain(place: int) -> float:
    return 1 / log2(place + 1)


def reciprocal_rank(found: Sequence[int], relevant: Collection[int]) -> float:
    """1 through the place of the first relevant answer, 0 without one."""
    places = (place for place, one in enumerate(found[:DEPTH], 1) if one in relevant)
    return 1 / next(places, float("inf"))


def percentile(values: Collection[float], share: float) -> float:
    """The smallest of the values that `share` of them do not exceed."""
    return sorted(values)[max(ceil(share * len(values)) - 1, 0)]


def scores_of(outcomes: Collection[Outcome]) -> Scores:
    """The means over the questions, and the times in seconds."""
    times = [one.seconds for one in outcomes]
    return Scores(
        ndcg=mean(ndcg(one.found, one.relevant) for one in outcomes),
        reciprocal_rank=mean(reciprocal_rank(one.found, one.relevant) for one in outcomes),
        success=mean(bool(one.found) and one.found[0] in one.relevant for one in outcomes),
        nothing=mean(not one.found for one in outcomes),
        p50=percentile(times, 0.5),
        p95=percentile(times, 0.95),
    )


def macro(of_kinds: Collection[Scores]) -> Scores:
    """The mean over the kinds, each counting the same; the times are means of theirs too."""
    names = [field.name for field in fields(Scores)]
    return Scores(*(mean(getattr(one, name) for one in of_kinds) for name in names))

"""What differs between two texts, word by word and line by line.

The work is bounded whatever the texts are: stretches that have too much in them to be matched
exactly are first cut at words that stand together only once in both, and what cannot be cut is
shown as taken away and put in.
"""

import re
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Literal, NamedTuple

Kind = Literal["same", "removed", "added", "folded"]

# A word, one sign of a script without spaces, an end of line, a stretch of spaces, another sign.
TOKEN = re.compile(r"[぀-ヿ㐀-鿿가-힯]|[^\W぀-ヿ㐀-鿿가-힯]+|\n|[^\S\n]+|[^\w\s]")
WORD = re.compile(r"\w+")
SPACE = re.compile(r"\s")
MOST_CELLS = 25_000_000  # of one exact match: pairs of tokens; 8 of them are one bit of memory
MOST_LOOKED_AT = 1_200_000  # tokens, in all the looks for where to cut
NEIGHBOURS = (8, 3, 1)  # how many tokens in a row are looked for, the surest first
AROUND = 160  # characters of unchanged text shown beside a change
LINES_AROUND = 3
LIKE_ENOUGH = 0.5  # share of words in common from which two lines are one line that was changed
ALIKE = 0.75  # share from which no better one is looked for
LOOK_AHEAD = 8  # lines


class Run(NamedTuple):
    """A stretch of text: the same in both, only in the old one, or only in the new one.

    A folded run is the same in both and far from any change.
    """

    kind: Kind
    text: str


class Line(NamedTuple):
    """A line with its number in either text, from 1; a changed line has both and several runs."""

    old: int | None
    new: int | None
    runs: tuple[Run, ...]

    @property
    def is_same(self) -> bool:
        return all(run.kind == "same" for run in self.runs)


@dataclass
class _Change:
    """Tokens that give way to others, or, with none of either, what stays the same."""

    removed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)


def word_runs(old: str, new: str) -> list[Run]:
    """The runs whose same and removed ones make up the old text, same and added ones the new."""
    if old == new:
        return [Run("same", old)] if old else []
    changes = _without_crumbs(_changes(TOKEN.findall(old), TOKEN.findall(new)))
    found = []
    for change in changes:
        for kind in ("same", "removed", "added"):
            if tokens := getattr(change, kind):
                found.append(Run(kind, "".join(tokens)))
    return found


def lines(old: str, new: str) -> list[Line]:
    """The lines of both texts in order; a line that was changed is compared word by word."""
    old_lines, new_lines = old.split("\n") if old else [], new.split("\n") if new else []
    found, old_at, new_at = [], 0, 0
    for change in _changes(old_lines, new_lines):
        for text in change.same:
            old_at, new_at = old_at + 1, new_at + 1
            found.append(Line(old_at, new_at, (Run("same", text),)))
        found += _changed_lines(change, old_at, new_at)
        old_at, new_at = old_at + len(change.removed), new_at + len(change.added)
    return found


def fold(runs: Iterable[Run], around: int = AROUND) -> list[Run]:
    """The runs, with the middle of long unchanged ones as runs of their own that are folded."""
    runs, found = list(runs), []
    for place, run in enumerate(runs):
        first, last = place == 0, place == len(runs) - 1
        if run.kind != "same" or len(run.text) <= 3 * around:
            found.append(run)
            continue
        start = 0 if first else _end_of_word(run.text, around)
        end = len(run.text) if last else _start_of_word(run.text, len(run.text) - around)
        parts = [("same", run.text[:start]), ("folded", run.text[start:end])]
        parts.append(("same", run.text[end:]))
        found += [Run(kind, text) for kind, text in parts if text]
    return found


def stretches(found: Sequence[Line], around: int = LINES_AROUND) -> Iterator[tuple[bool, list]]:
    """The lines in stretches, each with whether it is unchanged and far from any change."""
    near, count = set(), len(found)
    for place, line in enumerate(found):
        if not line.is_same:
            near.update(range(max(0, place - around), min(count, place + around + 1)))
    start = 0
    for place in range(1, count + 1):
        if place == count or (place in near) != (start in near):
            yield start not in near and place - start > 1, list(found[start:place])
            start = place


def likeness(old: str, new: str) -> float:
    """How many words two texts share, wherever they stand: from 0, none, to 1, all."""
    return _share(_words(old), _words(new)) if old != new else 1.0


def _words(text: str) -> Counter[str]:
    return Counter(WORD.findall(text))


def _share(old: Counter[str], new: Counter[str]) -> float:
    total = old.total() + new.total()
    return 2 * sum(min(count, new[word]) for word, count in old.items()) / total if total else 0.0


def common(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Places of what both sequences have in the same order, rising in both.

    The longest such list where a stretch is short enough, a long one elsewhere.
    """
    pairs: list[tuple[int, int]] = []
    waiting, looks_left = [(0, len(old), 0, len(new))], MOST_LOOKED_AT
    while waiting:
        low, high, new_low, new_high = waiting.pop()
        while low < high and new_low < new_high and old[low] == new[new_low]:
            pairs.append((low, new_low))
            low, new_low = low + 1, new_low + 1
        while low < high and new_low < new_high and old[high - 1] == new[new_high - 1]:
            high, new_high = high - 1, new_high - 1
            pairs.append((high, new_high))
        if low == high or new_low == new_high:
            continue
        if (high - low) * (new_high - new_low) <= MOST_CELLS:
            found = _longest(old[low:high], new[new_low:new_high])
            pairs += [(low + i, new_low + j) for i, j in found]
            continue
        anchors: list[tuple[int, int]] = []
        for size in NEIGHBOURS:
            looks_left -= high - low + new_high - new_low
            if not anchors and looks_left > 0:
                anchors = _anchors(old[low:high], new[new_low:new_high], size)
        ends = [(0, 0), *anchors, (high - low, new_high - new_low)]
        waiting += [
            (low + i, low + next_i, new_low + j, new_low + next_j)
            for (i, j), (next_i, next_j) in pairwise(ends if anchors else [])
        ]
    return sorted(pairs)


def rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of the pairs, which rise in the first place, that rises in both."""
    if not pairs:
        return []
    tails: list[int] = []  # the smallest second place that ends a list of each length
    ends: list[int] = []  # the pair it belongs to
    before: list[int] = []
    for index, (_, place) in enumerate(pairs):
        length = bisect_left(tails, place)
        before.append(ends[length - 1] if length else -1)
        tails[length : length + 1] = [place]
        ends[length : length + 1] = [index]
    found, index = [], ends[-1]
    while index >= 0:
        found.append(pairs[index])
        index = before[index]
    return found[::-1]


def _longest(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The longest common subsequence, by bits: one addition for each item of `old`.

    After row i, bit j of its number is 0 where item j of `new` made the match longer.
    """
    masks: dict[Hashable, int] = {}
    for place, item in enumerate(new):
        masks[item] = masks.get(item, 0) | (1 << place)
    full = (1 << len(new)) - 1
    row, rows = full, []
    for item in old:
        matches = row & masks.get(item, 0)
        row = ((row + matches) | (row - matches)) & full
        rows.append(row)
    pairs, i, j = [], len(old), len(new)
    while i and j:
        if rows[i - 1] >> (j - 1) & 1:
            j -= 1
        else:
            i -= 1
            if not i or rows[i - 1] >> (j - 1) & 1:
                j -= 1
                pairs.append((i, j))
    return pairs


def _anchors(old: Sequence[Hashable], new: Sequence[Hashable], size: int) -> list[tuple[int, int]]:
    """Where `size` items stand in a row that both have only once: the longest rising list."""
    places = _only_places(new, size)
    found = [(i, places[key]) for key, i in _only_places(old, size).items() if key in places]
    return rising(sorted(found))


def _only_places(items: Sequence[Hashable], size: int) -> dict[tuple, int]:
    found: dict[tuple, int] = {}
    for place, key in enumerate(zip(*(items[start:] for start in range(size)), strict=False)):
        found[key] = -1 if key in found else place
    return {key: place for key, place in found.items() if place >= 0}


def _changes(old: list[str], new: list[str]) -> list[_Change]:
    """What stays and what changes in turn."""
    found: list[_Change] = []
    i = j = 0
    for next_i, next_j in [*common(old, new), (len(old), len(new))]:
        if next_i > i or next_j > j:
            found.append(_Change(removed=old[i:next_i], added=new[j:next_j]))
        if next_i < len(old) and next_j < len(new):
            if not found or not found[-1].same:
                found.append(_Change())
            found[-1].same.append(new[next_j])
        i, j = next_i + 1, next_j + 1
    return found


def _without_crumbs(changes: list[_Change]) -> list[_Change]:
    """The changes, without what stays the same only by chance between two longer changes.

    Such are spaces and signs, and words no longer than the changes at both sides of them.
    """
    found: list[_Change] = []
    for place, change in enumerate(changes):
        follows = found and not found[-1].same
        if change.same and follows and place + 1 < len(changes):
            if _is_crumb(found[-1], "".join(change.same), changes[place + 1]):
                found[-1].removed += change.same
                found[-1].added += change.same
                continue
        elif not change.same and follows:
            found[-1].removed += change.removed
            found[-1].added += change.added
            continue
        found.append(change)
    return found


def _is_crumb(before: _Change, same: str, after: _Change) -> bool:
    if "\n" in same:
        return not same.strip() and bool(before.removed and before.added) and same.count("\n") < 2
    if not any(map(_is_word, same)):
        return True
    longest = [max(len("".join(c.removed)), len("".join(c.added))) for c in (before, after)]
    return len(same) < min(longest)


def _changed_lines(change: _Change, old_at: int, new_at: int) -> Iterator[Line]:
    """The lines of one change: those like another are one line, word by word."""
    waiting = deque((place, text, _words(text)) for place, text in enumerate(change.removed))
    for place, text in enumerate(change.added):
        gone = _ahead_of_like(waiting, _words(text))
        for old_place, old_text, _ in [waiting.popleft() for _ in range(gone or 0)]:
            yield Line(old_at + old_place + 1, None, (Run("removed", old_text),))
        if gone is None:
            yield Line(None, new_at + place + 1, (Run("added", text),))
        else:
            old_place, old_text, _ = waiting.popleft()
            runs = tuple(word_runs(old_text, text))
            yield Line(old_at + old_place + 1, new_at + place + 1, runs)
    for old_place, old_text, _ in waiting:
        yield Line(old_at + old_place + 1, None, (Run("removed", old_text),))


def _ahead_of_like(waiting: deque, words: Counter[str]) -> int | None:
    """How many lines stand before the one most like these words; None if none is like enough."""
    best, found = LIKE_ENOUGH, None
    for place, (_, _, others) in enumerate(islice(waiting, LOOK_AHEAD)):
        share = _share(others, words)
        if share > best or (share == best and found is None):
            best, found = share, place
        if share >= ALIKE:
            break
    return found


def _is_word(token: str) -> bool:
    return token[:1].isalnum() or token[:1] == "_"


def _end_of_word(text: str, place: int) -> int:
    """The end of the word at a place, or the place where the word is very long."""
    found = SPACE.search(text, place, place + AROUND)
    return found.start() if found else place


def _start_of_word(text: str, place: int) -> int:
    before = [found.start() for found in SPACE.finditer(text, max(place - AROUND, 0), place)]
    return before[-1] if before else place

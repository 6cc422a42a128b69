"""Two texts, and what differs between them."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.comparing import differences
from blog.comparing.differences import (
    Line,
    Run,
    common,
    fold,
    likeness,
    lines,
    stretches,
    word_runs,
)

LONG = 200_000
MOST_CELLS_OF_ALL = 8 * differences.MOST_CELLS


def test_words_are_compared_and_not_letters():
    assert word_runs("Told twice, for two readers.", "Told twice, for three readers.") == [
        Run("same", "Told twice, for "),
        Run("removed", "two"),
        Run("added", "three"),
        Run("same", " readers."),
    ]


def test_what_is_only_put_in_takes_nothing_away():
    assert word_runs("one three", "one two three") == [
        Run("same", "one "),
        Run("added", "two "),
        Run("same", "three"),
    ]


def test_a_space_alone_does_not_part_a_change():
    assert word_runs("big dog ran", "small cat ran") == [
        Run("removed", "big dog"),
        Run("added", "small cat"),
        Run("same", " ran"),
    ]


def test_texts_without_anything_in_common():
    assert word_runs("", "") == []
    assert word_runs("", "new") == [Run("added", "new")]
    assert word_runs("old", "") == [Run("removed", "old")]
    assert word_runs("same", "same") == [Run("same", "same")]


def test_scripts_without_spaces_are_compared_sign_by_sign():
    assert word_runs("我喜欢茶", "我喜欢咖啡") == [
        Run("same", "我喜欢"),
        Run("removed", "茶"),
        Run("added", "咖啡"),
    ]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab .\nü_中", max_size=60), st.text(alphabet="ab .\nü_中", max_size=60))
def test_both_texts_can_be_read_from_the_runs(old, new):
    runs = word_runs(old, new)
    found = lines(old, new)

    assert "".join(run.text for run in runs if run.kind != "added") == old
    assert "".join(run.text for run in runs if run.kind != "removed") == new
    olds = [line for line in found if line.old]
    assert [line.old for line in olds] == list(range(1, len(olds) + 1))
    assert "\n".join(_side(line, "added") for line in olds) == old
    assert "\n".join(_side(line, "removed") for line in found if line.new) == new


def _side(line: Line, other: str) -> str:
    return "".join(run.text for run in line.runs if run.kind != other)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 3), max_size=12), st.lists(st.integers(0, 3), max_size=12))
def test_nothing_longer_is_common(old, new):
    pairs = common(old, new)

    assert [old[i] for i, _ in pairs] == [new[j] for _, j in pairs]
    assert pairs == sorted(pairs)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert len(pairs) == _length_of_common(old, new)


def _length_of_common(old: list, new: list) -> int:
    row = [0] * (len(new) + 1)
    for item in old:
        before, row = row, [0]
        for place, other in enumerate(new):
            here = before[place] + 1 if item == other else max(before[place + 1], row[-1])
            row.append(here)
    return row[-1]


def test_code_is_compared_by_lines_and_a_changed_line_by_words():
    old = "def free(self):\n    return self.blocks.pop()\n\nend = 1"
    new = "def free(self):\n    return self.blocks.popleft()\n    # none left\n\nend = 1"

    assert lines(old, new) == [
        Line(1, 1, (Run("same", "def free(self):"),)),
        Line(
            2,
            2,
            (
                Run("same", "    return self.blocks."),
                Run("removed", "pop"),
                Run("added", "popleft"),
                Run("same", "()"),
            ),
        ),
        Line(None, 3, (Run("added", "    # none left"),)),
        Line(3, 4, (Run("same", ""),)),
        Line(4, 5, (Run("same", "end = 1"),)),
    ]


def test_a_line_unlike_the_other_is_not_the_same_line_changed():
    assert lines("import os", "print(answer)") == [
        Line(None, 1, (Run("added", "print(answer)"),)),
        Line(1, None, (Run("removed", "import os"),)),
    ]


def test_the_middle_of_a_long_unchanged_stretch_is_folded():
    words = " ".join(f"word{number}" for number in range(200))
    runs = fold(word_runs(f"{words} old {words}", f"{words} new {words}"))

    assert [run.kind for run in runs] == ["folded", "same", "removed", "added", "same", "folded"]
    assert 160 <= len(runs[1].text) <= 172
    assert "".join(run.text for run in runs if run.kind != "removed") == f"{words} new {words}"
    assert fold([Run("same", "a few words")]) == [Run("same", "a few words")]


def test_lines_far_from_a_change_are_told_apart():
    old = [f"line {number}" for number in range(20)]
    new = [*old[:10], "line ten", *old[11:]]

    found = list(stretches(lines("\n".join(old), "\n".join(new))))

    assert [(is_far, len(part)) for is_far, part in found] == [(True, 7), (False, 7), (True, 6)]


@pytest.mark.parametrize(
    ("old", "new", "share"),
    [("", "", 1), ("a b", "b a", 1), ("a b", "c d", 0), ("a b c d", "a b x y", 0.5), ("a", "", 0)],
)
def test_likeness_is_the_share_of_words_in_common(old, new, share):
    assert likeness(old, new) == share


def prose(*, seed: int, words: int = 3_000) -> list[str]:
    chosen = random.Random(seed)
    return [f"word{chosen.randrange(words)}" for _ in range(LONG // 8)]


def edited(words: list[str]) -> list[str]:
    chosen = random.Random(5)
    return [word if chosen.random() > 0.05 else "edited" for word in words]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(" ".join(prose(seed=1)), " ".join(edited(prose(seed=1))), id="edited"),
        pytest.param(" ".join(prose(seed=1)), " ".join(prose(seed=2)), id="unlike"),
        pytest.param(
            " ".join(prose(seed=1, words=5)), " ".join(prose(seed=2, words=5)), id="five words"
        ),
        pytest.param("ab " * (LONG // 3), "ba " * (LONG // 3), id="nothing in common"),
        pytest.param("\n" * LONG, "\n" * (LONG - 9) + "end", id="empty lines"),
        pytest.param(
            "\n".join(f"value = foo({number})" for number in range(11_000)),
            "\n".join(f"value = bar({number})" for number in range(11_000)),
            id="every line changed",
        ),
    ],
)
def test_the_work_for_long_texts_is_bounded(old, new, work):
    assert "".join(run.text for run in word_runs(old, new) if run.kind != "removed") == new
    assert work["cells"] <= MOST_CELLS_OF_ALL
    assert work["looked at"] <= differences.MOST_LOOKED_AT

    work.clear()
    lines(old, new)
    assert work["cells"] <= MOST_CELLS_OF_ALL
    assert work["looked at"] <= differences.MOST_LOOKED_AT
    assert work["weighed"] <= differences.LOOK_AHEAD * new.count("\n") + differences.LOOK_AHEAD


@pytest.fixture
def work(monkeypatch) -> Counter[str]:
    """What comparing does, counted: time would depend on the machine and on its other work."""
    counted: Counter[str] = Counter()

    def count(name, of, size):
        called = getattr(differences, name)

        def counting(*args):
            counted[of] += size(*args)
            return called(*args)

        monkeypatch.setattr(differences, name, counting)

    count("_longest", "cells", lambda old, new: len(old) * len(new))
    count("_anchors", "looked at", lambda old, new, size: len(old) + len(new))
    count("_share", "weighed", lambda old, new: 1)
    return counted

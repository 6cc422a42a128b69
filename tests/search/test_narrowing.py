"""How choices are shown, folded and taken back."""

from django.http import QueryDict

from search.facets import Facet, FacetOption
from search.narrowing import choices_of, choices_to_take_back, chosen_in


def facet(*counts: int, chosen=(), name="tag", label="Topic") -> Facet:
    """Options named by their places, from a on; `chosen` are those that are chosen."""
    values = "abcdefghij"[: len(counts)]
    options = [
        FacetOption(value, value.upper(), count, value in chosen)
        for value, count in zip(values, counts, strict=True)
    ]
    return Facet(name, label, options)


def test_what_an_address_chooses():
    asked = QueryDict("q=quokka&tag=a&tag=b&has=&year=2026&colour=red&page=2")

    assert chosen_in(asked) == {
        "track": [],
        "tag": ["a", "b"],
        "author": [],
        "year": ["2026"],
        "kind": [],
        "has": [],
    }


def test_a_facet_that_changes_nothing_is_left_out():
    assert list(choices_of([facet(3), facet(), facet(3, 3)], 3)) == []
    assert [one.label for one in choices_of([facet(3, chosen="a"), facet(3, 1)], 3)] == [
        "Topic",
        "Topic",
    ]


def test_what_would_leave_nothing_is_not_offered():
    (choices,) = choices_of([facet(3, 1, 0, 0, chosen="d")], 3)

    assert [option.value for option in choices.shown] == ["a", "b", "d"]


def test_many_options_are_folded():
    (choices,) = choices_of([facet(9, 8, 7, 6, 5, 4, 3)], 9)

    assert [option.value for option in choices.shown] == ["a", "b", "c", "d", "e"]
    assert [option.value for option in choices.folded] == ["f", "g"]
    assert not choices.is_open


def test_a_single_option_is_not_folded():
    (choices,) = choices_of([facet(9, 8, 7, 6, 5, 4)], 9)

    assert len(choices.shown) == 6
    assert choices.folded == []


def test_a_fold_with_a_choice_in_it_is_open():
    (choices,) = choices_of([facet(9, 8, 7, 6, 5, 4, 3, chosen="g")], 9)

    assert choices.is_open


def test_each_choice_can_be_taken_back():
    asked = QueryDict("q=a%26b&tag=a&tag=b&year=2026&exactly=1&page=3")
    facets = [
        facet(2, 1, chosen="ab"),
        Facet("year", "Year", [FacetOption("2026", "2026", 1, True)]),
    ]

    assert [(one.facet, one.label, one.address) for one in choices_to_take_back(facets, asked)] == [
        ("Topic", "A", "?q=a%26b&tag=b&year=2026&exactly=1"),
        ("Topic", "B", "?q=a%26b&tag=a&year=2026&exactly=1"),
        ("Year", "2026", "?q=a%26b&tag=a&tag=b&exactly=1"),
    ]

"""The index is right whatever others do while pages are indexed."""

import pytest

from tests.search import race

TREE = ["Home", "For Engineers", "For Everyone"]


@pytest.mark.parametrize(
    ("change", "indexed", "quokka", "zebra"),
    [
        ("publish", [*TREE, "Changed", "Other"], ["Other"], ["Changed"]),
        ("unpublish", [*TREE, "Other"], ["Other"], []),
        ("delete", [*TREE, "Other"], ["Other"], []),
    ],
)
def test_what_changes_while_it_is_indexed_anew_is_indexed_as_it_is(
    apart, change, indexed, quokka, zebra
):
    assert apart(race.change_while_rebuilding, change) == {
        "failures": [],
        "indexed": indexed,
        "quokka": quokka,
        "zebra": zebra,
    }


def test_indexing_anew_and_publishing_two_do_not_wait_for_each_other(apart):
    assert apart(race.publish_two_while_rebuilding) == {
        "failures": [],
        "quokka": [],
        "zebra": ["First", "Second"],
    }


def test_indexing_anew_and_deleting_do_not_wait_for_each_other(apart):
    assert apart(race.delete_while_rebuilding) == {"failures": [], "quokka": ["Other"]}


def test_publishers_of_the_same_new_words_do_not_wait_for_each_other(apart):
    assert apart(race.publish_new_words_in_a_circle) == {
        "failures": [],
        "quagga": ["Four", "One"],
        "zebra": ["Three", "Two"],
        "corrected": ["quagga", "zebra"],
    }

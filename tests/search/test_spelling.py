"""What a reader meant who mistyped."""

import pytest
from wagtail.models import PageViewRestriction

from search.engines import engine
from search.query import search
from tests.factories import make_post


def titles(answer) -> list[str]:
    return [result.page.title for result in answer.results]


@pytest.fixture
def posts(engineers):
    make_post(engineers, "Garbage collection", markdown="A scheduler pauses the database.")
    make_post(engineers, "Schedules", markdown="The base of data. Parallelism helps.")


@pytest.mark.parametrize(
    ("typed", "corrected", "expected"),
    [
        ("garbagr", "garbage", ["Garbage collection"]),  # another letter
        ("gabage", "garbage", ["Garbage collection"]),  # a letter left out
        ("garrbage", "garbage", ["Garbage collection"]),  # one too many
        ("gabrage", "garbage", ["Garbage collection"]),  # two swapped
        ("paralelizm", "parallelism", ["Schedules"]),  # two edits in a long word
        ("Garbagr, colection!", "garbage, collection!", ["Garbage collection"]),
        ("gärbägr", "garbage", ["Garbage collection"]),
        ("garbagecolection", "", []),  # more than is understood
        ("gxrbxge", "", []),
        ("zebra", "", []),
    ],
)
def test_near_words_are_taken(posts, typed, corrected, expected):
    answer = search(typed)

    assert (answer.corrected, titles(answer)) == (corrected, expected)
    assert answer.question == typed


def test_compounds_are_joined_and_parted(posts):
    assert titles(search("garbagecollection")) == ["Garbage collection"]
    assert titles(search("data base"))[0] == "Schedules"  # It has both, in its text.
    assert "Garbage collection" in titles(search("data base"))
    assert titles(search("garbage collectionpauses")) == ["Garbage collection"]


def test_words_that_occur_are_not_corrected(posts):
    assert (search("schedules").corrected, search("sched").corrected) == ("", "")
    assert titles(search("schedules"))[0] == "Schedules"


def test_exactly_looks_for_what_was_typed(posts):
    answer = search("garbagr", exactly=True)

    assert (answer.corrected, answer.count) == ("", 0)


def test_a_word_of_hidden_pages_alone_is_as_if_nobody_had_it(engineers):
    post = make_post(engineers, "Zanzibar")
    make_post(engineers, "Zanzibal")
    PageViewRestriction.objects.create(
        page=post, restriction_type=PageViewRestriction.PASSWORD, password="sesame"
    )

    assert search("zanzibaq").corrected == "zanzibal"
    assert search("zanzibar").corrected == "zanzibal"
    assert titles(search("zanzibar")) == ["Zanzibal"]
    assert search("zanzibas", chosen={}).count == 1

    make_post(engineers, "Quagga", live=False)
    assert search("quaggq").count == 0


def test_a_new_word_is_known_at_once(posts, engineers):
    assert search("quaggq").count == 0

    make_post(engineers, "Quagga")

    assert search("quaggq").corrected == "quagga"


def test_queries_do_not_grow_with_mistyped_words(posts, django_assert_max_num_queries):
    with django_assert_max_num_queries(23):
        search("garbagr")
    with django_assert_max_num_queries(23):
        assert search("garbagr colection shceduler databse").count == 1


def test_the_first_mistyped_words_are_corrected(posts):
    answer = search("garbagr colection shceduler databse pausse")

    assert answer.corrected == "garbage collection scheduler database pausse"


def test_many_words_are_asked_for_at_once(engineers):
    page = make_post(engineers, "Quokka")
    asked = [
        *[engine().in_head(f"word{number}") for number in range(999)],
        engine().in_head("quokka"),
    ]

    assert engine().some_with(asked, 2) == [*[[]] * 999, [page.pk]]

"""Narrowing an answer: the counts are those of readable pages under the question."""

from datetime import UTC, datetime

import pytest
from wagtail.models import Page, PageViewRestriction

from home.models import StandardPage
from search.models import PromotedPage, Promotion
from search.query import search
from tests.factories import make_author, make_post


@pytest.fixture
def posts(engineers, everyone, home):
    ada, grace = make_author("Ada Byron"), make_author("Grace Hopper")
    make_post(
        engineers,
        "Quokka one",
        tags=["Animals", "Smiles"],
        authors=[ada],
        display_date=datetime(2024, 5, 1, tzinfo=UTC),
        markdown="```python\nquokka()\n```",
    )
    make_post(
        engineers,
        "Quokka two",
        tags=["Animals"],
        authors=[ada, grace],
        display_date=datetime(2025, 5, 1, tzinfo=UTC),
        markdown="$$quokka^2$$",
    )
    make_post(everyone, "Quokka three", display_date=datetime(2025, 6, 1, tzinfo=UTC))
    make_post(everyone, "Wombat", tags=["Burrows"], markdown="It digs.")
    page = StandardPage(title="Quokka house", slug="house", live=False)
    home.add_child(instance=page).save_revision().publish()
    hidden = make_post(engineers, "Quokka hidden", tags=["Secret"], authors=[grace])
    PageViewRestriction.objects.create(page=hidden, restriction_type=PageViewRestriction.LOGIN)


def counts(**chosen) -> dict[str, dict[str, int]]:
    answer = search("quokka", chosen={name: [value] for name, value in chosen.items()})
    return {
        facet.name: {option.value: option.count for option in facet.options}
        for facet in answer.facets
    }


EVERYTHING = {
    "track": {"engineers": 2, "everyone": 1},
    "tag": {"animals": 2, "smiles": 1},
    "author": {"ada-byron": 2, "grace-hopper": 1},
    "year": {"2025": 2, "2024": 1},
    "kind": {"post": 3, "page": 1},
    "has": {"code": 1, "formulas": 1},
}


def test_readers_are_told_what_they_narrow_by(posts):
    labels = [facet.label for facet in search("quokka").facets]

    assert labels == ["Track", "Topic", "Author", "Year", "Kind", "Contains"]


def test_each_facet_counts_what_answers(posts):
    assert counts() == EVERYTHING


def test_a_choice_narrows_the_other_facets_and_not_its_own(posts):
    narrowed = counts(year="2025")

    assert narrowed == EVERYTHING | {
        "track": {"engineers": 1, "everyone": 1},
        "tag": {"animals": 1},
        "author": {"ada-byron": 1, "grace-hopper": 1},
        "kind": {"post": 2, "page": 0},
        "has": {"code": 0, "formulas": 1},
    }


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"tag": ["smiles"]}, ["Quokka one"]),
        ({"author": ["grace-hopper"]}, ["Quokka two"]),
        ({"year": ["2024"]}, ["Quokka one"]),
        ({"kind": ["page"]}, ["Quokka house"]),
        ({"has": ["code"]}, ["Quokka one"]),
        ({"has": ["code", "formulas"]}, ["Quokka one", "Quokka two"]),
        ({"tag": ["animals"], "year": ["2025"]}, ["Quokka two"]),
        ({"tag": ["secret"]}, []),
        ({"tag": ["burrows"]}, []),
    ],
)
def test_choices_narrow_the_answer(posts, chosen, expected):
    answer = search("quokka", chosen=chosen)

    assert sorted(result.page.title for result in answer.results) == expected
    assert answer.count == len(expected)


def test_promoted_pages_are_counted_and_narrowed_as_others_are(posts):
    """Also those that have none of the words; each stands in the answer once."""
    promotion = Promotion.objects.create(question="quokka")
    for order, title in enumerate(["Wombat", "Quokka hidden", "Quokka one"]):
        page = Page.objects.get(title=title)
        PromotedPage.objects.create(promotion=promotion, page=page, sort_order=order)

    answer = search("quokka")
    titles = [result.page.title for result in answer.results]
    burrows = search("quokka", chosen={"tag": ["burrows"]})

    assert titles[:2] == ["Wombat", "Quokka one"]
    assert sorted(titles[2:]) == ["Quokka house", "Quokka three", "Quokka two"]
    assert answer.count == 5
    assert counts() == EVERYTHING | {
        "track": {"engineers": 2, "everyone": 2},
        "tag": {"animals": 2, "burrows": 1, "smiles": 1},
        "year": counts()["year"],
        "kind": {"post": 4, "page": 1},
    }
    assert sum(counts()["year"].values()) == 4
    assert [result.page.title for result in burrows.results] == ["Wombat"]
    assert search("quokka", chosen={"tag": ["animals"]}).count == 2


def test_what_cannot_be_chosen_is_passed_over(posts):
    odd = {"year": ["now", "99999"], "kind": ["\0"], "has": [""], "tag": ["\0"], "else": ["x"]}

    assert search("quokka", chosen=odd).count == 4


def test_a_chosen_option_is_shown_though_nothing_has_it(posts):
    answer = search("quokka", chosen={"tag": ["burrows"]})
    (option,) = [one for one in answer.facets[1].options if one.is_chosen]

    assert (option.value, option.count) == ("burrows", 0)

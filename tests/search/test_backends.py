"""The search boxes of the admin answer whatever is typed, in the stock order, and quickly."""

import pytest
from django.db import connection
from django.urls import reverse
from modelsearch.query import MATCH_ALL, MATCH_NONE, And, Not, Or, Phrase, PlainText
from wagtail.models import Page
from wagtail.search.backends import get_search_backend

from blog.models import Image, PostPage
from search.backends import safe
from tests.factories import make_author, make_image, make_post

ODD = [
    *['"', '"unclosed', 'foo"bar', '""', '" "', "a\x00b", "\x00", "   ", "-", "'", "\\", "%", "%s"],
    *["NEAR(", "title:x", "AND OR NOT", "((((", "*", "^", ":", "😀", "搜索", "'; DROP TABLE--"],
    *["x" * 6_000, "x " * 3_000, '"a" ' * 1_000, "a* b*" * 200, '"', "live:true", 'live:x "'],
]
BOXES = {
    "pages": reverse("wagtailadmin_pages:search"),
    "page results": reverse("wagtailadmin_pages:search_results"),
    "page chooser": reverse("wagtailadmin_choose_page_search"),
    "images": reverse("wagtailimages:index"),
    "image chooser": reverse("wagtailimages_chooser:choose_results"),
    "documents": reverse("wagtaildocs:index"),
    "document chooser": reverse("wagtaildocs_chooser:choose_results"),
    "authors": reverse("wagtailsnippets_blog_author:list"),
}


@pytest.fixture
def things(engineers):
    make_post(engineers, "A quokka", authors=[make_author("Grace Hopper")])
    make_image("A quokka")


@pytest.mark.parametrize("box", BOXES)
def test_any_question_is_answered(admin, things, box):
    for question in ODD:
        answer = admin.get(BOXES[box], {"q": question})
        assert answer.status_code == 200, question


@pytest.mark.parametrize("question", ["quokka", 'quok"', '"quokka"', "a\x07 quok", "quokka " * 100])
def test_what_is_left_of_an_odd_question_is_found(things, question):
    backend = get_search_backend()

    assert list(backend.autocomplete(question, Image)) == [Image.objects.get()]
    assert [page.title for page in backend.autocomplete(question, Page)] == ["A quokka"]


@pytest.mark.parametrize("question", ['"', "\x00", "", " "])
def test_nothing_is_found_by_nothing(things, question):
    backend = get_search_backend()

    assert list(backend.search(question, PostPage)) == []
    assert list(backend.search(PlainText(question), PostPage)) == []
    assert list(backend.search(Phrase(question), PostPage)) == []
    assert list(backend.search(Or([Phrase(question), PlainText("quokka")]), PostPage)) == [
        PostPage.objects.get()
    ]
    assert list(backend.search(And([Phrase(question), PlainText("quokka")]), PostPage)) == []


def test_other_questions_are_left_as_they_are(things):
    assert safe(MATCH_ALL) is MATCH_ALL
    assert safe(MATCH_NONE) is MATCH_NONE
    assert safe(None) is None
    assert isinstance(safe(Not(PlainText("x"))), Not)


def test_relevance_comes_first_and_filters_hold(engineers, everyone):
    make_post(engineers, "Long title about a wombat and a quokka", markdown="Other.")
    make_post(engineers, "Quokka", markdown="quokka quokka")
    make_post(everyone, "Only in the body", markdown="A quokka.")
    backend = get_search_backend()
    found = backend.search("quokka", PostPage)

    assert next(iter(found)).title == "Quokka"
    assert found.count() == 3
    assert [post.title for post in found[0:1]] == ["Quokka"]
    assert [post.title for post in backend.search("quokka", everyone.get_children())] == [
        "Only in the body"
    ]
    assert dict(found.facet("track_id")) == {engineers.pk: 2, everyone.pk: 1}
    assert all(hasattr(post, "score") for post in found.annotate_score("score"))


def test_queries_are_few_however_much_is_found(engineers, django_assert_max_num_queries):
    for number in range(12):
        make_post(engineers, f"Quokka {number}")

    with django_assert_max_num_queries(3):
        assert len(list(get_search_backend().search("quokka", PostPage))) == 12


@pytest.mark.skipif(connection.vendor != "sqlite", reason="The cure is for SQLite's index.")
def test_the_index_is_passed_once_and_not_for_each_hit(engineers):
    make_post(engineers, "Quokka")
    statement = str(get_search_backend().search("quokka", PostPage).get_queryset().query)

    assert statement.count(" MATCH ") == 1
    assert "bm25" not in statement

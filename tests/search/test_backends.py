"""The search boxes of the admin answer whatever is typed, in the stock order, and quickly."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from modelsearch.query import MATCH_ALL, MATCH_NONE, And, Not, Or, Phrase, PlainText
from wagtail.models import GroupPagePermission, Page
from wagtail.search.backends import get_search_backend

from blog.models import Image, PostPage
from search.backends import safe
from search.query import search
from tests.factories import make_author, make_image, make_person, make_post

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


# Pages


@pytest.fixture
def pages(engineers) -> dict:
    return {
        "live": make_post(engineers, "Caching kernels", markdown="A quokka and its burrows."),
        "draft": make_post(engineers, "Numbats at home", live=False, markdown="A quokka."),
        "named": make_post(engineers, "Quokka", markdown="Nothing else."),
    }


def titles_for(question: str, found_in=Page, **kwargs) -> list[str]:
    return [page.title for page in get_search_backend().autocomplete(question, found_in, **kwargs)]


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("quokka", ["Quokka", "Caching kernels"]),
        ("burrow", ["Caching kernels"]),
        ("cached kernel", ["Caching kernels"]),
        ("numb", ["Numbats at home"]),
        ("numbat home", ["Numbats at home"]),
        ("nubmats hoem", ["Numbats at home"]),
        ("nmubats", ["Numbats at home"]),
        ("kernl", ["Caching kernels"]),
        ("numb4ts", []),
        ("caching numbats", []),
        ("wombat", []),
        ('"', []),
    ],
)
def test_pages_are_found_by_text_and_by_what_is_near(pages, question, titles):
    assert titles_for(question) == titles


def test_other_orders_and_counts_hold(pages):
    found = get_search_backend().autocomplete("quokka", Page)
    by_title = titles_for("quokka", Page.objects.order_by("title"), order_by_relevance=False)

    assert found.count() == 2
    assert [page.title for page in found[1:2]] == ["Caching kernels"]
    assert sum(found.facet("content_type_id").values()) == 2
    assert by_title == ["Caching kernels", "Quokka"]


def test_only_what_is_asked_for_is_found(pages, everyone):
    assert titles_for("quokka", Page.objects.child_of(everyone)) == []
    assert titles_for("nmubats", Page.objects.live()) == []
    assert titles_for("quokka", Page.objects.filter(live=False)) == []
    assert titles_for("quokka", Page.objects.specific()) == ["Quokka", "Caching kernels"]


def test_what_is_no_page_is_found_as_ever(db):
    make_image("Quokkas")

    assert list(get_search_backend().autocomplete("qoukkas", Image)) == []


@pytest.mark.parametrize("box", ["pages", "page results", "page chooser"])
@pytest.mark.parametrize("question", ["burrow", "nmubats"])
def test_the_boxes_of_the_admin_find_them(admin, pages, box, question):
    shown = admin.get(BOXES[box], {"q": question}).content.decode()

    assert ("Caching kernels" in shown, "Numbats at home" in shown) == (
        question == "burrow",
        question == "nmubats",
    )


def test_nobody_finds_more_than_they_may_see(client, pages, everyone):
    group = Group.objects.create(name="Editors elsewhere")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    may = Permission.objects.get(codename="change_page")
    GroupPagePermission.objects.create(group=group, page=everyone, permission=may)
    editor = make_person("edith")
    editor.groups.add(group)
    client.force_login(editor)

    for question in ("quokka", "burrow", "nmubats"):
        shown = client.get(BOXES["pages"], {"q": question}).content.decode()
        assert "Caching kernels" not in shown, question
        assert "Numbats at home" not in shown, question


def test_queries_of_the_page_search_do_not_grow(admin, engineers):
    make_post(engineers, "First", markdown="A quokka.")
    admin.get(BOXES["pages"], {"q": "quokka"})
    with CaptureQueriesContext(connection) as for_one:
        admin.get(BOXES["pages"], {"q": "quokka"})
    for number in range(9):
        make_post(engineers, f"Number {number}", markdown="A quokka.")

    with CaptureQueriesContext(connection) as for_ten:
        admin.get(BOXES["pages"], {"q": "quokka"})
    assert len(for_ten) <= len(for_one)


def test_readers_are_answered_whatever_backend_the_admin_has(engineers, settings):
    settings.WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
    make_post(engineers, "Quokka habits")

    assert search("quokka").count == 1

"""What is offered while a reader types: the same on every database, and nothing hidden."""

from dataclasses import astuple
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Page, PageViewRestriction, Site

from search.suggesting import Suggestion, suggest
from tests.factories import make_author, make_post

LAUNCHES = "Kernel launches explained"


@pytest.fixture
def library(engineers, everyone):
    """Posts with titles, headings, tags and authors that begin alike."""
    make_post(
        engineers,
        LAUNCHES,
        excerpt="What each launch costs.",
        markdown="## Warming caches\n\nText.",
        tags=["Warp scheduling", "hardware"],
        authors=[make_author("Zoë Warner")],
    )
    make_post(everyone, "What a cache remembers", excerpt="Memory at hand.")
    make_post(engineers, "In the body", markdown="A kernel runs here, and cold launches.")


def labels(typed: str, **options) -> list[str]:
    return [one.label for one in suggest(typed, **options)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        # the beginning of any word of a title
        ("ker", [LAUNCHES]),
        ("la", [LAUNCHES]),
        ("launches ker", [LAUNCHES]),
        ("KERNEL EXPL", [LAUNCHES]),
        ("rememb", ["What a cache remembers"]),
        ("what a ca", ["What a cache remembers", "Warming caches"]),
        # another inflection
        ("caching", ["What a cache remembers", "Warming caches"]),
        # headings, tags and authors
        ("hardw", ["hardware"]),
        ("scheduling", ["Warp scheduling"]),
        ("warming c", ["Warming caches"]),
        ("zoe", ["Zoë Warner"]),
        ("warn", ["Zoë Warner"]),
        ("war", ["Warming caches", "Warp scheduling", "Zoë Warner"]),
        # a slip of the finger, when there is nothing else
        ("kernle", [LAUNCHES]),
        ("remmebers", ["What a cache remembers"]),
        ("kernle launhces", [LAUNCHES]),
        ("kerx", [LAUNCHES]),
        ("kernnnel", [LAUNCHES]),
        ("launchpad", []),
        # what is only in the body is found by searching, not offered
        ("cold", []),
        ("zebra", []),
        # too little to offer anything for
        ("", []),
        (" ", []),
        ("k", []),
        ('"(', []),
    ],
)
def test_what_is_offered(library, typed, expected):
    assert labels(typed) == expected


def test_each_suggestion_says_what_it_is_and_leads_there(library):
    assert [astuple(one) for one in suggest("war")] == [
        (
            "heading",
            "Warming caches",
            "/engineers/kernel-launches-explained/#warming-caches",
            f"In: {LAUNCHES}",
        ),
        ("tag", "Warp scheduling", "/tags/warp-scheduling/", "Topic"),
        ("author", "Zoë Warner", "/authors/zoe-warner/", "Author"),
    ]
    assert suggest("ker") == [
        Suggestion("post", LAUNCHES, "/engineers/kernel-launches-explained/", "For Engineers")
    ]
    assert suggest("For Eng") == [Suggestion("page", "For Engineers", "/engineers/", "Page")]


@pytest.mark.parametrize("typed", ["quokka2025", "quokkb2024", "qua"])
def test_words_with_digits_and_short_ones_are_not_taken_for_mistyped(engineers, typed):
    make_post(engineers, "Quokka2024, que sera")

    assert labels(typed) == []


def test_titles_that_begin_so_come_first(engineers):
    make_post(engineers, "On quokkas")
    make_post(engineers, "Quokkas at noon")
    make_post(engineers, "Of quokkas")

    assert labels("quo")[0] == "Quokkas at noon"


def test_headings_that_begin_so_come_first(engineers):
    make_post(engineers, "First", markdown="## The quokka\n\n## Of quokkas\n\n## Quokkas at noon")
    make_post(engineers, "Second", markdown="## “Quokka” is a word")

    offered = labels("quok")
    assert set(offered[:2]) == {"“Quokka” is a word", "Quokkas at noon"}
    assert set(offered[2:]) == {"The quokka", "Of quokkas"}


def test_no_place_is_offered_twice(engineers):
    make_post(
        engineers,
        "Quokkas at noon",
        markdown="## Quokkas at noon\n\nText.\n\n## quokkas, at Noon!\n\nText.\n\n"
        "## Quokka food\n\nText.\n\n## Quokka food\n\nMore.",
    )

    assert [(one.kind, one.label) for one in suggest("quokka")] == [
        ("post", "Quokkas at noon"),
        ("heading", "Quokka food"),
    ]
    assert suggest("quokka food")[0].address == "/engineers/quokkas-at-noon/#quokka-food"


def test_there_is_room_for_every_kind(engineers):
    for number in range(9):
        make_post(
            engineers,
            f"Quokka {number}",
            markdown="## Quokka habits",
            tags=[f"quokka tag {number}"],
            authors=[make_author(f"Quokka Author {number}")],
        )

    kinds = [one.kind for one in suggest("quokka")]
    assert kinds == ["post"] * 4 + ["heading"] + ["author"] * 3
    assert len(suggest("quokka", most=3)) == 3


def test_one_site_s_part_of_the_tree(library, engineers, everyone):
    assert labels("ker", below=engineers) == [LAUNCHES]
    assert labels("ker", below=everyone) == []
    assert labels("war", below=everyone) == []


# Nothing hidden


def test_only_the_readable_one_of_the_four_is_offered(four_posts):
    assert labels("quokka") == ["Live quokka"]
    for hidden in four_posts.hidden:
        assert labels(hidden.title.split()[0]) == []
        assert labels(hidden.title) == []


def restrict(post):
    PageViewRestriction.objects.create(page=post, restriction_type=PageViewRestriction.LOGIN)


def restrict_the_track(post):
    restrict(post.get_parent())


def unpublish_the_track_alone(post):
    Page.objects.filter(pk=post.get_parent().pk).update(live=False)


def expire(post):
    Page.objects.filter(pk=post.pk).update(expire_at=timezone.now() - timedelta(seconds=1))


def schedule(post):
    Page.objects.filter(pk=post.pk).update(go_live_at=timezone.now() + timedelta(hours=1))


def unpublish(post):
    post.unpublish()


WAYS_TO_HIDE = [
    restrict,
    restrict_the_track,
    unpublish_the_track_alone,
    expire,
    schedule,
    unpublish,
]
# All that could tell of the post: beginnings, whole words, slips, of each of its texts.
CANARIES = [
    *["xenotitle", "xeno", "xenotitel", "xenohead", "xenoheading", "xenotag", "xenotags"],
    *["xenoauthor", "xenobody", "Xenotitle of old", "xenotitle xenotag", "xn", "xe"],
]


@pytest.mark.parametrize("hide", WAYS_TO_HIDE)
def test_nothing_tells_of_a_hidden_post(client, engineers, hide):
    post = make_post(
        engineers,
        "Xenotitle of old",
        markdown="## Xenoheading\n\nXenobody.",
        tags=["Xenotag"],
        authors=[make_author("Xenoauthor")],
    )
    shown = [client.get("/search/suggest/", {"q": typed}).json() for typed in CANARIES]
    assert sum(len(answer["suggestions"]) for answer in shown) >= 10

    hide(post)

    for typed in CANARIES:
        answer = client.get("/search/suggest/", {"q": typed})
        assert answer.json() == {"question": typed, "suggestions": []}, typed


def test_a_post_on_top_of_its_draft_is_offered_as_published(engineers):
    post = make_post(engineers, "Published quokka", markdown="## Seen heading")
    post.title = "Xenotitle"
    post.body = [("markdown", "## Xenoheading")]
    post.save_revision()

    assert labels("quokka") == ["Published quokka"]
    assert labels("xeno") == []


# Cost, and any input


@pytest.mark.parametrize("typed", ["quo", "quokka habits", "quakka", "nothing like it"])
def test_five_queries_are_enough(client, engineers, django_assert_max_num_queries, typed):
    for number in range(12):
        make_post(
            engineers,
            f"Quokka {number}",
            markdown="## Quokka habits",
            tags=["quokkas"],
            authors=[make_author(f"Quokka Author {number}")],
        )
    Site.get_site_root_paths()

    with django_assert_max_num_queries(5):
        client.get("/search/suggest/", {"q": typed})


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(typed=st.text(max_size=300) | st.text(alphabet="kernel \"*()-:^'\\&|!<>%_", max_size=40))
def test_any_text_is_answered(library, typed):
    assert len(suggest(typed)) <= 8

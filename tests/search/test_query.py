"""Which pages answer a question, and in which order: the same lists on every database."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Page, PageViewRestriction, Site

from home.models import StandardPage
from search import query
from search.query import search
from tests.factories import make_author, make_post


def titles(answer) -> list[str]:
    return [result.page.title for result in answer.results]


def counts(answer) -> dict[str, int]:
    return {option.value: option.count for option in options(answer, "track")}


def options(answer, name: str) -> list:
    (facet,) = [facet for facet in answer.facets if facet.name == name]
    return facet.options


@pytest.fixture
def library(home, engineers, everyone):
    """Pages that share words in different places."""
    make_post(engineers, "Collecting garbage", markdown="A kernel pauses, and the kernel runs.")
    make_post(
        engineers,
        "Kernel launches explained",
        excerpt="What each launch costs.",
        markdown="Starting takes time. Caches help it.\n\n```python\nimport torch.nn as nn\n```",
    )
    make_post(
        everyone,
        "What a cache remembers",
        excerpt="Memory close at hand.",
        markdown="It keeps what was asked for. A naïve visitor of the Café Straße said 搜索引擎.",
        tags=["hardware"],
        authors=[make_author("Grace Hopper")],
    )
    about = StandardPage(title="About the house", intro="Who runs it.", live=False)
    home.add_child(instance=about).save_revision().publish()


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # where the word stands
        ("kernel", ["Kernel launches explained", "Collecting garbage"]),
        ("cache", ["What a cache remembers", "Kernel launches explained"]),
        ("memory", ["What a cache remembers"]),
        ("hardware", ["What a cache remembers"]),
        ("hopper", ["What a cache remembers"]),
        ("engineers", ["For Engineers"]),
        ("about", ["About the house"]),
        # inflections, both ways
        ("kernels", ["Kernel launches explained", "Collecting garbage"]),
        ("collect", ["Collecting garbage"]),
        ("collects", ["Collecting garbage"]),
        ("CACHING", ["What a cache remembers", "Kernel launches explained"]),
        # diacritics, compatibility forms, scripts without spaces
        ("naive cafe", ["What a cache remembers"]),
        ("NAÏVE", ["What a cache remembers"]),
        ("strasse", ["What a cache remembers"]),
        ("ｋｅｒｎｅｌ", ["Kernel launches explained", "Collecting garbage"]),
        ("搜索", ["What a cache remembers"]),
        ("索搜", ["What a cache remembers"]),  # some of it: each character by itself
        # all words
        ("kernel caches", ["Kernel launches explained"]),
        ("kernel garbage", ["Collecting garbage"]),
        # phrases
        ('"kernel pauses"', ["Collecting garbage"]),
        ('"a cache remembers"', ["What a cache remembers"]),
        ('"garbage kernel"', ["Collecting garbage", "Kernel launches explained"]),
        ("torch.nn", ["Kernel launches explained"]),
        # the last word as a beginning
        ("kern", ["Kernel launches explained", "Collecting garbage"]),
        ("hard", ["What a cache remembers"]),
        ("launc", ["Kernel launches explained"]),
        ("startin", ["Kernel launches explained"]),
        ("ker", ["Kernel launches explained", "Collecting garbage"]),
        ("ke", []),
        # some words, when nothing has all
        ("zebra memory", ["What a cache remembers"]),
        ("zebra", []),
    ],
)
def test_answers(library, question, expected):
    found = search(question)

    assert titles(found) == expected
    assert found.count == len(expected)


def test_each_word_is_looked_for_when_no_page_has_all(library):
    assert sorted(titles(search("kernel hopper"))) == [
        "Collecting garbage",
        "Kernel launches explained",
        "What a cache remembers",
    ]


def test_answer_says_when_it_has_some_of_the_words_only(library):
    assert not search("kernel caches").is_partial
    assert search("kernel zebra").is_partial
    assert not search("zebra quagga").is_partial


def test_the_exact_form_comes_first(engineers):
    make_post(engineers, "One", markdown="We cache it here.")
    make_post(engineers, "Two", markdown="We caching it here.")
    make_post(engineers, "Three", markdown="We caches it here.")

    assert titles(search("caching"))[0] == "Two"
    assert titles(search("caches"))[0] == "Three"
    assert titles(search("cache"))[0] == "One"


def test_title_names_excerpt_and_body_count_in_that_order(engineers):
    make_post(engineers, "In the body", markdown="An aardvark sleeps here.")
    make_post(engineers, "In the excerpt", excerpt="An aardvark sleeps.")
    make_post(engineers, "In the names", tags=["aardvark"])
    make_post(engineers, "In the title: aardvark")

    assert titles(search("aardvark")) == [
        "In the title: aardvark",
        "In the names",
        "In the excerpt",
        "In the body",
    ]


def test_a_title_outweighs_a_body_full_of_the_word(engineers):
    make_post(engineers, "Full of it", markdown="aardvark " * 20)
    make_post(engineers, "The aardvark", markdown=f"Nothing more. {'Other words go on. ' * 100}")

    assert titles(search("aardvark")) == ["The aardvark", "Full of it"]


def test_more_of_the_words_come_first(engineers):
    make_post(engineers, "One", markdown="quagga")
    make_post(engineers, "Two", markdown="quagga zebra")
    make_post(engineers, "None", markdown="horse")

    assert titles(search("quagga zebra unicorn")) == ["Two", "One"]


def test_equals_are_ordered_newest_first(engineers):
    for name in ["First", "Second", "Third"]:
        make_post(engineers, name, excerpt="Same.", markdown="An aardvark.")

    assert titles(search("aardvark")) == ["Third", "Second", "First"]


def test_tracks_are_counted_and_chosen(library):
    everything = search("kernel cache memory launch")

    assert counts(everything) == {"engineers": 2, "everyone": 1}
    assert everything.count == 3

    chosen = search("kernel cache memory launch", chosen={"track": ["everyone"]})

    assert titles(chosen) == ["What a cache remembers"]
    assert chosen.count == 1
    assert counts(chosen) == {"engineers": 2, "everyone": 1}
    assert [option.is_chosen for option in options(chosen, "track")] == [False, True]


def test_unknown_tracks_are_passed_over(library):
    assert search("kernel", chosen={"track": ["nowhere", "\x00"]}).count == 2
    assert search("kernel", chosen={"track": ["nowhere", "everyone"]}).count == 0


def test_pages_of_answers(engineers):
    for number in range(5):
        make_post(engineers, f"Post {number}", excerpt="Same.", markdown="An aardvark.")

    assert titles(search("aardvark", page=1, per_page=2)) == ["Post 4", "Post 3"]
    assert titles(search("aardvark", page="3", per_page=2)) == ["Post 0"]
    assert search("aardvark", page=2, per_page=2).count == 5


def test_any_page_number_gives_the_nearest_page(engineers):
    for name in "abc":
        make_post(engineers, name, markdown="An aardvark.")

    for page in ["0", "-1", 10**20]:
        assert search("aardvark", page=page, per_page=1).results.number == 3
    for page in ["abc", "", None, "9" * 5000, "1.5", "\x00"]:
        assert search("aardvark", page=page, per_page=1).results.number == 1


def test_a_result_has_all_that_is_shown(library):
    (result,) = search("remembers").results

    assert result.kind == "post"
    assert result.title_html == "What a cache <mark>remembers</mark>"
    assert result.snippet_html == "Memory close at hand."
    assert result.track.slug == "everyone"
    assert result.date == result.page.display_date
    assert result.reading_minutes == 1

    (result,) = search("about house").results

    assert result.kind == "page"
    assert result.page.specific_class is StandardPage
    assert (result.track, result.date, result.reading_minutes) == (None, None, None)


def test_without_a_question_or_an_answer_there_are_suggestions(library):
    for question in ["", "zebra", "((("]:
        answer = search(question)
        assert answer.count == 0
        assert [post.title for post in answer.suggestions.latest] == [
            "What a cache remembers",
            "Kernel launches explained",
            "Collecting garbage",
        ]
        assert [tag.name for tag in answer.suggestions.topics] == ["hardware"]

    assert search("kernel").suggestions is None
    assert not search("").is_asked
    assert search("(((").is_asked
    assert counts(search("")) == {"engineers": 0, "everyone": 0}


def test_only_the_readable_one_of_the_four_is_found(four_posts):
    answer = search("quokka")

    assert [result.page.pk for result in answer.results] == [four_posts.live.pk]
    assert answer.count == 1
    assert counts(answer) == {"engineers": 1, "everyone": 0}
    for hidden in four_posts.hidden:
        word = hidden.title.split()[0]
        assert titles(search(f'"{word} quokka"')) == ["Live quokka"]  # By the other word alone.
        assert search(word).count == 0


def test_a_hidden_page_does_not_keep_readers_from_the_next_best(four_posts):
    answer = search("private quokka")

    assert titles(answer) == ["Live quokka"]
    assert answer.is_partial


def test_privacy_and_dates_hold_from_the_same_moment(four_posts, engineers):
    restriction = PageViewRestriction.objects.create(
        page=engineers, restriction_type=PageViewRestriction.LOGIN
    )
    assert search("quokka").count == 0
    assert [option.value for option in options(search("quokka"), "track")] == ["everyone"]

    restriction.delete()
    assert search("quokka").count == 1

    Page.objects.filter(pk=four_posts.live.pk).update(
        expire_at=timezone.now() - timedelta(seconds=1)
    )
    assert search("quokka").count == 0


def test_one_site_s_part_of_the_tree(library, home, engineers, everyone):
    assert search("kernel", below=home).count == 2
    assert search("kernel", below=engineers).count == 2
    assert search("kernel", below=everyone).count == 0
    assert counts(search("kernel", below=everyone)) == {"everyone": 0}


def test_more_pages_than_are_looked_at_are_not_counted(engineers, monkeypatch):
    monkeypatch.setattr(query, "MOST_CANDIDATES", 2)
    for name in "abc":
        make_post(engineers, name, markdown="An aardvark.")

    assert (search("aardvark").count, search("aardvark").is_capped) == (2, True)

    monkeypatch.setattr(query, "MOST_CANDIDATES", 3)
    assert (search("aardvark").count, search("aardvark").is_capped) == (3, False)


def test_queries_do_not_grow_with_results(library, engineers, django_assert_num_queries):
    for number in range(query.FEW + 1):
        make_post(engineers, f"First {number}", markdown="An aardvark.", tags=["hardware"])
    Site.find_for_request(None)
    with CaptureQueriesContext(connection) as for_some:
        assert search("aardvark").count == query.FEW + 1
    for number in range(9):
        make_post(engineers, f"More {number}", markdown="An aardvark.", tags=["hardware"])

    with CaptureQueriesContext(connection) as for_ten:
        assert len(search("aardvark").results) == 10
    assert len(for_some) == len(for_ten) <= 13  # two of them for synonyms and promoted pages


def test_few_results_take_some_more_queries(engineers, django_assert_max_num_queries):
    make_post(engineers, "First", markdown="An aardvark.", tags=["hardware"])
    Site.find_for_request(None)

    with django_assert_max_num_queries(17):  # to ask whether another word was meant
        assert search("aardvark").count == 1


def test_a_result_leads_to_its_section(engineers):
    text = "Lead.\n\n## First part\n\nNothing.\n\n## Set-up, & more\n\nWe say: an aardvark, asleep."
    make_post(engineers, "Post", markdown=text)

    (result,) = search("aardvark asleep").results

    assert result.section.title_html == "Set-up, &amp; more"
    assert result.section.anchor == "set-up-more"
    assert result.fragment == "#set-up-more:~:text=We%20say%3A%20an-,aardvark%2C%20asleep"
    assert result.snippet_html == ("We say: an <mark>aardvark</mark>, <mark>asleep</mark>.")
    assert result.matched == ("text",)


def test_a_heading_alone_leads_to_its_anchor(engineers):
    make_post(engineers, "Post", markdown="Lead.\n\n## An aardvark\n\nNothing.")

    (result,) = search("aardvark").results

    assert result.section.title_html == "An <mark>aardvark</mark>"
    assert (result.fragment, result.snippet_html) == ("#an-aardvark", "Nothing.")
    assert result.matched == ("heading",)


def test_the_score_tells_what_it_is_made_of(engineers):
    make_post(engineers, "The aardvark", tags=["aardvark"])

    (result,) = search("aardvark").results

    assert result.matched == ("title", "excerpt", "tag")
    assert "title is the question 6.00" in result.why
    assert "tag or author is the question 2.50" in result.why


def test_promoted_pages_come_first(library, monkeypatch):
    page_ids = dict(Page.objects.values_list("title", "pk"))
    hidden = Page.objects.get(title="About the house")
    PageViewRestriction.objects.create(page=hidden, restriction_type=PageViewRestriction.LOGIN)
    wanted = [hidden.pk, page_ids["What a cache remembers"], page_ids["Collecting garbage"]]
    monkeypatch.setattr(query.curation, "promoted_for", lambda question: wanted)

    answer = search("kernel")

    assert titles(answer) == [
        "What a cache remembers",
        "Collecting garbage",
        "Kernel launches explained",
    ]
    assert [result.is_promoted for result in answer.results] == [True, True, False]


def test_synonyms_are_looked_for_as_well(library, monkeypatch):
    listed = {"nucleus": (("kernel",),), "core part": (("kernel",),)}
    monkeypatch.setattr(query.curation, "synonyms", lambda: listed)

    assert titles(search("nucleus launches")) == ["Kernel launches explained"]
    assert titles(search("core part launches")) == ["Kernel launches explained"]


ODD = [
    *['"', '"unclosed', '""', '"" ""', "“", "a\x00b", "\x00", "\ud800", "NEAR(", "NEAR(kernel)"],
    *["title:x", "title : x", "{title}:x", "-", "-kernel", "^", "^kernel", "AND OR NOT", "AND"],
    *["%", "_", "%kernel%", "((((", "))))", "*", "kernel*", "a* b*" * 200, "x" * 6000, "x " * 3000],
    *[
        "😀",
        "👩‍👩‍👧",
        "搜索引擎",
        "데이터",
        "العربية",
        "ไทย",
        "e\u0301",
        "ﷺ",
        "İ",
        "½",
        "\U000e0001",
    ],
    *["'", "''", "'; DROP TABLE--", "<script>alert(1)</script>", "{{7*7}}", "\\", "\\x", "|"],
    *[":*", "!kernel", "kernel & cache", "a | b", "<->", "kernel <-> cache", "=kernel", ":A"],
    *["\n\t", "\u2028", "\ufeff", "kernel\u200bcache", "1e5", "-1", "0x1F", "1/2", "C++", ".env"],
    *["--no-cache", "a@b.c", "https://example.org/?q=%22", "kernel\r\nSet-Cookie: a=b"],
]


def test_any_question_is_answered(library):
    for question in ODD:
        for chosen in [{}, {"track": ["everyone"], "tag": [question], "year": [question]}]:
            assert search(question, chosen=chosen).count <= 5, question


def test_an_operator_is_a_word_or_nothing(library):
    for operator in ["-", "^", "AND", "NOT", "%", "_", "((", "*", "!", "&", "|", ":", "=", "<->"]:
        found = titles(search(f"{operator} launches {operator}"))
        assert found == ["Kernel launches explained"], operator


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    question=st.text(max_size=400) | st.text(alphabet="kernel \"*()-:^'\\&|!<>", max_size=60),
    page=st.text(max_size=5),
)
def test_any_text_is_answered(library, question, page):
    answer = search(question, page=page)

    assert len(answer.results) <= answer.count <= 5


def test_the_newer_of_two_alike_comes_first(engineers):
    make_post(engineers, "Quagga care", slug="new", display_date=timezone.now())
    old = timezone.now() - timedelta(days=8 * 366)
    make_post(engineers, "Quagga care", slug="old", display_date=old)

    assert [result.page.slug for result in search("quagga care").results] == ["new", "old"]


def test_a_better_match_comes_before_a_newer_one(engineers):
    old = timezone.now() - timedelta(days=8 * 366)
    make_post(engineers, "Quagga care", display_date=old)
    make_post(engineers, "Other animals", excerpt="Quagga care too.")

    assert titles(search("quagga care")) == ["Quagga care", "Other animals"]


def test_a_track_that_is_named_narrows_when_no_page_has_the_word(engineers, everyone):
    make_post(engineers, "Caching deeply", markdown="Hot lines.")
    make_post(everyone, "Caching gently", markdown="A shelf.")

    for question in ["caching for engineers", "caching engineers"]:
        answer = search(question)
        assert titles(answer) == ["Caching deeply"]
        assert not answer.is_partial
        assert answer.corrected == ""


def test_posts_of_a_track_that_is_named_come_first(engineers, everyone):
    for track in (engineers, everyone):
        make_post(track, f"Caching by {track.slug}", markdown="Everyone and all engineers do it.")
        make_post(track, f"Caching again by {track.slug}", markdown="Engineers and everyone do it.")

    found = [result.track.slug for result in search("caching everyone").results]

    assert found == ["everyone", "everyone", "engineers", "engineers"]


def test_a_rare_word_beside_a_common_one_is_asked_about(engineers):
    for number in range(12):
        make_post(engineers, f"Post {number}", markdown="The kernel.")
    make_post(engineers, "Slip", markdown="The kernal.")

    answer = search("kernal")

    assert titles(answer) == ["Slip"]
    assert (answer.corrected, answer.did_you_mean) == ("", "kernel")
    assert search("kernel").did_you_mean == ""


def test_what_is_as_common_is_not_asked_about(engineers):
    make_post(engineers, "One", markdown="The form.")
    make_post(engineers, "Two", markdown="The farm.")

    assert search("form").did_you_mean == ""


def test_who_insists_is_asked_whether_another_word_was_meant(engineers):
    make_post(engineers, "Kernel")

    assert search("kernle", exactly=True).did_you_mean == "kernel"
    assert search("kernle", exactly=True).count == 0
    assert search("zzzzzz", exactly=True).did_you_mean == ""


def test_no_hidden_word_is_meant(engineers):
    for number in range(12):
        hidden = make_post(engineers, f"Post {number}", markdown="The kernel.")
        PageViewRestriction.objects.create(page=hidden, restriction_type=PageViewRestriction.LOGIN)
    make_post(engineers, "Slip", markdown="The kernal.")

    assert search("kernal").did_you_mean == ""
    assert search("kernle", exactly=True).did_you_mean in ("", "kernal")


def test_a_rare_word_is_replaced_where_the_question_finds_nothing_whole(engineers):
    for number in range(20):
        make_post(engineers, f"Post {number}", markdown="The kernel.")
    make_post(engineers, "Launching", markdown="The kernel launches.")
    make_post(engineers, "Slip", markdown="The kernal.")

    answer = search("kernal launches")
    assert (titles(answer), answer.corrected) == (["Launching"], "kernel launches")

    exactly = search("kernal launches", exactly=True)
    assert (exactly.is_partial, exactly.did_you_mean) == (True, "kernel launches")
    assert search("kernal zebra").corrected == ""


@pytest.mark.parametrize(
    "question", ['"the art of caching"', "the-art-of-caching", "art of caching"]
)
def test_small_words_of_a_phrase_are_those_of_the_title(engineers, question):
    make_post(engineers, "The art of caching", markdown="One.")
    other = "The art of caching and the art of caching"
    make_post(engineers, "Reading list", excerpt=other, markdown=other)

    found = search(question).results

    assert [result.page.title for result in found] == ["The art of caching", "Reading list"]
    assert "title is the question 6.00" in found[0].why


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("GPT-4", "gpt4"),
        ("gpt4", "gpt 4"),
        ("gpt4", "gpt-4"),
        ("GPT4-turbo", "gpt-4-turbo"),
        ("UTF-8", "utf8"),
        ("SHA-256", "sha256"),
        ("python3", "python 3"),
        ("backpropagation", "back-propagation"),
        ("multithreading", "multi-threading"),
        ("pre-training", "pretraining"),
        ("finetuning", "fine-tuning"),
        ("kernel_size", "kernelsize"),
        ("kernelSize", "kernel_size"),
    ],
)
def test_a_word_is_found_however_it_is_joined(engineers, text, question):
    make_post(
        engineers, "Post", markdown=f"## First\n\nNone.\n\n## Second\n\nWe write {text} here."
    )
    make_post(engineers, "Other", markdown="Nothing of that kind: 3, 4, 8 or 256.")

    (result,) = search(question).results

    assert result.page.title == "Post"
    assert result.fragment.startswith("#second:~:text=We%20write-,")


def test_numbers_are_not_joined(engineers):
    make_post(engineers, "Post", markdown="It is 3117.")

    assert search("3.11.7").count == 0
    assert search("311 7").count == 0

"""The search page answers whatever it is asked."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.safestring import mark_safe

from search import query
from search.facets import Facet, FacetOption
from search.views import near_pages
from tests.factories import make_author, make_post

ODD = [
    *["", "q=", "q=%22", "q=%00", "q=%ff%fe", "q=%", "q=%zz", "q=%F0%9F%98%80", "q=%ED%A0%80"],
    *["q=quokka&page=abc", "q=quokka&page=0", "q=quokka&page=-1", f"q=quokka&page={10**20}"],
    *["q=quokka&page=%00", "q=quokka&track=%00", "q=quokka&track=nowhere&track=engineers"],
    *[f"q={'x' * 10_000}", f"q={'x+' * 5_000}", f"q={'%22' * 3_000}", "q[]=quokka", "q=a&q=b"],
    *["q=%27%3B+DROP+TABLE--", "q={{7*7}}", "q=NEAR(", "q=quokka+OR", "track=engineers", "page=2"],
]


def test_any_input_answers(client, four_posts):
    for words in ODD:
        assert client.get(f"/search/?{words}").status_code == 200, words


def test_answers_are_kept_out_of_other_search_engines(client, home):
    assert client.get("/search/?q=quokka").headers["X-Robots-Tag"] == "noindex"


def test_the_question_is_echoed_as_text(client, four_posts):
    shown = client.get("/search/?q=<script>alert(1)</script>quokka").content.decode()

    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_an_answer_is_shown_with_its_hits_marked(client, engineers):
    make_post(engineers, "A quokka & more", markdown="The <b>quokka</b> smiles.")

    shown = client.get("/search/?q=quokkas").content.decode()

    assert "A <mark>quokka</mark> &amp; more" in shown
    assert "The <mark>quokka</mark> smiles." in shown
    assert 'href="/engineers/a-quokka-more/' in shown


def test_tracks_narrow_the_answers(client, engineers, everyone):
    make_post(engineers, "Deep quokka")
    make_post(everyone, "Clear quokka")

    both = client.get("/search/?q=quokka").content.decode()
    one = client.get("/search/?q=quokka&track=everyone").content.decode()

    assert "/engineers/deep-quokka/" in both
    assert "/everyone/clear-quokka/" in both
    assert "/engineers/deep-quokka/" not in one
    assert "/everyone/clear-quokka/" in one


def test_only_questions_are_answered(client, home):
    assert client.post("/search/", {"q": "quokka"}).status_code == 405


def test_queries_do_not_grow_with_results(client, engineers):
    for number in range(query.FEW + 1):
        make_post(engineers, f"First quokka {number}", tags=["marsupials"])
    client.get("/search/?q=quokka")
    with CaptureQueriesContext(connection) as for_one:
        client.get("/search/?q=quokka")
    for number in range(9):
        make_post(engineers, f"More quokka {number}", tags=["marsupials"])

    with CaptureQueriesContext(connection) as for_ten:
        client.get("/search/?q=quokka")
    assert len(for_ten) == len(for_one)


# What the page says


@pytest.fixture
def answered(client, engineers, monkeypatch):
    """The page for a question that is answered as given, whatever the engine would say."""
    make_post(engineers, "A quokka", markdown="## Where quokkas live\n\nOn islands.")
    real = query.search("quokka")
    found = list(real.results)

    def page(address="/search/?q=quokka", *, result=None, **said) -> str:
        answer = replace(real, **said)
        answer.results.object_list = [replace(one, **result or {}) for one in found]
        monkeypatch.setattr(query, "search", lambda *args, **options: answer)
        return " ".join(client.get(address).content.decode().split())

    return page


def test_a_corrected_question_says_so_and_can_be_asked_as_typed(answered):
    options = [FacetOption(value, value, 1, False) for value in "ab"]
    shown = answered(
        "/search/?q=quoka&tag=a&page=2",
        question="quoka",
        corrected="quokka",
        count=2,
        facets=[Facet("tag", "Topic", options)],
    )

    assert (
        "Showing results for <b>quokka</b>. Search instead for "
        '<a href="?q=quoka&amp;tag=a&amp;exactly=1">quoka</a>.'
    ) in shown
    assert 'name="q" value="quoka"' in shown.split('<form class="facets"')[1]


def test_a_better_question_is_offered(answered):
    shown = answered("/search/?q=quoka&exactly=1", question="quoka", did_you_mean="quokka & co")

    assert 'Did you mean <a href="?q=quokka+%26+co">quokka &amp; co</a>?' in shown


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"count": 2}, "<b>2 pages</b> for <b>quokka</b>."),
        ({"count": 1000, "is_capped": True}, "<b>More than 1000 pages</b> for"),
        ({"is_partial": True}, "No page has all of <b>quokka</b>. <b>1</b> has some of it."),
        ({"was_shortened": True}, "only its beginning was looked for."),
        ({"count": 0}, "Nothing was found for <b>quokka</b>. Try fewer or other words."),
    ],
)
def test_the_status_says_how_much_was_found(answered, said, words):
    shown = answered(**said)

    assert words in shown.split('role="status"')[1].split("</div>")[0]


def test_nothing_left_by_filters_says_so(answered):
    shown = answered("/search/?q=quokka&tag=nothing", count=0)

    assert (
        "Nothing was found for <b>quokka</b> with these filters. "
        '<a href="?q=quokka">Search without filters</a>.'
    ) in shown


def test_a_result_leads_to_its_section(answered):
    section = query.SectionHit(mark_safe("Where <mark>quokkas</mark> live"), "where-quokkas-live")
    shown = answered(
        result={"section": section, "fragment": "#where-quokkas-live:~:text=a%26b", "kind": "post"}
    )

    assert '<h2><a href="/engineers/a-quokka/#where-quokkas-live:~:text=a%26b">' in shown
    assert (
        'In: <a href="/engineers/a-quokka/#where-quokkas-live">Where <mark>quokkas</mark> live</a>'
    ) in shown
    assert "1 min read" in shown
    assert "<time " in shown


def test_a_promoted_result_says_so(answered):
    assert "Picked by the editors" in answered(result={"is_promoted": True})
    assert "Picked by the editors" not in answered()


def test_filters_are_a_form_that_keeps_the_question(answered):
    options = [FacetOption(f"t{n}", f"Topic {n}", 9 - n, n in {0, 7}) for n in range(8)]
    shown = answered(
        "/search/?q=quokka&tag=t0&tag=t7&exactly=1&page=2",
        facets=[Facet("tag", "Topic", options)],
    )

    form = shown.split('<form class="facets"')[1].split("</form>")[0]
    assert '<input type="hidden" name="q" value="quokka">' in form
    assert '<input type="hidden" name="exactly" value="1">' in form
    assert 'name="page"' not in form
    assert "<legend>Topic</legend>" in form
    assert (
        '<input type="checkbox" id="tag-t0" name="tag" value="t0" checked>Topic 0 '
        '<span class="n">9</span>'
    ) in form
    assert '<input type="checkbox" id="tag-t1" name="tag" value="t1">Topic 1' in form
    assert '<details open> <summary>3 more<span class="vh">: Topic</span></summary>' in form
    assert "Apply filters" in form
    chosen = shown.split('aria-label="Chosen filters"')[1].split("</ul>")[0]
    assert 'href="?q=quokka&amp;tag=t7&amp;exactly=1"' in chosen
    assert 'href="?q=quokka&amp;exactly=1"' in chosen


def test_every_option_has_an_id_of_its_own(answered):
    odd = ["a b", "a-b", "a%20b", "ab", "Ünïcode", "搜索", '"<x', "a\u2003b", "a\u00a0b"]
    options = [FacetOption(value, value, 1, True) for value in odd]
    shown = answered(facets=[Facet("tag", "Topic", options), Facet("author", "Author", options)])

    form = shown.split('<form class="facets"')[1].split("</form>")[0]
    ids = re.findall(' id="([^"]*)"', form)
    assert len(set(ids)) == 2 * len(odd)
    assert all(re.fullmatch(r"(tag|author)-[\w.~%-]+", one, re.ASCII) for one in ids)
    assert {"tag-a%20b", "author-%C3%9Cn%C3%AFcode"} < set(ids)


def test_pages_keep_the_question_and_the_choices(client, engineers):
    for number in range(11):
        make_post(engineers, f"Quokka {number}", tags=["marsupials"])

    shown = client.get("/search/?q=quokka&tag=marsupials&track=engineers&kind=post")

    assert "?q=quokka&amp;tag=marsupials&amp;track=engineers&amp;kind=post&amp;page=2" in (
        shown.content.decode()
    )


def test_choices_narrow_the_answers(client, engineers, everyone):
    ada = make_author("Ada Byron")
    make_post(
        engineers,
        "Deep quokka",
        tags=["islands"],
        authors=[ada],
        markdown="Text.\n\n```python\nquokka = 1\n```",
        display_date=datetime(2024, 5, 1, tzinfo=UTC),
    )
    make_post(everyone, "Clear quokka", display_date=datetime(2025, 5, 1, tzinfo=UTC))

    for choice in ["tag=islands", "author=ada-byron", "year=2024", "has=code", "track=engineers"]:
        shown = client.get(f"/search/?q=quokka&{choice}").content.decode()
        assert "/engineers/deep-quokka/" in shown, choice
        assert "/everyone/clear-quokka/" not in shown, choice


def test_without_an_answer_there_is_a_way_on(client, engineers, everyone):
    make_post(engineers, "Marsupials explained", tags=["islands"])

    shown = client.get("/search/?q=zzyzx").content.decode()
    assert "Latest" in shown
    assert "/tags/islands/" in shown
    assert 'href="/engineers/">For Engineers' in shown
    assert 'href="/everyone/">For Everyone' in shown

    answer = query.search("zzyzx")
    near = [one.label for one in near_pages(replace(answer, question="marsupails"), None)]
    assert near == ["Marsupials explained"]


# While a reader types


def test_suggestions_are_answered_as_json(client, engineers):
    make_post(engineers, "A quokka")

    answer = client.get("/search/suggest/?q=quo")

    assert answer.json() == {
        "question": "quo",
        "suggestions": [
            {
                "kind": "post",
                "label": "A quokka",
                "address": "/engineers/a-quokka/",
                "context": "For Engineers",
            }
        ],
    }
    assert answer.headers["Cache-Control"] == client.get("/search/?q=quo").headers["Cache-Control"]
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert client.post("/search/suggest/", {"q": "quo"}).status_code == 405


def test_any_typing_is_answered(client, four_posts):
    for words in ODD:
        answer = client.get(f"/search/suggest/?{words}")
        assert answer.status_code == 200, words
        assert set(answer.json()) == {"question", "suggestions"}

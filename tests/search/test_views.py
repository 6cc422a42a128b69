"""The search page answers whatever it is asked."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_post

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
    assert 'href="/engineers/a-quokka-more/"' in shown


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
    make_post(engineers, "First quokka")
    client.get("/search/?q=quokka")
    with CaptureQueriesContext(connection) as for_one:
        client.get("/search/?q=quokka")
    for number in range(9):
        make_post(engineers, f"More quokka {number}", tags=["marsupials"])

    with CaptureQueriesContext(connection) as for_ten:
        client.get("/search/?q=quokka")
    assert len(for_ten) == len(for_one)

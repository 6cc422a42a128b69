"""Which words mean the same: what editors may write, and what searching makes of it."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from search.curation import leading_to, synonyms
from search.models import Synonym
from search.query import search
from tests.factories import make_post


def make(words: str, direction: str = "both") -> Synonym:
    row = Synonym(words=words, direction=direction)
    row.full_clean()
    row.save()
    return row


def test_each_leads_to_the_others(db):
    make("K8s,  kubernetes ,Container  Orchestration")

    assert synonyms() == {
        "k8s": (("kubernetes",), ("container", "orchestration")),
        "kubernetes": (("k8s",), ("container", "orchestration")),
        "container orchestration": (("k8s",), ("kubernetes",)),
    }


def test_a_shorthand_leads_one_way(db):
    make("ML, machine learning", "first")

    assert synonyms() == {"ml": (("machine", "learning"),)}


def test_case_diacritics_and_width_do_not_count(db):
    make("Ｃafé, naïve-Bayes")

    assert synonyms() == {"cafe": (("naive", "bayes"),), "naive bayes": (("cafe",),)}


def test_what_several_rows_say_is_added_up(db):
    """As when two moderators saved them at one moment."""
    Synonym.objects.create(words="js, javascript")
    Synonym.objects.create(words="js, ecmascript, javascript", direction="first")

    assert synonyms()["js"] == (("javascript",), ("ecmascript",))


def test_a_row_that_was_filled_in_past_the_form_does_no_harm(db):
    Synonym.objects.create(words=",--,k8s, K8S")

    assert synonyms() == {"k8s": ()}


def test_a_change_holds_at_once_and_words_are_cut_once(db, django_assert_num_queries):
    row = make("k8s, kubernetes")
    synonyms()
    before = leading_to.cache_info().misses

    with django_assert_num_queries(1):
        synonyms()
    assert leading_to.cache_info().misses == before
    Synonym.objects.filter(pk=row.pk).update(words="k8s, kube")
    assert synonyms()["k8s"] == (("kube",),)
    row.delete()
    assert synonyms() == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("kubernetes", "Write at least two, separated by a comma, for example: k8s, kubernetes."),
        (" , ,", "Write at least two, separated by a comma, for example: k8s, kubernetes."),
        ("k8s, --", "“--” has no letter and no digit that could be searched for."),
        ("Café, cafe", "“Café” and “cafe” are the same: case and accents do not count."),
        (
            "k8s, a b c d e f",
            "“a b c d e f” is too long. Write at most 5 words between two commas.",
        ),
        (f"k8s, {'x' * 80}", f"“{'x' * 20}…” is too long for one word."),
        (", ".join(f"w{number}" for number in range(11)), "Write at most 10 of them."),
        (
            ",".join([letter * 32 for letter in "abcdefgh"] + ["x" * 35]),
            "Write at most 300 characters, with a space after each comma.",
        ),
        ("k8s, ++", "“++” has no letter and no digit that could be searched for."),
        (
            "visual C++, msvc",
            "Signs count only in a word that stands alone between two commas, "
            "so “visual C++” would stand for “visual c”. Write it in letters.",
        ),
        ("C++, c++", "“C++” and “c++” are the same: case and accents do not count."),
        ("f#, fsharp", "“f#” stands in “F#, f sharp” already. Add the new words there instead."),
        (
            "kubernetes, kube",
            "“kubernetes” stands in “k8s, kubernetes” already. Add the new words there instead.",
        ),
    ],
)
def test_what_cannot_be_is_said(db, words, said):
    make("k8s, kubernetes")
    make("F#, f sharp")

    with pytest.raises(ValidationError) as error:
        make(words)

    assert error.value.messages == [said]
    assert Synonym.objects.count() == 2


def test_a_row_may_be_changed_and_named_by_a_shorthand(db):
    row = make("k8s, kubernetes")
    row.words = "k8s, kubernetes, kube"
    row.full_clean()

    make("ops, kubernetes", "first")


def test_the_form_keeps_what_was_meant(admin):
    answer = admin.post(
        reverse("synonyms:add"), {"words": "k8s ,  kubernetes", "direction": "both"}
    )

    assert answer.status_code == 302
    assert Synonym.objects.get().words == "k8s, kubernetes"


def test_the_form_opens_with_what_the_report_names(admin):
    shown = admin.get(reverse("synonyms:add"), {"words": '"k8s'}).content.decode()

    assert 'value="&quot;k8s"' in shown


def test_the_list_names_them(admin, django_assert_max_num_queries):
    make("k8s, kubernetes")

    with django_assert_max_num_queries(25):
        shown = admin.get(reverse("synonyms:index")).content.decode()

    assert "k8s, kubernetes" in shown


def test_each_of_a_full_row_is_found(engineers):
    names = [f"name{letter}" for letter in "abcdefghij"]
    make(", ".join(names))
    for name in names:
        make_post(engineers, f"Post {name}", markdown=name)

    assert search(names[0]).count == 10


@pytest.mark.parametrize(
    ("short", "long"), [("saas", "software as a service"), ("eol", "end of life")]
)
def test_small_words_are_of_a_synonym(engineers, short, long):
    make(f"{short}, {long}")
    make_post(engineers, "Short", markdown=f"We sell {short} here.")
    make_post(engineers, "Long", markdown=f"We sell {long} here.")

    for question in (short, long, long.replace(" ", "-"), f"sell {long} here"):
        found = sorted(result.page.title for result in search(question).results)
        assert found == ["Long", "Short"]


# Symbols


@pytest.fixture
def languages(engineers):
    """Posts about languages, each by one of their names, and the names that mean the same."""
    texts = {
        "C plus": "Written in C++, mostly.",
        "Cpp": "Compile cpp files.",
        "C": "Written in C, mostly. A C compiler.",
        "C sharp": "Written in C#.",
        "Net": "A net of fish.",
        "Dots": "It runs on (.NET).",
        "Nodes": "It runs on Node.js.",
        "Js": "A node and some js.",
    }
    for title, text in texts.items():
        make_post(engineers, f"{title} post", excerpt="An example.", markdown=text)
    for words in ("C++, cpp, cplusplus", "C#, csharp", ".NET, dotnet", "node.js, nodejs"):
        make(words)


def titles(question: str) -> set[str]:
    return {result.page.title.removesuffix(" post") for result in search(question).results}


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("cpp", {"Cpp", "C plus"}),
        ("cplusplus", {"Cpp", "C plus"}),
        ("csharp", {"C sharp"}),
        ("dotnet", {"Dots"}),
        (".net fish", {"Net"}),
        ("cpp mostly", {"C plus"}),
        ("cpp zebra", {"Cpp", "C plus"}),  # some of the words
        ("nodejs", {"Nodes"}),
    ],
)
def test_a_word_finds_the_symbol_and_not_its_letters(languages, question, found):
    assert titles(question) == found


@pytest.mark.parametrize(
    ("question", "others"),
    [
        ("C++", {"Cpp"}),
        ('"c++"', {"Cpp"}),
        ("(c++)", {"Cpp"}),
        ("c", set()),
        ("c#", set()),
        ("c++ post", {"Cpp"}),
    ],
)
def test_a_symbol_finds_the_word_and_its_letters_do_not(languages, question, others):
    assert titles(question) & {"Cpp"} == others


def test_signs_that_no_row_has_do_not_keep_a_word_from_leading_on(languages):
    make("wombat, nodes")

    assert titles("wombat") == titles("@wombat") == titles("+wombat") == {"Nodes", "Js"}
    assert titles("wombat+") == set()


def test_synonyms_are_marked_with_their_signs(languages):
    by_word = {result.page.title: result for result in search("cpp").results}
    by_symbol = {result.page.title: result for result in search("c++").results}
    dotted = search("dotnet").results[0]

    assert "Written in <mark>C++</mark>, mostly." in by_word["C plus post"].snippet_html
    assert "Compile <mark>cpp</mark> files." in by_symbol["Cpp post"].snippet_html
    assert "Written in C, mostly." in by_symbol["C post"].snippet_html
    assert "It runs on (<mark>.NET</mark>)." in dotted.snippet_html
    assert dotted.matched == ("text",)


def test_a_symbol_in_the_title_counts_as_a_word_does(languages, engineers):
    make_post(engineers, "C++ for beginners", excerpt="For all.", markdown="Nothing else.")
    make_post(engineers, "A tour", excerpt="For all.", markdown="C++.")

    found = [result.page.title for result in search("cpp").results]
    assert found[:2] == ["Cpp post", "C++ for beginners"]


def test_a_name_held_together_by_signs_is_looked_for_by_its_words(db):
    make("node.js, nodejs, open-source")

    assert synonyms()["node js"] == (("nodejs",), ("open", "source"))

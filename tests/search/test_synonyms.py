"""Which words mean the same: what editors may write, and what searching makes of it."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from search.curation import leading_to, synonyms
from search.models import Synonym


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
        (
            "c++, cpp",
            "Signs do not count here, so “c++” would stand for “c”. Write it in letters.",
        ),
        (
            "kubernetes, kube",
            "“kubernetes” stands in “k8s, kubernetes” already. Add the new words there instead.",
        ),
    ],
)
def test_what_cannot_be_is_said(db, words, said):
    make("k8s, kubernetes")

    with pytest.raises(ValidationError) as error:
        make(words)

    assert error.value.messages == [said]
    assert Synonym.objects.count() == 1


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

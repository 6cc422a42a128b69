"""What comes first for a question, and what editors see of it."""

from datetime import timedelta

import pytest
from django.contrib.messages import WARNING
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from blog.models import PostPage
from search.curation import fold_anew, promoted_for
from search.models import PromotedPage, Promotion
from tests.factories import make_post


def promote(question: str, *pages, is_beginning: bool = False) -> Promotion:
    promotion = Promotion.objects.create(question=question, is_beginning=is_beginning)
    for order, page in enumerate(pages):
        PromotedPage.objects.create(promotion=promotion, page=page, sort_order=order)
    return promotion


def form_of(question: str, *pages, **others) -> dict:
    count = str(len(pages))
    form = {
        "question": question,
        "promoted_pages-TOTAL_FORMS": count,
        "promoted_pages-INITIAL_FORMS": "0",
        "promoted_pages-MIN_NUM_FORMS": "1",
        "promoted_pages-MAX_NUM_FORMS": "5",
    }
    for place, page in enumerate(pages):
        form |= {
            f"promoted_pages-{place}-page": str(page.pk),
            f"promoted_pages-{place}-ORDER": str(len(pages) - place),
        }
    return form | others


@pytest.fixture
def first(engineers):
    return make_post(engineers, "First")


@pytest.fixture
def second(engineers):
    return make_post(engineers, "Second")


@pytest.mark.parametrize(
    "question", ["open source", "  Open   SOURCE ", "open-source", '"Ópen source"', "open_source?"]
)
def test_spellings_of_a_question_are_the_same(first, second, question):
    promote("Open source", second, first)

    assert promoted_for(question) == [second.pk, first.pk]


@pytest.mark.parametrize(
    "question", ["", "source", "open", "open sources", "open source today", "  ", "\0", "?"]
)
def test_another_question_is_another(first, question):
    promote("open source", first)

    assert promoted_for(question) == []


def test_signs_that_make_another_word_count(first, second):
    promote("C++", first)
    promote("C#", second)

    assert promoted_for("c++") == [first.pk]
    assert promoted_for("c#") == [second.pk]
    assert promoted_for("c") == []


def test_a_beginning_holds_for_longer_questions_by_whole_words(first, second):
    promote("kubernetes", first, is_beginning=True)
    promote("kubernetes on", second, is_beginning=True)

    assert promoted_for("kubernetes") == [first.pk]
    assert promoted_for("kubernetes at home") == [first.pk]
    assert promoted_for("kubernetes on a laptop") == [second.pk]
    assert promoted_for("kubernetesses") == []


def test_the_whole_question_comes_before_a_beginning(first, second):
    promote("kubernetes", first, is_beginning=True)
    promote("kubernetes on a laptop", second)

    assert promoted_for("kubernetes on a laptop") == [second.pk]


def test_any_question_costs_one_query(first, django_assert_num_queries):
    promote("quokka", first, is_beginning=True)

    for question in ["quokka " * 2_000, "x" * 10_000, "NEAR(", "'; DROP TABLE--", "搜索"]:
        with django_assert_num_queries(1):
            promoted_for(question)


def test_a_deleted_page_is_no_longer_promoted(first):
    promote("quokka", first)

    first.delete()

    assert promoted_for("quokka") == []


def test_promotions_follow_the_way_words_are_folded(first):
    promotion = promote("Quokka", first)
    Promotion.objects.filter(pk=promotion.pk).update(words="as it was folded before")

    fold_anew()

    assert promoted_for("quokka") == [first.pk]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("--", "Write at least one letter or digit."),
        ("a " * 17, "Write at most 16 words."),
        ("OPEN-source", "“open source” is the same question and has promoted results already."),
    ],
)
def test_what_cannot_be_is_said(db, question, said):
    Promotion.objects.create(question="open source")

    with pytest.raises(ValidationError) as error:
        Promotion(question=question).full_clean()

    assert error.value.messages == [said]


def test_pages_are_chosen_in_their_order(admin, first, second):
    answer = admin.post(
        reverse("promotions:add"), form_of("quokka", first, second, is_beginning="on")
    )

    assert answer.status_code == 302
    assert promoted_for("quokka today") == [second.pk, first.pk]


def test_hidden_pages_are_named_when_they_are_promoted(admin, four_posts):
    answer = admin.post(
        reverse("promotions:add"),
        form_of("quokka", four_posts.live, *four_posts.hidden),
        follow=True,
    )
    said = [str(one).strip() for one in answer.context["messages"] if one.level == WARNING]

    assert sorted(said) == [
        f"Readers cannot read “{title}” now. It is left out until they can."
        for title in ("Draft quokka", "Private quokka", "Scheduled quokka")
    ]


def test_the_form_and_the_list_say_what_readers_can_read(admin, four_posts):
    promotion = promote("quokka", four_posts.live, four_posts.draft)

    form = admin.get(reverse("promotions:edit", args=[promotion.pk])).content.decode()
    listed = admin.get(reverse("promotions:index")).content.decode()

    assert "Readers can read “Live quokka” now." in form
    assert "Readers cannot read “Draft quokka” now. It is left out until they can." in form
    assert listed.count("(readers cannot read it now)") == 1


def test_the_list_marks_what_also_holds_for_longer_questions(admin, first):
    promote("quokka", first)
    promote("wombat", first, is_beginning=True)

    listed = admin.get(reverse("promotions:index")).content.decode()

    assert ("quokka …" in listed, "wombat …" in listed) == (False, True)


def test_a_page_that_expires_is_marked(admin, first):
    promote("quokka", first)
    PostPage.objects.update(expire_at=timezone.now() - timedelta(hours=1))

    assert b"(readers cannot read it now)" in admin.get(reverse("promotions:index")).content


def test_no_page_is_chosen_twice_and_five_at_most(admin, engineers, first):
    twice = admin.post(reverse("promotions:add"), form_of("quokka", first, first))
    many = [make_post(engineers, f"Number {number}") for number in range(6)]
    six = admin.post(reverse("promotions:add"), form_of("quokka", *many))
    none = admin.post(reverse("promotions:add"), form_of("quokka"))

    assert "“First” is chosen twice." in twice.content.decode()
    assert six.status_code == none.status_code == 200
    assert not Promotion.objects.exists()


@pytest.fixture
def another_is_quicker(monkeypatch):
    """Another moderator saves “Quokka” between the check of the form and its saving."""
    check = Promotion.clean

    def check_and_wait(promotion):
        check(promotion)
        monkeypatch.setattr(Promotion, "clean", check)
        promote("Quokka")

    monkeypatch.setattr(Promotion, "clean", check_and_wait)


SAVED_BY_ANOTHER = "“Quokka” is the same question and has promoted results already."


def test_who_is_second_gets_the_form_back(admin, first, another_is_quicker):
    answer = admin.post(reverse("promotions:add"), form_of("quokka!", first, is_beginning="on"))

    form = answer.context["form"]
    assert answer.status_code == 200
    assert form.errors == {"question": [SAVED_BY_ANOTHER]}
    assert (form["question"].value(), form["is_beginning"].value()) == ("quokka!", True)
    (page,) = form.formsets["promoted_pages"].forms
    assert page["page"].value() == str(first.pk)
    assert f'value="{first.pk}"' in answer.content.decode()
    assert list(Promotion.objects.values_list("question", flat=True)) == ["Quokka"]
    assert not PromotedPage.objects.exists()


def test_who_is_second_to_change_one_gets_the_form_back(admin, first, second, another_is_quicker):
    promotion = promote("wombat", first)
    row = promotion.promoted_pages.get()
    form = form_of("quokka!", first, second) | {
        "promoted_pages-INITIAL_FORMS": "1",
        "promoted_pages-0-id": str(row.pk),
    }

    answer = admin.post(reverse("promotions:edit", args=[promotion.pk]), form)

    shown = answer.context["form"]
    assert answer.status_code == 200
    assert shown.errors == {"question": [SAVED_BY_ANOTHER]}
    assert shown["question"].value() == "quokka!"
    pages = [one["page"].value() for one in shown.formsets["promoted_pages"].forms]
    assert pages == [str(first.pk), str(second.pk)]
    assert promoted_for("wombat") == [first.pk]
    assert promoted_for("quokka") == []


def test_a_page_that_two_moderators_added_comes_once(first, second):
    promotion = promote("quokka", first, second)
    PromotedPage.objects.create(promotion=promotion, page=first, sort_order=0)

    assert promoted_for("quokka") == [first.pk, second.pk]


def test_the_form_opens_with_what_the_report_names(admin):
    shown = admin.get(reverse("promotions:add"), {"question": "quokka"}).content.decode()

    assert 'value="quokka"' in shown


def test_queries_of_the_list_do_not_grow(admin, first, second):
    promote("quokka", first)
    admin.get(reverse("promotions:index"))
    with CaptureQueriesContext(connection) as for_one:
        admin.get(reverse("promotions:index"))
    for number in range(9):
        promote(f"question {number}", first, second)

    with CaptureQueriesContext(connection) as for_ten:
        admin.get(reverse("promotions:index"))
    assert len(for_ten) == len(for_one)

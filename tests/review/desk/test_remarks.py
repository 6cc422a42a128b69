"""What reviewers say, where editors find it, and what they do about it."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageLogEntry

from blog.desk.dashboard import waiting_for
from blog.models import PostPage
from review.desk.remarks import remarks_of
from review.desk.waiting import remarks_for
from review.models import Remark
from review.passages import NOTES, Words
from review.placing import Finder, Placed, Standing
from review.remarking import Remarks
from tests.factories import make_post
from tests.review.desk.conftest import FIRST, body_of, say
from tests.review.desk.test_sharing import FETCHED, elsewhere, queries_of  # noqa: F401

SECOND = "0b0b4f5e-1f0f-4a9e-8f43-3a5c1a9d7d22"


@pytest.fixture
def remark(words, share):
    link, _ = share(words)
    return say(link)


def panel_of(client, page) -> BeautifulSoup:
    shown = client.get(f"/admin/pages/{page.pk}/edit/").content
    return BeautifulSoup(shown, "html.parser").select_one("[data-review]")


def fresh(page) -> PostPage:
    return PostPage.objects.get(pk=page.pk)


def save_body(page, *paragraphs, ids=(FIRST,)):
    page = fresh(page).get_latest_revision_as_object()
    page.body = body_of(*paragraphs, ids=ids)
    page.save_revision()


def act(client, remark, what, **fields):
    address = f"/admin/review/remarks/{remark.pk}/{what}/"
    return client.post(address, fields, headers=FETCHED)


# Where it belongs


def test_a_remark_stands_at_its_block_with_the_label_of_the_link(at_desk, remark, words):
    panel = panel_of(at_desk, words)

    shown = panel.select_one("[data-review-remark]")
    assert panel["data-count"] == "1"
    assert shown["data-review-anchor"] == f"block-{FIRST}-section"
    assert "Rae Reader by the link for Rae" in " ".join(shown.h4.text.split())
    assert shown.select_one("[data-review-words]").text == "Wombats do not dig."


def test_a_remark_follows_its_words_into_another_block(remark, words):
    save_body(words, "Something new.", "A hidden wombat digs.", ids=(FIRST, SECOND))

    placed = remarks_of(fresh(words))[0]

    assert (placed.anchor, placed.is_orphan) == (f"block-{SECOND}-section", False)


def test_a_remark_stays_with_its_block_when_that_is_moved(remark, words):
    save_body(words, "Something new.", "A hidden wombat digs.", ids=(SECOND, FIRST))

    assert remarks_of(fresh(words))[0].anchor == f"block-{FIRST}-section"


def test_a_remark_on_deleted_words_is_an_orphan_with_its_quote(at_desk, remark, words):
    save_body(words, "Nothing of the kind.", ids=(SECOND,))

    panel = panel_of(at_desk, words)

    shown = panel.select_one("[data-review-remark]")
    assert "data-review-anchor" not in shown.attrs
    assert "These words are not in the draft any more." in shown.text
    assert shown.blockquote.text == "hidden wombat"


def test_a_remark_on_a_note_has_no_block_to_go_to(at_desk, words, share):
    save_body(words, "A wombat digs.[^1]\n\n[^1]: Mostly at night.")
    link, _ = share(fresh(words))
    say(link, quote="Mostly at night.", block=NOTES)

    placed = remarks_of(fresh(words))[0]

    assert (placed.standing, placed.anchor) == (Standing.SAME, "")
    assert panel_of(at_desk, words).select_one("[data-review-jump]") is None


def test_a_remark_on_a_block_without_an_id_has_no_block_to_go_to(words, share):
    words.latest_revision.content["body"] = '[{"type": "markdown", "value": "A wombat digs."}]'
    words.latest_revision.save()
    link, _ = share(fresh(words))
    say(link, quote="A wombat digs", block="block-0")

    placed = remarks_of(fresh(words))[0]

    assert (placed.is_orphan, placed.anchor) == (False, "")


def test_a_remark_on_a_page_without_a_body(admin, home, admin_user, share):
    link, _ = share(home, made_by=admin_user)
    say(link, block="")
    gone = say(link, "And this?")

    whole, orphan = remarks_of(home)

    assert (whole.is_orphan, whole.anchor) == (False, "")
    assert (orphan.remark, orphan.is_orphan) == (gone, True)
    assert panel_of(admin, home)["data-count"] == "2"


def test_a_draft_that_cannot_be_shown_keeps_its_remarks(at_desk, remark, words, monkeypatch):
    monkeypatch.setattr(PostPage, "body_parts", property(lambda post: 1 / 0))

    panel = panel_of(at_desk, words)

    assert panel["data-count"] == "1"
    assert "These words could not be looked up in the draft." in panel.text
    assert "not in the draft any more" not in panel.text
    assert "data-review-anchor" not in panel.select_one("[data-review-remark]").attrs


def test_a_remark_on_the_page_stays_on_it_when_the_draft_cannot_be_shown(
    at_desk, words, share, monkeypatch
):
    link, _ = share(words)
    say(link, block="")
    say(link)
    monkeypatch.setattr(PostPage, "body_parts", property(lambda post: 1 / 0))

    standings = [placed.standing for placed in remarks_of(words)]

    assert standings == [Standing.SAME, Standing.UNKNOWN]


def test_more_work_than_may_be_done_for_remarks_is_said_to_be_undone(
    at_desk, remark, words, monkeypatch
):
    save_body(words, "A hidden and fat wombat digs.")
    monkeypatch.setattr("review.placing.MOST_WORDS", 0)

    assert "These words could not be looked up in the draft." in panel_of(at_desk, words).text


def test_words_of_a_reviewer_are_never_markup(at_desk, words, share):
    link, _ = share(words)
    say(link, "<script>alert(1)</script>")

    panel = panel_of(at_desk, words)

    assert panel.find("script") is None
    assert panel.select_one("[data-review-words]").text == "<script>alert(1)</script>"


def test_reviewers_read_remarks_that_could_not_be_looked_up_apart_from_the_words(
    remark, monkeypatch
):
    monkeypatch.setattr(Finder, "find", lambda *_: Placed(Standing.UNKNOWN))
    remarks = Remarks(remark.linked_page, "")

    remarks.place(Words([]))

    assert [thread.remark for thread in remarks.orphans] == [remark]


# What editors do


def test_an_answer_is_kept_once_with_the_name_of_the_editor(at_desk, editor, remark):
    first = act(at_desk, remark, "answer", text=" They do. ")
    act(at_desk, remark, "answer", text="They do.")

    answer = Remark.objects.get(parent=remark)
    assert first.status_code == 200
    assert (answer.text, answer.name, answer.by, answer.link) == (
        "They do.",
        "Edda Ink",
        editor,
        remark.link,
    )
    assert "They do." in first.content.decode()


def test_an_answer_to_an_answer_belongs_to_the_remark(at_desk, remark):
    act(at_desk, remark, "answer", text="They do.")
    act(at_desk, Remark.objects.get(parent=remark), "answer", text="At night.")

    assert Remark.objects.filter(parent=remark).count() == 2


@pytest.mark.parametrize("text", ["", "  ", "x" * 5001])
def test_an_answer_that_cannot_be_kept_is_refused(at_desk, remark, text):
    answer = act(at_desk, remark, "answer", text=text)

    assert answer.status_code == 422
    assert answer.json()["problem"]
    assert Remark.objects.count() == 1


def test_a_remark_is_resolved_and_opened_again(at_desk, editor, remark, words):
    act(at_desk, remark, "resolve")
    twice = act(at_desk, remark, "resolve")
    remark.refresh_from_db()
    resolved_by, count = remark.resolved_by, panel_of(at_desk, words)["data-count"]
    act(at_desk, remark, "reopen")
    remark.refresh_from_db()

    assert "resolved before" in twice.content.decode()
    assert (resolved_by, count) == (editor, "0")
    assert (remark.resolved_at, panel_of(at_desk, words)["data-count"]) == (None, "1")


def test_a_resolved_remark_can_be_answered_and_stays_resolved(at_desk, remark, words):
    act(at_desk, remark, "resolve")

    form = panel_of(at_desk, words).select_one("[data-review-remark] form")
    answer = act(at_desk, remark, "answer", text="At night.")

    remark.refresh_from_db()
    assert form["action"] == f"/admin/review/remarks/{remark.pk}/answer/"
    assert (answer.status_code, remark.answers.get().text) == (200, "At night.")
    assert remark.resolved_at is not None


def test_answer_and_resolve_in_one(at_desk, remark):
    act(at_desk, remark, "answer", text="Put right.", resolve="1")

    remark.refresh_from_db()
    assert remark.resolved_at is not None


def test_a_deleted_remark_is_gone_and_its_deletion_is_not(at_desk, remark, words):
    act(at_desk, remark, "answer", text="They do.")
    answer = act(at_desk, remark, "delete")

    history = at_desk.get(f"/admin/pages/{words.pk}/history/").content.decode()
    assert answer.status_code == 200
    assert Remark.objects.count() == 0
    assert "Remark by Rae Reader deleted" in history
    assert act(at_desk, remark, "delete").status_code == 404


def test_remarks_by_a_revoked_link_stay_and_can_be_answered(at_desk, remark, words):
    at_desk.post(f"/admin/review/links/{remark.link_id}/revoke/")

    answer = act(at_desk, remark, "answer", text="Thank you.")

    assert answer.status_code == 200
    assert "The reviewer cannot read it there: the link is over." in answer.content.decode()
    assert panel_of(at_desk, words)["data-count"] == "1"


def test_an_answer_says_whether_the_reviewer_can_read_it(at_desk, remark, words):
    while_open = act(at_desk, remark, "answer", text="They do.").content.decode()
    remark.linked_page.ended_at = remark.made_at
    remark.linked_page.ended_because = "moved"
    remark.linked_page.save()

    after = act(at_desk, remark, "answer", text="At night.").content.decode()

    assert "The reviewer sees it by the same link." in while_open
    assert "The reviewer cannot read it there: the link does not show this page" in after


@pytest.mark.parametrize("what", ["answer", "resolve", "reopen", "delete"])
def test_nobody_touches_remarks_on_a_foreign_page(elsewhere, remark, what):  # noqa: F811
    before = PageLogEntry.objects.count()

    answer = act(elsewhere, remark, what, text="Mine.")

    assert answer.status_code == 403
    remark.refresh_from_db()
    assert (remark.resolved_at, Remark.objects.count()) == (None, 1)
    assert PageLogEntry.objects.count() == before


@pytest.mark.parametrize("what", ["answer", "resolve", "reopen", "delete"])
def test_a_remark_on_a_deleted_page_is_out_of_reach(at_desk, remark, words, what):
    words.delete()

    assert act(at_desk, remark, what, text="Still?").status_code == 404


def test_more_remarks_cost_no_more_queries(at_desk, words, share):
    link, _ = share(words)
    act(at_desk, say(link), "answer", text="Yes.")
    address = f"/admin/pages/{words.pk}/edit/"
    at_desk.get(address)
    before = queries_of(at_desk, address)

    for number in range(4):
        act(at_desk, say(link, f"Remark {number}"), "answer", text=f"Answer {number}")

    assert queries_of(at_desk, address) <= before


# On the dashboard


def test_open_remarks_wait_for_who_shared_and_who_owns(editor, moderator, words, share):
    link, _ = share(words)
    say(link)
    say(link, "And another.")
    PostPage.objects.filter(pk=words.pk).update(owner=moderator)

    for person in (editor, moderator):
        (row,) = waiting_for(person)
        assert (row.what, row.page.pk, row.who) == ("2 review remarks", words.pk, "Rae Reader")


def test_many_remarks_on_one_page_hide_no_other(editor, words, engineers, share):
    old = make_post(engineers, "Waits long", live=False, body=body_of("A hidden wombat digs."))
    busy, _ = share(words)
    forgotten, _ = share(old, label="Ben")
    first = say(forgotten, "The oldest.")
    month_ago = first.made_at - timedelta(days=30)
    Remark.objects.filter(pk=first.pk).update(made_at=month_ago)
    say(forgotten, "A later one.")
    Remark.objects.bulk_create(
        Remark(
            link=busy,
            linked_page=busy.linked_pages.get(),
            version=busy.linked_pages.get().version,
            text=f"Remark {number}",
            name=f"Reader {number % 2}",
            made_at=first.made_at,
        )
        for number in range(201)
    )

    with CaptureQueriesContext(connection) as queries:
        rows = remarks_for(editor)

    assert [(row.what, row.page.pk, row.since, row.who, row.words) for row in rows] == [
        ("2 review remarks", old.pk, month_ago, "Rae Reader", "The oldest."),
        ("201 review remarks", words.pk, first.made_at, "Reader 0, Reader 1", "Remark 0"),
    ]
    assert len(queries) == 3


def test_the_dashboard_leads_straight_to_the_panel(at_desk, remark, words):
    shown = BeautifulSoup(at_desk.get("/admin/").content, "html.parser")

    addresses = [link["href"] for link in shown.select("[aria-labelledby=desk-waiting] a")]

    assert addresses == [f"/admin/pages/{words.pk}/edit/#review"]


def test_resolved_remarks_and_foreign_ones_do_not_wait(editor, engineers, share, django_user_model):
    other = make_post(engineers, "Other", live=False, body=body_of("A hidden wombat digs."))
    boss = django_user_model.objects.create_superuser("boss")
    link, _ = share(other, made_by=boss)
    remark = say(link)

    assert waiting_for(editor) == []
    assert len(waiting_for(boss)) == 1
    Remark.objects.filter(pk=remark.pk).update(resolved_at=remark.made_at)
    assert waiting_for(boss) == []

"""What reviewers send, and that nothing they typed is lost."""

import json
import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from home.models import StandardPage
from review import approving, links, remarking, views
from review.models import (
    Approval,
    Remark,
    ReviewLink,
    ReviewSession,
    SeenVersion,
    SharedVersion,
)
from review.tokens import digest_of
from tests.factories import make_post
from tests.review.conftest import Reviewer

BODY = "# Why\n\nOne fox is quick.\n\nTwo foxes are quicker.\n\n- a list\n- of foxes\n"


@pytest.fixture
def draft(engineers):
    return make_post(engineers, "Secret quokka", live=False, markdown=BODY)


@pytest.fixture
def opened(reviewer, shared):
    """The draft as the reviewer has opened it."""
    return soup_of(reviewer.open(shared[1]))


def soup_of(answer) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "html.parser")


def way_to(page: BeautifulSoup, words: str) -> str:
    """Where the link below the piece with these words leads."""
    piece = next(one for one in page.select(".prose > *") if words in one.get_text())
    return piece.find_next_sibling(class_="said").select_one(".say")["href"]


def form_of(answer) -> dict:
    """What the form on a page would send as it is."""
    form = soup_of(answer).select_one("main form")
    sent = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    return sent | {area["name"]: area.get_text().lstrip("\n") for area in form.select("textarea")}


def remark(reviewer, way: str, text: str = "Really?", **changed):
    """Open the form at an address and send it."""
    sent = form_of(reviewer.get(way)) | {"text": text, "name": "Rae"} | changed
    return reviewer.post(way.split("?")[0], sent)


def test_every_piece_of_the_body_has_a_way_to_remark_on_it(opened):
    ways = opened.select(".prose > .said > .say")

    assert [way.get_text() for way in ways] == [
        "Remark on this heading: Why",
        "Remark on this paragraph: One fox is quick.",
        "Remark on this paragraph: Two foxes are quicker.",
        "Remark on this list: a list of foxes",
    ]


def test_a_remark_stands_below_the_paragraph_it_is_on(reviewer, shared, opened):
    sent = remark(reviewer, way_to(opened, "Two foxes"), "Are they?\n<b>No.</b>")

    written = Remark.objects.get()
    assert (sent.status_code, sent.url) == (
        303,
        f"/p/v/{shared[0].public_id}/#remark-{written.pk}",
    )
    assert written.quote == "Two foxes are quicker."
    assert written.quote_prefix == "Why One fox is quick. "
    shown = soup_of(reviewer.get(sent.url)).select_one(f"#remark-{written.pk}")
    assert shown.parent.find_previous_sibling().get_text() == "Two foxes are quicker."
    assert "Rae" in shown.get_text()
    assert "<b>No.</b>" in shown.get_text()


def test_the_name_is_asked_for_once(reviewer, opened):
    remark(reviewer, way_to(opened, "Two foxes"))

    form = form_of(reviewer.get(way_to(opened, "One fox")))

    assert form["name"] == "Rae"


def test_a_remark_can_be_on_some_words(reviewer, opened):
    remark(reviewer, way_to(opened, "One fox"), quote="fox  is")

    written = Remark.objects.get()
    assert (written.quote, written.quote_suffix[:7]) == ("fox is", " quick.")
    assert (
        soup_of(reviewer.get(f"/p/v/{written.link.public_id}/"))
        .select_one(".remark blockquote")
        .get_text()
        == "fox is"
    )


def test_a_remark_can_be_on_the_page(reviewer, shared, opened):
    way = opened.select_one(".review-end .btn.quiet")["href"]

    remark(reviewer, way, "Shorter, please.")

    end = soup_of(reviewer.get(f"/p/v/{shared[0].public_id}/")).select_one(".review-end")
    assert "Shorter, please." in end.get_text()
    assert Remark.objects.get().block_id == ""


@pytest.fixture
def about(home):
    return home.add_child(instance=StandardPage(title="Us", slug="us", live=False))


@pytest.mark.parametrize("kind", ["home", "engineers", "about"])
def test_pages_of_every_kind_can_be_remarked_on(kind, request, about, share, reviewer, admin_user):
    page = request.getfixturevalue(kind)
    _, token = share(page, made_by=admin_user)
    shown = soup_of(reviewer.open(token))

    sent = remark(reviewer, shown.select_one(".review-end .btn.quiet")["href"])

    assert sent.status_code == 303
    assert "Really?" in reviewer.get(sent.url).content.decode()


def test_answers_stand_below_the_remark_and_editors_are_named(reviewer, shared, opened, editor):
    remark(reviewer, way_to(opened, "One fox"), "Which?")
    root = Remark.objects.get()
    Remark.objects.create(
        link=root.link,
        linked_page=root.linked_page,
        version=root.version,
        parent=root,
        by=editor,
        name="Edda Ink",
        text="The red one.",
        made_at=timezone.now(),
    )
    shown = soup_of(reviewer.get(f"/p/v/{root.link.public_id}/"))

    remark(reviewer, shown.select_one(".remark .say")["href"], "I see.")

    thread = soup_of(reviewer.get(f"/p/v/{root.link.public_id}/")).select_one(f"#remark-{root.pk}")
    assert [one.p.b.get_text() for one in thread.select(".answer")] == ["Edda Ink", "Rae"]
    assert "editor" in thread.select_one(".answer").get_text()
    assert Remark.objects.filter(parent=root).count() == 2


def test_what_is_settled_is_folded(reviewer, opened, editor):
    remark(reviewer, way_to(opened, "One fox"), "Which?")
    root = Remark.objects.get()
    Remark.objects.update(resolved_at=timezone.now(), resolved_by=editor)

    shown = soup_of(reviewer.get(f"/p/v/{root.link.public_id}/"))

    assert "Settled: Rae, Which?" in shown.select_one("details.remark > summary").get_text()


def test_remarks_stay_with_their_words_in_a_later_version(reviewer, share, draft):
    link, token = share(draft, follows_latest=True)
    page = soup_of(reviewer.open(token))
    remark(reviewer, way_to(page, "One fox"), "Stays.")
    remark(reviewer, way_to(page, "a list"), "Goes.")
    draft.body[0].value = "New first words.\n\nOne red fox is quick.\n\nSomething else altogether."
    draft.body.raw_data[0]["value"] = draft.body[0].value
    draft.save_revision()

    shown = soup_of(reviewer.get(f"/p/v/{link.public_id}/"))

    stays, goes = (shown.find(id=f"remark-{one.pk}") for one in Remark.objects.order_by("pk"))
    assert stays.parent.find_previous_sibling().get_text() == "One red fox is quick."
    assert goes.find_parent(class_="review-end") is not None
    assert "not found in this version" in shown.select_one(".review-end h3").get_text()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"text": "x" * 5001}, "5001 characters long"),
        ({"text": " "}, "Write what you want to say."),
        ({"name": ""}, "Say who you are"),
        ({"name": "y" * 81}, "81 characters long"),
    ],
)
def test_what_cannot_be_kept_comes_back_with_a_reason(reviewer, opened, changed, said):
    sent = {"text": "Words to keep.", "name": "Rae"} | changed
    answer = remark(reviewer, way_to(opened, "One fox"), **sent)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert form_of(answer)["text"] == sent["text"]
    assert not Remark.objects.exists()


def test_words_come_back_when_the_link_was_revoked_meanwhile(reviewer, shared, opened, editor):
    way = way_to(opened, "One fox")
    sent = form_of(reviewer.get(way)) | {"text": "Words to keep.", "name": "Rae"}
    links.revoke(shared[0], by=editor)

    answer = reviewer.post(way.split("?")[0], sent)

    assert answer.status_code == 410
    assert "Words to keep." in answer.content.decode()
    assert not Remark.objects.exists()


def test_a_link_that_is_revoked_at_the_last_moment_takes_nothing(reviewer, shared, opened, editor):
    session = shared[0].sessions.get()
    linked = shared[0].linked_pages.get()
    ReviewLink.objects.update(revoked_at=timezone.now())

    with pytest.raises(remarking.RefusedError):
        remarking.write(session, linked, linked.version, text="Late.", name="Rae")

    assert not Remark.objects.exists()


def test_words_come_back_when_the_browser_forgot_the_link(reviewer, opened):
    way = way_to(opened, "One fox")
    sent = form_of(reviewer.get(way)) | {"text": "Words to keep.", "name": "Rae"}
    reviewer.cookies.clear()

    answer = reviewer.post(way.split("?")[0], sent)
    foreign = reviewer.post(way.split("?")[0], sent, headers={"sec-fetch-site": "cross-site"})

    assert (answer.status_code, foreign.status_code) == (404, 404)
    assert "Words to keep." in answer.content.decode()
    assert "Words to keep." not in foreign.content.decode()


def test_words_come_back_when_there_were_too_many(reviewer, opened, monkeypatch):
    monkeypatch.setattr(remarking, "MOST_OF_A_SESSION", 2)
    way = way_to(opened, "One fox")
    answers = [remark(reviewer, way, f"Words {number}.") for number in range(3)]

    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert form_of(answers[2])["text"] == "Words 2."
    assert Remark.objects.count() == 2


def test_words_come_back_when_the_form_is_of_another_day(shared, opened):
    browser = Reviewer(enforce_csrf_checks=True)
    way = way_to(soup_of(browser.open(shared[1])), "One fox")
    sent = form_of(browser.get(way)) | {"text": "Words to keep.", "name": "Rae"}
    stale = browser.post(way.split("?")[0], sent | {"csrfmiddlewaretoken": "x" * 64})
    fresh = form_of(stale)

    again = browser.post(way.split("?")[0], fresh | {"name": "Rae"})

    assert stale.status_code == 403
    assert fresh["text"] == "Words to keep."
    assert again.status_code == 303
    assert Remark.objects.get().text == "Words to keep."


def test_the_same_words_sent_twice_are_one_remark(reviewer, opened):
    way = way_to(opened, "One fox")

    assert remark(reviewer, way).url == remark(reviewer, way).url
    assert Remark.objects.count() == 1


def test_only_pages_of_ours_have_forms_and_may_send_them(reviewer, shared, opened):
    draft = reviewer.get(f"/p/v/{shared[0].public_id}/")
    form = reviewer.get(way_to(opened, "One fox"))

    assert "form-action 'none'" in draft.headers["Content-Security-Policy"]
    assert "form-action 'self'" in form.headers["Content-Security-Policy"]
    assert "connect-src 'none'" in form.headers["Content-Security-Policy"]
    assert not opened.select("main form")
    assert form.headers["Cache-Control"] == "private, no-store, max-age=0"


def test_a_link_for_reading_takes_nothing(reviewer, share, draft):
    link, token = share(draft, may_comment=False)
    page = soup_of(reviewer.open(token))
    base = f"/p/v/{link.public_id}/1/"

    assert not page.select(".say, .review-end, script[src*=review]")
    for name in ("remark", "good"):
        assert reviewer.get(f"{base}{name}/").status_code == 404
        assert reviewer.post(f"{base}{name}/", {"text": "x", "name": "R"}).status_code == 404
    assert not Remark.objects.exists()
    assert not Approval.objects.exists()


def test_a_session_of_one_link_writes_to_no_other(reviewer, shared, share, engineers):
    other, _ = share(make_post(engineers, "Other", live=False))
    reviewer.open(shared[1])

    answer = reviewer.post(f"/p/v/{other.public_id}/1/remark/", {"text": "x", "name": "R"})

    assert answer.status_code == 404
    assert not Remark.objects.exists()


def test_an_answer_belongs_to_a_remark_of_the_same_page(reviewer, shared, share, engineers, opened):
    _, token = share(make_post(engineers, "Other", live=False))
    theirs = Reviewer()
    remark(theirs, way_to(soup_of(theirs.open(token)), "Words of a quokka."))
    number = Remark.objects.get().pk

    remark(reviewer, f"/p/v/{shared[0].public_id}/1/remark/?to={number}", "Mine.")

    assert Remark.objects.get(text="Mine.").parent is None


def approve(reviewer, link, **changed):
    address = f"/p/v/{link.public_id}/1/good/"
    return reviewer.post(address, form_of(reviewer.get(address)) | {"name": "Rae"} | changed)


def test_looks_good_is_noted_of_the_version_and_can_be_taken_back(reviewer, shared, opened):
    link, _ = shared
    sent = approve(reviewer, link)
    approve(reviewer, link)
    approval = Approval.objects.get()

    shown = reviewer.get(sent.url).content.decode()
    reviewer.post(f"/p/v/{link.public_id}/1/good/", {"undo": "1"})

    assert sent.status_code == 303
    assert (approval.name, approval.version) == ("Rae", link.linked_pages.get().version)
    assert "Rae said that it looks good." in shown
    assert not Approval.objects.exists()


def test_a_draft_that_has_changed_needs_a_new_word(reviewer, share, draft):
    link, token = share(draft, follows_latest=True)
    reviewer.open(token)
    address = f"/p/v/{link.public_id}/1/good/"
    open_form = form_of(reviewer.get(address)) | {"name": "Rae"}
    draft.title = "Other"
    draft.save_revision()

    late = reviewer.post(address, open_form)
    approve(reviewer, link)
    draft.title = "Another"
    draft.save_revision()
    shown = reviewer.get(f"/p/v/{link.public_id}/").content.decode()

    assert late.status_code == 409
    assert form_of(late)["name"] == "Rae"
    assert Approval.objects.count() == 1
    assert "looks good.</span>" not in shown
    assert "An earlier version was said to look good." in shown


def test_what_has_changed_since_is_shown_word_by_word(reviewer, share, draft):
    link, token = share(draft, follows_latest=True)
    first = reviewer.open(token).content.decode()
    draft.title = "Secret wombat"
    draft.save_revision()

    second = soup_of(reviewer.get(f"/p/v/{link.public_id}/"))
    changed = soup_of(reviewer.get(second.find("a", string="see what")["href"]))

    assert "see what" not in first
    title = changed.find("h2", string="Title").find_next_sibling()
    assert [one.get_text() for one in title.select("del, ins")] == [
        "[removed: quokka]",
        "[added: wombat]",
    ]


def test_a_draft_of_a_live_page_is_compared_with_what_is_published(reviewer, share, engineers):
    post = make_post(engineers, "Known quokka", markdown="Old words here.")
    post.body.raw_data[0]["value"] = "New words here."
    post.save_revision()
    _, token = share(post)
    page = soup_of(reviewer.open(token))

    way = page.find("a", string="Compare with what is published")["href"]
    changed = soup_of(reviewer.get(way))

    assert [one.get_text() for one in changed.select(".diff-block :is(del, ins)")] == [
        "[removed: Old]",
        "[added: New]",
    ]


def test_there_is_nothing_to_compare_with_at_first(reviewer, shared, opened):
    base = f"/p/v/{shared[0].public_id}/1/changes/"

    assert reviewer.get(base).status_code == 404
    assert reviewer.get(f"{base}?from=public").status_code == 404


def test_several_pages_lead_from_one_to_the_next(reviewer, share, engineers):
    posts = [make_post(engineers, f"Post {name}", live=False) for name in "ABC"]
    link, token = share(posts)
    base = f"/p/v/{link.public_id}/"
    first = soup_of(reviewer.open(token))
    remark(reviewer, way_to(soup_of(reviewer.get(f"{base}2/")), "Words"))

    second = soup_of(reviewer.get(f"{base}2/")).select(".review nav a")
    rows = soup_of(reviewer.get(f"{base}all/")).select(".reviewpages li")

    assert [one["href"] for one in first.select(".review nav a")] == [f"{base}all/", f"{base}2/"]
    assert [one["href"] for one in second] == [base, f"{base}all/", f"{base}3/"]
    assert [re.sub(r"\s+", " ", row.get_text()).strip() for row in rows] == [
        *["Post A 0 remarks", "Post B 1 remark", "Post C 0 remarks"]
    ]


def test_reading_asks_as_often_with_many_remarks(reviewer, shared, opened, monkeypatch):
    monkeypatch.setattr(remarking, "MOST_OF_A_SESSION", 99)
    for number in range(3):
        remark(reviewer, way_to(opened, "One fox"), f"Number {number}.")
    address = f"/p/v/{shared[0].public_id}/"
    with CaptureQueriesContext(connection) as few:
        reviewer.get(address)
    for number in range(8):
        remark(reviewer, way_to(opened, "Two fox"), f"Number {number}.")
    with CaptureQueriesContext(connection) as many:
        reviewer.get(address)

    assert len(many) == len(few)


def test_other_methods_and_expired_links_are_refused(reviewer, shared, opened):
    base = f"/p/v/{shared[0].public_id}/1/"

    assert reviewer.put(f"{base}remark/").status_code == 405
    assert reviewer.post(f"{base}changes/").status_code == 405
    ReviewLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert reviewer.get(f"{base}remark/").status_code == 410
    assert Client().get(f"{base}remark/").status_code == 404


def test_words_come_back_when_a_following_link_leads_on(reviewer, share, draft):
    link, token = share(draft, follows_latest=True)
    way = way_to(soup_of(reviewer.open(token)), "One fox")
    sent = form_of(reviewer.get(way)) | {"text": "Words to keep.", "name": "Rae"}
    draft.save_revision().publish()

    answer = reviewer.post(way.split("?")[0], sent)

    assert answer.status_code == 410
    assert "Words to keep." in answer.content.decode()
    assert reviewer.get(f"/p/v/{link.public_id}/").status_code == 303


def test_words_come_back_when_the_copy_is_damaged(reviewer, opened):
    way = way_to(opened, "One fox")
    sent = form_of(reviewer.get(way)) | {"text": "Words to keep.", "name": "Rae"}
    SharedVersion.objects.update(content='{"title": "Forged"}')

    answer = reviewer.post(way.split("?")[0], sent)

    assert answer.status_code == 410
    assert "Words to keep." in answer.content.decode()


def test_a_page_without_an_origin_gets_no_words_onto_ours(reviewer, opened):
    way = way_to(opened, "One fox")
    sent = form_of(reviewer.get(way)) | {"text": "Words of theirs.", "name": "Rae"}
    reviewer.cookies.clear()

    answer = reviewer.post(way.split("?")[0], sent, headers={"origin": "null"})

    assert answer.status_code == 404
    assert "Words of theirs." not in answer.content.decode()


def test_a_remark_goes_to_no_other_paragraph_than_was_meant(reviewer, share, draft):
    """A tab is left open; the link's latest is read by nobody until the remark is sent."""
    _, token = share(draft, follows_latest=True)
    way = way_to(soup_of(reviewer.open(token)), "One fox")
    sent = form_of(reviewer.get(way)) | {"text": "Which?", "name": "Rae", "quote": "One fox"}
    write_words(draft, "Another one.\n\nOne fox is quick.")
    elsewhere = Reviewer()
    elsewhere.open(token)
    SeenVersion.objects.exclude(session=session_of(elsewhere)).delete()

    lost = elsewhere.post(way.split("?")[0], sent)
    again = elsewhere.post(way.split("?")[0], form_of(lost))

    assert lost.status_code == 409
    assert "is not known any more" in lost.content.decode()
    assert (form_of(lost)["text"], form_of(lost)["name"]) == ("“One fox”\n\nWhich?", "Rae")
    assert again.status_code == 303
    assert (Remark.objects.get().block_id, Remark.objects.get().quote) == ("", "")


def test_another_browser_knows_the_versions_that_the_link_has_shown(reviewer, share, draft):
    _, token = share(draft, follows_latest=True)
    way = way_to(soup_of(reviewer.open(token)), "One fox")
    write_words(draft, "Another one.\n\nOne fox is quick.")
    elsewhere = Reviewer()
    elsewhere.open(token)

    assert remark(elsewhere, way).status_code == 303

    assert Remark.objects.get().quote == "One fox is quick."


def test_a_place_that_was_never_there_is_no_remark_on_the_page(reviewer, opened):
    way = way_to(opened, "One fox").replace("at=", "at=x")

    assert reviewer.get(way).status_code == 409


def test_words_that_do_not_stand_there_are_asked_for_again(reviewer, opened):
    answer = remark(reviewer, way_to(opened, "One fox"), quote="One box")

    page = soup_of(answer)
    quote = page.select_one("#id_quote")
    assert answer.status_code == 422
    assert "do not stand there" in page.select_one("#id_quote_error").get_text()
    assert page.select_one("details")["open"] == ""
    assert set(quote["aria-describedby"].split()) == {"id_quote_helptext", "id_quote_error"}
    assert all(page.find(id=name) for name in quote["aria-describedby"].split())
    assert form_of(answer)["text"] == "Really?"
    assert not Remark.objects.exists()


def test_the_same_words_on_two_paragraphs_are_two_remarks(reviewer, share, engineers):
    post = make_post(engineers, "Twice", live=False, markdown="A colour here.\n\nA colour there.")
    _, token = share(post)
    page = soup_of(reviewer.open(token))

    for words in ("here", "there"):
        remark(reviewer, way_to(page, words), "Spell it otherwise.", quote="colour")

    assert Remark.objects.count() == 2


def test_a_page_that_was_published_meanwhile_takes_nothing(reviewer, share, engineers):
    posts = [make_post(engineers, f"Post {name}", live=False) for name in "AB"]
    link, token = share(posts)
    reviewer.open(token)
    linked = link.linked_pages.select_related("page").get(place=1)
    posts[0].save_revision().publish()

    for write in (
        lambda: remarking.write(
            link.sessions.get(), linked, linked.version, text="Late.", name="Rae"
        ),
        lambda: approving.approve(link.sessions.get(), linked, name="Rae"),
    ):
        with pytest.raises(remarking.RefusedError):
            write()

    assert not Remark.objects.exists()
    assert not Approval.objects.exists()


def test_the_other_pages_are_found_when_the_first_is_published(reviewer, share, engineers):
    posts = [make_post(engineers, f"Post {name}", live=False) for name in "ABC"]
    link, token = share(posts, follows_latest=True)
    posts[0].save_revision().publish()
    base = f"/p/v/{link.public_id}/"

    first = reviewer.open(token)
    page, listed = soup_of(first), soup_of(reviewer.get(f"{base}all/"))

    assert first.status_code == 410
    assert page.select_one(".hero a")["href"].endswith(posts[0].url)
    assert [one["href"] for one in page.select("main nav a")] == [f"{base}2/", f"{base}3/"]
    assert [one["href"] for one in listed.select(".reviewpages a")] == [f"{base}2/", f"{base}3/"]

    for post in posts[1:]:
        post.save_revision().publish()
    assert reviewer.get(f"{base}2/").url == posts[1].full_url


def test_the_list_of_pages_is_one_reading_of_the_link(reviewer, share, engineers, monkeypatch):
    posts = [make_post(engineers, f"Post {name}", live=False) for name in "ABCD"]
    link, token = share(posts)
    reviewer.open(token)
    for post in posts[:3]:
        post.save_revision().publish()
    hits = []
    monkeypatch.setattr(views, "allows_hit", lambda link: hits.append(link) or True)

    answer = reviewer.get(f"/p/v/{link.public_id}/all/")

    assert (answer.status_code, len(hits)) == (200, 1)


def test_it_is_news_once_that_the_draft_has_changed(reviewer, share, draft):
    _, token = share(draft, follows_latest=True)
    reviewer.open(token)
    write_words(draft, "Other words.")

    shown = [reviewer.open(token).content.decode() for _ in range(2)]

    assert ["changed since you last looked" in page for page in shown] == [True, False]
    assert ["changed since the version of" in page for page in shown] == [False, True]
    assert all("see what" in page for page in shown)


def test_a_plan_makes_no_other_version(reviewer, share, draft):
    link, token = share(draft, follows_latest=True)
    reviewer.open(token)
    approve(reviewer, link)
    draft.go_live_at = timezone.now() + timedelta(days=3)
    draft.save_revision()

    shown = reviewer.open(token).content.decode()

    assert "see what" not in shown
    assert "Rae said that it looks good." in shown


def test_the_order_of_keys_in_a_block_makes_no_other_version(reviewer, share, draft):
    _, token = share(draft, follows_latest=True)
    reviewer.open(token)
    revision = draft.save_revision()
    blocks = [dict(reversed(block.items())) for block in json.loads(revision.content["body"])]
    revision.content["body"] = json.dumps(blocks)
    revision.save()

    assert "see what" not in reviewer.open(token).content.decode()


def write_words(post, words: str) -> None:
    post.body[0].value = words
    post.body.raw_data[0]["value"] = words
    post.save_revision()


def session_of(browser) -> ReviewSession:
    """The session of the one link that the browser has opened."""
    cookie = next(cookie for name, cookie in browser.cookies.items() if "twp" in name)
    return ReviewSession.objects.get(session_hash=digest_of(cookie.value, purpose="session"))

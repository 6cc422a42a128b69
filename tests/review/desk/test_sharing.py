"""Links in the admin: made once, sent, extended, revoked, and seen by those who may."""

import logging
import re
from datetime import timedelta
from io import StringIO

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import (
    GroupApprovalTask,
    Page,
    PageLogEntry,
    PageViewRestriction,
    Revision,
    Workflow,
    WorkflowTask,
)

from blog.models import PostPage, Release, ReleasePost
from blog.moments import in_words
from review.links import find_link, may_manage
from review.models import ReviewLink
from tests.factories import make_post
from tests.review.desk.conftest import approve
from tests.twotrack.test_permissions import make_editors_of

TOKEN = re.compile(r"twp_[A-Za-z0-9_-]{49}")
FORM = {"label": "Rae", "shows": "pinned", "days": "7", "may_comment": "on"}
FETCHED = {"x-requested-with": "XMLHttpRequest"}


def share(client, page, **fields):
    sent = {name: value for name, value in (FORM | fields).items() if value is not None}
    return client.post(f"/admin/review/pages/{page.pk}/share/", sent, headers=FETCHED)


def token_in(answer) -> str:
    return TOKEN.search(answer.content.decode())[0]


def state_of_database() -> str:
    out = StringIO()
    call_command("dumpdata", stdout=out)
    return out.getvalue()


def test_the_link_that_is_shown_opens_the_draft(at_desk, draft, reviewer):
    answer = share(at_desk, draft)

    link = find_link(token_in(answer))
    assert answer.status_code == 200
    assert (link.label, link.follows_latest, link.may_comment) == ("Rae", False, True)
    assert link.expires_at - link.made_at == timedelta(days=7)
    assert "A hidden wombat." in reviewer.open(token_in(answer)).content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_the_address_is_shown_once_and_kept_nowhere(at_desk, draft, caplog):
    caplog.set_level(logging.DEBUG)
    token = token_in(share(at_desk, draft))

    shown = at_desk.get(f"/admin/pages/{draft.pk}/edit/").content.decode()

    assert not TOKEN.search(shown)
    assert token not in state_of_database()
    assert token not in caplog.text
    assert token[4:8] in shown


def test_a_following_link_that_may_only_be_read(at_desk, draft):
    answer = share(at_desk, draft, shows="latest", may_comment=None, days="30")

    link = find_link(token_in(answer))
    assert (link.follows_latest, link.may_comment) == (True, False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": ""},
        {"label": "  "},
        {"label": "x" * 121},
        {"label": "R\x00ae"},
        {"days": "0"},
        {"days": "31"},
        {"days": "-1"},
        {"days": "many"},
        {"days": "9" * 30},
        {"shows": "everything"},
    ],
)
def test_what_is_filled_in_wrongly_makes_no_link(at_desk, draft, wrong):
    answer = share(at_desk, draft, **wrong)

    assert answer.status_code == 422
    assert ReviewLink.objects.count() == 0
    assert not TOKEN.search(answer.content.decode())


def test_a_button_pressed_twice_makes_one_link(at_desk, draft):
    first, second = share(at_desk, draft), share(at_desk, draft)

    assert (first.status_code, second.status_code) == (200, 422)
    assert "was made a moment ago" in second.content.decode()
    assert ReviewLink.objects.count() == 1


def test_what_somebody_else_saved_meanwhile_is_not_shared_unseen(at_desk, draft):
    seen = f"{draft.latest_revision_id} {draft.latest_revision.created_at.isoformat()}"
    draft.save_revision()

    answer = share(at_desk, draft, loaded=seen)

    assert answer.status_code == 422
    assert "saved anew meanwhile" in answer.content.decode()
    assert ReviewLink.objects.count() == 0


def test_the_page_that_shares_knows_what_was_saved_meanwhile(at_desk, draft):
    address = f"/admin/review/pages/{draft.pk}/share/"

    def loaded_in(answer) -> str:
        return BeautifulSoup(answer.content, "html.parser").select_one("[name=loaded]")["value"]

    seen = loaded_in(at_desk.get(address))
    draft.save_revision()
    refused = at_desk.post(address, FORM | {"loaded": seen})
    again = at_desk.post(address, FORM | {"loaded": loaded_in(refused)})
    made = at_desk.post(address, FORM | {"loaded": loaded_in(at_desk.get(address))})

    assert (refused.status_code, again.status_code) == (422, 422)
    assert "saved anew meanwhile" in refused.content.decode()
    assert made.status_code == 200
    assert ReviewLink.objects.count() == 1


def test_the_version_in_the_editor_is_shared(at_desk, draft):
    form = BeautifulSoup(at_desk.get(f"/admin/pages/{draft.pk}/edit/").content, "html.parser")
    number = form.select_one("input[name=loaded_revision_id]")["value"]
    moment = form.select_one("input[name=loaded_revision_created_at]")["value"]

    answer = share(at_desk, draft, loaded=f"{number} {moment}")

    assert answer.status_code == 200
    assert (
        form.select_one("[data-review-share] input[name=loaded]")["value"] == f"{number} {moment}"
    )


def test_a_page_without_a_body_and_a_revision_is_shared(admin, engineers, home):
    for page in (home, engineers):
        Page.objects.filter(pk=page.pk).update(latest_revision=None)

        assert share(admin, page, label=f"For {page}").status_code == 200
        assert admin.get(f"/admin/pages/{page.pk}/edit/").status_code == 200


def test_a_page_that_is_not_stored_yet_has_nothing_to_share(at_desk, engineers):
    answer = at_desk.get(f"/admin/pages/add/blog/postpage/{engineers.pk}/")

    assert "Once the draft is saved, you can share it" in answer.content.decode()


def test_a_locked_page_may_be_shared(at_desk, draft, moderator):
    PostPage.objects.filter(pk=draft.pk).update(locked=True, locked_by=moderator)

    assert share(at_desk, draft).status_code == 200
    assert "data-review-share" in at_desk.get(f"/admin/pages/{draft.pk}/edit/").content.decode()


@pytest.fixture
def elsewhere(client, everyone, django_user_model):
    user = django_user_model.objects.create_user("elsie")
    user.groups.add(make_editors_of(everyone))
    client.force_login(user)
    return client


def test_a_foreign_page_can_be_neither_shared_nor_seen(elsewhere, draft, shared):
    link, _ = shared

    answers = [
        share(elsewhere, draft),
        elsewhere.post(f"/admin/review/pages/{draft.pk}/revoke-all/"),
    ]
    unseen = [
        elsewhere.post(f"/admin/review/links/{link.pk}/revoke/"),
        elsewhere.post(f"/admin/review/links/{link.pk}/extend/", {"days": "3"}),
    ]

    report = elsewhere.get("/admin/reports/review-links/")

    assert {answer.status_code for answer in answers} == {302, 403}
    assert {answer.status_code for answer in unseen} == {404}
    assert report.status_code == 200
    assert "Rae" not in report.content.decode()
    link.refresh_from_db()
    assert (link.revoked_at, ReviewLink.objects.count()) == (None, 1)


def test_the_root_and_a_page_that_is_gone(admin, draft):
    root = Page.objects.get(depth=1)

    assert share(admin, root).status_code == 403
    assert admin.post("/admin/review/pages/999999/share/", FORM).status_code == 404


def test_a_private_page_needs_a_publisher_and_a_second_word(client, writer, moderator, draft):
    client.force_login(writer)
    in_public = share(client, draft, label="Before")
    PageViewRestriction.objects.create(page=draft, restriction_type="login")
    by_writer = share(client, draft, allows_restricted="on")
    client.force_login(moderator)
    at_first = share(client, draft)
    then = share(client, draft, allows_restricted="on")

    assert (in_public.status_code, by_writer.status_code) == (200, 422)
    assert (at_first.status_code, then.status_code) == (422, 200)
    assert find_link(token_in(then)).allows_restricted
    assert ReviewLink.objects.count() == 2


def test_a_link_of_a_demoted_creator_is_shown_as_over(client, editor, moderator, draft, shared):
    editor.groups.set([Group.objects.create(name="Nobodies")])
    client.force_login(moderator)

    shown = client.get(f"/admin/pages/{draft.pk}/edit/").content.decode()

    assert "whoever shared it may not any more" in shown


def test_another_editor_of_the_page_extends_and_revokes(client, moderator, draft, shared):
    link, _ = shared
    client.force_login(moderator)
    before = link.expires_at

    answer = client.post(f"/admin/review/links/{link.pk}/extend/", {"days": "20"}, follow=True)
    said = " ".join(str(message) for message in answer.context["messages"])
    link.refresh_from_db()
    extended = link.expires_at
    client.post(f"/admin/review/links/{link.pk}/revoke/")
    link.refresh_from_db()

    assert extended - before > timedelta(days=12)
    assert f"is open until {in_words(extended)}" in said
    assert link.revoked_by == moderator
    assert (
        "Link for Rae revoked" in client.get(f"/admin/pages/{draft.pk}/history/").content.decode()
    )


@pytest.mark.parametrize("days", ["0", "31", "x", ""])
def test_a_link_is_not_extended_without_end(at_desk, draft, shared, days):
    link, _ = shared

    answer = at_desk.post(
        f"/admin/review/links/{link.pk}/extend/", {"days": days, "page": draft.pk}, headers=FETCHED
    )

    assert answer.status_code == 422
    assert ReviewLink.objects.get().expires_at == link.expires_at


def test_a_link_that_is_over_is_not_extended(at_desk, draft, shared):
    link, _ = shared
    at_desk.post(f"/admin/review/links/{link.pk}/revoke/")

    again = at_desk.post(
        f"/admin/review/links/{link.pk}/revoke/", {"page": draft.pk}, headers=FETCHED
    )
    answer = at_desk.post(
        f"/admin/review/links/{link.pk}/extend/", {"days": "3", "page": draft.pk}, headers=FETCHED
    )

    assert (again.status_code, answer.status_code) == (200, 422)
    assert "was over before" in again.content.decode()


def test_a_creator_keeps_their_own_links_in_sight(at_desk, editor, draft, shared):
    link, _ = shared
    draft.delete()

    shown = at_desk.get("/admin/reports/review-links/").content.decode()

    assert "Secret quokka" in shown
    assert may_manage(editor, ReviewLink.objects.get(pk=link.pk))


def test_all_links_of_a_page_are_revoked_at_once(at_desk, draft, share):
    share(draft)
    share(draft, label="Ben")

    answer = at_desk.post(f"/admin/review/pages/{draft.pk}/revoke-all/", headers=FETCHED)

    assert "2 links revoked" in answer.content.decode()
    assert not ReviewLink.objects.filter(revoked_at=None).exists()


def test_revoking_all_leaves_what_is_over_before(at_desk, draft, share):
    over, _ = share(draft, label="Ben")
    share(draft)
    approve(over)
    ReviewLink.objects.filter(pk=over.pk).update(expires_at=over.made_at)

    answer = at_desk.post(f"/admin/review/pages/{draft.pk}/revoke-all/", headers=FETCHED)

    assert "1 link revoked" in answer.content.decode()
    assert "The link was revoked since" not in answer.content.decode()
    over.refresh_from_db()
    assert over.revoked_at is None


@pytest.fixture
def only_in_workflow(client, words, editor, django_user_model):
    """Who may edit the draft only because it is at a step of theirs."""
    user = django_user_model.objects.create_user("tess")
    group = Group.objects.create(name="Proofreaders")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    user.groups.add(group)
    task = GroupApprovalTask.objects.create(name="Proofread")
    task.groups.add(group)
    workflow = Workflow.objects.create(name="Proofread")
    WorkflowTask.objects.create(workflow=workflow, task=task)
    workflow.start(words, editor)
    client.force_login(user)
    return client


def test_whoever_edits_by_a_workflow_uses_the_buttons_they_see(only_in_workflow, draft, share):
    link, _ = share(draft)
    shown = only_in_workflow.get(f"/admin/pages/{draft.pk}/edit/").content.decode()

    assert f"/admin/review/links/{link.pk}/revoke/" in shown
    address = f"/admin/review/links/{link.pk}"
    only_in_workflow.post(f"{address}/extend/", {"days": "20", "page": draft.pk}, headers=FETCHED)
    answer = only_in_workflow.post(f"{address}/revoke/", {"page": draft.pk}, headers=FETCHED)

    assert answer.status_code == 200
    before = link.expires_at
    link.refresh_from_db()
    assert link.expires_at > before
    assert link.revoked_by.username == "tess"


def test_who_may_edit_some_of_the_pages_sees_the_link_and_may_not_revoke_it(
    elsewhere, draft, everyone, share
):
    link, _ = share([draft, make_post(everyone, "Open numbat", live=False)])

    shown = elsewhere.get("/admin/reports/review-links/").content.decode()
    answer = elsewhere.post(f"/admin/review/links/{link.pk}/revoke/")

    assert "Open numbat" in shown
    assert f"/admin/review/links/{link.pk}/revoke/" not in shown
    assert answer.status_code == 302  # Wagtail leads away from what is refused.
    link.refresh_from_db()
    assert link.revoked_at is None


# Of the whole site

EVERYWHERE = "/admin/review/links/revoke-all/"


def test_all_links_that_somebody_may_revoke_are_revoked_at_once(
    elsewhere, draft, everyone, share, django_user_model
):
    numbat = make_post(everyone, "Open numbat", live=False)
    tom = django_user_model.objects.get(username="elsie")
    mine = [share(numbat, label="Kim")[0], share(numbat, label="Lee", made_by=tom)[0]]
    over, _ = share(numbat, label="Max")
    ReviewLink.objects.filter(pk=over.pk).update(expires_at=over.made_at)
    share(draft)
    share([draft, numbat], label="Both")

    report = elsewhere.get("/admin/reports/review-links/").content.decode()
    asked = elsewhere.get(EVERYWHERE).content.decode()
    before = ReviewLink.objects.exclude(revoked_at=None).count()
    answer = elsewhere.post(EVERYWHERE, follow=True)

    assert EVERYWHERE in report
    assert "Revoke 2 links" in " ".join(asked.split())
    assert before == 0
    assert answer.redirect_chain == [("/admin/reports/review-links/", 302)]
    assert "2 links revoked." in answer.content.decode()
    revoked = ReviewLink.objects.exclude(revoked_at=None)
    assert {link.pk for link in revoked} == {link.pk for link in mine}


def test_where_nothing_is_open_nothing_is_to_be_revoked(at_desk, draft, shared):
    at_desk.post(EVERYWHERE)

    report = at_desk.get("/admin/reports/review-links/").content.decode()
    asked = at_desk.get(EVERYWHERE).content.decode()

    assert EVERYWHERE not in report
    assert "There is no open link that you may revoke." in asked
    assert "<button" not in BeautifulSoup(asked, "html.parser").select_one(".review-page").decode()


def test_who_edits_no_pages_revokes_none(only_in_workflow, shared):
    answers = [only_in_workflow.get(EVERYWHERE), only_in_workflow.post(EVERYWHERE)]

    assert {answer.status_code for answer in answers} == {302}
    assert ReviewLink.objects.get().revoked_at is None


# Sending


def letter(client, link, token, **fields):
    sent = {"token": token, "to": "rae@example.org", "words": "Please look."} | fields
    return client.post(f"/admin/review/links/{link.pk}/mail/", sent, headers=FETCHED)


def test_a_letter_is_sent_and_its_link_kept_nowhere(at_desk, shared, caplog):
    caplog.set_level(logging.DEBUG)
    link, token = shared

    answer = letter(at_desk, link, token)

    assert answer.status_code == 200
    assert token in answer.content.decode()
    assert [sent.to for sent in mail.outbox] == [["rae@example.org"]]
    assert token in mail.outbox[0].body
    assert token not in state_of_database()
    assert token not in caplog.text


def test_a_mail_server_that_is_down_leaves_the_link_on_the_screen(
    at_desk, shared, settings, caplog
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    link, token = shared

    answer = letter(at_desk, link, token)

    assert answer.status_code == 422
    assert "did not take the letter" in answer.content.decode()
    assert "Please look." in answer.content.decode()
    assert token in answer.content.decode()
    assert token not in caplog.text


def test_without_a_mail_server_no_letter_is_offered(at_desk, draft, shared, settings, capsys):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    link, token = shared

    answer = letter(at_desk, link, token)

    assert answer.status_code == 422
    assert token not in capsys.readouterr().out
    assert "Mail it" not in share(at_desk, draft, label="Ben").content.decode()


@pytest.mark.parametrize("to", ["", "nobody", "a@b.example\nBcc: all@b.example", "x" * 300])
def test_a_letter_to_nobody_is_not_sent(at_desk, shared, to):
    assert letter(at_desk, *shared, to=to).status_code == 422
    assert mail.outbox == []


def test_a_letter_needs_the_token_of_that_very_link(at_desk, share, draft):
    link, _ = share(draft)
    _, other = share(draft, label="Ben")

    refused = [letter(at_desk, link, token) for token in (other, "", "twp_x", "\x00")]

    assert {answer.status_code for answer in refused} == {403}
    assert mail.outbox == []


# Of a release


def an_hour_ago(page) -> None:
    """Make the newest draft an hour older."""
    moment = page.latest_revision.created_at - timedelta(hours=1)
    Revision.objects.filter(pk=page.latest_revision_id).update(created_at=moment)


@pytest.fixture
def release(draft, engineers):
    release = Release.objects.create(name="Two at once")
    second = make_post(engineers, "Second quokka", live=False)
    an_hour_ago(draft)
    for place, post in enumerate([draft, second]):
        ReleasePost.objects.create(release=release, post=post, sort_order=place)
    return release


def test_a_release_is_shared_by_one_link(client, moderator, release, reviewer):
    client.force_login(moderator)
    address = f"/admin/review/releases/{release.pk}/share/"
    edit = client.get(f"/admin/releases/edit/{release.pk}/").content.decode()

    answer = client.post(address, FORM)

    assert address in edit
    link = find_link(token_in(answer))
    assert [linked.title for linked in link.linked_pages.all()] == [
        "Secret quokka",
        "Second quokka",
    ]
    assert link.release == release
    assert "A hidden wombat." in reviewer.open(token_in(answer)).content.decode()
    shown = " ".join(
        BeautifulSoup(client.get(address).content, "html.parser")
        .select_one(".review-list")
        .text.split()
    )
    moments = [linked.version.as_of for linked in link.linked_pages.all()]
    assert shown.startswith("Rae ")
    assert f"the versions of {in_words(moments[0])} to {in_words(moments[1])}" in shown


def test_an_empty_release_is_not_shared(client, moderator):
    client.force_login(moderator)
    release = Release.objects.create(name="Nothing")

    answer = client.post(f"/admin/review/releases/{release.pk}/share/", FORM)

    assert answer.status_code == 422
    assert "There is no page to share." in answer.content.decode()


def test_a_writer_does_not_share_a_release(client, writer, release):
    client.force_login(writer)

    assert client.post(f"/admin/review/releases/{release.pk}/share/", FORM).status_code == 302
    assert ReviewLink.objects.count() == 0


# The history, the report, and what it costs


def test_the_history_of_the_page_says_what_was_done(at_desk, draft):
    share(at_desk, draft)

    shown = at_desk.get(f"/admin/pages/{draft.pk}/history/").content.decode()

    assert "Shared for review with Rae" in shown
    assert PageLogEntry.objects.filter(action="twotrack.review.create").count() == 1


def test_the_report_filters_and_exports(at_desk, draft, share):
    share(draft, label="=HYPERLINK(1)")
    link, _ = share(draft, label="Ben", follows_latest=True)
    at_desk.post(f"/admin/review/links/{link.pk}/revoke/")

    def rows(query):
        answer = at_desk.get(f"/admin/reports/review-links/?{query}export=csv")
        return b"".join(answer.streaming_content).decode().splitlines()[1:]

    assert len(rows("")) == 2
    assert [row.split(",")[0] for row in rows("state=open&")] == ["'=HYPERLINK(1)"]
    assert [row.split(",")[0] for row in rows("shows=latest&")] == ["Ben"]
    assert "Over: revoked" in rows("label=ben&")[0]
    assert f"Version of {in_words(draft.latest_revision.created_at)}" in rows("state=open&")[0]
    assert "The newest draft" in rows("label=ben&")[0]
    sheet = at_desk.get("/admin/reports/review-links/?export=xlsx")
    assert b"".join(sheet.streaming_content).startswith(b"PK")


def test_the_report_names_the_versions_of_several_pages(client, moderator, release):
    client.force_login(moderator)
    client.post(f"/admin/review/releases/{release.pk}/share/", FORM)
    versions = [linked.version for linked in ReviewLink.objects.get().linked_pages.all()]

    shown = client.get("/admin/reports/review-links/").content.decode()

    first, last = (in_words(version.as_of) for version in versions)
    assert f"Versions of {first} to {last}" in shown


def queries_of(client, address) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("address", ["/admin/reports/review-links/", "/admin/pages/{}/edit/"])
def test_more_links_cost_no_more_queries(at_desk, draft, share, address):
    address = address.format(draft.pk)
    share(draft)
    at_desk.get(address)
    before = queries_of(at_desk, address)

    for number in range(4):
        share(draft, label=f"Reader {number}")

    assert queries_of(at_desk, address) <= before


def test_links_of_pages_that_the_user_may_not_edit_cost_no_more_queries(
    elsewhere, engineers, everyone, share
):
    address = "/admin/reports/review-links/"

    def share_both(number: int) -> None:
        titles = [(engineers, f"Quokka {number}"), (everyone, f"Numbat {number}")]
        pages = [make_post(track, title, live=False) for track, title in titles]
        share(pages, label=f"Reader {number}")

    share_both(0)
    queries_of(elsewhere, address)
    before = queries_of(elsewhere, address)
    for number in range(1, 6):
        share_both(number)

    assert queries_of(elsewhere, address) == before


def test_links_of_a_page_in_a_workflow_cost_no_more_queries(only_in_workflow, draft, share):
    address = f"/admin/review/pages/{draft.pk}/share/"
    share(draft)
    queries_of(only_in_workflow, address)
    before = queries_of(only_in_workflow, address)

    for number in range(4):
        share(draft, label=f"Reader {number}")

    assert queries_of(only_in_workflow, address) <= before


def test_sharing_many_posts_of_a_release_costs_no_more_queries(
    client, moderator, release, engineers
):
    client.force_login(moderator)
    address = f"/admin/review/releases/{release.pk}/share/"
    queries_of(client, address)
    before = queries_of(client, address)

    for place in range(2, 8):
        post = make_post(engineers, f"Quokka {place}", live=False)
        ReleasePost.objects.create(release=release, post=post, sort_order=place)

    assert queries_of(client, address) == before


def test_a_release_with_a_private_post_asks_for_a_second_word(client, moderator, release, draft):
    client.force_login(moderator)
    address = f"/admin/review/releases/{release.pk}/share/"
    before = client.get(address).content.decode()
    PageViewRestriction.objects.create(page=draft.get_parent(), restriction_type="login")

    assert "allows_restricted" not in before
    assert "allows_restricted" in client.get(address).content.decode()

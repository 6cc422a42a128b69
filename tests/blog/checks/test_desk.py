"""The checks in the admin: beside the form, on publishing, in the report, and as a command."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import PageLogEntry, Workflow

from blog.checks import check_out_of_date, counts
from blog.models import CheckedPost, PostPage, PublishingRules
from tests.blog.test_admin import post_form
from tests.factories import make_author, make_image, make_person, make_post

LEFTOVER = [("markdown", "Words.\n\n{: .notice}")]
TO_A_DRAFT = "[there](page:{})"


def edit(client, post, body=LEFTOVER, action="action-publish", **fields):
    """Send the editor's form of a post."""
    data = post_form(post.title, slug=post.slug, body=body, **fields)
    return client.post(f"/admin/pages/{post.pk}/edit/", data | ({action: "1"} if action else {}))


def body_of(post):
    return PostPage.objects.get(pk=post.pk).get_latest_revision_as_object().body[0].value


def member(client, group):
    user = make_person(group.lower(), group)
    client.force_login(user)
    return user


@pytest.fixture
def draft(engineers):
    return make_post(engineers, "A draft", live=False, markdown="Words.\n\n{: .notice}")


# Publishing


def test_a_draft_is_saved_whatever_is_found(admin, draft):
    answer = edit(admin, draft, action="")

    assert answer.status_code == 302
    assert answer["Location"] == f"/admin/pages/{draft.pk}/edit/"
    assert body_of(draft) == "Words.\n\n{: .notice}"


@pytest.mark.parametrize("fields", [{}, {"go_live_at": "2999-01-01 10:00"}])
def test_a_stop_refuses_publishing_and_scheduling_and_keeps_the_words(admin, draft, fields):
    body = [("markdown", "Other words.\n\n{: .notice}")]

    answer = edit(admin, draft, body=body, **fields)

    assert (answer.status_code, answer["Location"]) == (302, f"/admin/posts/{draft.pk}/publish/")
    assert body_of(draft) == "Other words.\n\n{: .notice}"
    post = PostPage.objects.get(pk=draft.pk)
    assert not post.live
    assert post.scheduled_revision is None
    shown = admin.get(answer["Location"]).content.decode()
    assert "Looks like leftovers of an import: “{: .notice}” (line 3)." in shown
    assert f'href="/admin/pages/{post.pk}/edit/#block-' in shown


def test_a_live_post_keeps_its_words_for_readers_until_the_stop_is_gone(admin, client, engineers):
    post = make_post(engineers, "Live", markdown="First words.")

    edit(admin, post, body=[("markdown", "Second words.\n\n{: .notice}")])
    assert "First words." in client.get("/engineers/live/").content.decode()
    edit(admin, post, body=[("markdown", "Third words.")])

    assert "Third words." in client.get("/engineers/live/").content.decode()


def test_a_new_post_with_a_stop_becomes_a_draft(admin, engineers):
    data = post_form(body=LEFTOVER) | {"action-publish": "1"}

    answer = admin.post(f"/admin/pages/add/blog/postpage/{engineers.pk}/", data)

    post = PostPage.objects.get(slug="written")
    assert answer["Location"] == f"/admin/posts/{post.pk}/publish/"
    draft = post.get_latest_revision_as_object()
    assert (post.live, post.first_published_at, draft.display_date) == (False, None, None)
    assert body_of(post) == "Words.\n\n{: .notice}"


def test_what_only_warns_does_not_hinder(admin, draft):
    edit(admin, draft, body=[("markdown", "### Deep\n\n[x]()")])

    assert PostPage.objects.get(pk=draft.pk).live


def test_a_leftover_is_published_with_a_reason_that_is_kept(admin, admin_user, draft, client):
    shown = admin.get(f"/admin/posts/{draft.pk}/publish/").content.decode()
    revision = draft.latest_revision
    state = f"{revision.pk}@{revision.created_at.isoformat()}"
    assert state in shown

    without = admin.post(f"/admin/posts/{draft.pk}/publish/", {"revision": state, "reason": " "})
    assert "This field is required." in without.content.decode()
    assert not PostPage.objects.get(pk=draft.pk).live
    answer = admin.post(
        f"/admin/posts/{draft.pk}/publish/", {"revision": state, "reason": "It is about kramdown."}
    )

    assert answer.status_code == 302
    assert PostPage.objects.get(pk=draft.pk).live
    entry = PageLogEntry.objects.get(page_id=draft.pk, action="blog.checks.overridden")
    assert entry.user == admin_user
    assert entry.data == {
        "reason": "It is about kramdown.",
        "stops": ["Looks like leftovers of an import: “{: .notice}” (line 3)."],
    }
    history = admin.get(f"/admin/pages/{draft.pk}/history/").content.decode()
    assert "The reason: It is about kramdown." in history


def test_no_reason_helps_where_the_rule_allows_none(admin, draft, four_posts):
    post = make_post(
        draft.get_parent(), "Other", live=False, markdown=TO_A_DRAFT.format(four_posts.draft.pk)
    )
    revision = post.latest_revision
    state = f"{revision.pk}@{revision.created_at.isoformat()}"

    assert 'name="reason"' not in admin.get(f"/admin/posts/{post.pk}/publish/").content.decode()
    answer = admin.post(
        f"/admin/posts/{post.pk}/publish/", {"revision": state, "reason": "I want to."}
    )

    assert answer.status_code == 422
    assert not PostPage.objects.get(pk=post.pk).live
    assert not PageLogEntry.objects.filter(action="blog.checks.overridden").exists()


def test_a_reason_for_other_words_does_not_count(admin, draft):
    revision = draft.latest_revision
    state = f"{revision.pk}@{revision.created_at.isoformat()}"
    edit(admin, draft, body=[("markdown", "New words.\n\n{% more %}")], action="")

    answer = admin.post(f"/admin/posts/{draft.pk}/publish/", {"revision": state, "reason": "Yes."})

    assert answer.status_code == 422
    assert "The post was changed meanwhile." in answer.content.decode()
    assert not PostPage.objects.get(pk=draft.pk).live


@pytest.mark.parametrize(("group", "status"), [("Writers", 302), ("Editors", 200)])
def test_only_who_may_publish_sees_the_page(client, draft, group, status):
    member(client, group)

    assert client.get(f"/admin/posts/{draft.pk}/publish/").status_code == status


def test_of_many_only_those_without_stops_are_published(admin, draft, engineers):
    fine = make_post(engineers, "Fine", live=False)
    address = f"/admin/bulk/wagtailcore/page/publish/?id={fine.pk}&id={draft.pk}&next=/admin/"

    admin.post(address, {"take_others": "on"})

    assert list(PostPage.objects.filter(live=True)) == [fine]


def test_approving_is_checked_like_publishing(client, draft, admin_user):
    state = Workflow.objects.get(active=True).start(draft, admin_user).current_task_state
    member(client, "Moderators")

    from_list = client.post(
        f"/admin/pages/workflow/action/{draft.pk}/approve/{state.pk}/", {"comment": ""}
    )
    from_editor = edit(
        client,
        draft,
        body=[("markdown", "Mended half.\n\n{: .notice}")],
        action="action-workflow-action",
        **{"workflow-action-name": "approve"},
    )

    for answer in (from_list, from_editor):
        assert answer["Location"] == f"/admin/posts/{draft.pk}/publish/"
    assert not PostPage.objects.get(pk=draft.pk).live
    assert body_of(draft) == "Mended half.\n\n{: .notice}"


# The panel


def test_the_panel_lists_what_leads_where(admin, draft):
    shown = admin.get(f"/admin/pages/{draft.pk}/edit/").content.decode()

    assert 'data-side-panel="before-publishing"' in shown
    assert 'data-count="3" data-has-stops' in shown
    assert f'href="#block-{draft.body[0].id}-section"' in shown
    assert 'data-checks-anchor="id_tags"' in shown


def test_the_panel_is_sent_anew_with_each_autosave(admin, draft):
    answer = admin.post(
        f"/admin/pages/{draft.pk}/edit/",
        post_form(draft.title, slug=draft.slug, body=[("markdown", "{% fresh %}")]),
        headers={"accept": "application/json"},
    )

    html = answer.json()["html"]
    assert "[data-side-panel='before-publishing']" in html
    assert "Looks like leftovers of an import: “{% fresh %}” (line 1)." in html


def test_a_new_post_says_when_it_is_looked_at(admin, engineers):
    shown = admin.get(f"/admin/pages/add/blog/postpage/{engineers.pk}/").content.decode()

    assert "Once the draft is saved, what it lacks is listed here." in shown


def test_a_post_that_cannot_be_checked_can_be_edited(admin, draft, monkeypatch):
    monkeypatch.setattr("blog.desk.checking.problems_of", None)

    shown = admin.get(f"/admin/pages/{draft.pk}/edit/")

    assert shown.status_code == 200
    assert "The post could not be checked." in shown.content.decode()


# Rules


@pytest.mark.parametrize(("group", "status"), [("Writers", 302), ("Editors", 302)])
def test_rules_are_not_for_everybody(client, site, group, status):
    member(client, group)

    answer = client.get(f"/admin/settings/blog/publishingrules/{site.pk}/")

    assert answer.status_code == status


def test_moderators_set_the_rules(client, site, draft):
    member(client, "Moderators")
    address = f"/admin/settings/blog/publishingrules/{site.pk}/"
    names = [field.name for field in PublishingRules._meta.fields if field.choices]
    data = dict.fromkeys(names, "off") | {"plain_track": "", "look_again_days": "365"}

    assert client.get(address).status_code == 200
    client.post(address, data)
    edit(client, draft)

    assert PostPage.objects.get(pk=draft.pk).live


# What is kept, the report and the command


def test_counts_are_those_of_live_posts(engineers, draft):
    make_post(engineers, "Bad", markdown="{: .x}\n\n![](/media/x.png)\n\n[x](/engineers/no/)")
    fine = make_image("Teaser", width=1200, height=800, description="A quokka")
    make_post(engineers, "Good", teaser_image=fine, tags=["Quokkas"])

    assert counts(PostPage.objects.all())["unchecked"] == 2
    assert check_out_of_date(most=1) == 1
    assert check_out_of_date() == 1
    assert check_out_of_date() == 0
    assert counts(PostPage.objects.all()) == {
        "posts": 2,
        "with_stops": 1,
        "with_warnings": 1,
        "pictures_without_alt": 1,
        "with_broken_links": 0,
        "unchecked": 0,
    }


def test_a_post_that_changed_or_was_checked_long_ago_is_looked_at_again(engineers):
    post = make_post(engineers)
    check_out_of_date()

    post.get_latest_revision_as_object().save_revision().publish()
    assert counts(PostPage.objects.all())["unchecked"] == 1
    check_out_of_date()
    CheckedPost.objects.update(checked_at=timezone.now() - timedelta(days=2))
    assert check_out_of_date() == 1


def test_one_post_that_cannot_be_checked_does_not_hold_up_the_others(engineers, monkeypatch):
    make_post(engineers, "One")
    two = make_post(engineers, "Two")
    real = check_out_of_date.__globals__["problems_of"]

    def fails_for_one(post):
        if post.title == "One":
            raise RuntimeError
        return real(post)

    monkeypatch.setattr("blog.checks.stored.problems_of", fails_for_one)

    assert check_out_of_date() == 2
    assert CheckedPost.objects.get(post=two).warnings > 0
    assert check_out_of_date() == 0


@pytest.fixture
def library(engineers, everyone):
    ada = make_author("Ada Byron")
    teaser = make_image("Teaser", width=1200, height=800, description="A quokka")
    make_post(engineers, "Whole", teaser_image=teaser, tags=["Q"], authors=[ada])
    make_post(engineers, "Bare", display_date=datetime(2020, 1, 1, tzinfo=UTC))
    make_post(everyone, "Blind", markdown="![](/x.png)", teaser_image=teaser, tags=["Q"])
    PostPage.objects.filter(title="Blind").update(excerpt="")
    check_out_of_date()
    return ada


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Bare", "Whole", "Blind"]),
        ("lacks=excerpt", ["Blind"]),
        ("lacks=teaser", ["Bare"]),
        ("lacks=alt", ["Blind"]),
        ("lacks=tags", ["Bare"]),
        ("lacks=stops", ["Blind"]),
        ("author={author}", ["Whole"]),
        ("track={track}", ["Blind"]),
        ("published_before=2021-01-01", ["Bare"]),
        ("changed_before=2021-01-01", []),
        ("live=false", []),
    ],
)
def test_the_report_is_filtered_and_exported(admin, library, everyone, query, titles):
    query = query.format(author=library.pk, track=everyone.pk)

    shown = admin.get(f"/admin/reports/posts/?{query}")
    text = b"".join(admin.get(f"/admin/reports/posts/?{query}&export=csv").streaming_content)
    rows = list(csv.DictReader(io.StringIO(text.decode())))

    assert shown.status_code == 200
    assert [row["Title"] for row in rows] == titles


def test_the_exports_say_what_is_lacking(admin, library):
    answer = admin.get("/admin/reports/posts/?export=xlsx")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]

    assert rows[0] == [
        *["Title", "Track", "Authors", "Status", "Published", "Last published", "Last changed"],
        *["Look again by", "Lacks", "Stops", "Warnings", "Address"],
    ]
    assert [(row[0], row[1], row[2], row[8], row[9]) for row in rows[1:]] == [
        ("Bare", "For Engineers", None, "teaser, tags", 0),
        ("Whole", "For Engineers", "Ada Byron", None, 0),
        ("Blind", "For Everyone", None, "excerpt, alt text", 2),
    ]


def test_the_report_asks_no_query_for_a_row(admin, engineers):
    def queries_for(count):
        for number in range(count):
            make_post(
                engineers, f"Post {count} {number}", authors=[make_author(f"A {count} {number}")]
            )
        with CaptureQueriesContext(connection) as queries:
            admin.get("/admin/reports/posts/")
        return len(queries)

    queries_for(1)
    assert queries_for(2) == queries_for(10)


def test_writers_see_their_own_posts_in_the_report(client, engineers, admin_user):
    user = member(client, "Writers")
    for title, owner in [("Mine", user), ("Hers", admin_user)]:
        post = make_post(engineers, title, live=False)
        PostPage.objects.filter(pk=post.pk).update(owner=owner)

    shown = client.get("/admin/reports/posts/").content.decode()

    assert "Mine" in shown
    assert "Hers" not in shown


def test_the_command_lists_live_and_scheduled_posts_and_fails_on_stops(four_posts, engineers):
    said = io.StringIO()
    make_post(engineers, "Stopped", markdown="{: .x}")

    with pytest.raises(CommandError, match=r"^1 of them has something that stops publishing\.$"):
        call_command("check_posts", stdout=said)

    lines = said.getvalue().splitlines()
    assert [line.split(" (")[0] for line in lines if line.startswith(tuple("LPS"))] == [
        *["Private quokka", "Live quokka", "Stopped", "Scheduled quokka"]
    ]
    assert "  stop  Looks like leftovers of an import: “{: .x}” (line 1)." in lines
    assert lines[-1] == "4 posts checked."


def test_the_command_is_content_with_warnings(four_posts):
    said = io.StringIO()

    call_command("check_posts", "--quiet", stdout=said)

    assert said.getvalue() == "3 posts checked.\n"

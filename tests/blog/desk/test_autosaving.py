"""An autosave keeps half-written words, and nobody can have them go out."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, Revision
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from blog.checks import stops_of
from blog.desk.autosaving import HALF_WRITTEN
from blog.models import PostPage, PublishingRules
from blog.models.rendered import HalfWrittenError
from blog.schedule.fitness import UnfitError, refuse_unfit
from home.models import StandardPage
from tests.blog.desk.editing import Tab, history, latest, use_workflow
from tests.blog.test_admin import post_form
from tests.factories import make_author, make_post

START = "Words at the start."
WRONG = "Yes.\n\n[x](page:about)"
WORDS = "Words that must be kept."
JSON = {"accept": "application/json"}

# What the form refuses, in blocks, and a part of what the editor reads about it.
HALF_BLOCKS = [
    ("markdown", WRONG, "Line 3:"),
    ("markdown", "Yes.\n\n$$\n\\frac{a\n$$", "Line 4:"),
    ("markdown", "Yes [@nobody26].", "nobody26"),
    ("markdown", "x" * 200_001, "200,001 characters"),
    ("markdown", "a\0b", "Null characters"),
    ("equation", {"tex": "\\frac{a", "caption": ""}, "Line 1:"),
    ("equation", {"tex": "a", "caption": "x" * 401}, "at most 400 characters"),
    ("embed", {"url": "not an address", "title": "", "text": "", "poster": ""}, "valid URL"),
    ("callout", {"kind": "tip", "text": "[x](page:about)"}, "Line 1:"),
    ("callout", {"kind": "no such kind", "text": "a"}, "valid choice"),
    ("code", {"code": "x", "highlighted_lines": "9-3", "language": "python"}, "9-3"),
    ("code", {"code": "x", "highlighted_lines": "", "language": "klingon"}, "valid choice"),
    ("quote", {"text": "x", "attribution": "x" * 999, "source": "no address"}, "at most"),
]


@pytest.fixture
def user(db):
    return get_user_model().objects.create_superuser("ada", "ada@example.org", "pass")


@pytest.fixture
def post(engineers):
    return make_post(engineers, "Written", slug="written", live=False, markdown=START)


def send(tab: Tab, fields: dict, **more):
    """An autosave of a form, as the admin's script sends it."""
    return tab.client.post(tab.address, fields | tab.sent | more, headers=JSON)


def form_of(body, **fields) -> dict:
    return post_form("Written", body=body, **fields)


def draft_of(post) -> PostPage:
    return PostPage.objects.get(pk=post.pk).get_latest_revision_as_object()


def keep(post, user, words: str = WRONG) -> Tab:
    tab = Tab(user, post.pk)
    assert tab.autosave(words).status_code == 200
    return tab


@pytest.mark.parametrize(("kind", "value", "reason"), HALF_BLOCKS)
def test_what_the_form_refuses_is_kept_beside_all_other_words(post, user, kind, value, reason):
    tab = Tab(user, post.pk)

    answer = send(tab, form_of([(kind, value), ("markdown", WORDS)]))

    assert answer.status_code == 200, answer.content
    told = answer.json()["half_written"]
    assert any(reason in problem["message"] for problem in told)
    assert {problem["block"] for problem in told} == {0}
    draft = draft_of(post)
    assert [child.block_type for child in draft.body] == [kind, "markdown"]
    assert draft.body[1].value == WORDS
    row = PostPage.objects.get(pk=post.pk)
    assert (row.body[0].value, row.live, len(row.body)) == (START, False, 1)
    seen = tab.client.get(f"/admin/pages/{post.pk}/view_draft/")
    assert WORDS in seen.content.decode()
    opened = tab.client.get(tab.address)
    assert "This draft is half-written and cannot go out yet" in opened.content.decode()


def test_half_written_words_are_made_whole_by_the_next_autosave(post, user):
    tab = keep(post, user)

    answer = tab.autosave("Yes.\n\n[x](https://example.org)")

    assert answer.json()["half_written"] == []
    assert draft_of(post).half_written == ()
    tab.load()
    assert "half-written" not in tab.client.get(tab.address).content.decode()


def test_the_words_are_those_that_were_typed(post, user):
    keep(post, user)

    assert latest(post) == WRONG
    assert history(post) == [START, WRONG]


def test_every_word_of_an_overlong_excerpt_is_kept(post, user):
    tab = Tab(user, post.pk)
    long = "word " * 99 + "end"

    answer = send(tab, form_of([("markdown", WORDS)], excerpt=long))

    assert [problem["field"] for problem in answer.json()["half_written"]] == ["excerpt"]
    assert (draft_of(post).excerpt, latest(post)) == (long, WORDS)
    assert PostPage.objects.get(pk=post.pk).excerpt != long


def test_no_browser_cuts_a_pasted_text_short(post, user):
    tab = Tab(user, post.pk)
    form = BeautifulSoup(tab.client.get(tab.address).content, "html.parser")

    assert form.select_one("#id_excerpt") is not None
    assert form.select("#page-edit-form [maxlength]") == []


@pytest.mark.parametrize("name", ["title", "seo_title", "teaser_alt", "canonical_address"])
def test_texts_longer_than_their_column_are_kept(post, user, name):
    tab = Tab(user, post.pk)
    long = "https://example.org/" + "x" * 600

    answer = send(tab, form_of([("markdown", WORDS)]) | {name: long})

    assert answer.status_code == 200
    assert [problem["field"] for problem in answer.json()["half_written"]] == [name]
    assert getattr(draft_of(post), name) == long
    assert getattr(PostPage.objects.get(pk=post.pk), name) != long


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"title": ""}, "title"),
        ({"slug": "taken"}, "slug"),
        ({"slug": "no slug!"}, "slug"),
        ({"display_date": "the day after"}, "display_date"),
        ({"series_part": "two"}, "series_part"),
        ({"series": "999"}, "series"),
        (
            {"go_live_at": "2199-02-01 10:00", "expire_at": "2199-01-01 10:00"},
            "go_live_at",
        ),
    ],
)
def test_a_field_that_no_version_can_hold_stays_and_stops_nothing_else(
    engineers, post, user, fields, name
):
    make_post(engineers, "Other", slug="taken")
    tab = Tab(user, post.pk)
    before = getattr(draft_of(post), name)

    answer = send(tab, form_of([("markdown", WORDS)]) | fields)

    told = answer.json()["half_written"]
    assert name in [problem["field"] for problem in told]
    assert "Until then this is kept as it was saved last." in told[0]["message"]
    assert (getattr(draft_of(post), name), latest(post)) == (before, WORDS)


def test_an_author_row_without_an_author_stops_nothing_else(post, user):
    author = make_author("Ada")
    tab = Tab(user, post.pk)
    rows = [{"author": author.pk, "ORDER": "1"}, {"author": "", "ORDER": "2"}]
    form = form_of([("markdown", WORDS)], post_authors=inline_formset(rows))

    answer = send(tab, form)

    assert answer.status_code == 200
    assert [problem["field"] for problem in answer.json()["half_written"]] == ["post_authors"]
    assert latest(post) == WORDS


def test_a_new_post_is_kept_before_it_has_a_title(engineers, user):
    client = Client()
    client.force_login(user)
    address = f"/admin/pages/add/blog/postpage/{engineers.pk}/"
    form = form_of([("markdown", WRONG)], excerpt="y" * 400) | {"title": "", "slug": ""}

    answer = client.post(address, form, headers=JSON)

    post = PostPage.objects.get()
    assert (post.title, post.slug, post.live) == ("Untitled post", "untitled-post", False)
    assert post.excerpt == ""
    assert latest(post) == WRONG
    assert draft_of(post).excerpt == "y" * 400
    assert [problem["field"] for problem in answer.json()["half_written"]] == [
        "title",
        "excerpt",
        "body",
        "slug",
    ]
    assert client.get(answer.json()["hydrate_url"]).status_code == 200
    again = client.post(address, form, headers=JSON)
    assert again.status_code == 200
    assert set(PostPage.objects.values_list("slug", flat=True)) == {
        "untitled-post",
        "untitled-post-2",
    }


def keep_standard_page(home, user):
    """A page that is no post, half-written, with what came of the autosave."""
    page = home.add_child(instance=StandardPage(title="About", slug="about", live=False))
    page.save_revision()
    tab = Tab(user, page.pk)
    form = nested_form_data(
        {
            "title": "About",
            "slug": "about",
            "intro": "",
            "body": streamfield([("section", {"heading": "We", "text": "[x](page:about)"})]),
            "comments": inline_formset([]),
        }
    )
    return page, tab, send(tab, form)


def test_a_standard_page_is_kept_too(home, user):
    _, tab, answer = keep_standard_page(home, user)

    assert "Line 1:" in answer.json()["half_written"][0]["message"]
    kept = StandardPage.objects.get().get_latest_revision_as_object()
    assert str(kept.body[0].value["text"]) == "[x](page:about)"
    assert "half-written" in tab.client.get(tab.address).content.decode()
    with pytest.raises(HalfWrittenError):
        kept.latest_revision.publish()


APPROVE = "/admin/pages/workflow/action/{page}/approve/{state}/"
SWITCH_OFF = "/admin/workflows/tasks/disable/{task}/"


@pytest.mark.parametrize("address", [APPROVE, SWITCH_OFF])
def test_a_standard_page_is_refused_with_its_mistakes(home, user, address):
    page, tab, _ = keep_standard_page(home, user)
    state = use_workflow(page).start(page, user).current_task_state
    task = state.task

    answer = tab.client.post(
        address.format(page=page.pk, state=state.pk, task=task.pk), {"comment": ""}
    )

    assert answer.status_code == 422
    assert "Line 1:" in answer.content.decode()
    assert f"/admin/pages/{page.pk}/edit/" in answer.content.decode()
    state.refresh_from_db()
    task.refresh_from_db()
    assert (state.status, task.active) == ("in_progress", True)
    assert not StandardPage.objects.get().live


# The history


def test_the_mark_in_the_history_goes_when_the_same_version_is_made_whole(post, user):
    tab = keep(post, user, "Yes $\\frac{a$")
    marks = PageLogEntry.objects.filter(action=HALF_WRITTEN)
    assert marks.get().revision == post.revisions.latest("pk")
    assert "Line 1:" in marks.get().message

    tab.autosave("Yes $\\frac{a}b$")

    assert post.revisions.count() == 2
    assert not marks.exists()
    assert "half_written" not in Revision.objects.latest("pk").content


def test_one_version_has_one_mark(post, user):
    tab = keep(post, user, "Yes $\\frac{a$")

    tab.autosave("Yes, yes $\\frac{a$")

    assert PageLogEntry.objects.filter(action=HALF_WRITTEN).count() == 1


def test_half_written_words_can_be_restored_once_they_are_put_right(post, user):
    tab = keep(post, user)
    kept = Revision.objects.latest("pk")
    tab.act("save", START)
    address = f"/admin/pages/{post.pk}/revisions/{kept.pk}/revert/"
    assert "half-written" in tab.client.get(address).content.decode()

    fields = tab.form("Yes, put right.") | tab.sent
    answer = tab.client.post(tab.address, fields | {"revision": str(kept.pk)})

    assert answer.status_code == 302
    assert latest(post) == "Yes, put right."


# Nothing half-written goes out


def unchanged(post) -> tuple:
    found = PostPage.objects.get(pk=post.pk)
    scheduled = Revision.objects.filter(approved_go_live_at__isnull=False).count()
    return found.live, found.live_revision_id, scheduled, found.current_workflow_state


@pytest.mark.parametrize("action", ["publish", "submit"])
def test_the_editor_refuses_and_says_what_is_wrong(post, user, action):
    use_workflow(post)
    tab = keep(post, user)

    answer = tab.act(action, WRONG)

    assert answer.status_code == 200
    assert "Line 3:" in answer.content.decode()
    assert unchanged(post) == (False, None, 0, None)
    assert latest(post) == WRONG


def test_scheduling_in_the_editor_is_refused(post, user):
    tab = keep(post, user)
    later = (timezone.now() + timedelta(days=3)).strftime("%Y-%m-%d %H:%M")

    answer = tab.client.post(
        tab.address, tab.form(WRONG) | {"go_live_at": later, "action-publish": "1"} | tab.sent
    )

    assert "Line 3:" in answer.content.decode()
    assert unchanged(post) == (False, None, 0, None)


def test_the_checks_say_each_thing_once(post, user):
    keep(post, user, "Yes [@nobody26].")

    assert [stop.code for stop in stops_of(draft_of(post))] == ["unresolved"]


@pytest.mark.parametrize("strictness", ["off", "reason"])
def test_no_rule_lets_it_through(post, user, home, strictness):
    site = home.sites_rooted_here.get()
    PublishingRules.objects.update_or_create(site=site, defaults={"unresolved": strictness})
    keep(post, user, "Yes [@nobody26].")

    stops = [stop for stop in stops_of(draft_of(post)) if not stop.may_override]

    assert [stop.code for stop in stops] == ["half_written"]
    answer = Tab(user, post.pk).client.get(f"/admin/posts/{post.pk}/publish/")
    assert "nobody26" in answer.content.decode()
    assert 'name="reason"' not in answer.content.decode()


@pytest.mark.parametrize("go_live_at", [None, "later"])
def test_no_program_publishes_or_schedules_it(post, user, go_live_at):
    keep(post, user)
    revision = post.revisions.latest("pk")
    if go_live_at:
        revision.content["go_live_at"] = (timezone.now() + timedelta(days=1)).isoformat()
        revision.save()

    with pytest.raises(HalfWrittenError, match="Line 3:"):
        revision.publish()

    assert unchanged(post) == (False, None, 0, None)


def test_the_timer_leaves_it_with_the_reason(post, user):
    keep(post, user)
    revision = post.revisions.latest("pk")

    with pytest.raises(UnfitError, match="half-written"):
        refuse_unfit(revision)


def test_a_bulk_change_of_tags_does_not_make_it_whole(post, user):
    keep(post, user)

    draft_of(post).save_revision()

    assert draft_of(post).half_written != ()


def test_bulk_publishing_leaves_it(post, user):
    tab = keep(post, user)

    tab.client.post(f"/admin/bulk/wagtailcore/page/publish/?id={post.pk}&next=/admin/", {})

    assert unchanged(post) == (False, None, 0, None)


def test_a_moderator_cannot_approve_it(post, user):
    workflow = use_workflow(post)
    workflow.start(PostPage.objects.get(pk=post.pk), user)
    tab = keep(post, user)
    task = PostPage.objects.get(pk=post.pk).current_workflow_task_state

    tab.client.post(f"/admin/pages/{post.pk}/workflow/action/approve/{task.pk}/", {"comment": ""})
    in_editor = tab.act("approve", WRONG)

    assert in_editor.status_code == 200
    assert unchanged(post)[:3] == (False, None, 0)


def test_what_readers_see_is_not_touched(engineers, user, client):
    post = make_post(engineers, "Live", slug="written", markdown=START)
    tab = keep(post, user)

    assert tab.autosave(WRONG + " more").status_code == 200

    assert START in client.get(post.url).content.decode()
    assert PostPage.objects.get(pk=post.pk).live_revision_id != post.revisions.latest("pk").pk


def test_a_manual_save_still_says_what_is_wrong_and_stores_nothing(post, user):
    tab = Tab(user, post.pk)

    answer = tab.act("save", WRONG)

    assert answer.status_code == 200
    assert "Line 3:" in answer.content.decode()
    assert history(post) == [START]


def test_an_older_tab_does_not_overwrite_with_half_written_words(post, user):
    mine, theirs = Tab(user, post.pk), Tab(user, post.pk)
    theirs.act("save", "Their words.")

    assert mine.autosave(WRONG).status_code == 400

    assert latest(post) == "Their words."
    assert history(post) == [START, "Their words.", WRONG]


@pytest.mark.parametrize("headers", [JSON, {}])
def test_an_address_taken_while_a_new_post_is_saved_loses_no_word(
    engineers, user, client, monkeypatch, headers
):
    """Two requests at once: the other has stored a post of that name after this one looked."""
    make_post(engineers, "Taken", slug="taken")
    is_free = Page._slug_is_available

    def before_it_has_a_place(slug, parent, page=None):
        return not page.path or is_free(slug, parent, page)

    monkeypatch.setattr(Page, "_slug_is_available", staticmethod(before_it_has_a_place))
    client.force_login(user)
    fields = post_form("Taken", slug="taken", body=[("markdown", WORDS)])
    answer = client.post(f"/admin/pages/add/blog/postpage/{engineers.pk}/", fields, headers=headers)

    assert answer.status_code == 200
    if headers:
        assert "already in use" in answer.json()["half_written"][0]["message"]
        made = PostPage.objects.exclude(slug="taken").get()
        assert WORDS in latest(made)
    else:
        assert "already in use" in answer.content.decode()
        assert WORDS in answer.content.decode()
        assert PostPage.objects.get().slug == "taken"
    engineers.refresh_from_db()
    assert engineers.numchild == engineers.get_children().count() == (2 if headers else 1)

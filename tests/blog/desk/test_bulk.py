"""Work on many posts at once: each for itself, nothing silently, every refusal named."""

from datetime import datetime, timedelta

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone
from wagtail.models import PageLogEntry, Revision

from blog.models import PostPage, Tag
from tests.blog.desk.planning import BERLIN
from tests.factories import make_author, make_person, make_post


@pytest.fixture
def editor(client, db):
    """A client logged in as an editor; `.person` is the editor."""
    client.person = make_person("edda", "Editors")
    client.force_login(client.person)
    return client


def address_of(action: str, *posts) -> str:
    query = "&".join(f"id={post.pk}" for post in posts)
    return f"/admin/bulk/wagtailcore/page/{action}/?next=/admin/pages/&{query}"


def do(client, action: str, *posts, **data):
    """Ask, then confirm what was shown; returns the words of the answer."""
    shown = client.get(address_of(action, *posts))
    seen = shown.context["form"].initial["seen"]
    return confirm(client, action, *posts, seen=seen, **data)


def confirm(client, action: str, *posts, **data) -> str:
    answer = client.post(address_of(action, *posts), data)
    assert answer.status_code == 302, answer.context["form"].errors
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def draft_by(person, track, title="A draft", **fields) -> PostPage:
    post = make_post(track, title, live=False, owner=person, **fields)
    post.save_revision(user=person)
    return PostPage.objects.get(pk=post.pk)


def test_a_draft_by_another_is_left_and_named(editor, engineers):
    own = draft_by(editor.person, engineers, "My own")
    foreign = draft_by(make_person("wilma", "Writers"), engineers, "Of another")

    said = do(editor, "publish", own, foreign)

    assert [post.live for post in PostPage.objects.order_by("pk")] == [True, False]
    assert "1 page was published." in said
    assert "“Of another”: Its newest draft is by somebody else." in said


def test_a_draft_by_another_is_published_by_one_who_says_so(editor, engineers):
    foreign = draft_by(make_person("wilma", "Writers"), engineers, "Of another")
    shown = editor.get(address_of("publish", foreign)).content.decode()
    assert "Newest draft by wilma" in shown

    do(editor, "publish", foreign, take_others="on")

    assert PostPage.objects.get().live is True


def test_a_draft_that_changed_after_the_question_is_left(editor, engineers):
    post = draft_by(editor.person, engineers)
    seen = editor.get(address_of("publish", post)).context["form"].initial["seen"]
    post.title = "Autosaved"
    post.save_revision(user=editor.person, overwrite_revision=post.latest_revision)

    said = confirm(editor, "publish", post, seen=seen)

    assert PostPage.objects.get().live is False
    assert "Somebody changed it after you were asked." in said


def test_an_incomplete_draft_does_not_stop_the_others(editor, engineers):
    good = draft_by(editor.person, engineers, "Good")
    bad = draft_by(editor.person, engineers, "Bad")
    bad.excerpt = ""
    bad.save_revision(user=editor.person, clean=False)

    said = do(editor, "publish", bad, good)

    assert sorted(PostPage.objects.filter(live=True).values_list("title", flat=True)) == ["Good"]
    assert "“Bad”: " in said
    assert "excerpt" in said.lower()


def test_what_the_checks_stop_is_left_with_their_words(editor, engineers):
    hidden = draft_by(editor.person, engineers, "Hidden")
    post = draft_by(editor.person, engineers, "Links", markdown=f"[x](page:{hidden.pk})")

    said = do(editor, "publish", post)

    assert PostPage.objects.filter(live=True).count() == 0
    assert "“Links”:" in said
    assert "draft" in said


def test_a_fault_in_one_page_leaves_it_whole_and_the_others_done(editor, engineers, monkeypatch):
    posts = [draft_by(editor.person, engineers, title) for title in ("One", "Two")]
    publish = Revision.publish

    def fail_for_one(revision, *args, **kwargs):
        publish(revision, *args, **kwargs)
        if revision.object_str == "One":
            raise RuntimeError("Something else broke.")

    monkeypatch.setattr(Revision, "publish", fail_for_one)

    said = do(editor, "publish", *posts)

    assert list(PostPage.objects.filter(live=True).values_list("title", flat=True)) == ["Two"]
    assert PageLogEntry.objects.filter(action="wagtail.publish").count() == 1
    assert "“One”: The program failed at it." in said


def test_each_published_page_is_in_the_audit_log(editor, engineers):
    posts = [draft_by(editor.person, engineers, title) for title in ("One", "Two")]

    do(editor, "publish", *posts)

    logged = PageLogEntry.objects.filter(action="wagtail.publish", user=editor.person)
    assert sorted(logged.values_list("label", flat=True)) == ["One", "Two"]


def test_a_locked_page_is_left(editor, engineers):
    post = draft_by(editor.person, engineers)
    PostPage.objects.update(
        locked=True, locked_by=make_person("mona", "Moderators"), locked_at=timezone.now()
    )

    said = confirm(editor, "publish", post)

    assert PostPage.objects.get().live is False
    assert "It is locked." in said


@pytest.mark.parametrize("action", ["publish", "schedule", "tags", "authors"])
def test_a_writer_changes_nothing_of_others(client, engineers, action):
    post = draft_by(make_person("edda", "Editors"), engineers)
    client.force_login(make_person("wilma", "Writers"))
    fields = {
        "publish": {"take_others": "on"},
        "schedule": {"when": "2040-01-01 10:00", "take_others": "on"},
        "tags": {"add": Tag.objects.create(name="Caches", slug="caches").pk},
        "authors": {"authors": make_author().pk},
    }[action]

    said = confirm(client, action, post, **fields)

    assert "“A draft”: You do not have the right to." in said
    assert Revision.objects.for_instance(post).count() == 2
    assert PostPage.objects.get().live is False


def test_posts_are_scheduled_in_the_publications_zone(editor, engineers, berlin):
    posts = [draft_by(editor.person, engineers, title) for title in ("One", "Two")]

    said = do(editor, "schedule", *posts, when="2040-07-01 09:00")

    approved = Revision.objects.exclude(approved_go_live_at=None)
    assert {row.approved_go_live_at for row in approved} == {datetime(2040, 7, 1, 9, tzinfo=BERLIN)}
    assert PostPage.objects.filter(live=True).count() == 0
    assert "2 pages were scheduled for 1 July 2040, 09:00 CEST." in said
    logged = PageLogEntry.objects.filter(action="wagtail.publish.schedule", user=editor.person)
    assert logged.count() == 2


@pytest.mark.parametrize(
    ("when", "problem"),
    [
        ("2020-01-01 09:00", "That moment has passed."),
        ("2040-03-25 02:30", "does not exist"),
        ("", "This field is required."),
    ],
)
def test_a_wrong_moment_is_refused(editor, engineers, berlin, when, problem):
    post = draft_by(editor.person, engineers)

    answer = editor.post(address_of("schedule", post), {"when": when})

    assert answer.status_code == 200
    assert problem in str(answer.context["form"].errors["when"])
    assert not Revision.objects.exclude(approved_go_live_at=None).exists()


def test_a_post_that_expires_before_is_left(editor, engineers):
    post = make_post(
        engineers, live=False, owner=editor.person, expire_at=timezone.now() + timedelta(days=1)
    )

    said = do(editor, "schedule", post, when="2040-07-01 09:00")

    assert "It expires before that" in said
    assert not Revision.objects.exclude(approved_go_live_at=None).exists()


def test_tags_of_a_live_post_are_changed_for_readers_at_once(editor, engineers):
    post = make_post(engineers, tags=["Pagers", "Disks"])
    caches = Tag.objects.create(name="Caches", slug="caches")

    do(editor, "tags", post, add=caches.pk, remove=Tag.objects.get(name="Disks").pk)

    tags = PostPage.objects.get().tags.order_by("name").values_list("name", flat=True)
    assert list(tags) == ["Caches", "Pagers"]


def test_tags_never_publish_a_waiting_draft(editor, engineers):
    post = make_post(engineers, "Live title", tags=["Pagers"])
    post.title = "Draft title"
    post.save_revision(user=make_person("wilma", "Writers"))
    caches = Tag.objects.create(name="Caches", slug="caches")

    do(editor, "tags", PostPage.objects.get(), add=caches.pk)

    live = PostPage.objects.get()
    draft = live.get_latest_revision_as_object()
    assert (live.title, [tag.name for tag in live.tags.all()]) == ("Live title", ["Pagers"])
    assert draft.title == "Draft title"
    assert sorted(tag.name for tag in draft.tags.all()) == ["Caches", "Pagers"]


def test_nothing_chosen_is_refused(editor, engineers):
    answer = editor.post(address_of("tags", make_post(engineers)), {})

    assert answer.status_code == 200
    assert "Choose at least one tag" in answer.content.decode()


def test_authors_take_the_place_of_the_former(editor, engineers):
    post = make_post(engineers, authors=[make_author("Old Hand")])
    new = [make_author("Ada Byron"), make_author("Grace Hopper")]

    do(editor, "authors", post, authors=[author.pk for author in new])

    assert [author.name for author in PostPage.objects.get().author_list] == [
        "Ada Byron",
        "Grace Hopper",
    ]


def test_a_page_that_is_no_post_is_left(editor, engineers):
    said = confirm(editor, "authors", engineers, authors=make_author().pk)

    assert f"“{engineers.title}”: It is not a post." in said

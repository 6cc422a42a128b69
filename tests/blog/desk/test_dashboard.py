"""The first screen: what waits, what was missed, what goes out, and nothing one may not see."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from wagtail.models import Comment, GroupPagePermission, Workflow

from blog import schedule
from blog.desk import dashboard
from blog.models import CheckedPost, Heartbeat, ImportedDocument, PostPage
from blog.moments import as_time
from tests.blog.desk.planning import make_missed, make_scheduled, make_user
from tests.factories import make_person, make_post

LONG_AGO = date(2020, 1, 1)


@pytest.fixture
def editor(db):
    return make_person("edda", "Editors")


@pytest.fixture
def writer(db):
    return make_person("wilma", "Writers")


def shown_to(client, user) -> str:
    client.force_login(user)
    return client.get("/admin/").content.decode()


def schedule_post(track, title, *, hours=1) -> PostPage:
    return make_scheduled(track, title, timezone.now() + timedelta(hours=hours))


def test_an_empty_publication_says_so(client, editor, engineers):
    shown = shown_to(client, editor)

    for words in (
        "Nothing is waiting.",
        "Nothing is scheduled.",
        "You have no drafts.",
        "Nothing needs care.",
        "Nothing is published yet.",
    ):
        assert words in shown
    assert "Missed" not in shown


def test_a_review_waits_for_those_who_may_give_it(client, editor, writer, engineers):
    post = make_post(engineers, "Please read", live=False, owner=writer)
    Workflow.objects.get().start(post, writer)

    assert [(item.what, item.page.title) for item in dashboard.waiting_for(editor)] == [
        ("Review", "Please read")
    ]
    assert dashboard.waiting_for(writer) == []
    assert "Please read" in shown_to(client, editor)


def test_comments_wait_for_the_owner_and_for_those_they_name(editor, writer, engineers):
    post = make_post(engineers, "Discussed", live=False, owner=writer)
    Comment.objects.create(page=post, user=editor, text="Sure?", contentpath="title")
    Comment.objects.create(page=post, user=writer, text="Ask @edda.", contentpath="title")
    Comment.objects.create(
        page=post, user=editor, text="Done.", contentpath="title", resolved_at=timezone.now()
    )

    assert [item.words for item in dashboard.waiting_for(writer)] == ["Sure?"]
    assert [item.words for item in dashboard.waiting_for(editor)] == ["Ask @edda."]


def test_what_was_missed_is_named_with_its_reason(client, editor, writer, engineers):
    row = make_missed(make_post(engineers, "Too late", live=False))

    shown = shown_to(client, editor)
    assert "Too late" in shown
    assert "Another page took its address." in shown
    assert f"/admin/missed/{row.pk}/retry/" in shown
    assert f"/admin/missed/{row.pk}/retry/" not in shown_to(client, writer)


def test_a_writer_is_sent_to_no_editor_that_does_not_open(client, writer, editor, engineers):
    foreign = make_post(engineers, "Of somebody else", review_by=LONG_AGO)
    PostPage.objects.filter(pk=foreign.pk).update(last_published_at=timezone.now())
    CheckedPost.objects.create(post=foreign, broken_links=1)
    scheduled = schedule_post(engineers, "Goes out soon")
    missed = make_post(engineers, "Did not go out", live=False)
    own = make_post(engineers, "Own and missed", live=False, owner=writer)
    make_missed(missed), make_missed(own)

    shown = shown_to(client, writer)
    for post in (foreign, scheduled, missed):
        assert (post.title in shown, f"/pages/{post.pk}/edit/" in shown) == (True, False)
        assert client.get(f"/admin/pages/{post.pk}/edit/").status_code == 302
    assert f"/pages/{own.pk}/edit/" in shown
    assert f'href="{foreign.full_url}"' in shown
    assert "To look at again (1)" not in shown
    assert "1 broken link" not in shown

    shown = shown_to(client, editor)
    assert all(f"/pages/{post.pk}/edit/" in shown for post in (foreign, scheduled, missed, own))


def test_only_who_publishes_is_told_how_to_schedule(client, writer, editor, engineers):
    words = "set a go-live time under Status, and publish it"

    assert (words in shown_to(client, writer), words in shown_to(client, editor)) == (False, True)
    assert "Submit a draft when it is ready" in shown_to(client, writer)


def test_the_next_five_go_out_in_order_with_their_zone(client, editor, engineers):
    for number in reversed(range(6)):
        schedule_post(engineers, f"Post {number}", hours=number + 1)

    coming = dashboard.coming_for(editor)

    assert [entry["item"].title for entry in coming] == [f"Post {number}" for number in range(5)]
    assert coming[0]["track"] == engineers
    assert as_time(coming[0]["item"].at) in shown_to(client, editor)


def test_posts_with_broken_links_are_named_worst_first(client, editor, engineers):
    for title, broken in (("One", 1), ("Three", 3), ("None", 0)):
        CheckedPost.objects.create(post=make_post(engineers, title), broken_links=broken)
    draft = make_post(engineers, "Draft", live=False)
    CheckedPost.objects.create(post=draft, broken_links=9)

    found = dashboard.with_broken_links(dashboard.posts_for(editor))

    assert [post.title for post in found] == ["Three", "One"]
    assert "3 broken links, as of" in shown_to(client, editor)


def test_what_needs_care_is_counted_where_one_may_look(editor, engineers, everyone):
    for track, alt in ((engineers, 1), (everyone, 2)):
        CheckedPost.objects.create(post=make_post(track, track.title), without_alt=alt)
    elsewhere = make_user("elsa", everyone, "change")

    counted = [dashboard.health_for(dashboard.posts_for(user)) for user in (editor, elsewhere)]

    assert [[(line["count"], line["words"]) for line in lines] for lines in counted] == [
        [(3, "pictures without alt text")],
        [(2, "pictures without alt text")],
    ]


def test_a_post_is_begun_from_the_desk_where_one_may(client, editor, engineers, everyone):
    GroupPagePermission.objects.filter(group__name="Editors").update(page=everyone)

    shown = shown_to(client, editor)

    assert f"/admin/pages/add/blog/postpage/{everyone.pk}/" in shown
    assert f"/admin/pages/add/blog/postpage/{engineers.pk}/" not in shown


def test_the_timer_says_when_it_last_looked(db):
    assert dashboard.timer_in_words() == "The timer has never looked."

    schedule.beat()
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=3))
    assert dashboard.timer_in_words() == "The timer last looked 3 min ago."


def test_a_timer_that_stands_still_is_an_alarm(client, editor, engineers):
    schedule.beat()
    Heartbeat.objects.update(at=timezone.now() - timedelta(hours=3))

    assert "The timer last ran 3 h ago." in shown_to(client, editor)


def test_ones_own_drafts_carry_words_and_checks(client, editor, writer, engineers):
    mine = make_post(engineers, "Mine", live=False, owner=editor, markdown="Only three words.")
    mine.body = [("markdown", "Now four words here. ![](image:7)")]
    mine.save_revision()
    make_post(engineers, "Not mine", live=False, owner=writer)

    assert [post.title for post in dashboard.drafts_of(editor)] == ["Mine"]
    client.force_login(editor)
    answer = client.get("/admin/drafts/checks/")
    assert answer.json() == {str(mine.pk): "4 words, 2 stops, 2 warnings"}


def test_imports_are_named_under_health(editor, engineers):
    make_post(engineers, "New")
    draft = make_post(engineers, "Imported", live=False)
    ImportedDocument.objects.create(
        page=draft.page_ptr, source="a.md", digest="0" * 64, format="jekyll", notes=["Repaired."]
    )
    posts = dashboard.posts_for(editor)

    health = [(entry["count"], entry["words"]) for entry in dashboard.health_for(posts)]

    assert health == [
        (1, "imported draft with notes of what was repaired"),
    ]


def test_a_track_one_may_not_find_is_nowhere_on_the_desk(client, engineers, everyone):
    user = make_person("guest", "Writers")
    GroupPagePermission.objects.filter(group__name="Writers").update(page=everyone)
    hidden = make_post(engineers, "Hidden live")
    schedule_post(engineers, "Hidden scheduled")
    make_missed(make_post(engineers, "Hidden missed", live=False))
    Comment.objects.create(
        page=hidden, user=make_person("edda", "Editors"), text="@guest", contentpath="title"
    )

    assert "Hidden" not in shown_to(client, user)


def test_the_number_of_queries_does_not_grow(
    client, engineers, everyone, django_assert_max_num_queries
):
    moderator = make_person("mona", "Moderators")

    def fill(number):
        for place in range(number):
            live = make_post(engineers, f"Live {number} {place}", review_by=LONG_AGO)
            CheckedPost.objects.create(post=live, broken_links=1)
            make_missed(make_post(engineers, f"Missed {number} {place}", live=False))
            make_post(everyone, f"Draft {number} {place}", live=False, owner=moderator)
            schedule_post(engineers, f"Scheduled {number} {place}")

    fill(6)
    client.force_login(moderator)
    client.get("/admin/")
    with django_assert_max_num_queries(50) as few:
        client.get("/admin/")
    fill(12)
    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get("/admin/")

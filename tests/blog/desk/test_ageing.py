"""Posts that have stood for long, and saying that they still hold."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from wagtail.models import GroupPagePermission, PageLogEntry

from blog.desk import ageing
from blog.models import PostPage, PublishingRules
from blog.moments import day_in_words, today
from tests.blog.desk.test_scheduling import form_of
from tests.factories import make_person, make_post


@pytest.fixture
def editor(db):
    return make_person("edda", "Editors")


def make_old(track, title: str, *, days: int, **fields) -> PostPage:
    post = make_post(track, title, **fields)
    at = timezone.now() - timedelta(days=days)
    PostPage.objects.filter(pk=post.pk).update(last_published_at=at)
    return PostPage.objects.get(pk=post.pk)


def due() -> list[str]:
    return [post.title for post in ageing.to_look_at_again(PostPage.objects.all())]


def test_a_post_is_due_after_a_year_or_on_its_own_day(engineers):
    make_old(engineers, "A year", days=366)
    make_old(engineers, "Not yet", days=364)
    make_old(engineers, "Two years", days=730)
    make_old(engineers, "Asked for", days=10, review_by=today())
    make_old(engineers, "Asked for tomorrow", days=800, review_by=today() + timedelta(days=1))
    make_old(engineers, "Draft", days=800, live=False, review_by=date(2020, 1, 1))

    assert due() == ["Two years", "A year", "Asked for"]


def test_the_rules_say_how_long_a_post_may_stand(engineers, site):
    make_old(engineers, "A month", days=31)
    make_old(engineers, "Three years", days=1100)
    make_old(engineers, "Asked for", days=10, review_by=today())
    rules = PublishingRules.for_site(site)

    rules.look_again_days = 30
    rules.save()
    assert due() == ["Three years", "A month", "Asked for"]

    rules.look_again_days = 0
    rules.save()
    assert due() == ["Asked for"]


@pytest.mark.parametrize(
    ("day", "next_year"),
    [(date(2026, 11, 21), date(2027, 11, 21)), (date(2028, 2, 29), date(2029, 2, 28))],
)
def test_a_year_later_is_the_same_day(day, next_year):
    assert ageing.in_a_year(day) == next_year


def test_one_click_asks_again_in_a_year_and_touches_nothing_else(client, editor, engineers):
    post = make_old(engineers, "Old", days=800, markdown="Published words.")
    draft = PostPage.objects.get(pk=post.pk)
    draft.title, draft.body = "Draft title", [("markdown", "Draft words.")]
    draft.save_revision()
    before = PostPage.objects.get(pk=post.pk)
    client.force_login(editor)
    assert f"/admin/posts/{post.pk}/looked-at/" in client.get("/admin/").content.decode()

    answer = client.post(f"/admin/posts/{post.pk}/looked-at/")

    after = PostPage.objects.get(pk=post.pk)
    again = ageing.in_a_year(today())
    assert answer.headers["Location"] == "/admin/"
    assert after.review_by == again
    untouched = [
        *("title", "live_revision_id", "latest_revision_id", "last_published_at"),
        *("has_unpublished_changes", "latest_revision_created_at", "rendered"),
    ]
    assert [getattr(after, name) for name in untouched] == [
        getattr(before, name) for name in untouched
    ]
    assert after.body.raw_data[0]["value"] == "Published words."
    assert after.latest_revision.as_object().title == "Draft title"
    assert after.latest_revision.as_object().review_by == again
    assert due() == []


def test_the_history_says_who_looked_and_until_when(client, editor, engineers):
    post = make_old(engineers, "Old", days=800)
    client.force_login(editor)

    client.post(f"/admin/posts/{post.pk}/looked-at/")

    entry = PageLogEntry.objects.get(action="blog.looked_at")
    again = ageing.in_a_year(today())
    assert (entry.user, entry.page_id) == (editor, post.pk)
    assert entry.data == {"before": None, "again": again.isoformat()}
    assert entry.message == (
        f"Looked at, and still holds. To be looked at again by {day_in_words(again)}"
    )
    history = client.get(f"/admin/pages/{post.pk}/history/").content.decode()
    assert entry.message in history


def test_who_may_not_change_the_post_may_not_say_so(client, engineers, everyone):
    GroupPagePermission.objects.filter(group__name="Writers").update(page=everyone)
    post = make_old(engineers, "Old", days=800)
    writers = make_old(everyone, "Elsewhere", days=800)
    client.force_login(make_person("wilma", "Writers"))

    hidden = client.post(f"/admin/posts/{post.pk}/looked-at/")
    seen = client.post(f"/admin/posts/{writers.pk}/looked-at/")

    assert hidden.status_code == 404
    assert seen.headers["Location"] == "/admin/"  # Wagtail leads those it refuses to the dashboard.
    assert set(PostPage.objects.values_list("review_by", flat=True)) == {None}
    assert not PageLogEntry.objects.filter(action="blog.looked_at").exists()


def test_a_post_that_was_taken_away_meanwhile_is_left(admin, engineers):
    post = make_post(engineers, "Gone", live=False)

    answer = admin.post(f"/admin/posts/{post.pk}/looked-at/", follow=True)

    assert "is no longer published. Nothing was noted." in answer.content.decode()
    assert PostPage.objects.get(pk=post.pk).review_by is None


def test_one_goes_back_to_where_one_came_from_and_nowhere_else(admin, engineers):
    post = make_old(engineers, "Old", days=800)
    address = f"/admin/posts/{post.pk}/looked-at/"

    at_home = admin.post(address, {"next": "/admin/reports/posts/?due=true"})
    elsewhere = admin.post(address, {"next": "https://example.org/"})

    assert at_home.headers["Location"] == "/admin/reports/posts/?due=true"
    assert elsewhere.headers["Location"] == "/admin/"


def test_no_version_and_no_copy_carries_the_day(engineers):
    post = make_post(engineers, "Post", review_by=date(2027, 1, 1))
    PostPage.objects.filter(pk=post.pk).update(review_by=date(2028, 1, 1))

    stored = PostPage.objects.get(pk=post.pk)
    copy = stored.copy(update_attrs={"slug": "copy"})

    assert stored.latest_revision.as_object().review_by == date(2028, 1, 1)
    assert copy.review_by is None


def test_the_report_lists_what_is_due(admin, engineers):
    make_old(engineers, "Old", days=800)
    make_post(engineers, "New", review_by=date(2036, 1, 1))

    due_ones = admin.get("/admin/reports/posts/?due=true").context["object_list"]
    others = admin.get("/admin/reports/posts/?due=false").context["object_list"]
    exported = admin.get("/admin/reports/posts/?export=csv").getvalue().decode()

    assert [post.title for post in due_ones] == ["Old"]
    assert [post.title for post in others] == ["New"]
    assert "Look again by" in exported.splitlines()[0]
    assert "2036-01-01" in exported


def test_several_posts_are_noted_at_once(admin, engineers):
    posts = [make_old(engineers, f"Old {number}", days=800) for number in range(2)]
    draft = make_post(engineers, "Draft", live=False)
    chosen = "&".join(f"id={post.pk}" for post in [*posts, draft])
    address = f"/admin/bulk/wagtailcore/page/looked_at/?{chosen}&next=/admin/"
    again = today() + timedelta(days=90)

    asked = admin.get(address)
    too_early = admin.post(address, {"on": today().isoformat()})
    assert "Choose a day that is to come." in too_early.content.decode()
    admin.post(address, {"on": again.isoformat(), "seen": asked.context["form"].initial["seen"]})

    assert "It is not published." in asked.content.decode()
    found = PostPage.objects.order_by("pk").values_list("title", "review_by")
    assert list(found) == [("Old 0", again), ("Old 1", again), ("Draft", None)]


def test_the_editor_stores_the_day_at_once_and_publishes_nothing(admin, engineers):
    post = make_post(engineers, "Live")
    form = form_of(post, title="Draft title", review_by="2036-12-01")

    admin.post(f"/admin/pages/{post.pk}/edit/", form)

    stored = PostPage.objects.get(pk=post.pk)
    assert (stored.title, stored.review_by) == ("Live", date(2036, 12, 1))
    shown = admin.get(f"/admin/pages/{post.pk}/edit/").content.decode()
    assert 'value="2036-12-01"' in shown
    assert "the dashboard asks somebody to read the post again" in shown

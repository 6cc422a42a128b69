"""The list of a track's posts in the page explorer."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from blog.models import CheckedPost
from blog.moments import in_words
from tests.blog.desk.planning import make_scheduled
from tests.factories import make_author, make_post

PLANNED = datetime(2040, 7, 1, 9, tzinfo=UTC)


@pytest.fixture
def posts(engineers):
    live = make_post(engineers, "Live post", tags=["Pagers"], authors=[make_author()])
    changed = make_post(engineers, "Changed post")
    changed.save_revision()
    scheduled = make_scheduled(engineers, "Scheduled post", timezone.now() + timedelta(days=1))
    draft = make_post(engineers, "Draft post", live=False, planned_for=PLANNED)
    CheckedPost.objects.update_or_create(
        post=live, defaults={"revision": live.live_revision_id, "stops": 2, "warnings": 1}
    )
    return [live, changed, scheduled, draft]


def titles(client, track, query: str) -> list[str]:
    shown = client.get(f"/admin/pages/{track.pk}/?ordering=title&{query}")
    return sorted(page.title for page in shown.context["object_list"])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Changed post", "Draft post", "Live post", "Scheduled post"]),
        ("state=live", ["Changed post", "Live post"]),
        ("state=changed", ["Changed post"]),
        ("state=scheduled", ["Scheduled post"]),
        ("state=draft", ["Draft post"]),
    ],
)
def test_posts_are_narrowed_by_state(admin, engineers, posts, query, found):
    assert titles(admin, engineers, query) == found


def test_posts_are_narrowed_by_track_author_and_tag(admin, home, engineers, everyone, posts):
    make_post(everyone, "Elsewhere")
    tag, author = posts[0].tags.get().pk, posts[0].author_list[0].pk

    assert titles(admin, engineers, f"tag={tag}") == ["Live post"]
    assert titles(admin, engineers, f"author={author}") == ["Live post"]
    assert titles(admin, engineers, f"track={everyone.pk}&search_all=1") == ["Elsewhere"]


def test_the_list_says_track_date_and_checks(admin, engineers, posts):
    shown = admin.get(f"/admin/pages/{engineers.pk}/").content.decode()
    live, scheduled = posts[0], posts[2]

    assert "2 stops, 1 warning" in shown
    assert f"Live {in_words(live.display_date)}" in shown
    assert f"Scheduled {in_words(scheduled.go_live_at)}" in shown
    assert f"Planned {in_words(PLANNED)}" in shown
    assert "Engineers" in shown


def test_a_list_of_many_posts_costs_no_more_queries(
    admin, engineers, django_assert_max_num_queries
):
    def count(limit):
        with django_assert_max_num_queries(limit) as counted:
            admin.get(f"/admin/pages/{engineers.pk}/results/")
        return len(counted.captured_queries)

    make_post(engineers, "First")
    count(1000)
    few = count(1000)
    for number in range(8):
        make_post(engineers, f"More {number}")

    assert count(1000) <= few + 8  # Wagtail asks for each page once.

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import PageViewRestriction

from blog.models import PostPage
from tests.factories import make_post


def readable_titles() -> list[str]:
    return list(PostPage.objects.readable().newest_first().values_list("title", flat=True))


def test_only_the_live_post_is_readable(four_posts):
    assert readable_titles() == ["Live quokka"]


def test_the_rule_is_one_query(four_posts, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(PostPage.objects.readable()) == 1


def test_posts_of_an_unpublished_track_are_not_readable(four_posts, engineers, client):
    engineers.unpublish()

    assert readable_titles() == []
    assert client.get(four_posts.live.url).status_code == 404


def test_posts_of_a_restricted_track_are_not_readable(four_posts, engineers):
    PageViewRestriction.objects.create(page=engineers, restriction_type="login")

    assert readable_titles() == []


def test_a_sibling_whose_path_begins_alike_stays_readable(engineers, everyone):
    make_post(everyone, "Open")
    PageViewRestriction.objects.create(page=engineers, restriction_type="login")

    assert readable_titles() == ["Open"]


def test_an_expired_post_is_gone_before_the_timer_runs(four_posts, client):
    PostPage.objects.filter(pk=four_posts.live.pk).update(
        expire_at=timezone.now() - timedelta(seconds=1)
    )

    assert readable_titles() == []
    assert client.get(four_posts.live.url).status_code == 404


def test_a_live_row_with_a_future_date_waits_for_it(four_posts, client):
    PostPage.objects.filter(pk=four_posts.live.pk).update(
        go_live_at=timezone.now() + timedelta(minutes=1)
    )

    assert readable_titles() == []
    assert client.get(four_posts.live.url).status_code == 404


@pytest.mark.parametrize("state", ["draft", "scheduled"])
def test_what_is_not_live_answers_404(four_posts, client, state):
    assert client.get(getattr(four_posts, state).url).status_code == 404


def test_a_post_with_a_password_asks_for_it(four_posts, client):
    answer = client.get(four_posts.private.url)

    assert answer.status_code == 200
    assert "Words of a quokka" not in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]

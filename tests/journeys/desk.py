"""What the demo publication lacks for every screen of the desk to be seen."""

import json
from datetime import date, timedelta

from django.contrib.auth import get_user_model
from django.utils import timezone

from blog.models import CheckedPost, Release, ReleasePost, TrackIndexPage
from blog.moments import today
from search.models import NotedQuestion, PromotedPage, Promotion, Synonym
from tests.blog.desk.planning import make_missed
from tests.factories import make_post


def add() -> None:
    """Add it, and print the numbers of what was made."""
    user = get_user_model().objects.get(username="editor")
    track = TrackIndexPage.objects.get(slug="engineers")
    now = timezone.now()
    planned = make_post(
        track, "Planned for the desk", live=False, owner=user, planned_for=now + timedelta(days=1)
    )
    planned.body = [("markdown", "Other words. ![](image:1)")]
    planned.save_revision(user=user)
    scheduled = make_post(track, "Scheduled for the desk", live=False, owner=user)
    scheduled.go_live_at = now + timedelta(days=2)
    scheduled.save_revision(user=user).publish()
    release = Release.objects.create(name="Two at once", go_live_at=now + timedelta(days=9))
    ReleasePost.objects.create(release=release, post=planned)
    # Due far ahead, so that the timer leaves it alone.
    missed = make_missed(
        scheduled,
        revision=scheduled.scheduled_revision,
        due_at=scheduled.go_live_at,
        problem="ValidationError",
        next_try=scheduled.go_live_at,
    )
    old = make_post(track, "Old at the desk", review_by=date(2020, 1, 1))
    CheckedPost.objects.update_or_create(
        post=old, defaults={"broken_links": 2, "revision": old.live_revision_id}
    )
    numbers = {"planned": planned.pk, "old": old.pk, "release": release.pk, "missed": missed.pk}
    names = {"track": track.pk, "site": old.get_site().pk, "month": f"{today():%Y-%m}"}
    print(json.dumps(numbers | names | about_search(old, planned)))  # noqa: T201 - read there


def about_search(live, draft) -> dict[str, int]:
    """What editors say of it and see of it; returns the numbers of what is edited."""
    synonym = Synonym.objects.create(words="k8s, kubernetes")
    Synonym.objects.create(words="ml, machine learning", direction="first")
    promotion = Promotion.objects.create(question="old at the desk", is_beginning=True)
    for order, page in enumerate([live, draft]):
        PromotedPage.objects.create(promotion=promotion, page=page, sort_order=order)
    for words, results in [
        ("numbat", 0),
        ("a long question of seven words altogether", 0),
        ("c++", 4),
    ]:
        NotedQuestion.objects.create(words=words, day=today(), askings=3, results=results)
    return {"synonym": synonym.pk, "promotion": promotion.pk}

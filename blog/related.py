"""What to read after a post, worked out when something is published.

First the next parts of its series, then posts with the same topics, from another track and from
its own in turn, then earlier parts, then the newest of its track. More are kept than are shown,
so that readers are offered enough when some are not readable.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, zip_longest

from django.db import transaction
from django.db.models import Count, Q
from wagtail.models import Page

from blog import outbox
from blog.models import OutboxEntry, PostPage, RelatedPost, TaggedPost

KEPT = 6  # Posts kept for each post.
MOST_NEAR = 60  # Posts with the same topics that are looked at.
MOST_TOLD = 24  # Posts whose own lists are worked out anew with that of a published one.


@dataclass(frozen=True)
class Candidate:
    """A post that may be offered, with what speaks for it."""

    pk: int
    track: int
    part: int | None  # Its place in the series of the post at hand; None outside of it.
    shared: int  # How many tags both have.


def relate_later(page: Page) -> None:
    """After the commit, so that no list can hold up a publication. Only posts have lists."""
    if isinstance(page, PostPage):
        outbox.put("related", {"post": page.pk}, key=str(page.pk), what=str(page))


@outbox.deliverer("related")
def deliver(entry: OutboxEntry) -> None:
    """Work out the lists around the post."""
    relate(entry.payload["post"])


def relate(pk: int) -> None:
    """Work out the list of the post with that id, and those of the posts that it is near to.

    To be called after a post was published or withdrawn: a published one enters the lists of
    others, a withdrawn one leaves room in them. A deleted one has left them by itself.
    """
    post = PostPage.objects.filter(pk=pk).for_cards().first()
    if post is None:
        return
    near = [found.pk for found in candidates(post) if found.shared or found.part is not None]
    listing = RelatedPost.objects.filter(other=post).values_list("post", flat=True)
    told = list(dict.fromkeys(chain(near[:MOST_TOLD], listing[:MOST_TOLD])))
    for other in [post, *PostPage.objects.filter(pk__in=told).for_cards()]:
        keep(other, offered_after(other, candidates(other)))


def keep(post: PostPage, others: list[int]) -> None:
    """Store the ids of the posts offered after the post, in their order, unless they are stored.

    Several processes may do so for one post: the later one waits for the row, and its list holds.
    """
    if list(post.related_posts.order_by("rank").values_list("other", flat=True)) == others:
        return
    with transaction.atomic():
        PostPage.objects.select_for_update(no_key=True, of=("self",)).filter(pk=post.pk).exists()
        post.related_posts.all().delete()
        RelatedPost.objects.bulk_create(
            RelatedPost(post_id=post.pk, other_id=other, rank=rank)
            for rank, other in enumerate(others)
        )


def candidates(post: PostPage) -> list[Candidate]:
    """Live posts that may be offered after the post, those with most tags in common first."""
    tags = TaggedPost.objects.filter(content_object=post.pk).values("tag")
    shared = dict(
        TaggedPost.objects.filter(tag__in=tags, content_object__live=True)
        .exclude(content_object=post.pk)
        .values("content_object")
        .annotate(shared=Count("pk"))
        .order_by("-shared", "-content_object")
        .values_list("content_object", "shared")[:MOST_NEAR]
    )
    newest = PostPage.objects.live().filter(track=post.track_id).exclude(pk=post.pk)
    wanted = Q(pk__in=[*shared, *newest.newest_first().values_list("pk", flat=True)[:KEPT]])
    if post.series_id:
        wanted |= Q(series=post.series_id)
    rows = (
        PostPage.objects.live()
        .filter(wanted)
        .exclude(pk=post.pk)
        .newest_first()
        .values_list("pk", "track", "series", "series_part")
    )
    found = [
        Candidate(pk, track, _part(part) if post.series_id == series else None, shared.get(pk, 0))
        for pk, track, series, part in rows
    ]
    return sorted(found, key=lambda candidate: -candidate.shared)


def offered_after(post: PostPage, found: Iterable[Candidate]) -> list[int]:
    """The ids of the posts to offer, best first, at most KEPT."""
    found = list(found)
    parts = sorted((one for one in found if one.part is not None), key=lambda one: one.part)
    here = _part(post.series_part)
    near = [one for one in found if one.shared]
    elsewhere = [one for one in near if one.track != post.track_id]
    in_track = [one for one in near if one.track == post.track_id]
    in_order = chain(
        [one for one in parts if one.part > here],
        (one for pair in zip_longest(elsewhere, in_track) for one in pair if one),
        [one for one in parts if one.part <= here],
        [one for one in found if one.track == post.track_id],
    )
    return list(dict.fromkeys(one.pk for one in in_order))[:KEPT]


def _part(number: int | None) -> int:
    return 0 if number is None else number

"""What the checks found last, kept for lists and counts, and refreshed in small bites."""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from blog.checks.about_targets import Here, external_addresses
from blog.checks.findings import NOTE, STOP, WARN, Finding
from blog.checks.problems import problems_of
from blog.checks.reading import read_body
from blog.models import CheckedPost, ExternalLink, PostPage
from blog.models.checks import LONGEST_ADDRESS

logger = logging.getLogger(__name__)

KEPT = timedelta(days=1)  # What a post links to changes without it.


def counts(posts: QuerySet) -> dict[str, int]:
    """Of the live ones of these posts: those with stops and with warnings, pictures without alt
    text, posts with broken links, and posts not yet checked as they are. One query.
    """
    return posts.filter(live=True).aggregate(
        posts=Count("pk"),
        with_stops=Count("pk", filter=Q(checked__stops__gt=0)),
        with_warnings=Count("pk", filter=Q(checked__warnings__gt=0)),
        pictures_without_alt=Sum("checked__without_alt", default=0),
        with_broken_links=Count("pk", filter=Q(checked__broken_links__gt=0)),
        unchecked=Count("pk", filter=_is_out_of_date()),
    )


def remember(post: PostPage, findings: list[Finding]) -> None:
    """Keep what was found in a post as it is published, and the addresses that it links to."""
    levels = [finding.level for finding in findings]
    codes = [finding.code for finding in findings]
    with transaction.atomic():
        CheckedPost.objects.update_or_create(
            post_id=post.pk,
            defaults={
                "revision": post.live_revision_id,
                "stops": levels.count(STOP),
                "warnings": levels.count(WARN),
                "notes": levels.count(NOTE),
                "without_alt": codes.count("alt_text"),
                "broken_links": codes.count("external_links"),
                "checked_at": timezone.now(),
            },
        )
        _remember_addresses(post)


def _remember_addresses(post: PostPage) -> None:
    found = [
        address
        for address in external_addresses(Here(post), read_body(post.body).links)
        if len(address) <= LONGEST_ADDRESS
    ]
    now = timezone.now()
    ExternalLink.objects.bulk_create(
        [ExternalLink(url=address, seen_at=now) for address in found],
        update_conflicts=True,
        unique_fields=["url"],
        update_fields=["seen_at"],
    )


def check_out_of_date(*, most: int = 5) -> int:
    """Check live posts that changed or were not looked at for a day; returns how many.

    Meant for a timer: a few posts at a time, longest unchecked first, and a post that cannot be
    checked is logged and stands behind the others for a day.
    """
    posts = PostPage.objects.filter(_is_out_of_date(), live=True)
    posts = list(posts.order_by(F("checked__checked_at").asc(nulls_first=True), "pk")[:most])
    for post in posts:
        try:
            findings = problems_of(post)
        except Exception:
            logger.exception("“%s” could not be checked", post)
            CheckedPost.objects.update_or_create(
                post_id=post.pk,
                defaults={"revision": post.live_revision_id, "checked_at": timezone.now()},
            )
        else:
            remember(post, findings)
    return len(posts)


def _is_out_of_date() -> Q:
    """Never checked, checked as another revision, or too long ago."""
    return (
        Q(checked__isnull=True)
        | Q(checked__checked_at__lt=timezone.now() - KEPT)
        | (Q(live_revision__isnull=False) & ~Q(checked__revision=F("live_revision_id")))
    )

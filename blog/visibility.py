"""Who may read a page now: the one rule behind every list, feed, search and count."""

from django.db.models import (
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction


def readable(pages: QuerySet) -> QuerySet:
    """The pages of the QuerySet that any visitor may read at this moment.

    A page is readable when it is live, its own dates allow it, no page above it is unpublished,
    and no view restriction covers it or a page above it. Nothing is asked of the database until
    the QuerySet is evaluated, and then it stays one query. The dates are checked here and not
    left to the timer, so a page whose expiry has passed is gone even while no timer runs.
    """
    now = timezone.now()
    # By an index of these alone (blog.0010) they are few, however many pages there are.
    its_path = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    unpublished_above = Page.objects.annotate(its_path=its_path).filter(
        live=False, numchild__gt=0, its_path__startswith=F("path")
    )
    # Restrictions are few: a join could begin with all pages instead.
    restricted = Page.objects.filter(pk=OuterRef("page")).order_by().values("path")
    restricted_above = PageViewRestriction.objects.annotate(
        its_path=its_path, restricted=Subquery(restricted)
    ).filter(its_path__startswith=F("restricted"))
    return pages.filter(
        Q(go_live_at__isnull=True) | Q(go_live_at__lte=now),
        Q(expire_at__isnull=True) | Q(expire_at__gt=now),
        ~Exists(unpublished_above),
        ~Exists(restricted_above),
        live=True,
    )


def is_past_or_hidden(page: Page) -> bool:
    """Whether a live page must not be served: its time is over or a page above is unpublished.

    View restrictions are left to Wagtail, which answers them with a login or a password form.
    """
    now = timezone.now()
    return (
        (page.go_live_at is not None and page.go_live_at > now)
        or (page.expire_at is not None and page.expire_at <= now)
        or page.get_ancestors().filter(live=False).exists()
    )

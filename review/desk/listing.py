"""Which links an editor may see, and what is known of each, in a fixed number of queries."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from wagtail.models import Page

from blog.clock import database_now
from blog.desk.rights import CARES, pages_policy
from blog.desk.words import name_of
from blog.models import Release
from review.links import LinkError, ending_of, is_restricted, may_manage, refuse_page
from review.models import Approval, Ending, LinkedPage, Remark, ReviewLink, ReviewLinkQuerySet

OPENS_REPORT = {"add", *CARES}


@dataclass
class LinkRow:
    """A link as lists show it. `linked` is its page at hand, where the list is that of a page."""

    link: ReviewLink
    ending: Ending | None
    may_manage: bool
    pages: list[LinkedPage] = field(default_factory=list)
    linked: LinkedPage | None = None

    @property
    def is_open(self) -> bool:
        return self.ending is None

    @property
    def others(self) -> int:
        """How many other pages the link shows."""
        return len(self.pages) - 1

    @property
    def made_by(self) -> str:
        return name_of(self.link.made_by, "somebody without an account")

    @property
    def moments(self) -> list[datetime]:
        """When the words were written that a pinned link shows: of the page at hand, or of all."""
        shown = [self.linked] if self.linked else self.pages
        return sorted({linked.version.as_of for linked in shown})


def pages_to_edit(user) -> QuerySet[Page]:
    """The pages whose links, remarks and approvals are the user's to see."""
    return pages_policy.instances_user_has_any_permission_for(user, CARES)


def may_open_report(user) -> bool:
    """Whether there can be links that the user may see."""
    return pages_policy.user_has_any_permission(user, OPENS_REPORT)


def visible_links(user) -> ReviewLinkQuerySet:
    """Those of pages that the user may edit, and those that the user has made."""
    linked = LinkedPage.objects.filter(page__in=pages_to_edit(user).values("pk"))
    links = ReviewLink.objects.all()
    if not user.is_superuser:
        links = links.filter(Q(made_by=user) | Q(pk__in=linked.values("link")))
    return with_figures(links)


def with_figures(links: ReviewLinkQuerySet) -> ReviewLinkQuerySet:
    """The links with their pages, and with the numbers of remarks and approvals by them."""
    linked_pages = LinkedPage.objects.select_related("page", "version").defer("version__content")
    return (
        links.select_related("made_by", "revoked_by", "release")
        .prefetch_related(Prefetch("linked_pages", linked_pages))
        .annotate(
            remark_count=_number_of(Remark.objects.filter(parent=None)),
            approval_count=_number_of(Approval.objects.all()),
        )
    )


def _number_of(things: QuerySet) -> Coalesce:
    of_link = things.filter(link=OuterRef("pk")).order_by().values("link")
    return Coalesce(Subquery(of_link.annotate(number=Count("pk")).values("number")), 0)


def links_of_page(page: Page, user) -> list[LinkRow]:
    """The links that show a page that the user edits, or have shown it; the open ones first."""
    linked = LinkedPage.objects.filter(page=page.pk)
    links = with_figures(ReviewLink.objects.filter(pk__in=linked.values("link")))
    rows = rows_of(links, user, editable={page.pk})
    may_share = {}
    for row in rows:
        row.linked = next(one for one in row.pages if one.page_id == page.pk)
        row.ending = row.ending or _ending_here(row, page, may_share)
    return sorted(rows, key=lambda row: not row.is_open)


def links_of_release(release: Release, user) -> list[LinkRow]:
    links = with_figures(ReviewLink.objects.filter(release=release))
    return sorted(rows_of(links, user), key=lambda row: not row.is_open)


def rows_of(
    links: Iterable[ReviewLink], user, editable: Collection[int] = frozenset()
) -> list[LinkRow]:
    """What is known of links with figures. `editable` are pages that the user is known to edit.

    Of all others only the right to change them counts, and no step of a workflow.
    """

    def may_change(page: Page) -> bool:
        return page.pk in editable or pages_policy.user_has_permission_for_instance(
            user, "change", page
        )

    now = database_now()
    return [
        LinkRow(
            link=link,
            ending=ending_of(link, now),
            may_manage=may_manage(user, link, may_change),
            pages=list(link.linked_pages.all()),
        )
        for link in links
    ]


def links_to_revoke(user) -> list[ReviewLink]:
    """The links of the whole site that are open and that the user sees and may revoke."""
    links = visible_links(user).open_at(database_now())
    return [row.link for row in rows_of(links, user) if row.is_open and row.may_manage]


def _ending_here(row: LinkRow, page: Page, may_share: dict) -> Ending | None:
    """Why the page is not shown any more by a link that is open; each creator is asked once."""
    linked, link = row.linked, row.link
    if linked.ended_at is not None:
        return Ending(linked.ended_because)
    key = (link.made_by_id, link.allows_restricted)
    if key not in may_share:
        may_share[key] = _refusal_of(page, link)
    return may_share[key]


def _refusal_of(page: Page, link: ReviewLink) -> Ending | None:
    try:
        refuse_page(page, link.made_by, allows_restricted=link.allows_restricted)
    except LinkError:
        return Ending.RESTRICTED if is_restricted(page) else Ending.RIGHTS
    return None

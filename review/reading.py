"""What a reviewer has before them: the page of a link, as templates know it."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.models import Page

from blog.desk.words import name_of
from review import approving, links, sessions, sharing
from review.models import (
    Approval,
    Ending,
    LinkedPage,
    ReviewLink,
    ReviewSession,
    SharedVersion,
)
from review.passages import Words, words_of
from review.remarking import Remarks


@dataclass(frozen=True)
class Entry:
    """A page of the link, for the list that leads from one to the other."""

    place: int
    title: str
    address: str
    is_current: bool
    ending: Ending | None


@dataclass
class Review:
    """One reading of one page of a link: `request.review` while the page is rendered.

    `request` is that of the reviewer; the page itself is rendered for an anonymous one.
    """

    request: HttpRequest
    link: ReviewLink
    session: ReviewSession
    linked_pages: list[LinkedPage]
    linked: LinkedPage
    is_beside: bool = False  # A page of ours beside the draft is shown, and not the draft.

    @property
    def version(self) -> SharedVersion:
        return self.linked.version

    @property
    def as_of(self) -> datetime:
        return self.version.as_of

    @property
    def address(self) -> str:
        """Of the page at hand, without a secret in it."""
        return address_of(self.link, self.linked)

    @property
    def shared_by(self) -> str:
        """The name of whoever made the link."""
        return name_of(self.link.made_by)

    @cached_property
    def page(self) -> Page:
        """The page as it was in the version. Raises DamagedCopyError."""
        return sharing.page_of(self.version, self.linked.page)

    @cached_property
    def before(self) -> SharedVersion | None:
        """The version that was shown last before this one."""
        return sessions.seen_before(self.session, self.linked)

    @cached_property
    def is_news(self) -> bool:
        """Whether this browser has been shown another version, and this one never."""
        return self.before is not None and sessions.is_first_look(self.session, self.linked)

    @property
    def entries(self) -> list[Entry]:
        """The pages of the link in their order; one alone has no list."""
        return entries_of(self.link, self.linked_pages, self.linked)

    @property
    def previous(self) -> Entry | None:
        """The page of the link before this one, of those that are still shown."""
        before = [one for one in self._open_entries if one.place < self.linked.place]
        return before[-1] if before else None

    @property
    def next(self) -> Entry | None:
        return next((one for one in self._open_entries if one.place > self.linked.place), None)

    @property
    def _open_entries(self) -> list[Entry]:
        return [entry for entry in self.entries if not entry.ending]

    @property
    def may_write(self) -> bool:
        return self.link.may_comment

    @cached_property
    def remarks(self) -> Remarks:
        """What was said about the page, and where it belongs in this version."""
        return Remarks(self.linked, self.remark_address if self.may_write else "")

    def mark(self, body, html):
        """The HTML of the body's blocks with remarks in it: see Remarks.mark."""
        return self.remarks.mark(body, html)

    @cached_property
    def words(self) -> Words:
        """The words of the body that can be remarked on; none of a page without one."""
        page = self.page
        parts = getattr(page, "body_parts", None)
        return Words([]) if parts is None else words_of(page.shown_body, parts)

    @cached_property
    def approvals(self) -> list[Approval]:
        """All that were given through this link to any version of the page."""
        return list(self.linked.approvals.select_related("version"))

    @property
    def good(self) -> list[Approval]:
        return approving.of_this_version(self.approvals, self.linked)

    @property
    def own_approval(self) -> Approval | None:
        return next((one for one in self.good if one.session_id == self.session.pk), None)

    @cached_property
    def is_public(self) -> bool:
        """Whether anybody can read a published version of the page."""
        return links.public_address(self.linked.page) is not None

    @property
    def remark_address(self) -> str:
        return self._address_of("review_remark")

    @property
    def good_address(self) -> str:
        return self._address_of("review_good")

    @property
    def changes_address(self) -> str:
        return self._address_of("review_changes")

    @property
    def all_address(self) -> str:
        return reverse("review_all", args=[self.link.public_id])

    def _address_of(self, name: str) -> str:
        return reverse(name, args=[self.link.public_id, self.linked.place])

    @property
    def csrf_token(self) -> str:
        """For a form on the page. Asking for it sets the cookie on the reviewer's answer."""
        return get_token(self.request)


def address_of(link: ReviewLink, linked: LinkedPage) -> str:
    """Of a page of the link: the first one's is the link's own."""
    if linked.place == 1:
        return reverse("review", args=[link.public_id])
    return reverse("review_page", args=[link.public_id, linked.place])


def entries_of(
    link: ReviewLink, linked_pages: list[LinkedPage], current: LinkedPage | None
) -> list[Entry]:
    if len(linked_pages) < 2:
        return []
    return [
        Entry(
            place=linked.place,
            title=linked.title,
            address=address_of(link, linked),
            is_current=linked == current,
            ending=links.ending_of_page(linked, link),
        )
        for linked in linked_pages
    ]

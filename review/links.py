"""Review links: made, found, extended, and over.

What is promised is asked anew at every opening, from the database and by its clock: nothing about
a link is kept in a cache, so a revoked one is dead at the next request in every process.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from wagtail.models import Page, Revision

from blog.clock import database_now
from blog.models import Release
from blog.visibility import readable
from review import audit, sharing, tokens
from review.models import Ending, LinkedPage, ReviewLink, ReviewLinkQuerySet, ReviewSession

MOST_PAGES = 50
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
NOBODYS_DIGEST = "0" * 64


class LinkError(Exception):
    """Why a link cannot be made or changed, in a sentence for editors."""


# Making


def make_review_link(
    pages: Release | Page | Iterable[Page],
    *,
    label: str,
    made_by: AbstractBaseUser,
    follows_latest: bool = False,
    expires_in: timedelta | None = None,
    may_comment: bool = True,
    allows_restricted: bool = False,
    revision: Revision | None = None,
) -> tuple[ReviewLink, str]:
    """A link to one page or several, and its token, which is known to nobody after this.

    It shows `revision`, or else what a release has approved, or the latest of each page; with
    `follows_latest` always the latest. Private pages need the right to publish, and
    `allows_restricted`. Raises LinkError, and makes nothing, when one of them may not be shared.
    """
    release = pages if isinstance(pages, Release) else None
    shared = _pages_of(pages, revision)
    for page, _ in shared:
        refuse_page(page, made_by, allows_restricted=allows_restricted)
    now, token = database_now(), tokens.make_token()
    link = ReviewLink(
        token_hash=tokens.digest_of(token),
        shown_prefix=token[len(tokens.PREFIX) :][:4],
        label=_clean_label(label),
        made_by=made_by,
        made_at=now,
        follows_latest=follows_latest,
        may_comment=may_comment,
        allows_restricted=allows_restricted and any(is_restricted(page) for page, _ in shared),
        expires_at=now + _time_given(expires_in),
        release=release,
    )
    with transaction.atomic():
        link.save()
        for place, (page, its_revision) in enumerate(shared, start=1):
            _put(link, page, its_revision, place)
        audit.note("create", link, user=made_by, follows_latest=follows_latest)
    return link, token


def address_of(link: ReviewLink, token: str) -> str:
    """The full address to send to the reviewer, on the site of the first page that has one."""
    linked_pages = link.linked_pages.select_related("page")
    roots = (_root_of(linked.page) for linked in linked_pages if linked.page)
    root = next(filter(None, roots), settings.BASE_URL)
    return root + reverse("review_exchange", args=[token])


def refuse_page(page: Page, user: AbstractBaseUser, *, allows_restricted: bool = False) -> None:
    """Raise LinkError, with the reason, when the user may not share the page."""
    if _root_of(page) is None:
        raise LinkError(f"“{page.get_admin_display_title()}” is on no site.")
    if page.alias_of_id:
        raise LinkError(
            f"“{page.get_admin_display_title()}” is an alias. Share the page that it shows."
        )
    if not _may_share(page, user):
        raise LinkError(f"You may not edit “{page.get_admin_display_title()}”.")
    if is_restricted(page):
        if not _may_publish(page, user):
            raise LinkError(
                f"“{page.get_admin_display_title()}” is private. "
                "Only somebody who may publish it can share it."
            )
        if not allows_restricted:
            raise LinkError(
                f"“{page.get_admin_display_title()}” is private. "
                "Confirm that whoever has the link may read it."
            )


def _pages_of(pages, revision) -> list[tuple[Page, Revision | None]]:
    if isinstance(pages, Release):
        rows = pages.release_posts.select_related("post", "revision").order_by("sort_order")
        found = [(row.post, row.revision) for row in rows if row.post]
    elif isinstance(pages, Page):
        found = [(pages, revision)]
    else:
        found = [(page, None) for page in pages]
        if revision is not None:
            raise LinkError("A revision can be chosen for one page only.")
    if not found:
        raise LinkError("There is no page to share.")
    if len(found) > MOST_PAGES:
        raise LinkError(f"Share at most {MOST_PAGES} pages by one link.")
    if len({page.pk for page, _ in found}) < len(found):
        raise LinkError("A page can be in a link only once.")
    # As they are stored now: the objects at hand may be forms' or versions'.
    stored = Page.objects.in_bulk([page.pk for page, _ in found])
    if len(stored) < len(found):
        raise LinkError("One of the pages has been deleted.")
    for page, chosen in found:
        if chosen and (
            chosen.object_id != str(page.pk) or chosen.base_content_type.model_class() is not Page
        ):
            raise LinkError("The revision is of another page.")
    return [(stored[page.pk], chosen) for page, chosen in found]


def _root_of(page: Page) -> str | None:
    """The scheme and host of the page's site, or None for one that is on no site."""
    parts = page.get_url_parts()
    return parts[1] if parts else None


def _clean_label(label: str) -> str:
    clean = CONTROLS.sub(" ", label).strip()
    longest = ReviewLink._meta.get_field("label").max_length
    if not clean:
        raise LinkError("Say for whom the link is.")
    if len(clean) > longest:
        raise LinkError(f"Say for whom the link is in {longest} characters or fewer.")
    return clean


def _time_given(expires_in: timedelta | None) -> timedelta:
    most = timedelta(days=settings.TWOTRACK_REVIEW_MOST_DAYS)
    if expires_in is None:
        return min(timedelta(days=settings.TWOTRACK_REVIEW_DAYS), most)
    if not timedelta() < expires_in <= most:
        raise LinkError(f"A link can be open for {most.days} days at most.")
    return expires_in


def _put(link: ReviewLink, page: Page, revision: Revision | None, place: int) -> None:
    try:
        version = sharing.freeze(page, None if link.follows_latest else revision)
    except sharing.DamagedCopyError as error:
        raise LinkError(
            f"“{page.get_admin_display_title()}” cannot be shared: this version cannot be shown."
        ) from error
    LinkedPage.objects.create(
        link=link,
        page=page,
        # Of the version: a later title of the page may say more than is meant for the reviewer.
        title=str(sharing.content_of(version).get("title", ""))[:255],
        place=place,
        version=version,
        live_revision=page.live_revision_id,
    )


# Finding


def find_link(token: str) -> ReviewLink | None:
    """The link of a token, also when it is over, or None.

    A token of the right shape costs the same work whether there is such a link or not: the
    digests, one query, and as many comparisons.
    """
    if not tokens.is_well_formed(token):
        return None
    digests = list(tokens.digests_of(token))
    found = ReviewLink.objects.select_related("made_by").filter(token_hash__in=digests).first()
    stored = found.token_hash if found else NOBODYS_DIGEST
    matches = [constant_time_compare(stored, digest) for digest in digests]
    return found if any(matches) else None


def find_opened(public_id: str) -> ReviewLink | None:
    """The link of that public name, which proves nothing: ask for a session of it."""
    return ReviewLink.objects.select_related("made_by").filter(public_id=public_id).first()


def open_links(page: Page | None = None) -> QuerySet[ReviewLink]:
    """The links that are open now by their dates: of a page, or of all."""
    links = ReviewLink.objects.open_at(database_now()).select_related("made_by")
    return links if page is None else links.of_page(page)


def note_opened(link: ReviewLink, session: ReviewSession) -> None:
    """Count that somebody has read what the link shows, for the first time in their browser."""
    ReviewLink.objects.filter(pk=link.pk).update(
        opens=F("opens") + 1, last_opened_at=database_now()
    )
    audit.note("open", link, client=session.client)


# Being over


def ending_of(link: ReviewLink, now: datetime | None = None) -> Ending | None:
    """Why the link as a whole is over, or None while it is open.

    A list of links looks at the clock once, and says what is `now`.
    """
    if link.revoked_at is not None:
        return Ending.REVOKED
    if link.ended_at is not None:
        return Ending(link.ended_because)
    if link.expires_at <= (now or database_now()):
        return Ending.EXPIRED
    if link.made_by is None or not link.made_by.is_active:
        return Ending.CREATOR
    return None


def ending_of_page(linked: LinkedPage, link: ReviewLink | None = None) -> Ending | None:
    """Why this page of an open link is not shown any more, or None."""
    link = link or linked.link
    if linked.ended_at is not None:
        return Ending(linked.ended_because)
    page = linked.page
    if page is None:
        return Ending.DELETED
    if has_been_published(linked):
        return Ending.PUBLISHED
    if not _may_share(page, link.made_by):
        return Ending.RIGHTS
    if is_restricted(page) and not (link.allows_restricted and _may_publish(page, link.made_by)):
        return Ending.RESTRICTED
    return None


def has_been_published(linked: LinkedPage) -> bool:
    """Whether readers have got another version of the page since it was shared."""
    page = linked.page
    if linked.ended_because == Ending.PUBLISHED:
        return True
    return page is not None and page.live and page.live_revision_id != linked.live_revision


def public_address(page: Page | None) -> str | None:
    """Where anybody may read the page now, or None."""
    if page is None or not readable(Page.objects.filter(pk=page.pk)).exists():
        return None
    return page.full_url


def is_restricted(page: Page) -> bool:
    """Whether the page, or one above it, is private."""
    return page.get_view_restrictions().exists()


def end_page(linked: LinkedPage, because: Ending) -> None:
    """Close one page of a link for good, and the link with its last page."""
    end_pages(LinkedPage.objects.filter(pk=linked.pk), because)


def end_pages(linked_pages: QuerySet[LinkedPage], because: Ending) -> None:
    """Close these pages of open links for good, and links with their last page."""
    now = database_now()
    with transaction.atomic():
        open_now = linked_pages.filter(
            ended_at=None, link__in=ReviewLink.objects.open_at(now).values("pk")
        ).select_related("link", "page")
        for linked in open_now:
            closed = LinkedPage.objects.filter(pk=linked.pk, ended_at=None)
            if closed.update(ended_at=now, ended_because=because):
                audit.note("expire", linked.link, page=linked, because=because.label)
                _end_if_nothing_is_left(linked.link, because, now)


def end_link(link: ReviewLink, because: Ending) -> None:
    """Close a link for good."""
    ended = ReviewLink.objects.filter(pk=link.pk, ended_at=None, revoked_at=None)
    with transaction.atomic():
        if ended.update(ended_at=database_now(), ended_because=because):
            audit.note("expire", link, because=because.label)


def close(link: ReviewLink, because: Ending, linked: LinkedPage | None = None) -> None:
    """Make last what was found at an opening: what is over stays over, whatever is undone later.

    A damaged copy ends nothing, for a following link may show a better one tomorrow.
    """
    if because in {Ending.EXPIRED, Ending.CREATOR}:
        end_link(link, because)
    elif linked is not None and because not in {Ending.REVOKED, Ending.DAMAGED}:
        end_page(linked, because)


def end_what_is_over() -> int:
    """Close for good the links, and the pages of open ones, that are over; returns their number.

    None of them is shown meanwhile. It is for the lists of editors and for the history, and so
    that rights which are given back open nothing again that nobody has asked for in between.
    """
    now, count = database_now(), 0
    left = LinkedPage.objects.filter(ended_at=None).select_related("page")
    # Whoever has made several is one object, which remembers the rights once they are asked for.
    not_closed = ReviewLink.objects.filter(revoked_at=None, ended_at=None).prefetch_related(
        "made_by", Prefetch("linked_pages", left, to_attr="pages_left")
    )
    for link in not_closed:
        if because := ending_of(link, now):
            close(link, because)
            count += 1
            continue
        for linked in link.pages_left:
            if because := ending_of_page(linked, link):
                close(link, because, linked)
                count += 1
    return count


def _end_if_nothing_is_left(link: ReviewLink, because: Ending, now) -> None:
    is_left = LinkedPage.objects.filter(link=OuterRef("pk"), ended_at=None)
    ReviewLink.objects.filter(~Exists(is_left), pk=link.pk, ended_at=None).update(
        ended_at=now, ended_because=because
    )


# Managing


def may_manage(
    user: AbstractBaseUser, link: ReviewLink, may_edit: Callable[[Page], bool] | None = None
) -> bool:
    """Whether the user may extend and revoke it: who made it, or may share all its pages.

    A page that the user has no right to change may be at a step of a workflow that lets them edit
    it: that costs a few queries for each such page. A list has its own answer, `may_edit`; then
    nothing is asked of the database about a link whose pages have been fetched with it.
    """
    if not user.is_active or not user.has_perm("wagtailadmin.access_admin"):
        return False
    if user.is_superuser or link.made_by_id == user.pk:
        return True
    may_edit = may_edit or (lambda page: page.permissions_for_user(user).can_edit())
    pages = [linked.page for linked in link.linked_pages.all() if linked.page]
    if link.allows_restricted and not all(
        page.permissions_for_user(user).can_publish() for page in pages
    ):
        return False
    return bool(pages) and all(may_edit(page) for page in pages)


def extend(link: ReviewLink, expires_in: timedelta | None, *, by: AbstractBaseUser | None) -> None:
    """Let an open link be open for so long from now, or for the usual time; never shorter.

    Raises LinkError for one that is over.
    """
    now, given = database_now(), _time_given(expires_in)
    open_now = ReviewLink.objects.open_at(now).filter(pk=link.pk)
    with transaction.atomic():
        if ending_of(link) or not open_now.exists():
            raise LinkError("The link is over. Share the page again.")
        is_longer = open_now.filter(expires_at__lt=now + given).update(expires_at=now + given)
        link.refresh_from_db(fields=["expires_at"])
        if is_longer:
            audit.note("extend", link, user=by, until=link.expires_at.isoformat())


def revoke(link: ReviewLink, *, by: AbstractBaseUser | None) -> bool:
    """Close the link for good, at once and everywhere; False when it was over before.

    What was said by it stays.
    """
    now = database_now()
    open_now = ReviewLink.objects.open_at(now).filter(pk=link.pk)
    with transaction.atomic():
        is_done = bool(open_now.update(revoked_at=now, revoked_by=by))
        if is_done:
            audit.note("revoke", link, user=by)
    link.refresh_from_db(fields=["revoked_at", "revoked_by"])
    return is_done


def revoke_all(links: ReviewLinkQuerySet, *, by: AbstractBaseUser | None) -> int:
    """Revoke those of these links that are open; returns how many they were."""
    return sum(revoke(link, by=by) for link in links.open_at(database_now()))


def _may_share(page: Page, user: AbstractBaseUser | None) -> bool:
    return bool(
        user
        and user.is_active
        and user.has_perm("wagtailadmin.access_admin")
        and page.permissions_for_user(user).can_edit()
    )


def _may_publish(page: Page, user: AbstractBaseUser) -> bool:
    return _may_share(page, user) and page.permissions_for_user(user).can_publish()

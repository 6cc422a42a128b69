"""Opening a link, and reading what it shows."""

import logging
from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from review import audit, limits, links, sessions, sharing
from review.limits import allows_hit, allows_miss, is_unfurler, within
from review.models import Ending, LinkedPage, ReviewLink, ReviewSession
from review.reading import Review, entries_of

logger = logging.getLogger("twotrack.review")

HOUR = 3600


class SeeOther(HttpResponseRedirect):
    """An answer that leads on, and is asked for with GET whatever came before."""

    status_code = 303


# Nothing can be sent to it, so there is nothing to forge: other methods are answered by 405.
@csrf_exempt
@require_safe
def exchange(request: HttpRequest, token: str) -> HttpResponse:
    """Take the secret out of the address: a cookie for it, and on to an address that tells none.

    It may be done as often as one likes, for programs that scan mails do it before the reviewer.
    """
    if is_unfurler(request):
        return HttpResponse(content_type="text/plain; charset=utf-8")
    link = links.find_link(token)
    if link is None:
        return missed(request)
    if not allows_hit(link):
        return too_many(request)
    because = links.ending_of(link)
    if because:
        return over(request, link, because)
    response = SeeOther(reverse("review", args=[link.public_id]))
    if request.method == "GET":
        sessions.open_session(request, response, link)
    return response


@csrf_exempt
@require_safe
def read(request: HttpRequest, public_id: str, place: int = 1) -> HttpResponse:
    """A page of the link, for a browser that has opened it within a day."""
    found = reviewed(request, public_id, place)
    if isinstance(found, HttpResponse):
        return found
    review = found
    try:
        if review.link.follows_latest:
            sharing.follow(review.linked)
        response = drawn(review)
    except sharing.DamagedCopyError:
        logger.exception("A page of a review link cannot be shown")
        return over(request, review.link, Ending.DAMAGED, review.linked)
    if sessions.note_seen(review.session, review.linked):
        links.note_opened(review.link, review.session)
    return response


def reviewed(request: HttpRequest, public_id: str, place: int = 1) -> Review | HttpResponse:
    """The reading that the browser is entitled to, or the answer that says why there is none.

    Every view of a reviewer begins with it, those that take what they write first of all.
    """
    found = _opened(request, public_id, place)
    if isinstance(found, HttpResponse):
        return found
    linked = next((one for one in found.linked_pages if one.place == place), None)
    return missed(request) if linked is None else _reading(request, found, linked)


def reviewed_first(request: HttpRequest, public_id: str) -> Review | HttpResponse:
    """The same for the first page of the link that is not over."""
    found = _opened(request, public_id)
    if isinstance(found, HttpResponse):
        return found
    still_open = (one for one in found.linked_pages if not links.ending_of_page(one, found.link))
    return _reading(request, found, next(still_open, found.linked_pages[0]))


class Opened(NamedTuple):
    """An open link in a browser that has opened it within a day."""

    link: ReviewLink
    session: ReviewSession
    linked_pages: list[LinkedPage]


def _opened(request: HttpRequest, public_id: str, place: int = 1) -> Opened | HttpResponse:
    """The link as it was opened, or the answer that says why it is not; it counts as one hit."""
    link = links.find_opened(public_id)
    session = sessions.find(request, link) if link else None
    if session is None:
        return missed(request)
    if not allows_hit(link):
        return too_many(request)
    linked_pages = list(link.linked_pages.select_related("page", "version"))
    because = links.ending_of(link)
    if because:
        at_hand = (one for one in linked_pages if one.place == place)
        return over(request, link, because, next(at_hand, None))
    return Opened(link, session, linked_pages)


def _reading(request: HttpRequest, found: Opened, linked: LinkedPage) -> Review | HttpResponse:
    """The reading of one page of the link, or the answer that says why it is over."""
    because = links.ending_of_page(linked, found.link)
    if because:
        return over(request, found.link, because, linked)
    return Review(request, found.link, found.session, found.linked_pages, linked)


def drawn(review: Review) -> HttpResponse:
    """The real page with the banner, rendered for nobody in particular.

    The request it is rendered for is made up: neither cookie nor account of the visitor is in it.
    """
    inner = review.page.make_preview_request(
        extra_request_attrs={
            "review": review,
            "is_secure": review.request.is_secure,
        }
    )
    if inner.status_code != 200:
        raise sharing.DamagedCopyError(
            f"Page {review.linked.page_id} answers {inner.status_code} when it is shown."
        )
    # Only what it says: no header and no cookie that anything has put on it.
    return HttpResponse(inner.content, content_type=inner.headers["Content-Type"])


def missed(request: HttpRequest) -> HttpResponse:
    """The ordinary page of an address that leads nowhere."""
    if not allows_miss(request):
        return too_many(request)
    raise Http404


def too_many(request: HttpRequest) -> HttpResponse:
    response = render(request, "review/too_many.html", status=429)
    response.headers["Retry-After"] = str(limits.MINUTE)
    return response


def over(
    request: HttpRequest, link: ReviewLink, because: Ending, linked: LinkedPage | None = None
) -> HttpResponse:
    """Why there is nothing to read any more; a following link leads on to what is public.

    It names no page: whoever holds a dead link learns nothing new. Where other pages of the link
    are still open, these are what it leads on to.
    """
    links.close(link, because, linked)
    linked_pages = list(link.linked_pages.select_related("page"))
    linked = linked or linked_pages[0]
    address = None
    if because == Ending.PUBLISHED:
        address = links.public_address(linked.page)
    if within("denied", link.public_id, 1, seconds=HOUR):
        audit.note(
            "denied", link, page=linked, because=because.label, client=limits.client_of(request)
        )
    link.refresh_from_db()
    is_open = not links.ending_of(link)
    entries = entries_of(link, linked_pages, linked) if is_open else []
    if address and link.follows_latest and all(entry.ending for entry in entries):
        return SeeOther(address)
    context = {"because": because, "address": address, "entries": entries}
    return render(request, "review/ended.html", context, status=410)

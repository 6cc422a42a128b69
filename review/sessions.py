"""Who reads: an opened link in one browser, known by a cookie that opens nothing else."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from blog.clock import database_now
from review.limits import client_of
from review.models import LinkedPage, ReviewLink, ReviewSession, SeenVersion, SharedVersion
from review.tokens import digest_of, digests_of

COOKIE_PATH = "/p/"
LASTS = timedelta(hours=24)
KEPT = timedelta(days=90)
LONGEST = 64  # characters of a cookie that may be ours
NOTED_EVERY = timedelta(minutes=1)


def cookie_of(link: ReviewLink) -> str:
    """The name of the link's cookie: several links may be open in one browser."""
    return f"{settings.TWOTRACK_REVIEW_COOKIE}-{link.public_id}"


def find(request: HttpRequest, link: ReviewLink) -> ReviewSession | None:
    """The session of this link that the browser is in, younger than a day, or None."""
    secret = request.COOKIES.get(cookie_of(link), "")
    if not secret or len(secret) > LONGEST:
        return None
    digests = list(digests_of(secret, purpose="session"))
    since = database_now() - LASTS
    found = link.sessions.filter(session_hash__in=digests, renewed_at__gt=since).first()
    is_ours = found and any(constant_time_compare(found.session_hash, one) for one in digests)
    return found if is_ours else None


def open_session(request: HttpRequest, response: HttpResponse, link: ReviewLink) -> ReviewSession:
    """The browser's session of the link, gone on with or new, with its cookie on `response`.

    A new one never takes over what the browser has sent: that may have been put there.
    """
    now = database_now()
    session = find(request, link)
    secret = request.COOKIES.get(cookie_of(link)) if session else secrets.token_urlsafe(32)
    if session is None:
        session = ReviewSession(link=link, made_at=now)
        session.session_hash = digest_of(secret, purpose="session")
    session.client, session.renewed_at, session.last_seen = client_of(request), now, now
    session.save()
    lasts = min(LASTS, link.expires_at - now)
    response.set_cookie(
        cookie_of(link),
        secret,
        max_age=int(lasts.total_seconds()),
        path=COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return session


def seen_before(session: ReviewSession, linked: LinkedPage) -> SharedVersion | None:
    """The version of the page that was shown last before the one it shows now, or None.

    It is what this session has seen, or, where it is new, what the link's others have: a link is
    made for one reviewer, who may come back with another browser.
    """
    other = linked.seen.exclude(version__sha256=linked.version.sha256).order_by("-seen_at", "-pk")
    found = other.filter(session=session).first() or other.first()
    return found.version if found else None


def is_first_look(session: ReviewSession, linked: LinkedPage) -> bool:
    """Whether the session was shown other versions of the page, and not the one it shows now."""
    seen = set(linked.seen.filter(session=session).values_list("version__sha256", flat=True))
    return bool(seen) and linked.version.sha256 not in seen


def note_seen(session: ReviewSession, linked: LinkedPage) -> bool:
    """Note that the session is shown the page's version; whether it opens the link by that."""
    now = database_now()
    SeenVersion.objects.get_or_create(
        session=session,
        linked_page=linked,
        version=linked.version,
        defaults={"seen_at": now},
    )
    if now - session.last_seen > NOTED_EVERY:
        ReviewSession.objects.filter(pk=session.pk).update(last_seen=now)
    if session.opened_at is not None:
        return False
    first = ReviewSession.objects.filter(pk=session.pk, opened_at=None)
    return bool(first.update(opened_at=now, last_seen=now))


def forget_old() -> int:
    """Delete who has read what, 90 days after, and openings that nothing was read by, as those of
    mail scanners, a day after. What was said stays. Returns the number.
    """
    now = database_now()
    old = Q(last_seen__lt=now - KEPT) | Q(opened_at=None, renewed_at__lt=now - LASTS)
    return ReviewSession.objects.filter(old).delete()[1].get("review.ReviewSession", 0)

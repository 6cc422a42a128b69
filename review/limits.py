"""How often a link may be read and a wrong one tried, and what is noted of a client.

Counters are in the cache: of each process, or of all where the cache is shared. They keep noise
down; what keeps a draft unread is the token.
"""

import ipaddress
import logging
import re

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from review.models import ReviewLink
from review.tokens import digest_of

HITS_OF_A_LINK = 120
MISSES_OF_A_CLIENT, MISSES_OF_ALL = 20, 200
MINUTE = 60

BROWSERS = ["Edg", "OPR", "Firefox", "SamsungBrowser", "Chrome", "Safari"]
PHONE = re.compile(r"\b(?:Mobile|Android|iPhone|iPad)\b")
# They fetch every address in a message to show its title, or to look for what is harmful.
UNFURLERS = re.compile(
    r"slack(?:bot|-imgproxy)|twitterbot|facebookexternalhit|facebot|linkedinbot|discordbot"
    r"|whatsapp/|telegrambot|skypeuripreview|bingpreview|microsoftpreview|mattermost-bot"
    r"|rocket\.chat|embedly|iframely|redditbot|pinterestbot|applebot|googlebot|bingbot|yandexbot"
    r"|duckduckbot|baiduspider|google-safety|google-pagerenderer|mastodon/|bluesky|cardyb"
    r"|http\.rb/|matrix|synapse|zulipurlpreview|barracuda|proofpoint|mimecast",
    re.IGNORECASE,
)

logger = logging.getLogger("twotrack.review")


def within(kind: str, subject: str, most: int, *, seconds: int = MINUTE) -> bool:
    """Count one more of `kind` for `subject`; whether it is among the first `most` of this time."""
    slot = int(timezone.now().timestamp()) // seconds
    key = f"review:{kind}:{subject}:{slot}"
    cache.add(key, 0, timeout=2 * seconds)
    try:
        count = cache.incr(key)
    except ValueError:  # It was thrown out in between, as a full cache does.
        count = 1
    return count <= most


def allows_hit(link: ReviewLink) -> bool:
    """Whether the link may be read once more in this minute."""
    return within("hit", link.public_id, HITS_OF_A_LINK)


def allows_miss(request: HttpRequest) -> bool:
    """Whether one more wrong address may be tried in this minute, by this network and by all.

    Only misses are refused, so nobody who guesses can lock out those who have a link.
    """
    of_client = within("miss", network_of(request), MISSES_OF_A_CLIENT)
    of_all = within("miss", "all", MISSES_OF_ALL)
    if not of_all and within("alarm", "all", 1):
        logger.error("More than %d wrong review links were tried in a minute", MISSES_OF_ALL)
    return of_client and of_all


def address_of(request: HttpRequest) -> str:
    """The address of the visitor: what the outermost of our own proxies has written down.

    What stands before that in X-Forwarded-For was written by the visitor, and proves nothing.
    """
    address = request.META.get("REMOTE_ADDR") or ""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        written = [part for part in forwarded if part.strip()]
        proxies = settings.TWOTRACK_PROXIES
        address = written[-proxies].strip() if len(written) >= proxies else address
    return address


def network_of(request: HttpRequest) -> str:
    """A keyed digest of the visitor's network: the address, or the /64 of IPv6."""
    address = address_of(request)
    try:
        found = ipaddress.ip_address(address)
        bits = 64 if found.version == 6 and found.ipv4_mapped is None else found.max_prefixlen
        network = str(ipaddress.ip_network(f"{found}/{bits}", strict=False))
    except ValueError:
        network = "unknown"
    return digest_of(network, purpose="network")[:12]


def client_of(request: HttpRequest) -> str:
    """What is noted of a visitor: the digest of the network, and the kind of browser."""
    agent = request.META.get("HTTP_USER_AGENT", "")[:500]
    browser = next((name for name in BROWSERS if name in agent), "other")
    kind = "phone" if PHONE.search(agent) else "computer"
    return f"{network_of(request)} {browser} {kind}"


def is_unfurler(request: HttpRequest) -> bool:
    """Whether a program asks that shows titles of addresses in messages, or searches."""
    return bool(UNFURLERS.search(request.META.get("HTTP_USER_AGENT", "")[:500]))

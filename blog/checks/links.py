"""Whether the addresses elsewhere that posts link to still answer. Off unless it is set.

A few are asked at a time, each once a week; one that fails, once a day, and it is broken after it
has failed on three days. Nothing of this publication's own network is ever asked: names are looked
up once, an address that is not public is refused, and the connection goes to the very address that
was looked at.
"""

import http.client
import ipaddress
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings
from django.db import close_old_connections
from django.db.models import Q
from django.utils import timezone

from blog.checks.stored import check_out_of_date
from blog.models import ExternalLink
from blog.models.checks import FAILURES_OF_A_BROKEN_LINK

logger = logging.getLogger("twotrack.links")

PORTS = {"http": 80, "https": 443}
MOST_REDIRECTS = 3
SECONDS = 10  # For one address, with all its redirects.
A_MINUTE = 10  # Addresses, of all processes together.
PAUSE = 60  # Seconds between two bites.
AFTER_SUCCESS, AFTER_FAILURE = timedelta(days=7), timedelta(days=1)
FORGOTTEN_AFTER = timedelta(days=30)  # Since a post last had the address.
REDIRECTS = {301, 302, 303, 307, 308}
_SAFE = "/%:@!$&'()*+,;=~-._"
REFUSES_ROBOTS = {401, 403, 429, 451, 999}  # It answers, whatever it thinks of us.


class Unreachable(Exception):  # noqa: N818 - it is no mistake in the program
    """An address does not answer; the message is a sentence for editors."""


@dataclass(frozen=True)
class Answer:
    """What an address said: an HTTP status, or None and why there was none."""

    status: int | None
    problem: str = ""

    @property
    def is_failure(self) -> bool:
        if self.status is None:
            return True
        return self.status >= 400 and self.status not in REFUSES_ROBOTS


# Asking


def ask(url: str, *, seconds: float = SECONDS) -> Answer:
    """The answer of an address and its redirects. Never raises, and never takes much longer."""
    until = time.monotonic() + seconds
    answer = _answer("HEAD", url, until)
    if answer.status is None or answer.status >= 400:  # Some answer GET only.
        answer = _answer("GET", url, until)
    return answer


def _answer(method: str, url: str, until: float) -> Answer:
    try:
        return Answer(_follow(method, url, until))
    except Unreachable as error:
        return Answer(None, str(error))


def _follow(method: str, url: str, until: float) -> int:
    for _ in range(MOST_REDIRECTS + 1):
        status, location = _ask_once(method, url, until)
        if status not in REDIRECTS or not location:
            return status
        url = urljoin(url, location)
    raise Unreachable(f"It redirects more than {MOST_REDIRECTS} times.")


def _ask_once(method: str, url: str, until: float) -> tuple[int, str]:
    scheme, host, port, path = _parts(url)
    left = until - time.monotonic()
    if left <= 0:
        raise Unreachable("It took too long to answer.")
    connection = _connection(scheme, host, port, public_address(host, port), left)
    # The time out of a socket is for each read; a slow drip of bytes is ended by this.
    alarm = threading.Timer(left, connection.end)
    alarm.daemon = True
    alarm.start()
    try:
        connection.request(method, path, headers=_headers(host, port, PORTS[scheme]))
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location") or ""
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
        raise Unreachable(f"It does not answer: {type(error).__name__}.") from error
    finally:
        alarm.cancel()
        connection.close()


def _parts(url: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname or "", parts.port
        host = host if ":" in host else host.encode("idna").decode()
    except (ValueError, UnicodeError) as error:
        raise Unreachable("The address is not well formed.") from error
    if scheme not in PORTS or not host or parts.username is not None:
        raise Unreachable("The address is not one of a web page.")
    if port is not None and port != PORTS[scheme]:
        raise Unreachable("The address has a port of its own.")
    path = quote(parts.path or "/", safe=_SAFE)
    query = quote(parts.query, safe=f"{_SAFE}?")
    return scheme, host, PORTS[scheme], f"{path}?{query}" if query else path


def public_address(host: str, port: int) -> str:
    """The address to connect to; Unreachable if any address of the name is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("There is no such host.") from error
    addresses = [entry[4][0] for entry in found]
    if not addresses or not all(is_public(address) for address in addresses):
        raise Unreachable("The address is not public.")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, whatever it is wrapped in."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if found.version == 6:
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if inner is None and found in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.ip_address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not (found.is_multicast or found.is_reserved)


def _headers(host: str, port: int, usual_port: int) -> dict[str, str]:
    name = f"[{host}]" if ":" in host else host
    return {
        "Host": name if port == usual_port else f"{name}:{port}",
        "User-Agent": f"Twotrack link check (+{settings.WAGTAILADMIN_BASE_URL})",
        "Accept": "*/*",
        "Connection": "close",
    }


def _connection(scheme: str, host: str, port: int, address: str, timeout: float):
    kind = _PinnedHTTPS if scheme == "https" else _Pinned
    return kind(host, port, address, timeout)


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was looked at, and not to what the name says now."""

    def __init__(self, host: str, port: int, address: str, timeout: float):
        super().__init__(host, port, timeout=timeout)
        self.address = address

    def connect(self):
        self.sock = socket.create_connection((self.address, self.port), self.timeout)

    def end(self):
        """End whatever the connection waits for, from another thread."""
        if self.sock is not None:
            with suppress(OSError):  # It may have ended by itself.
                self.sock.shutdown(socket.SHUT_RDWR)


class _PinnedHTTPS(_Pinned):
    """The same with TLS, whose certificate must be the name's."""

    default_port = 443

    def connect(self):
        super().connect()
        context = ssl.create_default_context()
        # The handshake comes after, so that `end` has the socket that it waits on.
        self.sock = context.wrap_socket(
            self.sock, server_hostname=self.host, do_handshake_on_connect=False
        )
        self.sock.do_handshake()


# Which, and when


def check_some(*, asking: Callable[[str], Answer] = ask) -> int:
    """Ask what is due, as many as a minute allows; returns how many were asked.

    Each address is claimed in one statement before it is asked, so that two processes never ask
    the same, and no transaction is open while waiting for an answer.
    """
    now = timezone.now()
    recent = ExternalLink.objects.filter(checked_at__gt=now - timedelta(minutes=1)).count()
    due = _due(now).order_by("checked_at", "pk").values_list("pk", "checked_at", "url")
    asked = 0
    for pk, checked_at, url in list(due[: max(0, A_MINUTE - recent)]):
        claimed = ExternalLink.objects.filter(pk=pk, checked_at=checked_at)
        if checked_at is None:
            claimed = ExternalLink.objects.filter(pk=pk, checked_at__isnull=True)
        if claimed.update(checked_at=timezone.now()):
            _keep(pk, asking(url))
            asked += 1
    ExternalLink.objects.filter(seen_at__lt=now - FORGOTTEN_AFTER).delete()
    return asked


def _due(now):
    is_failing = Q(failures__gt=0, failures__lt=FAILURES_OF_A_BROKEN_LINK)
    return ExternalLink.objects.filter(
        Q(checked_at__isnull=True)
        | Q(checked_at__lt=now - AFTER_SUCCESS)
        | (is_failing & Q(checked_at__lt=now - AFTER_FAILURE))
    )


def _keep(pk: int, answer: Answer) -> None:
    """Store an answer. Failures are counted once a day."""
    link = ExternalLink.objects.filter(pk=pk).first()
    if link is None:
        return
    link.status, link.problem = answer.status, answer.problem
    if not answer.is_failure:
        link.failures, link.failed_on, link.answered_at = 0, None, timezone.now()
    elif link.failed_on != timezone.localdate():
        link.failures, link.failed_on = link.failures + 1, timezone.localdate()
    link.save(update_fields=["status", "problem", "failures", "failed_on", "answered_at"])


def watch(stop: threading.Event, *, pause: float = PAUSE) -> None:
    """Check posts, and their links if that is set, in small bites until `stop` is set.

    Made for a thread of its own beside the timer, which must not wait for other people's servers.
    """
    while not stop.wait(pause):
        close_old_connections()
        try:
            check_out_of_date()
            if settings.TWOTRACK_CHECK_LINKS:
                check_some()
        except Exception:
            logger.exception("The posts and links could not be checked")
        close_old_connections()

"""The secret of a review link: how it is made, recognised, and looked up.

`twp_`, 43 characters with 256 random bits, and six of a checksum. The checksum refuses a mistyped
address without asking the database; the beginning lets scanners for secrets find a leaked one.
Only a keyed digest is ever stored.
"""

import re
import secrets
import zlib
from collections.abc import Iterator

from blog import digests

PREFIX = "twp_"
SECRET_LENGTH, SUM_LENGTH = 43, 6
SHAPE = rf"{PREFIX}[A-Za-z0-9_-]{{{SECRET_LENGTH + SUM_LENGTH}}}"
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def make_token() -> str:
    """A new secret. It is in nobody's hands but the caller's: see digest_of."""
    body = PREFIX + secrets.token_urlsafe(32)
    return body + _sum_of(body)


def is_well_formed(token: str) -> bool:
    """Whether it has the shape and the checksum of a token; says nothing about a link."""
    if not re.fullmatch(SHAPE, token):
        return False
    return _sum_of(token[:-SUM_LENGTH]) == token[-SUM_LENGTH:]


def digest_of(secret: str, *, purpose: str = "link") -> str:
    """What is stored of a new secret, with the present key."""
    return next(digests_of(secret, purpose=purpose))


def digests_of(secret: str, *, purpose: str = "link") -> Iterator[str]:
    """What may be stored of a secret: with the present key first, then with former ones."""
    return digests.digests_of(secret, purpose=f"twotrack.review.{purpose}")


def _sum_of(body: str) -> str:
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(SUM_LENGTH):
        number, rest = divmod(number, len(DIGITS))
        digits = DIGITS[rest] + digits
    return digits

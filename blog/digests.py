"""What is stored of a secret, so that a copy of the database opens nothing."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.crypto import salted_hmac


def digests_of(secret: str, *, purpose: str) -> Iterator[str]:
    """Keyed digests (HMAC-SHA256, RFC 2104) in hexadecimal: with the present key, then former ones.

    The first is what is stored of a new secret; one of them is what is stored of an older one.
    """
    for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        yield salted_hmac(purpose, secret, secret=key, algorithm="sha256").hexdigest()

"""Addresses: the last part of one from words, and the old ones that documents name."""

import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.text import slugify

LONGEST = 120
LONGEST_ADDRESS = 500
UNSAFE = re.compile(r"[\x00-\x20?#]+")
RESERVED = frozenset(
    {
        *("admin", "search", "tags", "authors", "feed", "documents", "static", "media", "p"),
        *("healthz", "sitemap", "robots", "favicon"),
    }
)


def slug_of(words: str, suffix: str, notes: list[str]) -> str:
    """A slug for the words; `suffix` is added, with a note, to one that is reserved."""
    plain = unicodedata.normalize("NFC", words)
    slug = slugify(plain, allow_unicode=True)[:LONGEST].strip("-_")
    if not slug:
        return suffix
    if slug in RESERVED:
        notes.append(f"The address part “{slug}” is reserved, so it became “{slug}-{suffix}”.")
        return f"{slug}-{suffix}"
    return slug


def path_of(address: str) -> str:
    """The path of an address as a site would serve it: one leading slash, no way upwards."""
    try:
        path = urlsplit(address.strip()).path
    except ValueError:
        path = address
    parts = [part for part in unquote(path).split("/") if part not in {"", ".", ".."}]
    safe = [UNSAFE.sub("-", part) for part in parts]
    return "/" + "/".join(safe) + ("/" if safe and "." not in safe[-1] else "")


def usable_address(address: str, notes: list[str]) -> str:
    """A full address that a page can name as the place a text first appeared, or nothing."""
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError:
        if address:
            notes.append(f"The address {address[:80]} is not a full one and was left out.")
        return ""
    if len(address) > LONGEST_ADDRESS:
        notes.append(f"The address {address[:80]}… is too long and was left out.")
        return ""
    return address


def last_part(path: str) -> str:
    """The last part of a path, without the ending of a file."""
    name = PurePosixPath(path).name
    return re.sub(r"\.(html?|md|markdown|php|aspx?)$", "", name, flags=re.IGNORECASE)

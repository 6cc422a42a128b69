"""Typed readers of the environment.

This is the only module that reads `os.environ`. Each variable the product knows is declared once,
in `VARIABLES`, with its default and one sentence for the operator; the settings table in
docs/settings.md is checked against it.
"""

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class Variable:
    """One environment variable: its name, the default as text, and what it is for."""

    name: str
    default: str
    purpose: str


VARIABLES = {
    variable.name: variable
    for variable in [
        Variable(
            "SECRET_KEY",
            "",
            "Signs sessions and links. Required in production; `make run` makes one.",
        ),
        Variable(
            "SECRET_KEY_FALLBACKS",
            "",
            "Earlier keys, separated by commas, that stay valid while a key is rotated.",
        ),
        Variable(
            "TWOTRACK_BASE_URL",
            "http://localhost:8000",
            "The public address of the publication, with scheme and without a path.",
        ),
        Variable(
            "TWOTRACK_ALLOWED_HOSTS",
            "",
            "Further host names that may be asked for, separated by commas.",
        ),
        Variable(
            "TWOTRACK_BEHIND_PROXY",
            "false",
            "true when a reverse proxy sets X-Forwarded-Proto, so that https is recognised.",
        ),
        Variable(
            "TWOTRACK_TIME_ZONE",
            "UTC",
            "The publication's time zone, by its IANA name, for example Europe/Berlin.",
        ),
        Variable(
            "TWOTRACK_LANGUAGE",
            "en",
            "The language of the publication, as a code such as en or en-gb.",
        ),
        Variable(
            "TWOTRACK_DATA_DIR",
            "var",
            "The folder for the SQLite database, uploads and collected static files.",
        ),
        Variable(
            "TWOTRACK_DEBUG",
            "false",
            "true shows error pages for developers. Only the development settings read it.",
        ),
        Variable(
            "TWOTRACK_LOG_LEVEL",
            "INFO",
            "The least level that is logged: DEBUG, INFO, WARNING or ERROR.",
        ),
        Variable(
            "DATABASE_URL",
            "",
            "postgres://user:password@host:5432/name. Empty: SQLite in the data folder.",
        ),
        Variable(
            "REDIS_URL",
            "",
            "redis://host:6379/0, the cache shared by several servers. Empty: in process.",
        ),
        Variable(
            "S3_BUCKET",
            "",
            "The bucket for uploads. Empty: local files. Needs the key and the secret.",
        ),
        Variable("S3_ACCESS_KEY_ID", "", "The access key for the bucket."),
        Variable("S3_SECRET_ACCESS_KEY", "", "The secret of the access key."),
        Variable("S3_REGION", "us-east-1", "The region of the bucket."),
        Variable(
            "S3_ENDPOINT_URL",
            "",
            "The address of an S3-compatible service. Empty: the provider's own.",
        ),
        Variable(
            "S3_PUBLIC_URL",
            "",
            "The address under which readers fetch public files. Empty: the bucket's own.",
        ),
        Variable(
            "EMAIL_URL",
            "",
            "smtp://user:password@host:587 or smtps://…:465. Empty: mails go to the log.",
        ),
        Variable(
            "TWOTRACK_FROM_EMAIL",
            "twotrack@localhost",
            "The sender of the product's mails.",
        ),
        Variable(
            "TWOTRACK_PURGE_URL",
            "",
            "The caching proxy that is told which addresses to forget (HTTP PURGE).",
        ),
        Variable(
            "TWOTRACK_SCHEDULE_SECONDS",
            "5",
            "How often the publishing timer looks for what is due, in seconds.",
        ),
        Variable(
            "TWOTRACK_REVIEW_DAYS",
            "7",
            "How many days a review link is open unless somebody chooses otherwise.",
        ),
        Variable(
            "TWOTRACK_REVIEW_MOST_DAYS",
            "30",
            "How many days a review link may be open at most.",
        ),
        Variable(
            "TWOTRACK_REVIEW_DIGEST_MINUTES",
            "60",
            "How long an editor gets no second mail about what reviewers say, in minutes.",
        ),
        Variable(
            "TWOTRACK_PROXIES",
            "1",
            "Behind a proxy: how many of your own in a row add to X-Forwarded-For.",
        ),
        Variable(
            "TWOTRACK_CHECK_LINKS",
            "false",
            "true asks, once a week, whether the addresses elsewhere that posts link to answer.",
        ),
        Variable(
            "TWOTRACK_NOTE_SEARCHES",
            "true",
            "false keeps no count of what readers search for. Nothing of who asks is ever kept.",
        ),
    ]
}

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def text(name: str) -> str:
    """The variable's value without surrounding space, or its declared default."""
    return os.environ.get(name, "").strip() or VARIABLES[name].default


def flag(name: str) -> bool:
    """True or false; raises ImproperlyConfigured for anything else."""
    value = text(name).lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is “{value}”. Write true or false.")


def whole_number(name: str, *, least: int = 0) -> int:
    """A whole number not below `least`; raises ImproperlyConfigured for anything else."""
    value = text(name)
    if not value.isascii() or not value.isdigit() or int(value) < least:
        raise ImproperlyConfigured(f"{name} is “{value}”. Write a whole number from {least} up.")
    return int(value)


def names(name: str) -> list[str]:
    """The comma-separated parts of the variable, without empty ones."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def choice(name: str, options: list[str]) -> str:
    """One of `options` (upper case); raises ImproperlyConfigured for anything else."""
    value = text(name).upper()
    if value not in options:
        raise ImproperlyConfigured(f"{name} is “{value}”. Write one of {', '.join(options)}.")
    return value


def address(name: str, *, schemes: tuple[str, ...]) -> str:
    """An address with one of `schemes` and a host, or empty; raises ImproperlyConfigured."""
    value = text(name)
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        usable = parts.scheme in schemes and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        usable = False
    if not usable:
        forms = " or ".join(f"{scheme}://host" for scheme in schemes)
        raise ImproperlyConfigured(f"{name} is not a usable address. Write it as {forms}.")
    return value


def all_or_none(switch: str, *others: str) -> bool:
    """True when `switch` and all `others` are set, False when none is.

    Raises ImproperlyConfigured, naming what is missing, when only some of them are set: a
    half-set service must stop the start and not be found out by the first upload.
    """
    given = [name for name in (switch, *others) if os.environ.get(name, "").strip()]
    missing = [name for name in (switch, *others) if name not in given]
    if given and missing:
        raise ImproperlyConfigured(
            f"{', '.join(given)} is set, but {', '.join(missing)} is not. "
            f"Set all of them, or none to do without."
        )
    return bool(given)

"""Moments as people and programs write them."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from datetime import timezone as fixed_zone
from email.utils import parsedate_to_datetime

from django.utils import timezone

EARLIEST_YEAR = 1900
YEARS_AHEAD = 2
MONTHS = {
    name[:length]: number
    for number, name in enumerate(
        [
            *("january", "february", "march", "april", "may", "june", "july"),
            *("august", "september", "october", "november", "december"),
        ],
        start=1,
    )
    for length in (3, len(name))
} | {"sept": 9}
ZONE = r"(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)"
TIME = rf"(?:[T ,]+(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d+)?)?(?:\s*{ZONE})?)?"
FORMS = [
    re.compile(form + TIME, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4,6})-(?P<month>\d\d?)-(?P<day>\d\d?)",
        r"(?P<year>\d{4,6})/(?P<month>\d\d?)/(?P<day>\d\d?)",
        r"(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\.\s?(?P<year>\d{4})",
        r"(?:[a-z]{3,9},?\s+)?(?P<name>[a-z]{3,9})\.?\s+(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})",
        r"(?:[a-z]{3,9},?\s+)?(?P<day>\d\d?)(?:st|nd|rd|th)?\.?\s+(?P<name>[a-z]{3,9})\.?,?\s+(?P<year>\d{4})",
    )
]


def parse_moment(words: str) -> datetime:
    """The moment that the words name; a moment without a zone is in the publication's zone.

    ValueError with a full sentence for words that name none, or one that cannot be meant.
    """
    words = " ".join(words.split())
    for form in FORMS:
        found = form.fullmatch(words)
        if found and (found.groupdict().get("name") is None or _month_of(found)):
            return _checked(_moment_of(found, words), words)
    try:
        moment = parsedate_to_datetime(words)
    except (ValueError, TypeError, IndexError) as error:
        raise ValueError(
            f"“{words[:60]}” is not a date. Write for example 2026-03-14 or 2026-03-14 09:30."
        ) from error
    return _checked(_in_publications_zone(moment) if moment.tzinfo is None else moment, words)


def is_date(words: str) -> bool:
    """Whether the words have the form of a date, be it one that exists or not."""
    words = " ".join(words.split())
    return len(words) <= 60 and any(
        (found := form.fullmatch(words))
        and (found.groupdict().get("name") is None or _month_of(found))
        for form in FORMS
    )


def _month_of(found: re.Match) -> int | None:
    parts = found.groupdict()
    return MONTHS.get(parts["name"].lower()) if parts.get("name") else int(parts["month"])


def _moment_of(found: re.Match, words: str) -> datetime:
    parts = found.groupdict()
    try:
        moment = datetime(
            int(parts["year"]),
            _month_of(found),
            int(parts["day"]),
            *(int(parts[name] or 0) for name in ("hour", "minute", "second")),
        )
        zone = _zone_of(parts["zone"])
        return moment.replace(tzinfo=zone) if zone else _in_publications_zone(moment)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"There is no {words}. Correct the date.") from error


def _zone_of(words: str | None) -> tzinfo | None:
    if not words:
        return None
    if words.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    sign = -1 if words[0] == "-" else 1
    return fixed_zone(sign * timedelta(hours=int(words[1:3]), minutes=int(words[-2:])))


def _in_publications_zone(moment: datetime) -> datetime:
    return timezone.make_aware(moment, timezone.get_default_timezone())


def _checked(moment: datetime, words: str) -> datetime:
    if moment.year < EARLIEST_YEAR or moment.year > timezone.now().year + YEARS_AHEAD:
        raise ValueError(
            f"The year of {words} is not one a post is dated with. Correct the date, "
            "or leave it out."
        )
    return moment

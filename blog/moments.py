"""Moments in words: always in the publication's time zone, and always with that zone's name."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString


def publication_zone() -> ZoneInfo:
    return timezone.get_default_timezone()


def zone_name(zone) -> str:
    """What people call a zone: “Europe/Berlin”."""
    return getattr(zone, "key", None) or str(zone)


def zone_at(local: datetime) -> str:
    """What people write after a time: “CET”, or “UTC−03:00” where a zone has no letters for it."""
    letters = local.tzname() or ""
    if letters.isalpha():
        return letters
    offset = local.utcoffset() or timedelta()
    minutes = round(abs(offset).total_seconds() / 60)
    sign = "−" if offset < timedelta() else "+"
    return f"UTC{sign}{minutes // 60:02}:{minutes % 60:02}"


def has_own_zone() -> bool:
    """Whether the editor at hand has set another time zone than the publication's."""
    return zone_name(timezone.get_current_timezone()) != zone_name(publication_zone())


def in_words(moment: date) -> str:
    """A moment with its zone: “21 November 2026, 14:05 CET”. A day without a time has no zone.

    For an editor whose own zone is another, the time there follows in brackets.
    """
    if not isinstance(moment, datetime):
        return day_in_words(moment)
    words = in_words_for_all(moment)
    return f"{words} ({in_own_zone(moment)})" if has_own_zone() else words


def in_words_for_all(moment: datetime) -> str:
    """The same without anybody's own zone: for letters, and for what is kept."""
    return _with_zone(timezone.localtime(moment, publication_zone()))


def in_own_zone(moment: datetime) -> str:
    """The moment as the clock of the editor at hand shows it, with that zone."""
    return _with_zone(timezone.localtime(moment))


def as_time(moment: date) -> SafeString:
    """The same for a page: a <time> that programs can read too."""
    if isinstance(moment, datetime):
        written = timezone.localtime(moment, publication_zone()).isoformat(timespec="seconds")
    else:
        written = moment.isoformat()
    return format_html('<time datetime="{}">{}</time>', written, in_words(moment))


def clock(moment: datetime) -> str:
    """The time of day alone, for places that show the day and name the zone: “14:05”."""
    return f"{timezone.localtime(moment, publication_zone()):%H:%M}"


def day_in_words(day: date) -> str:
    return formats.date_format(day, "j F Y")


def local_day(moment: datetime) -> date:
    """The day of a moment by the publication's calendar."""
    return timezone.localdate(moment, publication_zone())


def today() -> date:
    return timezone.localdate(timezone=publication_zone())


def _with_zone(local: datetime) -> str:
    return f"{day_in_words(local)}, {local:%H:%M} {zone_at(local)}"

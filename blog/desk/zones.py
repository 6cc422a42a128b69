"""Times that editors enter: in the publication's time zone, with their own beside it."""

from datetime import UTC, datetime, timedelta
from datetime import timezone as fixed_zone
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from wagtail.admin.forms.models import register_form_field_override
from wagtail.admin.widgets import AdminDateTimeInput

from blog.moments import has_own_zone, in_own_zone, publication_zone, zone_name

EARLIEST = datetime(1, 1, 3, tzinfo=UTC)  # at either end every zone can still show the time
LATEST = datetime(9999, 12, 30, tzinfo=UTC)
AS_TYPED = fixed_zone(timedelta(0), "as typed")  # marks a time that was typed without a zone


def as_moment(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which clocks in the zone show the naive time; refuses what is not just one."""
    before, after = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if before.utcoffset() == after.utcoffset():
        return before
    change = abs(after.utcoffset() - before.utcoffset())
    if before.utcoffset() > after.utcoffset():
        raise ValidationError(
            f"{local:%H:%M} happens twice on {local:%d %B %Y} in {zone_name(zone)}, because the "
            f"clocks go back that day. Choose a time {_at_least(change)} earlier or later.",
            code="happens_twice",
        )
    raise ValidationError(
        f"{local:%H:%M} does not exist on {local:%d %B %Y} in {zone_name(zone)}, because the "
        f"clocks go forward that day. Choose a time {_at_least(change)} earlier or later.",
        code="does_not_exist",
    )


def _at_least(change: timedelta) -> str:
    minutes = round(change.total_seconds() / 60)
    return "an hour" if minutes == 60 else f"{minutes} minutes"


class TimeInWords(forms.BoundField):
    """Says below the field which zone is meant, and what the time is for this editor."""

    def __init__(self, form, field, name):
        super().__init__(form, field, name)
        zone = f"Time in {zone_name(publication_zone())}, the publication’s time zone."
        self.help_text = " ".join(filter(None, [str(self.help_text), zone, self._own_time()]))

    def _own_time(self) -> str:
        if not has_own_zone():
            return ""
        own = zone_name(timezone.get_current_timezone())
        if not isinstance(self.initial, datetime):
            return f"Your own is {own}."
        return f"For you in {own}: {in_own_zone(self.initial)}."


class PublicationDateTimeField(forms.DateTimeField):
    """A time entered in the publication's zone, whatever zone its editor has chosen.

    A time that clock changes skip or repeat is refused with the reason.
    """

    default_error_messages = {"too_far": "Choose a year from 1 to 9999."}

    def prepare_value(self, value):
        with timezone.override(publication_zone()):
            return super().prepare_value(value)

    def to_python(self, value):
        with timezone.override(AS_TYPED):
            moment = super().to_python(value)
        if moment is None:
            return None
        if moment.tzinfo is AS_TYPED:
            moment = as_moment(moment.replace(tzinfo=None), publication_zone())
        try:
            is_within = EARLIEST <= moment.astimezone(UTC) <= LATEST
        except OverflowError:
            is_within = False
        if not is_within:
            raise ValidationError(self.error_messages["too_far"], code="too_far")
        return moment

    def get_bound_field(self, form, field_name):
        return TimeInWords(form, self, field_name)


def ask_for_times_in_the_publications_zone() -> None:
    """Every date and time in the forms of the admin is a PublicationDateTimeField from now on."""
    register_form_field_override(
        models.DateTimeField,
        override={"widget": AdminDateTimeInput, "form_class": PublicationDateTimeField},
    )

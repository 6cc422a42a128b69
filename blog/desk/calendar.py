"""The editors' calendar: a month of planned, scheduled and published posts, and moving them."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import formats, timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from blog import moments
from blog.desk import planning
from blog.desk.doors import StoppedError
from blog.desk.planning import PLANNED, SCHEDULED, Entry, MoveRefusedError
from blog.desk.rights import SEES, may_open, posts_policy
from blog.models import PostPage

UNDO = "calendar_undo"  # what the last move can be taken back to, in the session
LAST_YEAR = 9998


@dataclass(frozen=True)
class Month:
    """A month of the calendar and the weeks that show it."""

    first: date

    @classmethod
    def written(cls, words: str) -> "Month":
        """The month that “2026-11” names; this month for anything that names none."""
        found = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", words)
        year, month = (int(found[1]), int(found[2])) if found else (0, 0)
        if not 2 <= year <= LAST_YEAR:
            return cls(moments.today().replace(day=1))
        return cls(date(year, month, 1))

    def __str__(self):
        return f"{self.first.year:04}-{self.first.month:02}"

    @property
    def title(self) -> str:
        return formats.date_format(self.first, "F Y")

    @property
    def before(self) -> "Month":
        return Month((self.first - timedelta(days=1)).replace(day=1))

    @property
    def after(self) -> "Month":
        return Month((self.first + timedelta(days=31)).replace(day=1))

    def days(self) -> list[date]:
        """Whole weeks, from the day a week begins with in the language of the admin."""
        starts_on = (formats.get_format("FIRST_DAY_OF_WEEK") - 1) % 7
        start = self.first - timedelta(days=(self.first.weekday() - starts_on) % 7)
        count = -(-(self.after.first - start).days // 7) * 7
        return [start + timedelta(days=number) for number in range(count)]


@dataclass(frozen=True)
class Shown:
    """An entry with what its editor may do."""

    entry: Entry
    can_edit: bool
    can_move: bool

    @property
    def words(self) -> str:
        """The state in words, so that no border or colour says it alone."""
        if self.entry.is_overdue:
            return "planned, date passed"
        return "scheduled change" if self.entry.is_update else self.entry.state


@dataclass(frozen=True)
class Day:
    date: date
    is_in_month: bool
    is_today: bool
    entries: list[Shown]


def days_of(month: Month, user) -> list[Day]:
    """The month's days with what the user may see; the number of queries is fixed."""
    days = month.days()
    since, until = (planning.start_of(day) for day in (days[0], days[-1] + timedelta(days=1)))
    by_day: dict[date, list[Shown]] = {}
    for entry in planning.entries(planning.posts_for(user), since, until):
        can_edit = may_open(user, entry.post)
        shown = Shown(entry, can_edit, planning.may_move(user, entry))
        by_day.setdefault(entry.day, []).append(shown)
    today = moments.today()
    return [
        Day(day, day.month == month.first.month, day == today, by_day.get(day, [])) for day in days
    ]


class CalendarView(WagtailAdminTemplateMixin, TemplateView):
    """`?month=2026-11`, and `&view=agenda` for a list on wide screens too."""

    template_name = "desk/calendar.html"
    page_title = "Calendar"
    header_icon = "calendar-alt"

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        month = Month.written(self.request.GET.get("month", ""))
        is_agenda = self.request.GET.get("view") == "agenda"
        days = days_of(month, self.request.user)
        undo = self.request.session.pop(UNDO, None)
        return context | {
            "month": month,
            "today": moments.today(),
            "is_agenda": is_agenda,
            "days": days,
            "weekdays": [day.date for day in days[:7]],
            "is_empty": not any(day.entries for day in days if day.is_in_month),
            "cadences": planning.cadence(self.request.user),
            "zone": moments.zone_name(moments.publication_zone()),
            "own_zone": moments.zone_name(timezone.get_current_timezone())
            if moments.has_own_zone()
            else "",
            "undo": undo,
        }


class MoveForm(forms.Form):
    """Where a post of the calendar goes, and how it stood there when the page was shown."""

    day = forms.DateField()
    state = forms.ChoiceField(choices=[(PLANNED, PLANNED), (SCHEDULED, SCHEDULED)])
    was = forms.DateField(required=False)
    revision = forms.IntegerField(required=False, min_value=1)
    month = forms.CharField(required=False)
    view = forms.CharField(required=False)


@require_POST
def move(request, post_id: int):
    """Move a post to another day and go back to the calendar, with an offer to undo it."""
    post = get_object_or_404(planning.posts_for(request.user), pk=post_id)
    form = MoveForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose a day from the year 1 to 9998. Nothing was moved.")
        return redirect(_calendar_address(form.data.get("month", ""), form.data.get("view", "")))
    asked = form.cleaned_data
    back = redirect(_calendar_address(asked["month"], asked["view"]))
    entry = planning.entry_of(post)
    if entry is None or not _stands_as_shown(entry, asked):
        messages.error(request, f"“{post.title}” has changed meanwhile. Nothing was moved.")
        return back
    try:
        _move(request, entry, asked["day"])
    except MoveRefusedError as refusal:
        messages.error(request, str(refusal))
    except StoppedError as stopped:
        messages.error(request, f"“{entry.title}” was not moved. {stopped}")
    except ValidationError as error:
        messages.error(request, f"“{entry.title}” was not moved. {' '.join(error.messages)}")
    return back


def _stands_as_shown(entry: Entry, shown: dict) -> bool:
    """Whether the post still waits for the day, and with the version, that the page showed."""
    return (
        entry.state == shown["state"]
        and shown["revision"] in (None, entry.revision_id)
        and shown["was"] in (None, entry.day)
    )


def _move(request, entry: Entry, day: date) -> None:
    if not 1 < day.year <= LAST_YEAR:
        raise MoveRefusedError("Choose a day from the year 2 to 9998. Nothing was moved.")
    if day == entry.day:
        messages.info(request, f"“{entry.title}” is on that day already.")
        return
    planning.move(entry, day, request.user)
    moved = planning.entry_of(PostPage.objects.get(pk=entry.post.pk))
    done = "is now planned for" if moved.state == PLANNED else "is now scheduled for"
    messages.success(request, f"“{entry.title}” {done} {moments.in_words(moved.at)}.")
    if moved.state == SCHEDULED:
        for sentence in planning.collisions(moved.post, moved.at, request.user):
            messages.warning(request, sentence)
    request.session[UNDO] = {
        "post": entry.post.pk,
        "title": entry.title,
        "state": entry.state,
        "revision": moved.revision_id,
        "was": moved.day.isoformat(),
        "day": entry.day.isoformat(),
    }


def _calendar_address(month: str, view: str) -> str:
    query = {"month": str(Month.written(month))}
    if view == "agenda":
        query["view"] = view
    return f"{reverse('calendar')}?{urlencode(query)}"


class CalendarMenuItem(MenuItem):
    def is_shown(self, request):
        return sees_posts(request.user)


def sees_posts(user) -> bool:
    return posts_policy.user_has_any_permission(user, SEES)


def for_those_who_see_posts(view):
    """Refuse the view to users who may find no page in the admin."""

    def guarded(request, *args, **kwargs):
        if not sees_posts(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@hooks.register("register_admin_urls")
def calendar_addresses():
    return [
        path("calendar/", for_those_who_see_posts(CalendarView.as_view()), name="calendar"),
        path("calendar/<int:post_id>/move/", for_those_who_see_posts(move), name="calendar_move"),
    ]


@hooks.register("register_admin_menu_item")
def calendar_in_the_menu():
    return CalendarMenuItem(
        "Calendar", reverse("calendar"), name="calendar", icon_name="calendar-alt", order=150
    )


@hooks.register("register_log_actions")
def name_what_is_logged(actions):
    actions.register_action("blog.plan.move", "Move the plan", "Planned for another day")
    actions.register_action("blog.release.schedule", "Schedule", "Release scheduled")
    actions.register_action("blog.release.cancel", "Cancel", "Release taken off the schedule")
    actions.register_action("blog.release.publish", "Publish", "Release published")

"""The plan as a calendar that an editor's own calendar program reads (RFC 5545)."""

import re
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from icalendar import Calendar, Event
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from blog.desk import planning
from blog.desk.calendar import for_those_who_see_posts
from blog.desk.planning import PUBLISHED, SCHEDULED, Entry
from blog.models import CalendarAddress

BACK = timedelta(days=30)
AHEAD = timedelta(days=2 * 366)
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def one_line(words: str) -> str:
    """Text without control characters, which the format has no way to write."""
    return CONTROLS.sub(" ", words).strip()


def calendar_for(user, now: datetime) -> bytes:
    """What is planned and scheduled and the user may see: the last 30 days and the next two years.

    A plan is tentative, a schedule confirmed. Times are in UTC; every program shows its own zone.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Twotrack//Editors’ calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", one_line(f"{settings.WAGTAIL_SITE_NAME} plan"))
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    for entry in planning.entries(planning.posts_for(user), now - BACK, now + AHEAD):
        if entry.state != PUBLISHED:
            calendar.add_component(event_of(entry, now))
    return calendar.to_ical()


def event_of(entry: Entry, now: datetime) -> Event:
    """One post. It keeps its uid when its plan becomes a schedule, so programs move it."""
    track = entry.post.track.label if entry.post.track else ""
    event = Event()
    event.add("uid", f"post-{entry.post.pk}@{settings.HOST}")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", entry.at.astimezone(UTC))
    event.add("summary", one_line(f"{entry.title} ({track}, {entry.state})"))
    event.add("status", "CONFIRMED" if entry.state == SCHEDULED else "TENTATIVE")
    event.add("transp", "TRANSPARENT")
    if track:
        event.add("categories", [one_line(track)])
    address = reverse("wagtailadmin_pages:edit", args=[entry.post.pk])
    event.add("url", settings.WAGTAILADMIN_BASE_URL + address)
    return event


@require_safe
def feed(request, token: str):
    """The calendar behind a secret address; an unknown or revoked one is any other missing page."""
    address = CalendarAddress.objects.with_token(token)
    if address is None or not address.user.has_perm("wagtailadmin.access_admin"):
        raise Http404
    answer = HttpResponse(
        calendar_for(address.user, timezone.now()), content_type="text/calendar; charset=utf-8"
    )
    answer.headers["Cache-Control"] = "private, no-store, max-age=0"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Content-Disposition"] = 'inline; filename="plan.ics"'
    return answer


class CalendarAddressView(WagtailAdminTemplateMixin, TemplateView):
    """Make, replace and revoke one's own address. It is shown once, in the answer that makes it."""

    template_name = "desk/calendar_address.html"
    page_title = "Calendar address"
    header_icon = "link"

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": reverse("calendar"), "label": "Calendar"},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs):
        address = CalendarAddress.objects.filter(user=self.request.user).first()
        return super().get_context_data(**kwargs) | {"address": address} | kwargs

    def post(self, request):
        if request.POST.get("action") == "revoke":
            CalendarAddress.objects.filter(user=request.user).delete()
            messages.success(request, "The calendar address no longer works.")
            return redirect("calendar_address")
        token = CalendarAddress.objects.make(request.user)
        made = settings.WAGTAILADMIN_BASE_URL + reverse("calendar_feed", args=[token])
        return self.render_to_response(self.get_context_data(made=made))


@hooks.register("register_admin_urls")
def calendar_address_page():
    view = for_those_who_see_posts(CalendarAddressView.as_view())
    return [path("calendar/address/", view, name="calendar_address")]

"""What was due and could not be done: said where it is edited, and put right from there."""

from collections.abc import Iterator
from datetime import datetime
from functools import wraps

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.admin.widgets import AdminDateTimeInput
from wagtail.models import Page, Revision

from blog import schedule
from blog.desk import doors
from blog.desk.doors import StoppedError
from blog.desk.release_rights import foreign_posts, may_open_releases
from blog.desk.requests import is_fetched
from blog.desk.zones import PublicationDateTimeField
from blog.models import MissedChange
from blog.moments import in_words
from blog.schedule.fitness import expiry_of


def may_change(user, row: MissedChange) -> bool:
    """Whether the user may publish the page or the release, or take the page away."""
    if row.release:
        return may_open_releases(user) and not foreign_posts(row.release, user)
    if row.page is None:
        return False
    may = row.page.permissions_for_user(user)
    if row.kind == MissedChange.Kind.EXPIRE:
        return may.can_unpublish()
    return may.can_publish()


class NoLongerMissedError(Exception):
    """The row is gone: the timer, or somebody else, was quicker."""


def _row_to_change(request, pk: int) -> MissedChange:
    row = schedule.missed().filter(pk=pk).first()
    if row is None:
        raise NoLongerMissedError
    if row.page is None and row.release is None:
        raise Http404
    if not may_change(request.user, row):
        raise PermissionDenied
    return row


def unless_settled(view):
    """Say so where the change was made, cancelled or moved while somebody looked at it."""

    @wraps(view)
    def answer(request, pk: int):
        try:
            return view(request, pk)
        except NoLongerMissedError:
            messages.info(
                request,
                "That is no longer missed: it was done, cancelled or moved meanwhile.",
            )
            return redirect("wagtailadmin_home")
        except schedule.SettledError:
            row = _row_to_change(request, pk)
            messages.warning(request, f"“{row.name}” {MEANWHILE}")
            return redirect(schedule.address_of(row))

    return answer


MEANWHILE = "was done, cancelled or set to another time meanwhile. Look at how it is now."


def _ask_checks(row: MissedChange, at: datetime | None = None) -> None:
    """Raise StoppedError if the checks stop what the change would publish, now or at a time."""
    revisions = _revisions_of(row)
    with doors.going_out_together({int(revision.object_id) for revision in revisions}):
        for revision in revisions:
            approved = revision.as_object()
            approved.go_live_at = at or approved.go_live_at
            doors.ask(approved, revision)


def _revisions_of(row: MissedChange) -> list[Revision]:
    """What the change is to publish; nothing where it takes a page away."""
    if row.release is None:
        return [row.revision] if row.revision else []
    entries = row.release.release_posts.select_related("revision")
    return [entry.revision for entry in entries if entry.revision]


@require_POST
@unless_settled
def retry(request, pk: int):
    """Make the change now."""
    row = _row_to_change(request, pk)
    try:
        _ask_checks(row)
    except StoppedError as stopped:
        messages.error(request, f"“{row.name}” was not published. {stopped}")
        return redirect(schedule.address_of(row))
    outcome = schedule.try_now(row, schedule.moment_of_looking())
    if outcome is schedule.Outcome.MADE:
        messages.success(request, f"“{row.name}” is {row.done} now.")
    elif outcome is schedule.Outcome.SETTLED:
        messages.info(request, f"“{row.name}” {MEANWHILE}")
    elif outcome is schedule.Outcome.BUSY:
        messages.warning(
            request,
            f"“{row.name}” is being changed by somebody else or by the timer at this moment. "
            "Look again in a few seconds.",
        )
    return redirect(schedule.address_of(row))


@require_POST
@unless_settled
def cancel(request, pk: int):
    """Take the change off the schedule; the post can be edited again."""
    row = _row_to_change(request, pk)
    schedule.cancel(row, request.user)
    messages.success(request, _cancelled(row))
    return redirect(schedule.address_of(row))


def _cancelled(row: MissedChange) -> str:
    if row.release_id:
        return f"“{row.name}” is no longer scheduled. The texts of its posts are kept as drafts."
    if row.kind == MissedChange.Kind.EXPIRE:
        return f"“{row.name}” has no expiry any more and stays published."
    return f"“{row.name}” is no longer scheduled. Its text is kept as a draft."


class OtherTimeForm(forms.Form):
    """When to do instead what was missed."""

    at = PublicationDateTimeField(label="Do it at", widget=AdminDateTimeInput)

    def __init__(self, *args, row: MissedChange, **kwargs):
        super().__init__(*args, **kwargs)
        self.row = row

    def clean_at(self):
        at = self.cleaned_data["at"]
        if at <= timezone.now():
            raise ValidationError("That moment has passed. To do it now, use “Retry now”.")
        for post, expiry in _expiries(self.row):
            if expiry <= at:
                raise ValidationError(f"“{post}” expires before that, at {in_words(expiry)}.")
        try:
            _ask_checks(self.row, at)
        except StoppedError as stopped:
            raise ValidationError(f"The checks stop it. {stopped}") from stopped
        return at


def _expiries(row: MissedChange) -> Iterator[tuple[str, datetime]]:
    """When what is to be published is to be taken away again."""
    for revision in _revisions_of(row):
        if expiry := expiry_of(revision):
            yield revision.object_str, expiry


@unless_settled
def reschedule(request, pk: int):
    """Ask for another time, and set the change to it."""
    row = _row_to_change(request, pk)
    form = OtherTimeForm(request.POST if request.method == "POST" else None, row=row)
    if request.method == "POST" and form.is_valid():
        schedule.reschedule(row, form.cleaned_data["at"], request.user)
        messages.success(
            request, f"“{row.name}” is scheduled for {in_words(form.cleaned_data['at'])}."
        )
        return redirect(schedule.address_of(row))
    return render(
        request,
        "desk/other_time.html",
        {
            "form": form,
            "row": row,
            "was_due": in_words(row.due_at),
            "back": schedule.address_of(row),
            "media": form.media,
        },
        status=422 if form.is_bound else 200,
    )


@hooks.register("before_edit_page")
def say_what_was_missed(request, page: Page):
    """A message above the editor with the reason and what can be done in one step.

    A script would show it to nobody.
    """
    if request.method != "GET" or is_fetched(request):
        return
    for row in schedule.missed(page):
        say(request, row, page)
    if page.scheduled_revision and (warning := schedule.timer_warning()):
        messages.warning(request, warning)


def say(request, row: MissedChange, page: Page | None = None) -> None:
    """A message with the reason; on a page’s editor also where the release is, if it is one’s."""
    may = may_change(request.user, row)
    address = schedule.address_of(row) if page and row.release_id and may else ""
    context = {
        "row": row,
        "release_address": address,
        "is_of_page": page is not None,
        "may_change": may,
        "was_due": in_words(row.due_at),
        "next_try": in_words(row.next_try),
    }
    messages.error(request, render_to_string("desk/missed.html", context, request))


@hooks.register("register_admin_urls")
def addresses():
    return [
        path("missed/<int:pk>/retry/", retry, name="retry_missed"),
        path("missed/<int:pk>/reschedule/", reschedule, name="reschedule_missed"),
        path("missed/<int:pk>/cancel/", cancel, name="cancel_missed"),
    ]

"""The report of deliveries: what changes set off, whether it was done, and what is the matter."""

import django_filters
from django.contrib import messages
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies import ModelPermissionPolicy

from blog import outbox
from blog.desk.reports import register_report
from blog.models import OutboxEntry

KINDS = {
    "purge": "Tell the caches",
    "renditions": "Make pictures",
    "related": "Work out what to read next",
    "mail": "Send mail",
    "bodies": "Show a document anew",
    "search": "Enter into readers’ search",
    "index": "Enter into the admin’s search",
}
STATES = [("waiting", "Waiting"), ("failed", "Failed, tried again"), ("done", "Done")]
POLICY = ModelPermissionPolicy(OutboxEntry)


def kind_in_words(entry: OutboxEntry) -> str:
    return KINDS.get(entry.kind, entry.kind)


def state_in_words(entry: OutboxEntry) -> str:
    if entry.done_at:
        return "Done"
    return "Failed, tried again" if entry.problem else "Waiting"


class DeliveryFilterSet(WagtailFilterSet):
    """By what is delivered, and whether it was."""

    kind = django_filters.ChoiceFilter(label="Kind", choices=list(KINDS.items()))
    state = django_filters.ChoiceFilter(label="State", choices=STATES, method="in_state")

    class Meta:
        model = OutboxEntry
        fields = ["kind"]

    def in_state(self, entries, name, value):
        if value == "done":
            return entries.exclude(done_at=None)
        entries = entries.filter(done_at=None)
        return entries.exclude(problem="") if value == "failed" else entries


class ButtonsColumn(Column):
    """Try again and drop, for those who may."""

    cell_template_name = "desk/delivery_buttons.html"

    def get_cell_context_data(self, instance, parent_context):
        context = super().get_cell_context_data(instance, parent_context)
        user = parent_context["request"].user
        context["may_change"] = POLICY.user_has_permission(user, "change")
        context["request"] = parent_context["request"]
        return context


class DeliveriesView(ReportView):
    """All deliveries of the last week and those that are still to be made, newest first."""

    model = OutboxEntry
    page_title = "Deliveries"
    header_icon = "mail"
    index_url_name = "deliveries"
    index_results_url_name = "deliveries_results"
    permission_policy = POLICY
    any_permission_required = ["view", "change"]
    filterset_class = DeliveryFilterSet
    default_ordering = "-created"
    columns = [
        Column("kind", label="Kind", accessor=kind_in_words),
        Column("what", label="What", accessor=lambda entry: entry.what or entry.key),
        Column("state", label="State", accessor=state_in_words),
        DateColumn("created", label="Asked for"),
        Column("tries", label="Tries", width="5%"),
        Column("problem", label="Problem", width="30%"),
        ButtonsColumn("buttons", label="Do", width="15%"),
    ]
    list_export = ["kind", "what", "created", "due_at", "tries", "problem", "done_at"]


@require_POST
def try_again(request, pk: int):
    """Make a delivery now, whatever its wait."""
    entry = _entry_to_change(request, pk)
    if outbox.try_again([entry]):
        outbox.deliver_soon(entry)
        messages.success(request, f"“{entry.what or entry.key}” is being tried again.")
    else:
        messages.info(request, f"“{entry.what or entry.key}” was delivered meanwhile.")
    return redirect("deliveries")


@require_POST
def drop(request, pk: int):
    """Give a delivery up."""
    entry = _entry_to_change(request, pk)
    if outbox.drop([entry]):
        messages.success(request, f"“{entry.what or entry.key}” is dropped and not tried again.")
    else:
        messages.info(request, f"“{entry.what or entry.key}” was delivered meanwhile.")
    return redirect("deliveries")


def _entry_to_change(request, pk: int) -> OutboxEntry:
    if not POLICY.user_has_permission(request.user, "change"):
        raise PermissionDenied
    return get_object_or_404(OutboxEntry, pk=pk)


register_report(DeliveriesView, "deliveries", order=1200)


@hooks.register("register_admin_urls")
def addresses():
    return [
        path("reports/deliveries/<int:pk>/try-again/", try_again, name="try_delivery_again"),
        path("reports/deliveries/<int:pk>/drop/", drop, name="drop_delivery"),
    ]


@hooks.register("register_permissions")
def permissions():
    """So that the form of a group offers them."""
    return Permission.objects.filter(
        content_type__app_label="blog", codename__endswith="_outboxentry"
    )

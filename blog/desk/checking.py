"""The checks before publishing in the admin: in the editor, and where publishing is refused."""

import logging

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from wagtail import hooks
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.admin import messages
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.log_actions import LogFormatter, log
from wagtail.models import Page

from blog.checks import NOTE, STOP, WARN, Finding, problems_of, stops_of
from blog.desk import doors
from blog.desk.doors import OVERRIDDEN, StoppedError
from blog.desk.requests import is_fetched
from blog.desk.versions import state_of
from blog.models import PostPage

logger = logging.getLogger(__name__)

LONGEST_REASON = 500
_TITLES = {STOP: "Stops publishing", WARN: "Better put right", NOTE: "To consider"}


def grouped(findings: list[Finding]) -> list[dict]:
    """The findings by level, for templates: `level`, `title` and `findings`; no empty group."""
    groups = [
        {
            "level": level,
            "title": title,
            "findings": [finding for finding in findings if finding.level == level],
        }
        for level, title in _TITLES.items()
    ]
    return [group for group in groups if group["findings"]]


# In the editor


class ChecksPanel(BaseSidePanel):
    """What stands between a post and its readers, beside its form."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = "Toggle what to do before you publish"
        icon_name = "clipboard-list"

        def get_context_data(self, parent_context):
            return super().get_context_data(parent_context) | {"count": self.panel.count}

        @property
        def counter_classname(self):
            return "checks-count-stops" if self.panel.has_stops else ""

    name = "before-publishing"
    title = "Before you publish"
    template_name = "desk/checks_panel.html"
    order = 150

    def __init__(self, object, request):
        super().__init__(object, request)
        self.findings = self._find()
        self.has_stops = any(finding.level == STOP for finding in self.findings or ())
        self.count = sum(finding.level != NOTE for finding in self.findings or ())

    def _find(self) -> list[Finding] | None:
        """None where a post that cannot be checked must still be editable."""
        if self.object.pk is None:
            return []
        try:
            return problems_of(self.object)
        except Exception:
            logger.exception("“%s” could not be checked", self.object)
            return None

    def get_context_data(self, parent_context):
        return super().get_context_data(parent_context) | {
            "groups": grouped(self.findings or []),
            "count": self.count,
            "has_stops": self.has_stops,
            "is_new": self.object.pk is None,
            "has_failed": self.findings is None,
        }


class HasChecksPanel:
    """For a view that edits a post. The panel is shown anew with every save."""

    def get_side_panels(self):
        panels = [*super().get_side_panels(), ChecksPanel(self.page, self.request)]
        return MediaContainer(sorted(panels, key=lambda panel: panel.order))


class StaysDraftWhenRefused:
    """For a view that makes a post: one whose publication is refused is a draft."""

    def publish_action(self):
        # Wagtail stores a new page as live before it asks the hooks whether it may be.
        self.form.instance.live = False
        return super().publish_action()


class ChecksApprovals:
    """For a view that edits a post: approving in a workflow publishes, so it is checked too."""

    def perform_workflow_action(self):
        if self.workflow_action.startswith("approve") and stops_of(self.page):
            self.save_action()
            return refuse(self.request, self.page)
        return super().perform_workflow_action()


class ChecksApprovalsInLists:
    """The same for the view of an approval from a list, without the editor."""

    def post(self, request, *args, **kwargs):
        draft = self.object.get_latest_revision_as_object()
        is_approval = self.action_name.startswith("approve")
        if is_approval and isinstance(draft, PostPage) and stops_of(draft):
            answer = refuse(request, draft)
            if is_fetched(request):
                step = {"step": "success", "redirect": answer.url}
                return self.render_modal_json(request, step)
            return answer
        return super().post(request, *args, **kwargs)


# On publishing


def refuse(request, page: Page):
    """To the page that says why; the words are saved already."""
    return redirect("before_publishing", page.pk)


@hooks.register("before_publish_page", order=-10)
def refuse_to_publish(request, page):
    """A post with stops is not published or scheduled. Its draft is saved before this is asked."""
    if getattr(request, "is_overriding_checks", False):
        return None
    try:
        doors.ask(page)
    except StoppedError:
        return refuse(request, page)
    return None


class PublishForm(forms.Form):
    """Publishing in spite of stops that give way to a reason."""

    revision = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        label="Why publish all the same?",
        help_text="It is kept in the history of the post.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, needs_reason: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not needs_reason:
            del self.fields["reason"]


def before_publishing(request, page_id: int):
    """What stops a post, and what may be done about it: mend it, or publish with a reason."""
    post = get_object_or_404(PostPage, pk=page_id)
    may = post.permissions_for_user(request.user)
    if not may.can_publish() and (request.method == "POST" or not may.can_edit()):
        raise PermissionDenied
    revision = post.get_latest_revision()
    draft = post.get_latest_revision_as_object()
    findings = problems_of(draft)
    stops = [finding for finding in findings if finding.level == STOP]
    state = state_of(revision)
    form = PublishForm(request.POST or None, needs_reason=bool(stops), initial={"revision": state})
    is_free = may.can_publish() and not _is_locked(post, request)
    may_publish = is_free and all(finding.may_override for finding in stops)
    problem = ""
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["revision"] != state:
            problem = "The post was changed meanwhile. Look at what it says now."
        elif not may_publish:
            problem = "The post may not be published as it is."
        else:
            return _publish(request, draft, revision, stops, form.cleaned_data.get("reason", ""))
    context = {
        "page": draft,
        "groups": grouped(findings),
        "stops": stops,
        "form": form if may_publish else None,
        "state": state,
        "problem": problem,
        "is_scheduled": _is_later(draft),
        "edit_url": reverse("wagtailadmin_pages:edit", args=[post.pk]),
    }
    return render(request, "desk/before_publishing.html", context, status=422 if problem else 200)


def _is_locked(post: PostPage, request) -> bool:
    lock = post.get_lock()
    return lock is not None and lock.for_user(request.user)


def _is_later(draft: PostPage) -> bool:
    return draft.go_live_at is not None and draft.go_live_at > timezone.now()


def _publish(request, draft: PostPage, revision, stops: list[Finding], reason: str):
    """As the editor's button does, hooks of others included; the reason goes into the history."""
    request.is_overriding_checks = True
    revision = revision or draft.save_revision(user=request.user)
    answer = _run_hooks("before_publish_page", request, draft)
    if answer:
        return answer
    with transaction.atomic():
        if stops:
            data = {"reason": reason, "stops": [finding.message for finding in stops]}
            log(draft, OVERRIDDEN, user=request.user, revision=revision, data=data)
        doors.let_through(draft)
        PublishPageRevisionAction(revision, user=request.user).execute()
    done = "scheduled" if _is_later(draft) else "published"
    edit = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    messages.success(
        request, f"“{draft.title}” is {done}.", buttons=[messages.button(edit, "Edit")]
    )
    answer = _run_hooks("after_publish_page", request, PostPage.objects.get(pk=draft.pk))
    return answer or redirect("wagtailadmin_explore", draft.get_parent().pk)


def _run_hooks(name: str, request, page):
    answers = (hook(request, page) for hook in hooks.get_hooks(name))
    return next((answer for answer in answers if hasattr(answer, "status_code")), None)


# Wiring


@hooks.register("register_admin_urls")
def checking_urls():
    return [path("posts/<int:page_id>/publish/", before_publishing, name="before_publishing")]


@hooks.register("register_log_actions")
def register_overriding(actions):
    class OverriddenFormatter(LogFormatter):
        label = "Publish in spite of the checks"

        def format_message(self, log_entry):
            reason = (log_entry.data or {}).get("reason", "")
            return f"Published in spite of the checks. The reason: {reason}"

    actions.register_action(OVERRIDDEN)(OverriddenFormatter)


@hooks.register("insert_global_admin_js", order=-1)
def beside_script():
    """Before the scripts of the panels that use it."""
    return format_html('<script src="{}" defer></script>', versioned_static("admin/beside.js"))


@hooks.register("insert_global_admin_css", order=-1)
def beside_look():
    return format_html('<link rel="stylesheet" href="{}">', versioned_static("admin/beside.css"))


@hooks.register("insert_editor_js")
def checks_script():
    return format_html('<script src="{}" defer></script>', versioned_static("admin/checks.js"))


@hooks.register("insert_global_admin_css")
def checks_look():
    return format_html('<link rel="stylesheet" href="{}">', versioned_static("admin/checks.css"))

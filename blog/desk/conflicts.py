"""When two people, or two tabs, edit one page: nobody's words vanish.

Every save of a page says which version it began with. Where that is no longer the latest, the
save is not carried out: what was sent is put into the history, beside the line of versions that
leads to the latest one, and the editor gets a page that shows both texts and asks what to do.
"""

import json
from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.editing_sessions import EditingSessionsList
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.revisions import RevisionsRevertView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.fields import StreamField
from wagtail.log_actions import log
from wagtail.models import (
    COMMENTS_RELATION_NAME,
    Page,
    PageLogEntry,
    Revision,
    TaskState,
)

from blog.desk.autosaving import CreatePageView, KeepsHalfWritten
from blog.desk.comparing import changed_fields
from blog.desk.expiry import PreviewPageView, forgive_past_expiry
from blog.desk.versions import state_of
from blog.models import PostPage
from blog.models.posts import PostForm, to_the_minute

SET_ASIDE = "twotrack.set_aside"

# Wagtail's own warns that saving overwrites the other version.
EditingSessionsList.template_name = "desk/editing_sessions.html"

# Of a stored version: what is about the page as a whole, or is worked out from the rest.
NOT_WRITTEN = {
    *("pk", "latest_revision", "latest_revision_created_at", "live_revision", "draft_title"),
    *("has_unpublished_changes", "rendered", "half_written", COMMENTS_RELATION_NAME),
}
NOT_SENT_AGAIN = {
    *("csrfmiddlewaretoken", "overwrite_revision_id"),
    *("loaded_revision_id", "loaded_revision_created_at", "loaded_plan"),
}
ACTIONS = {
    "publish": "publish it",
    "submit": "submit it for moderation",
    "restart_workflow": "submit it for moderation again",
    "perform_workflow_action": "go on with the moderation",
    "cancel_workflow": "cancel the moderation",
}


def only_adds(old, new) -> bool:
    """Whether a new value still has everything that the old one had.

    A text may have more words in one place. Anything else that is not empty must be the same.
    """
    if isinstance(old, str) and isinstance(new, str):
        return _is_one_insertion(old, new)
    return old == new or old in (None, "", [], False)


def _is_one_insertion(old: str, new: str) -> bool:
    if len(new) < len(old):
        return False
    start = next((at for at, sign in enumerate(old) if sign != new[at]), len(old))
    return old[start:] == new[len(new) - len(old) + start :]


def set_aside(page: Page, content: dict, user: AbstractBaseUser) -> Revision:
    """Put a text into the history of a page without making it the latest version.

    The same text sent again by the same person is not put there twice.
    """
    entries = PageLogEntry.objects.filter(page=page.pk, user=user.pk, action=SET_ASIDE)
    before = entries.order_by("-timestamp", "-pk").select_related("revision").first()
    if before and before.revision and _written(before.revision.content) == _written(content):
        return before.revision
    latest = page.latest_revision
    with transaction.atomic():
        revision = Revision.objects.create(
            content_object=page,
            base_content_type=page.get_base_content_type(),
            user=user,
            content=content,
            object_str=content["title"],
            # Wagtail takes the version with the latest date for the latest one.
            created_at=latest.created_at - timedelta(microseconds=1),
        )
        log(instance=page, action=SET_ASIDE, user=user, revision=revision, content_changed=True)
    return revision


def _written(content: dict) -> dict:
    """What the editor wrote, in a form that can be compared with what was stored before."""
    return {name: value for name, value in _as_stored(content).items() if name not in NOT_WRITTEN}


def _as_stored(content: dict) -> dict:
    return json.loads(json.dumps(content, cls=DjangoJSONEncoder))


class KeepsWords:
    """An editor's view of a page that never overwrites what somebody else has saved meanwhile."""

    @cached_property
    def is_out_of_date(self) -> bool:
        """Whether the version the editor began with is no longer the latest.

        A request that does not say is taken for up to date; the admin's own always say.
        """
        sent, latest = self.request.POST, self.latest_revision
        if latest is None:
            return False
        loaded = sent.get("loaded_revision_id")
        if (overwritten := sent.get("overwrite_revision_id")) and overwritten != str(latest.pk):
            return True
        if loaded is None:
            return False
        if loaded == str(latest.pk):
            return sent.get("loaded_revision_created_at") != self.latest_revision_created_at
        return not overwritten

    def post(self, request, *args, **kwargs):
        if self.page.alias_of_id or not self.is_out_of_date:
            return super().post(request, *args, **kwargs)
        self.form = self.form_class(
            request.POST,
            request.FILES,
            instance=self.page,
            subscription=self.subscription,
            parent_page=self.parent,
            for_user=request.user,
        )
        self.form.defer_required_fields()
        forgive_past_expiry(self.form)
        return self.refuse() or super().post(request, *args, **kwargs)

    def form_invalid(self, form):
        if self.action_name == "save" and not self.locked_for_user:
            forgive_past_expiry(form)
            if form.is_valid():
                return self.form_valid(form)
        return super().form_invalid(form)

    def form_valid(self, form):
        """Carry the action out, all of it or nothing, unless somebody was quicker.

        Whoever else saves this page waits for the end of it.
        """
        with transaction.atomic():
            locked = Page.objects.select_for_update(no_key=True, of=("self",)).only("pk")
            latest = locked.get(pk=self.page.pk).latest_revision
            if state_of(latest) != state_of(self.latest_revision):
                self.latest_revision = latest
                del self.latest_revision_created_at
                if answer := self.refuse():
                    return answer
            if not self._settle_plan() and (answer := self.refuse(is_plan=True)):
                return answer
            self._start_new_version_if_words_would_go()
            return super().form_valid(form)

    def _settle_plan(self) -> bool:
        """Whether the plan is not moved back by a tab that was loaded before it was moved."""
        if not isinstance(self.form, PostForm):
            return True
        row = PostPage.objects.values("planned_for", "review_by").get(pk=self.page.pk)
        self.form.settle_review_by(row["review_by"])
        return self.form.settle_plan(row["planned_for"])

    def _start_new_version_if_words_would_go(self) -> None:
        """An autosave replaces the one before it only where it adds to it.

        Wagtail would replace it in any case, so that no version has what was there before.
        """
        sent = self.request.POST
        if not sent.get("overwrite_revision_id") or self.latest_revision is None:
            return
        old, new = self.latest_revision.content, _as_stored(self.page.serializable_data())
        names = [name for name in self.form.fields if name in old]
        is_kept = all(only_adds(old[name], new.get(name)) for name in names)
        if not is_kept or self._is_pinned(self.latest_revision):
            self.request.POST = sent.copy()
            del self.request.POST["overwrite_revision_id"]

    def _is_pinned(self, revision: Revision) -> bool:
        """Whether something else than the editor speaks of this version: it must stay as it is."""
        return (
            Page.objects.filter(live_revision=revision).exists()
            or revision.approved_go_live_at is not None
            or TaskState.objects.filter(revision=revision).exists()
        )

    def refuse(self, *, is_plan: bool = False):
        """The answer to a save that came second; None where both texts are the same.

        What was sent is put into the history first.
        """
        self.real_page_record = Page.objects.get(pk=self.page.pk).specific
        theirs = self.real_page_record.get_latest_revision_as_object()
        mine = self._sent_page()
        fields = changed_fields(theirs, mine, self.request)
        # Publishing fills in what was left empty, which a button pressed twice sends empty again.
        if not fields or not changed_fields(self.latest_revision.as_object(), mine, self.request):
            return None
        content = mine.serializable_data()
        content[COMMENTS_RELATION_NAME] = []
        kept = set_aside(self.real_page_record, content, self.request.user)
        if self.expects_json_response:
            return self.json_error_response(
                "invalid_revision",
                "The planned date was changed meanwhile. Your words are in the page’s history."
                if is_plan
                else "Somebody else has saved this page meanwhile. Your words are in its history.",
            )
        return TemplateResponse(
            self.request,
            "desk/conflict.html",
            {
                "page": self.page,
                "title": theirs.get_admin_display_title(),
                "latest": self.latest_revision,
                "is_plan": is_plan,
                "loaded_plan": to_the_minute(getattr(theirs, "planned_for", None)),
                "is_own": self.latest_revision.user_id == self.request.user.pk,
                "kept": kept,
                "fields": fields,
                "my_words": words_of(fields, "new_text"),
                "their_words": words_of(fields, "old_text"),
                "problems": self._problems(),
                "action": ACTIONS.get(self.action_name, ""),
                "sent_again": [
                    (name, value)
                    for name, values in self.request.POST.lists()
                    if name not in NOT_SENT_AGAIN
                    for value in values
                ],
                "latest_created_at": self.latest_revision.created_at.isoformat(),
                "edit_url": reverse("wagtailadmin_pages:edit", args=[self.page.pk]),
                "compare_url": reverse(
                    "wagtailadmin_pages:revisions_compare",
                    args=[self.page.pk, self.latest_revision.pk, kept.pk],
                ),
            },
            status=409,
        )

    def _sent_page(self) -> Page:
        """The page as it was sent, with texts that the form refuses too."""
        form = self.form
        if form.is_valid():
            form.is_refused = True
            try:
                return form.save(commit=False)
            finally:
                form.is_refused = False
        for name in form.errors:
            field = self._text_field(name)
            if field is not None:
                setattr(self.page, name, form[name].value())
        return self.page

    def _text_field(self, name: str) -> models.Field | None:
        names = {field.name: field for field in self.page._meta.concrete_fields}
        field = names.get(name)
        return (
            field if isinstance(field, StreamField | models.CharField | models.TextField) else None
        )

    def _problems(self) -> list[str]:
        return [
            f"{self.form.fields[name].label}: {message}" if name in self.form.fields else message
            for name, messages in self.form.errors.items()
            for message in messages
        ]


def words_of(fields: list, side: str) -> list[tuple[str, str]]:
    """The label and the words of those compared fields that have words."""
    return [
        (field.field_label(), getattr(field, side)()) for field in fields if hasattr(field, side)
    ]


class HasMorePanels:
    """An editor's view with the side panels that other apps have for pages.

    The hook `register_page_side_panel` is called with the page and the request. What is typed in
    such a panel must stay, so it is not drawn anew when the page is saved by itself.
    """

    def get_side_panels(self):
        panels = list(super().get_side_panels())
        if not self.expects_json_response or getattr(self, "hydrate_create_view", False):
            makers = hooks.get_hooks("register_page_side_panel")
            panels += [make(self.page, self.request) for make in makers]
        return MediaContainer(sorted(panels, key=lambda panel: panel.order))


class EditPageView(HasMorePanels, KeepsWords, KeepsHalfWritten, EditView):
    """The editor of a page."""


class NewPageView(HasMorePanels, CreatePageView):
    """The editor of a page that is not stored yet."""


class RevertPageView(HasMorePanels, KeepsWords, KeepsHalfWritten, RevisionsRevertView):
    """The editor of a page, filled with an earlier version of it."""


class PageViews(PageViewSet):
    """Wagtail's screens of every page type, with ours in place of some."""

    add_view_class = NewPageView
    edit_view_class = EditPageView
    revisions_revert_view_class = RevertPageView
    preview_on_edit_view_class = PreviewPageView


@hooks.register("register_admin_viewset", order=10)
def register_page_views():
    """In place of Wagtail's own, which are registered before."""
    return PageViews()


@hooks.register("register_log_actions")
def name_what_was_set_aside(actions) -> None:
    actions.register_action(
        SET_ASIDE, "Set aside", "Words kept aside: another version had been saved meanwhile"
    )


@hooks.register("insert_global_admin_css")
def comparison_look() -> str:
    return format_html('<link rel="stylesheet" href="{}">', versioned_static("admin/compare.css"))


@hooks.register("insert_editor_js")
def tell_which_version_was_loaded() -> str:
    return format_html('<script src="{}"></script>', versioned_static("admin/conflict.js"))

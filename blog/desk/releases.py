"""Releases in the admin: their forms, and what may be in a release."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.functional import cached_property
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import HelpPanel, ObjectList
from wagtail.admin.ui.tables import DateColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from blog import schedule
from blog.desk import doors, planning
from blog.desk.missed import say
from blog.desk.release_rights import foreign_posts, may_publish
from blog.models import PostPage, Release, ReleasePost
from blog.moments import in_words
from blog.schedule import releases


class ReleaseForm(WagtailAdminModelForm):
    """A release may be scheduled when its time is to come and each of its posts can go out."""

    def clean(self):
        cleaned = super().clean()
        if releases.is_published(self.instance):
            raise ValidationError("This release has been published and stays as it is.")
        if self.instance.pk and foreign_posts(self.instance, self.for_user):
            raise ValidationError("The release holds posts that you may not publish.")
        if cleaned.get("is_scheduled"):
            self._check_time(cleaned.get("go_live_at"))
        self._check_posts(cleaned)
        return cleaned

    def _check_time(self, go_live_at):
        if "go_live_at" in self.errors:
            return
        if go_live_at is None:
            self.add_error("go_live_at", "Say when the posts of the release are to be published.")
        elif go_live_at <= timezone.now():
            self.add_error("go_live_at", "This time is over. Choose a time that is to come.")

    def _check_posts(self, cleaned):
        chosen = [
            (form, form.cleaned_data.get("post"))
            for form in self.formsets["release_posts"].forms
            if form.is_valid() and not form.cleaned_data.get("DELETE")
        ]
        together = {post.pk for _, post in chosen if post}
        for form, post in chosen:
            if post and (problem := self._problem_of(post, cleaned, together)):
                form.add_error("post", problem)

    def _problem_of(self, post: PostPage, cleaned, together: set[int]) -> str:
        """Why the post cannot be in this release, or an empty string."""
        if not may_publish(self.for_user, post):
            return f"You may not publish “{post.title}”."
        others = Release.objects.filter(published_at=None, release_posts__post=post)
        other = others.exclude(pk=self.instance.pk).first()
        if other:
            return f"“{post.title}” is in the release “{other}” already."
        return (
            problem_of_scheduling(post, self.instance, cleaned, together)
            if cleaned.get("is_scheduled")
            else ""
        )


def problem_of_scheduling(post: PostPage, release: Release, cleaned, together: set[int]) -> str:
    """Why the newest draft of the post cannot be scheduled with the release, or nothing."""
    scheduled = post.scheduled_revision
    held = ReleasePost.objects.filter(release=release.pk, post=post).first() if release.pk else None
    if scheduled and (held is None or held.revision_id != scheduled.pk):
        when = in_words(scheduled.approved_go_live_at)
        return f"“{post.title}” is scheduled by itself for {when}. Cancel that first."
    if post.live and not post.has_unpublished_changes and not scheduled:
        return f"“{post.title}” is published and has no changes to publish."
    draft = scheduled.as_object() if scheduled else post.get_latest_revision_as_object()
    go_live_at = cleaned.get("go_live_at")
    if draft.expire_at and go_live_at and draft.expire_at <= go_live_at:
        return f"“{post.title}” expires before that, at {in_words(draft.expire_at)}."
    try:
        draft.full_clean()
    except ValidationError as error:
        return f"“{post.title}” cannot be published yet: {' '.join(error.messages)}"
    draft.go_live_at = go_live_at
    with doors.going_out_together(together):
        stops = doors.stops_at(draft)
    return f"“{post.title}” is stopped by a check: {stops[0].message}" if stops else ""


class SavesSchedule:
    """A form view that schedules a release, or takes it off, in the transaction that saves it."""

    def save_instance(self):
        with transaction.atomic():
            before = list(
                ReleasePost.objects.filter(release=self.form.instance.pk).select_related("revision")
            )
            was_scheduled = any(entry.revision_id for entry in before)
            release = super().save_instance()
            kept = set(release.release_posts.values_list("post", flat=True))
            for entry in before:
                if entry.post_id not in kept:
                    releases.withdraw(entry, self.request.user)
            if release.is_scheduled:
                with doors.going_out_together(kept):
                    releases.schedule(release, self.request.user)
            elif was_scheduled:
                releases.call_off(release, self.request.user)
        self._warn(release)
        return release

    def _warn(self, release: Release) -> None:
        if not release.is_scheduled:
            return
        together = set(release.release_posts.values_list("post", flat=True))
        for post in PostPage.objects.filter(pk__in=together):
            at, user = release.go_live_at, self.request.user
            for sentence in planning.collisions(post, at, user, besides=together):
                messages.warning(self.request, f"“{post.title}”: {sentence}")


class ReleaseIndexView(generic.IndexView):
    def get_base_queryset(self):
        own = self.permission_policy.instances_user_has_permission_for(self.request.user, "change")
        return super().get_base_queryset().filter(pk__in=own.values("pk"))


class ReleaseCreateView(SavesSchedule, generic.CreateView):
    pass


class IsForItsPublishers:
    """A view of one release, for those who may publish all of its posts."""

    def get_object(self, *args, **kwargs):
        release = super().get_object(*args, **kwargs)
        if foreign_posts(release, self.request.user):
            raise PermissionDenied
        return release


class ReleaseEditView(IsForItsPublishers, SavesSchedule, generic.EditView):
    """The form of a release. Other apps add buttons by the hook `register_release_header_button`,
    which is called with the release and the user.
    """

    @cached_property
    def header_more_buttons(self):
        makers = hooks.get_hooks("register_release_header_button")
        added = [make(self.object, self.request.user) for make in makers]
        return [*super().header_more_buttons, *added]

    def get(self, request, *args, **kwargs):
        for row in schedule.missed().filter(release=self.object_pk):
            say(request, row)
        return super().get(request, *args, **kwargs)

    @transaction.atomic
    def post(self, request, *args, **kwargs):
        """From the check whether the timer was quicker to the last row that is saved, it waits."""
        releases.is_published(self.get_object())
        return super().post(request, *args, **kwargs)


class ReleaseHistoryView(IsForItsPublishers, generic.HistoryView):
    pass


class ReleaseUsageView(IsForItsPublishers, generic.UsageView):
    pass


class ReleaseDeleteView(IsForItsPublishers, generic.DeleteView):
    """Deleting a release takes its posts off the schedule first. The posts themselves stay."""

    def delete_action(self):
        user = self.request.user
        if foreign_posts(self.object, user):
            raise PermissionDenied
        with transaction.atomic():
            releases.call_off(self.object, user)
            super().delete_action()


class ReleaseState(HelpPanel):
    """What the release waits for, and what keeps it from going out."""

    class BoundPanel(HelpPanel.BoundPanel):
        def get_context_data(self, parent_context=None):
            release = self.instance
            context = {"release": release, "missed_because": "", "out_of_step": []}
            if release.pk and release.is_scheduled:
                row = schedule.missed().filter(key=releases.key_of(release)).first()
                context["missed_because"] = row.reason if row else ""
                context["out_of_step"] = out_of_step(release)
            return super().get_context_data(parent_context) | context


def out_of_step(release: Release) -> list[ReleasePost]:
    """The posts of a scheduled release that would keep it from going out."""
    entries = release.release_posts.select_related("post", "revision")
    return [
        entry
        for entry in entries
        if not entry.post or not entry.revision or not entry.revision.approved_go_live_at
    ]


class ReleaseViewSet(ModelViewSet):
    model = Release
    name = "releases"
    icon = "folder-open-inverse"
    menu_label = "Releases"
    menu_order = 160
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = [
        "name",
        "state",
        DateColumn("go_live_at", label="Goes live", sort_key="go_live_at"),
    ]
    list_filter = ["is_scheduled"]
    search_fields = ["name"]
    index_view_class = ReleaseIndexView
    add_view_class = ReleaseCreateView
    edit_view_class = ReleaseEditView
    delete_view_class = ReleaseDeleteView
    history_view_class = ReleaseHistoryView
    usage_view_class = ReleaseUsageView
    edit_handler = ObjectList(
        [ReleaseState(template="desk/release_state.html"), *Release.panels],
        base_form_class=ReleaseForm,
    )


@hooks.register("register_admin_viewset")
def releases_in_the_admin():
    return ReleaseViewSet()

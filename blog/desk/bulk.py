"""Work on many posts at once from the page explorer: publish, schedule, tags, authors.

Every page is a transaction of its own, so one that cannot be changed never stops the others; what
was left, and why, is named. A draft that somebody else wrote last is only published by one who
says so, and one that changed after the question was shown is left.
"""

import logging

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html_join
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput
from wagtail.locks import ScheduledForPublishLock
from wagtail.models import Page

from blog.desk.ageing import ask_again, in_a_year
from blog.desk.versions import state_of
from blog.desk.words import counted
from blog.desk.zones import PublicationDateTimeField
from blog.models import Author, PostAuthor, PostPage, Tag
from blog.moments import in_words, today
from blog.schedule.fitness import UnfitError, refuse_unfit
from blog.schedule.reasons import reason_for
from blog.schedule.releases import release_of

logger = logging.getLogger("twotrack.desk")

MOST_TAGS = 5
CHANGED = "Somebody changed it after you were asked. Look at it again."


class LeftError(UnfitError):
    """Why a page was left as it is, in words for editors."""


class DeskForm(forms.Form):
    """`seen` says in which state the editor was shown each page, as “page:state” words."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_seen(self) -> dict[str, str]:
        words = self.cleaned_data["seen"].split()
        return dict(word.split(":", 1) for word in words if ":" in word)


class OthersForm(DeskForm):
    """Asks before drafts go out that somebody else has written."""

    take_others = forms.BooleanField(
        required=False,
        label="Also those whose newest draft is by somebody else",
        help_text="They are named above. Without the tick they are left as they are.",
    )


class DeskAction(PageBulkAction):
    """A bulk action that goes page by page. `change` does it for one page, or raises LeftError."""

    template_name = "desk/bulk.html"
    form_class = DeskForm
    question = ""  # Asked above the list of pages.
    button = ""
    done_words = ""  # After the number of pages: “were published”.
    only_posts = True

    def check_perm(self, page):
        return not self.reason_against(page)

    def reason_against(self, page) -> str:
        """Why the user may not do this to the page; empty: they may."""
        may = page.permissions_for_user(self.request.user)
        if self.only_posts and page.specific_class is not PostPage:
            return "It is not a post."
        if not self.may(may):
            return "You do not have the right to."
        return self.reason_of_lock(page.get_lock())

    def reason_of_lock(self, lock) -> str:
        if isinstance(lock, ScheduledForPublishLock):
            return "It is scheduled. Change it in its editor, or take it off the schedule."
        if lock is not None and lock.for_user(self.request.user):
            return f"It is locked. {lock.get_description(self.request.user)}"
        return ""

    def may(self, permissions) -> bool:
        return permissions.can_publish()

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"initial": {"seen": self.shown_states()}}

    def shown_states(self) -> str:
        pages = Page.objects.filter(pk__in=self.numbers())
        pages = pages.select_related("latest_revision").order_by("pk")
        return " ".join(f"{page.pk}:{state_of(page.latest_revision)}" for page in pages)

    def numbers(self) -> list:
        numbers = self.request.GET.getlist("id")
        if "all" in numbers:
            return list(self.get_all_objects_in_listing_query(self.request.GET.get("childOf")))
        return [number for number in numbers if number.isdigit()]

    def object_context(self, obj):
        return super().object_context(obj) | {"note": self.note_on(obj)}

    def note_on(self, page) -> str:
        """What to know before doing this to the page."""
        return ""

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        for left in context["items_with_no_access"]:
            left["reason"] = self.reason_against(left["item"])
        texts = {"question": self.question, "button": self.button, "name": self.display_name}
        return context | texts

    def form_valid(self, form):
        self.cleaned_form = form
        pages, others = self.get_actionable_objects()
        for hook in hooks.get_hooks("before_bulk_action"):
            answer = hook(self.request, self.action_type, pages, self)
            if hasattr(answer, "status_code"):
                return answer
        left = [(page, self.reason_against(page)) for page in others["items_with_no_access"]]
        done, failed = self.change_each(pages)
        for hook in hooks.get_hooks("after_bulk_action"):
            answer = hook(self.request, self.action_type, done, self)
            if hasattr(answer, "status_code"):
                return answer
        self.report(done, [*left, *failed])
        return redirect(self.next_url)

    def change_each(self, pages) -> tuple[list, list]:
        """The pages that were changed, and those that were left, each with its reason."""
        done, left = [], []
        for page in pages:
            try:
                with transaction.atomic():
                    self.change_unchanged(page.pk)
            except (UnfitError, ValidationError) as error:
                left.append((page, reason_for(error, page.specific_class)))
            except Exception as error:
                logger.exception("“%s” could not be changed with others", page)
                left.append((page, reason_for(error, page.specific_class)))
            else:
                done.append(page)
        return done, left

    def change_unchanged(self, pk: int) -> None:
        """Change the page under a lock on its row, if it is still as the editor was shown it."""
        row = Page.objects.select_for_update(of=("self",)).filter(pk=pk).first()
        if row is None:
            raise LeftError("It has been deleted.")
        if reason := self.reason_against(row):
            raise LeftError(reason)
        seen = self.cleaned_form.cleaned_data["seen"]
        if seen and seen.get(str(pk)) != state_of(row.latest_revision):
            raise LeftError(CHANGED)
        self.change(row.specific)

    def change(self, page) -> None:
        raise NotImplementedError

    def report(self, done, left) -> None:
        """Say what was done, and name every page that was left with the reason."""
        if done:
            pages = counted(len(done), "page")
            messages.success(self.request, f"{pages} {self.done_words_of(len(done))}.")
        if left:
            reasons = format_html_join(
                " ", "“{}”: {}", ((page.get_admin_display_title(), reason) for page, reason in left)
            )
            messages.warning(self.request, f"{len(left)} left as they were. {reasons}")

    def done_words_of(self, number: int) -> str:
        return f"{'was' if number == 1 else 'were'} {self.done_words}"


def newest_is_by_another(page, user) -> bool:
    """Whether somebody else wrote a draft of the page that readers have not seen."""
    newest = page.latest_revision
    if newest is None or newest.pk == page.live_revision_id:
        return False
    return newest.user_id is not None and newest.user_id != user.pk


class GoesOut(DeskAction):
    """A bulk action after which readers see the newest draft, now or later.

    What the checks stop is refused where it is published, by blog.desk.doors, and named like the
    rest that is left.
    """

    form_class = OthersForm

    def reason_of_lock(self, lock):
        """What is scheduled may go out at another time."""
        return "" if isinstance(lock, ScheduledForPublishLock) else super().reason_of_lock(lock)

    def note_on(self, page) -> str:
        if not newest_is_by_another(page, self.request.user):
            return ""
        newest = page.latest_revision
        return f"Newest draft by {newest.user}, {in_words(newest.created_at)}."

    def newest_draft(self, page):
        """The newest words of the page, if they may go out."""
        by_another = newest_is_by_another(page, self.request.user)
        if by_another and not self.cleaned_form.cleaned_data["take_others"]:
            raise LeftError("Its newest draft is by somebody else.")
        if release := release_of(page):
            raise LeftError(f"It is part of the release “{release}”.")
        if page.latest_revision is not None:
            refuse_unfit(page.latest_revision)
        draft = page.get_latest_revision_as_object()
        draft.full_clean()
        return draft


class PublishNow(GoesOut):
    """In place of Wagtail's own, which publishes locked and incomplete pages and all drafts."""

    display_name = "Publish"
    action_type = "publish"
    aria_label = "Publish the chosen pages"
    action_priority = 40
    question = "Publish the newest draft of these pages now?"
    button = "Publish"
    done_words = "published"
    only_posts = False

    def change(self, page):
        if page.live and not page.has_unpublished_changes:
            raise LeftError("Readers see its newest words already.")
        draft = self.newest_draft(page)
        revision = page.latest_revision
        if draft.go_live_at and draft.go_live_at > timezone.now():
            draft.go_live_at = None
            revision = None
        if revision is None:
            revision = draft.save_revision(user=self.request.user, log_action=True)
        revision.publish(user=self.request.user)


class ScheduleForm(OthersForm):
    when = PublicationDateTimeField(label="Publish at", widget=AdminDateTimeInput)
    field_order = ["when", "take_others"]

    def clean_when(self):
        when = self.cleaned_data["when"]
        if when <= timezone.now():
            raise ValidationError("That moment has passed. To publish now, use “Publish”.")
        return when


class Schedule(GoesOut):
    display_name = "Schedule"
    action_type = "schedule"
    aria_label = "Schedule the chosen posts"
    action_priority = 42
    form_class = ScheduleForm
    question = "Publish the newest draft of these posts at one moment?"
    button = "Schedule"
    done_words = "scheduled"

    def change(self, page):
        draft = self.newest_draft(page)
        draft.go_live_at = self.cleaned_form.cleaned_data["when"]
        if draft.expire_at and draft.expire_at <= draft.go_live_at:
            raise LeftError(f"It expires before that: {in_words(draft.expire_at)}.")
        user = self.request.user
        draft.save_revision(user=user, log_action=True).publish(user=user)

    def done_words_of(self, number):
        when = in_words(self.cleaned_form.cleaned_data["when"])
        return f"{super().done_words_of(number)} for {when}"


class Edits(DeskAction):
    """A bulk action that changes fields of a post.

    Where readers see the newest words already, and the user may publish, the change is published;
    else it goes into the draft, so that no draft goes out by it.
    """

    def may(self, permissions) -> bool:
        return permissions.can_edit()

    def note_on(self, page) -> str:
        if self.goes_into_draft(page):
            return "Readers see the change when its draft is published." if page.live else ""
        return ""

    def goes_into_draft(self, page) -> bool:
        may_publish = page.permissions_for_user(self.request.user).can_publish()
        return not page.live or page.has_unpublished_changes or not may_publish

    def change(self, page):
        user = self.request.user
        into_draft = self.goes_into_draft(page)
        draft = page.get_latest_revision_as_object()
        self.edit(draft)
        revision = draft.save_revision(user=user, log_action=True)
        if not into_draft:
            revision.publish(user=user)

    def edit(self, draft) -> None:
        raise NotImplementedError


class TagsForm(DeskForm):
    add = forms.ModelMultipleChoiceField(
        Tag.objects.order_by("name"),
        required=False,
        label="Add",
        widget=forms.CheckboxSelectMultiple,
    )
    remove = forms.ModelMultipleChoiceField(
        Tag.objects.order_by("name"),
        required=False,
        label="Take away",
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("add") and not cleaned.get("remove") and not self.errors:
            raise ValidationError("Choose at least one tag to add or to take away.")
        return cleaned


class ChangeTags(Edits):
    display_name = "Tags"
    action_type = "tags"
    aria_label = "Add or take away tags of the chosen posts"
    action_priority = 44
    form_class = TagsForm
    question = "Which tags should these posts have, or lose?"
    button = "Change tags"
    done_words = "tagged anew"

    def edit(self, draft):
        chosen = self.cleaned_form.cleaned_data
        kept = [tag for tag in draft.tags.all() if tag not in chosen["remove"]]
        tags = [*kept, *(tag for tag in chosen["add"] if tag not in kept)]
        if len(tags) > MOST_TAGS and len(tags) > draft.tags.count():
            raise LeftError(f"It would have {len(tags)} tags; {MOST_TAGS} are the most.")
        draft.tags.set(tags)


class AuthorsForm(DeskForm):
    authors = forms.ModelMultipleChoiceField(
        Author.objects.all(),
        label="Authors",
        widget=forms.CheckboxSelectMultiple,
        help_text="They replace those the posts have, in the order of their names.",
    )


class SetAuthors(Edits):
    display_name = "Authors"
    action_type = "authors"
    aria_label = "Set the authors of the chosen posts"
    action_priority = 46
    form_class = AuthorsForm
    question = "Whose names should stand under these posts?"
    button = "Set authors"
    done_words = "given to these authors"

    def edit(self, draft):
        authors = self.cleaned_form.cleaned_data["authors"]
        draft.post_authors = [
            PostAuthor(author=author, sort_order=place) for place, author in enumerate(authors)
        ]


class LookAgainForm(DeskForm):
    on = forms.DateField(
        label="Ask again on",
        widget=AdminDateInput,
        help_text="The dashboard lists the posts from that day on.",
    )

    def clean_on(self):
        on = self.cleaned_data["on"]
        if on <= today():
            raise ValidationError("Choose a day that is to come.")
        return on


class LookedAt(DeskAction):
    """Says of published posts that they still hold. Their words and drafts stay as they are."""

    display_name = "Looked at"
    action_type = "looked_at"
    aria_label = "Say that the chosen posts still hold"
    action_priority = 48
    form_class = LookAgainForm
    question = "Have you read these posts, and do they still hold?"
    button = "They still hold"
    done_words = "noted as looked at"

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        return kwargs | {"initial": kwargs["initial"] | {"on": in_a_year(today())}}

    def may(self, permissions) -> bool:
        return permissions.can_edit()

    def reason_of_lock(self, lock) -> str:
        return ""  # It changes no words.

    def reason_against(self, page) -> str:
        return super().reason_against(page) or ("" if page.live else "It is not published.")

    def change(self, page):
        ask_again(page, self.cleaned_form.cleaned_data["on"], self.request.user)


for action in (PublishNow, Schedule, ChangeTags, SetAuthors, LookedAt):
    # After Wagtail's own, so that “publish” is ours.
    hooks.register("register_bulk_action", action, order=10)

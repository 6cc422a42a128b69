"""Approvals, as editors have them, and the step of a workflow that waits for them."""

import logging
from dataclasses import dataclass
from functools import partial

from django.core.cache import cache
from django.db import transaction
from django.db.models.signals import post_save
from wagtail.models import Page, TaskState
from wagtail.signals import task_submitted

from blog.desk import doors
from blog.desk.doors import StoppedError
from blog.models.rendered import HalfWrittenError
from review import audit
from review.models import Approval, ApprovalTask
from review.sharing import says_the_latest

logger = logging.getLogger("twotrack.review")

A_DAY = 24 * 3600


@dataclass(frozen=True)
class Approved:
    """An approval, and whether the newest draft still says what was approved.

    It is vouched for when whoever made the link could let the page pass without it. Else writers
    who may not publish would do so by opening a link of their own.
    """

    approval: Approval
    is_of_latest: bool
    is_vouched_for: bool

    @property
    def counts(self) -> bool:
        """Whether a workflow counts it: a link that was revoked may have been in wrong hands."""
        return self.is_of_latest and self.is_vouched_for and self.approval.link.revoked_at is None


@dataclass(frozen=True)
class Needed:
    """What the page's workflow waits for: `given` of `needed` approvals."""

    given: int
    needed: int

    @property
    def is_enough(self) -> bool:
        return self.given >= self.needed


def approvals_of(page: Page, step: ApprovalTask | None) -> list[Approved]:
    """All approvals of a page that is at this step, or at none; newest first.

    Each version is compared with the draft once, and each maker of links is looked at once.
    """
    found = (
        Approval.objects.filter(linked_page__page=page.pk)
        .select_related("link__made_by", "version")
        .order_by("-made_at", "-pk")
    )
    holds: dict[str, bool] = {}
    vouches: dict[int | None, bool] = {}
    approvals = []
    for approval in found:
        version, maker = approval.version, approval.link.made_by
        if version.sha256 not in holds:
            holds[version.sha256] = says_the_latest(version, page)
        if approval.link.made_by_id not in vouches:
            vouches[approval.link.made_by_id] = may_pass(page, step, maker)
        approvals.append(
            Approved(approval, holds[version.sha256], vouches[approval.link.made_by_id])
        )
    return approvals


def may_pass(page: Page, step: ApprovalTask | None, user) -> bool:
    """Whether the user may publish the page, or approve it by hand at this step."""
    if user is None or not user.is_active:
        return False
    may_publish = page.permissions_for_user(user).can_publish()
    return may_publish or bool(step and step.get_actions(page, user))


def given(approvals: list[Approved]) -> int:
    """By how many links the newest draft was approved: one link is one reviewer."""
    return len({approved.approval.link_id for approved in approvals if approved.counts})


def unvouched(approvals: list[Approved]) -> set[int]:
    """The links whose approvals do not count, since whoever made them may not let the page pass."""
    return {found.approval.link_id for found in approvals if not found.is_vouched_for}


def step_of(page: Page) -> ApprovalTask | None:
    """The step of its workflow that the page is at, if that waits for reviewers."""
    task = page.current_workflow_task
    return task if isinstance(task, ApprovalTask) else None


# The step of the workflow


def pass_if_approved(page_number: int) -> bool:
    """Go on with the page's workflow if it waits for reviewers and enough have approved.

    A draft that the checks stop stays where it is, for a person to look at. Of several who try at
    once, one goes on.
    """
    try:
        with transaction.atomic():
            return _pass_if_approved(page_number)
    except (StoppedError, HalfWrittenError) as error:
        _say_once(page_number, str(error))
    return False


def _say_once(page_number: int, why: str) -> None:
    """Log what stops a draft, but not at every try: until it is saved anew, or for a day."""
    saved = Page.objects.filter(pk=page_number).values_list("latest_revision_created_at", flat=True)
    version = saved[0].timestamp() if saved and saved[0] else ""
    if cache.add(f"review:stopped:{page_number}:{version}", True, timeout=A_DAY):
        logger.info("Page %s was approved by reviewers, but: %s", page_number, why)


def _pass_if_approved(page_number: int) -> bool:
    locked = Page.objects.select_for_update(no_key=True, of=("self",)).filter(pk=page_number)
    page = locked.first()
    state = page.specific.current_workflow_task_state if page else None
    if state is None or not isinstance(state.task.specific, ApprovalTask):
        return False
    step = state.task.specific
    approvals = approvals_of(page, step)
    wanted = Needed(given(approvals), step.needed)
    if not wanted.is_enough:
        return False
    doors.ask(page.get_latest_revision_as_object())
    said_by = sorted({found.approval.name for found in approvals if found.counts})
    counted = next(found.approval for found in approvals if found.counts)
    audit.note("suffice", counted.link, page=counted.linked_page, name=", ".join(said_by))
    state.approve(user=None, comment=f"Approved by {', '.join(said_by)}")
    return True


def pass_what_is_approved() -> None:
    """The same for every page that waits for reviewers: what a killed process has left."""
    waiting = TaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS, task__in=ApprovalTask.objects.all()
    )
    for state in waiting.select_related("workflow_state"):
        pass_soon(int(state.workflow_state.object_id))


def pass_soon(page_number: int) -> None:
    """A failure must not undo what the reviewer or the editor has done: it is tried again."""
    try:
        pass_if_approved(page_number)
    except Exception:
        logger.exception("The workflow of page %s could not go on", page_number)


def on_approval_saved(sender, instance, created, **kwargs):
    """A reviewer pressed “Looks good”."""
    if created and instance.linked_page.page_id:
        transaction.on_commit(partial(pass_soon, instance.linked_page.page_id))


def on_task_submitted(sender, instance, **kwargs):
    """A workflow has come to a step: the draft may have been approved before."""
    if isinstance(instance.task.specific, ApprovalTask):
        page_number = int(instance.workflow_state.object_id)
        transaction.on_commit(partial(pass_soon, page_number))


def connect() -> None:
    """Called once, when the app is ready."""
    post_save.connect(on_approval_saved, sender=Approval)
    task_submitted.connect(on_task_submitted)

"""Approvals: of which words they are, and the step of a workflow that waits for them."""

import logging
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.models import TaskState, Workflow, WorkflowPage, WorkflowTask

from blog.models import PostPage
from review.desk.approvals import approvals_of, given, pass_if_approved, pass_what_is_approved
from review.links import revoke
from review.models import Approval, ApprovalTask
from tests.review.desk.conftest import approve, body_of


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """What is done inside is committed."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def workflow(words):
    """A workflow of one step, which two reviewers do."""
    workflow = Workflow.objects.create(name="Reviewers, then publish")
    task = ApprovalTask.objects.create(name="Two reviewers", needed=2)
    task.groups.set([Group.objects.get(name="Moderators")])
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.update_or_create(page=words, defaults={"workflow": workflow})
    return workflow


def panel_of(client, page) -> str:
    shown = client.get(f"/admin/pages/{page.pk}/edit/").content
    panel = BeautifulSoup(shown, "html.parser").select_one("[data-review]")
    return " ".join(panel.text.split())


def is_live(page) -> bool:
    return PostPage.objects.get(pk=page.pk).live


def test_an_approval_names_the_version_and_whether_it_still_holds(at_desk, words, share):
    link, _ = share(words)
    approve(link)
    before = panel_of(at_desk, words)
    words.body = body_of("A hidden wombat sleeps.")
    words.save_revision()

    assert "Rae Reader by the link for Rae" in before
    assert "The draft still says the same." in before
    assert "The draft has changed since." in panel_of(at_desk, words)


def test_planning_and_saving_the_same_words_again_leaves_an_approval(words, share):
    link, _ = share(words)
    approve(link)
    words.planned_for = words.go_live_at = timezone.now() + timedelta(days=1)
    words.save_revision()
    assert [found.is_of_latest for found in approvals_of(words, None)] == [True]


def test_one_link_counts_once_and_a_revoked_one_not_at_all(words, share, editor):
    link, _ = share(words)
    other, _ = share(words, label="Ben")
    approve(link)
    approve(link, "Again")
    approve(other, "Ben")
    before = given(approvals_of(words, None))
    revoke(other, by=editor)

    assert (before, given(approvals_of(words, None))) == (2, 1)


def test_a_workflow_waits_for_enough_approvals_and_then_publishes(
    committed, words, workflow, editor, share
):
    one, _ = share(words)
    two, _ = share(words, label="Ben")
    with committed():
        workflow.start(words, editor)
        approve(one)
    before = is_live(words)

    with committed():
        approve(two, "Ben")

    assert (before, is_live(words)) == (False, True)
    state = TaskState.objects.get()
    assert (state.status, state.finished_by) == (TaskState.STATUS_APPROVED, None)
    assert state.comment == "Approved by Ben, Rae Reader"


def test_a_writer_does_not_publish_by_a_link_of_their_own(
    client, committed, words, workflow, writer, editor, share
):
    own, _ = share(words, made_by=writer)
    with committed():
        workflow.start(words, writer)
        approve(own, "Rae")
        approve(share(words, label="Ben")[0], "Ben")
    client.force_login(writer)
    shown = panel_of(client, words)

    assert not is_live(words)
    assert "waits for 2 approvals of this draft and has 1." in shown
    assert shown.count("The workflow does not count it: whoever made this link") == 1

    with committed():
        approve(share(words, label="Kim")[0], "Kim")

    assert is_live(words)
    assert TaskState.objects.get().comment == "Approved by Ben, Kim"


def without_account(user):
    user.delete()


def deactivated(user):
    type(user).objects.filter(pk=user.pk).update(is_active=False)


def demoted(user):
    user.groups.set([Group.objects.get(name="Writers")])


@pytest.mark.parametrize("change", [without_account, deactivated, demoted])
def test_an_approval_counts_as_long_as_the_maker_of_its_link_may_publish(
    committed, words, workflow, editor, moderator, share, change
):
    with committed():
        workflow.start(words, moderator)
        approve(share(words)[0])
        change(editor)
        approve(share(words, label="Ben", made_by=moderator)[0], "Ben")

    assert not is_live(words)


@pytest.mark.parametrize("way", ["group", "superuser"])
def test_whoever_may_approve_by_hand_may_have_reviewers_approve(
    committed, words, workflow, writer, share, way
):
    if way == "group":
        ApprovalTask.objects.get().groups.add(Group.objects.get(name="Writers"))
    else:
        type(writer).objects.filter(pk=writer.pk).update(is_superuser=True)
        writer.refresh_from_db()
    with committed():
        workflow.start(words, writer)
        for label in ("Rae", "Ben"):
            approve(share(words, label=label, made_by=writer)[0], label)

    assert is_live(words)


def test_approvals_of_former_words_do_not_count(committed, words, workflow, editor, share):
    one, _ = share(words)
    two, _ = share(words, label="Ben")
    with committed():
        workflow.start(words, editor)
        approve(one)
        words.body = body_of("A hidden wombat sleeps.")
        words.save_revision()
        approve(two)

    assert not is_live(words)
    assert TaskState.objects.get().status == TaskState.STATUS_IN_PROGRESS


def test_a_draft_that_was_approved_before_passes_at_once(committed, words, workflow, editor, share):
    for label in ("Rae", "Ben"):
        approve(share(words, label=label)[0], label)

    with committed():
        workflow.start(words, editor)

    assert is_live(words)


def test_what_a_killed_process_left_is_done_by_the_timer(words, workflow, editor, share):
    workflow.start(words, editor)
    for label in ("Rae", "Ben"):
        approve(share(words, label=label)[0], label)
    before = is_live(words)

    pass_what_is_approved()
    pass_what_is_approved()

    assert (before, is_live(words)) == (False, True)
    assert not pass_if_approved(words.pk)


def test_a_draft_that_the_checks_stop_is_not_published(committed, words, workflow, editor, share):
    words.body = body_of("![](image:1) wombat")
    words.save_revision()
    with committed():
        workflow.start(words, editor)
        for label in ("Rae", "Ben"):
            approve(share(words, label=label)[0], label)

    assert not is_live(words)
    assert TaskState.objects.get().status == TaskState.STATUS_IN_PROGRESS


def test_what_the_checks_stop_is_said_once_in_the_log(words, workflow, editor, share, caplog):
    caplog.set_level(logging.INFO, "twotrack.review")
    words.body = body_of("![](image:1) wombat")
    words.save_revision()
    workflow.start(words, editor)
    for label in ("Rae", "Ben"):
        approve(share(words, label=label)[0], label)

    def said() -> int:
        pass_what_is_approved()
        return caplog.text.count(f"Page {words.pk} was approved by reviewers, but")

    assert [said(), said(), said()] == [1, 1, 1]
    words.body = body_of("![](image:1) wombat twice")
    words.save_revision()
    for label in ("Kim", "Lee"):
        approve(share(words, label=label)[0], label)
    assert [said(), said()] == [2, 2]


def test_a_moderator_may_override(client, committed, words, workflow, editor, moderator):
    workflow.start(words, editor)
    state = TaskState.objects.get()
    client.force_login(moderator)
    address = f"/admin/pages/workflow/action/{words.pk}/approve/{state.pk}/"

    with committed():
        client.post(address)

    assert is_live(words)
    assert TaskState.objects.get().finished_by == moderator


def test_an_editor_goes_on_writing_while_reviewers_read_and_cannot_approve(
    at_desk, words, workflow, editor
):
    workflow.start(words, editor)
    page = PostPage.objects.get(pk=words.pk)

    shown = panel_of(at_desk, words)

    assert page.get_lock() is None or not page.get_lock().for_user(editor)
    assert page.current_workflow_task.specific.get_actions(page, editor) == []
    assert "The workflow waits for 2 approvals of this draft and has 0." in shown


def test_a_step_is_made_in_the_admin(admin):
    moderators = Group.objects.get(name="Moderators")
    address = "/admin/workflows/tasks/add/review/approvaltask/"

    form = admin.get(address).content.decode()
    wrong = admin.post(address, {"name": "Three", "needed": "0", "groups": [moderators.pk]})
    admin.post(address, {"name": "Three", "needed": "3", "groups": [moderators.pk]})

    assert "approvals needed" in form.lower()
    assert wrong.status_code == 200
    assert ApprovalTask.objects.get().needed == 3


def test_an_approval_of_a_page_that_is_gone_passes_nothing(committed, words, share):
    link, _ = share(words)
    approval = approve(link)
    words.delete()

    assert not pass_if_approved(words.pk)
    assert Approval.objects.filter(pk=approval.pk).exists()

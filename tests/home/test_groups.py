"""What the three groups may do: exactly what their names promise."""

import pytest
from django.contrib.auth.models import Group
from wagtail.models import Workflow, WorkflowPage

from tests.factories import make_person, make_post

GROUPS = ["Writers", "Editors", "Moderators"]


@pytest.fixture
def member(db, client):
    def log_in(group: str):
        user = make_person(group.lower(), group)
        client.force_login(user)
        return user

    return log_in


def test_there_are_three_groups(db):
    assert sorted(Group.objects.values_list("name", flat=True)) == sorted(GROUPS)


@pytest.mark.parametrize(
    ("group", "may"),
    [
        ("Writers", []),
        ("Editors", ["edit", "publish", "lock"]),
        ("Moderators", ["edit", "publish", "lock", "unlock"]),
    ],
)
def test_what_a_group_may_do_with_others_posts(member, engineers, admin_user, group, may):
    post = make_post(engineers)
    post.owner = admin_user
    post.locked, post.locked_by = True, admin_user
    rights = post.permissions_for_user(member(group))

    assert [
        verb for verb in ("edit", "publish", "lock", "unlock") if getattr(rights, f"can_{verb}")()
    ] == may


@pytest.mark.parametrize("group", GROUPS)
def test_a_member_may_write_and_edit_their_own_draft(member, engineers, group):
    user = member(group)
    draft = make_post(engineers, live=False)
    draft.owner = user

    assert engineers.permissions_for_user(user).can_add_subpage()
    assert draft.permissions_for_user(user).can_edit()
    assert draft.permissions_for_user(user).can_publish() is (group != "Writers")


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("/admin/", GROUPS),
        ("/admin/images/add/", GROUPS),
        ("/admin/snippets/blog/author/add/", ["Editors", "Moderators"]),
        ("/admin/redirects/add/", ["Editors", "Moderators"]),
        ("/admin/settings/home/sitesettings/", ["Moderators"]),
        ("/admin/wagtailmenus/flatmenu/", ["Moderators"]),
        ("/admin/users/", []),
        ("/admin/groups/", []),
    ],
)
def test_which_doors_of_the_admin_are_open(member, client, address, who):
    opened = []
    for group in GROUPS:
        member(group)
        answer = client.get(address, follow=True)
        if answer.status_code == 200 and answer.redirect_chain[-1:] != [("/admin/", 302)]:
            opened.append(group)

    assert opened == who


@pytest.mark.parametrize("reviewers", ["Editors", "Moderators"])
def test_a_draft_of_a_writer_is_reviewed_then_published(member, engineers, reviewers):
    workflow = Workflow.objects.get(active=True)
    draft = make_post(engineers, live=False)
    reviewer, writer = member(reviewers), member("Writers")
    draft.owner = writer

    state = workflow.start(draft, writer)

    task = state.current_task_state.task.specific
    assert (workflow.name, task.name) == ("Review, then publish", "Review")
    assert sorted(group.name for group in task.groups.all()) == ["Editors", "Moderators"]
    state.current_task_state.approve(user=reviewer)
    draft.refresh_from_db()
    assert draft.live


def test_the_workflow_covers_the_whole_tree(db):
    assert WorkflowPage.objects.get().page.is_root()

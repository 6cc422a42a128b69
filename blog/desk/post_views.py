"""Which views edit a post in the admin: those of every page, with the checks before publishing."""

from wagtail import hooks
from wagtail.admin.views.pages.workflow import WorkflowActionView

from blog.desk.checking import (
    ChecksApprovals,
    ChecksApprovalsInLists,
    HasChecksPanel,
    StaysDraftWhenRefused,
)
from blog.desk.conflicts import EditPageView, NewPageView, PageViews, RevertPageView
from blog.models import PostPage


class CreatePostView(StaysDraftWhenRefused, HasChecksPanel, NewPageView):
    """The editor of a post that is not stored yet."""


class EditPostView(ChecksApprovals, HasChecksPanel, EditPageView):
    """The editor of a post."""


class RevertPostView(ChecksApprovals, HasChecksPanel, RevertPageView):
    """The editor of a post, filled with an earlier version of it."""


class ApprovePostView(ChecksApprovalsInLists, WorkflowActionView):
    """Approving a post from a list."""


class PostViews(PageViews):
    """The screens of a post."""

    model = PostPage
    icon = "doc-full"
    add_view_class = CreatePostView
    edit_view_class = EditPostView
    revisions_revert_view_class = RevertPostView
    workflow_action_view_class = ApprovePostView
    parent_models = []  # The explorer lists a track as it lists any other page.


@hooks.register("register_admin_viewset", order=20)
def register_post_views():
    return PostViews()

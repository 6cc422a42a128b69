"""Who may find and open what in the admin."""

from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy

from blog.models import PostPage

SEES = {"add", "change", "publish", "lock", "unlock", "bulk_delete"}
CARES = {"change", "publish"}

pages_policy = PagePermissionPolicy(Page)
posts_policy = PagePermissionPolicy(PostPage)


def may_open(user, page: Page | None) -> bool:
    """Whether the page's editor opens for the user, if the page is there; no query."""
    return page is not None and pages_policy.user_has_any_permission_for_instance(user, CARES, page)

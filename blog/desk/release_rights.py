"""Who may have posts go out together: those who may publish each of them."""

from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import register_permission_policy

from blog.desk.rights import posts_policy
from blog.models import PostPage, Release, ReleasePost


class PublishersPolicy(BasePermissionPolicy):
    """Releases are for those who may publish some post; one, for those who may publish all of its.

    So nobody reads there the titles of drafts that they may not see. Which posts may be put into
    a release is for the form to check.
    """

    def user_has_permission(self, user, action):
        return posts_policy.user_has_permission(user, "publish")

    def user_has_any_permission(self, user, actions):
        return self.user_has_permission(user, "publish")

    def users_with_any_permission(self, actions):
        return posts_policy.users_with_any_permission({"publish"})

    def user_has_any_permission_for_instance(self, user, actions, instance):
        return self.user_has_permission(user, "publish") and not foreign_posts(instance, user)

    def users_with_any_permission_for_instance(self, actions, instance):
        return self.users_with_any_permission(actions)

    def instances_user_has_any_permission_for(self, user, actions):
        objects = self.model._default_manager
        if not self.user_has_permission(user, "publish"):
            return objects.none()
        own = posts_policy.instances_user_has_permission_for(user, "publish")
        foreign = ReleasePost.objects.filter(post__isnull=False).exclude(post__in=own.values("pk"))
        return objects.exclude(pk__in=foreign.values("release"))


releases_policy = PublishersPolicy(Release)
register_permission_policy(Release, releases_policy)


def may_open_releases(user) -> bool:
    return releases_policy.user_has_permission(user, "change")


def may_publish(user, post: PostPage) -> bool:
    return posts_policy.user_has_permission_for_instance(user, "publish", post)


def foreign_posts(release: Release, user) -> list[str]:
    """Titles of the release's posts that this user may not publish, as they are stored."""
    held = ReleasePost.objects.filter(release=release.pk, post__isnull=False)
    return [
        entry.post.title
        for entry in held.select_related("post")
        if not may_publish(user, entry.post)
    ]

"""Posts that have stood for long: which of them somebody should read again, and saying so."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.admin import messages
from wagtail.log_actions import LogFormatter, log
from wagtail.models import Site

from blog.desk.planning import posts_for
from blog.desk.rights import posts_policy
from blog.models import PostPage, PublishingRules
from blog.moments import day_in_words, today

ACTION = "blog.looked_at"


def to_look_at_again(posts: QuerySet) -> QuerySet:
    """The live posts that are due to be looked at, those that have stood longest first.

    A post's own date counts, else the age that the rules of its site say. Two queries find these
    rules, however many posts there are.
    """
    is_due = Q(review_by__lte=today()) | (Q(review_by=None) & _too_old())
    longest_first = F("last_published_at").asc(nulls_first=True)
    return posts.filter(is_due, live=True).order_by(longest_first, "pk")


def _too_old() -> Q:
    """Posts that are older than their site allows; those of no site, than a new site does."""
    rules = {rule.site_id: rule.look_again_days for rule in PublishingRules.objects.all()}
    too_old, elsewhere = Q(pk__in=[]), Q()
    for site in Site.objects.select_related("root_page"):
        here = Q(path__startswith=site.root_page.path)
        too_old |= here & _older_than(rules.get(site.pk, _usual_days()))
        elsewhere &= ~here
    return too_old | (elsewhere & _older_than(_usual_days()))


def _usual_days() -> int:
    return PublishingRules._meta.get_field("look_again_days").default


def _older_than(days: int) -> Q:
    if not days:
        return Q(pk__in=[])
    return Q(last_published_at__lt=timezone.now() - timedelta(days=days))


def in_a_year(day: date) -> date:
    """The same day of the next year; the day before a 29 February that it does not have."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if is_leap_day else day.day)


def may_look_at(user, post: PostPage) -> bool:
    """Whether the user may say that the post still holds: whoever may change it. No query."""
    return posts_policy.user_has_permission_for_instance(user, "change", post)


def ask_again(post: PostPage, on: date, user) -> None:
    """Note that somebody has looked at the post, and when to ask again.

    Neither its words nor its drafts are touched, and nothing is published.
    """
    with transaction.atomic():
        before = PostPage.objects.select_for_update(of=("self",)).get(pk=post.pk).review_by
        PostPage.objects.filter(pk=post.pk).update(review_by=on)
        data = {"before": before and before.isoformat(), "again": on.isoformat()}
        log(instance=post, action=ACTION, user=user, data=data)
    post.review_by = on


@require_POST
def looked_at(request, post_id: int):
    """One click on the dashboard: it still holds, ask again in a year."""
    post = get_object_or_404(posts_for(request.user), pk=post_id)
    if not may_look_at(request.user, post):
        raise PermissionDenied
    if not post.live:
        messages.error(request, f"“{post.title}” is no longer published. Nothing was noted.")
        return redirect(_back(request))
    again = in_a_year(today())
    ask_again(post, again, request.user)
    edit = messages.button(reverse("wagtailadmin_pages:edit", args=[post.pk]), "Choose another day")
    messages.success(
        request,
        f"Noted that “{post.title}” still holds. The dashboard asks again on "
        f"{day_in_words(again)}.",
        buttons=[edit],
    )
    return redirect(_back(request))


def _back(request) -> str:
    asked = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure())
    return asked if is_ours else reverse("wagtailadmin_home")


@hooks.register("register_admin_urls")
def addresses():
    return [path("posts/<int:post_id>/looked-at/", looked_at, name="looked_at")]


@hooks.register("register_log_actions")
def name_what_is_logged(actions):
    @actions.register_action(ACTION)
    class LookedAt(LogFormatter):
        label = "Look at again"

        def format_message(self, entry):
            again = entry.data.get("again")
            if not again:
                return "Looked at, and still holds"
            on = day_in_words(date.fromisoformat(again))
            return f"Looked at, and still holds. To be looked at again by {on}"

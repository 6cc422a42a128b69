"""Scheduling in the editor: times in the publication's zone, and what an editor should notice."""

from django.utils import timezone
from wagtail import hooks
from wagtail.admin import messages

from blog.desk import planning, zones
from blog.models import PostPage
from blog.moments import in_words

zones.ask_for_times_in_the_publications_zone()


@hooks.register("before_publish_page")
def say_that_the_time_is_over(request, page):
    """A go-live time that is over publishes at once; the editor may not have meant that."""
    go_live_at = page.go_live_at
    if go_live_at is None or go_live_at > timezone.now():
        return
    if page.last_published_at is None or go_live_at > page.last_published_at:
        messages.info(
            request,
            f"The go-live time, {in_words(go_live_at)}, is over, so “{page.title}” is "
            "published now.",
        )


@hooks.register("after_publish_page")
def warn_of_collisions(request, page):
    """Tell the editor of a scheduled post which others go live close to it."""
    if not isinstance(page, PostPage):
        return
    entry = planning.entry_of(page)
    if entry is None or entry.state != planning.SCHEDULED:
        return
    for sentence in planning.collisions(page, entry.at, request.user):
        messages.warning(request, sentence)

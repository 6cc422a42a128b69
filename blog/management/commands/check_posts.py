"""Check every live post and every draft that has a date, as the editor does."""

from collections.abc import Iterator

from django.core.management.base import BaseCommand, CommandError
from wagtail.models import Revision

from blog.checks import STOP, problems_of, remember
from blog.models import PostPage

BITE = 50  # Posts held in memory.


class Command(BaseCommand):
    help = "Lists what is to be put right in live and scheduled posts. Ends with 1 if any stops."

    def add_arguments(self, parser):
        parser.add_argument("--quiet", action="store_true", help="Name only what stops publishing.")

    def handle(self, *args, quiet=False, **options):
        count = stopped = 0
        for post, state in self._posts():
            findings = problems_of(post)
            if state == "live":
                remember(post, findings)
            stops = [finding for finding in findings if finding.level == STOP]
            shown = stops if quiet else findings
            if shown:
                self.stdout.write(f"{post.title} ({state}, page {post.pk})")
            for finding in shown:
                self.stdout.write(f"  {finding.level:5} {finding.message}")
            count += 1
            stopped += bool(stops)
        self.stdout.write(f"{count} posts checked.")
        if stopped:
            verb = "has" if stopped == 1 else "have"
            raise CommandError(f"{stopped} of them {verb} something that stops publishing.")

    @staticmethod
    def _posts() -> Iterator[tuple[PostPage, str]]:
        for post in PostPage.objects.filter(live=True).order_by("path").iterator(BITE):
            yield post, "live"
        scheduled = Revision.page_revisions.filter(approved_go_live_at__isnull=False)
        posts = PostPage.objects.filter(_revisions__in=scheduled).order_by("path").distinct()
        for post in posts.iterator(BITE):
            yield post.get_scheduled_revision_as_object(), "scheduled"

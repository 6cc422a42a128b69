"""List, extend and revoke review links from the command line."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from wagtail.models import Page

from blog.clock import database_now
from blog.moments import in_words_for_all
from review.desk.listing import with_figures
from review.links import LinkError, ending_of, extend, open_links, revoke, revoke_all
from review.models import ReviewLink


class Command(BaseCommand):
    help = "Lists the review links that are open; extends one; revokes one, some, or all."

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", help="With those that are over.")
        parser.add_argument("--page", type=int, help="Only of the page with this number.")
        parser.add_argument("--user", help="Only those that this account has made.")
        commands = parser.add_mutually_exclusive_group()
        commands.add_argument("--revoke", metavar="ID", help="Revoke this link.")
        commands.add_argument(
            "--revoke-all", action="store_true", help="Revoke all open links that would be listed."
        )
        commands.add_argument("--extend", metavar="ID", help="Extend this link: see --days.")
        parser.add_argument(
            "--days", type=int, help="How long it is to be open from now, at least."
        )

    def handle(self, *args, **options):
        if options["revoke"]:
            self.revoke(options["revoke"])
        elif options["extend"]:
            self.extend(options["extend"], options["days"])
        elif options["revoke_all"]:
            self.stdout.write(f"Revoked: {revoke_all(self.chosen(options), by=None)}.")
        else:
            self.list(self.chosen(options))

    def chosen(self, options):
        links = ReviewLink.objects.all() if options["all"] else open_links()
        if options["page"]:
            links = links.of_page(Page(pk=options["page"]))
        if options["user"]:
            user = get_user_model().objects.filter(username=options["user"]).first()
            if user is None:
                raise CommandError(f"There is no account “{options['user']}”.")
            links = links.filter(made_by=user)
        return links

    def list(self, links) -> None:
        now = database_now()
        for link in with_figures(links):
            because = ending_of(link, now)
            until = f"until {in_words_for_all(link.expires_at)}"
            last = link.last_opened_at and f"last on {in_words_for_all(link.last_opened_at)}"
            facts = [
                f"{link.public_id}  for {link.label}",
                f"by {link.made_by or 'nobody'}",
                f"over: {because.label}" if because else until,
                f"opened: {link.opens}",
                *([last] if last else []),
                f"remarks: {link.remark_count}",
                f"approvals: {link.approval_count}",
            ]
            pages = ", ".join(self.shown(linked, link) for linked in link.linked_pages.all())
            self.stdout.write(f"{', '.join(facts)}; {pages}")

    def shown(self, linked, link) -> str:
        """A page of the link, and which version of it the link shows."""
        version = linked.version
        if link.follows_latest:
            return f"{linked.title}: newest draft"
        revision = f"revision {version.revision_number} " if version.revision_number else "version "
        return f"{linked.title}: {revision}of {in_words_for_all(version.as_of)}"

    def revoke(self, public_id: str) -> None:
        is_done = revoke(self.link(public_id), by=None)
        self.stdout.write("Revoked." if is_done else "It was over before.")

    def extend(self, public_id: str, days: int | None) -> None:
        link = self.link(public_id)
        try:
            extend(link, None if days is None else timedelta(days=days), by=None)
        except (LinkError, OverflowError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Open until {in_words_for_all(link.expires_at)}.")

    def link(self, public_id: str) -> ReviewLink:
        link = ReviewLink.objects.filter(public_id=public_id).first()
        if link is None:
            raise CommandError(f"There is no review link {public_id}.")
        return link

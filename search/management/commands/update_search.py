"""`manage.py update_search`: index every page for search anew."""

from django.core.management.base import BaseCommand

from search import index

REPORTED = 1_000  # Pages between two lines of progress.


class Command(BaseCommand):
    help = (
        "Indexes every live page for search anew. Publishing keeps the index right by itself; "
        "this is for a database that was filled by other means, such as loaddata."
    )

    def handle(self, *, verbosity, **options):
        told = 0

        def report(count: int, total: int) -> None:
            nonlocal told
            if verbosity > 1 or count - told >= REPORTED:
                self.stdout.write(f"{count} of {total} pages…")
                told = count

        self.stdout.write(f"Indexed {index.rebuild(report)} pages for search.")

"""`manage.py update_search`: index every page for search anew."""

from django.core.management.base import BaseCommand

from search import index


class Command(BaseCommand):
    help = (
        "Indexes every live page for search anew. Publishing keeps the index right by itself; "
        "this is for a database that was filled by other means, such as loaddata."
    )

    def handle(self, **options):
        self.stdout.write(f"Indexed {index.rebuild()} pages for search.")

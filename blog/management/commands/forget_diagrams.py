"""The command that throws away drawings that nothing shows."""

from django.core.management.base import BaseCommand

from blog.models import Diagram


class Command(BaseCommand):
    """Deletes drawings that no stored page has and no text has asked for in a month."""

    help = "Delete drawings of diagrams that nothing has used for a month."

    def handle(self, *args, **options):
        count, _ = Diagram.objects.unused().delete()
        self.stdout.write(f"{count} drawings forgotten.")

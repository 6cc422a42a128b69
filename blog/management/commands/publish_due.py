"""Publish and expire what is due, once or for as long as the process runs."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from blog import outbox
from blog.schedule import Timer, beat, watch_until_told


class Command(BaseCommand):
    help = "Publishes and expires what is due, one page a transaction, and makes deliveries."

    def add_arguments(self, parser):
        parser.add_argument(
            "--watch",
            action="store_true",
            help="Go on looking every TWOTRACK_SCHEDULE_SECONDS until stopped.",
        )

    def handle(self, *args, watch=False, **options):
        if watch:
            watch_until_told(settings.TWOTRACK_SCHEDULE_SECONDS)
            return
        report = Timer().look()
        beat()
        outbox.deliver_due()
        outbox.forget_old()
        for name in report.published:
            self.stdout.write(f"published  {name}")
        for name in report.expired:
            self.stdout.write(f"expired    {name}")
        for failure in report.failed:
            self.stderr.write(f"failed     {failure.name}: {failure.reason}")
        if report.failed:
            raise CommandError(
                f"{len(report.failed)} due changes could not be made. Their dates are kept; "
                "they are tried again at the next look."
            )

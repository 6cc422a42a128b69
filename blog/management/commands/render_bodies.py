"""Render anew what an earlier release has rendered."""

from django.core.management.base import BaseCommand

from blog.changes import render_out_of_date


class Command(BaseCommand):
    help = "Renders the bodies of pages that an earlier release has rendered. `serve` does it too."

    def handle(self, *args, **options):
        number = render_out_of_date()
        self.stdout.write(f"Rendered anew: {number}.")

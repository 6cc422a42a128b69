"""Make the files of all pictures that readers are shown."""

from django.core.management.base import BaseCommand
from wagtail.models import Page

from blog.models import Rendition
from blog.pictures import USES
from blog.renditions import make_all, make_renditions, photos_of_authors
from blog.visibility import readable
from home.models import SiteSettings


class Command(BaseCommand):
    help = (
        "Makes what is missing of the pictures of all readable pages: after a restore, "
        "or when the sizes have changed. Files that the storage has lost are made anew."
    )

    def handle(self, *args, **options):
        forgotten = self.forget_lost_files()
        made = sum(make_renditions(page) for page in readable(Page.objects.all()).specific())
        publications = SiteSettings.objects.exclude(logo=None).select_related("logo")
        made += make_all([*photos_of_authors(), *((one.logo, "logo") for one in publications)])
        self.stdout.write(f"{made} files of pictures made, {forgotten} of them had been lost.")

    @staticmethod
    def forget_lost_files() -> int:
        """Remove the records of files that are not in the storage; returns how many."""
        specs = [spec for use in USES.values() for spec in use.all_specs()]
        lost = [
            rendition
            for rendition in Rendition.objects.filter(filter_spec__in=specs)
            if not rendition.file.storage.exists(rendition.file.name)
        ]
        for rendition in lost:
            rendition.delete()
        return len(lost)

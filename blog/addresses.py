"""Leading readers on from the addresses that pages leave, in the transaction in which they do.

Wagtail makes its redirects after the commit, where a process that is killed leaves none; that is
switched off in the settings.
"""

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site


@dataclass(frozen=True)
class Left:
    """An address on a site that a page is about to leave."""

    site: int
    root: str
    path: str
    page: int

    @property
    def url(self) -> str:
        return self.root + self.path


def left_by(page: Page, url_path: str) -> list[Left]:
    """The addresses that the page and those below it leave when it gets `url_path`.

    To be asked while they are stored with their old ones. Pages that were never published have
    none that anybody knows, and a site that the page leaves cannot lead on to another.
    """
    stored = Page.objects.get(pk=page.pk)
    roots = [
        site
        for site in Site.get_site_root_paths()
        if stored.url_path != site.root_path
        and stored.url_path.startswith(site.root_path)
        and url_path.startswith(site.root_path)
    ]
    if stored.url_path == url_path or not roots:
        return []
    below = Page.objects.descendant_of(stored, inclusive=True)
    known = below.filter(Q(live=True) | Q(first_published_at__isnull=False))
    return [
        Left(site.site_id, site.root_url, _served_at(former, site.root_path), number)
        for number, former in known.values_list("pk", "url_path")
        for site in roots
    ]


def _served_at(url_path: str, root_path: str) -> str:
    return reverse("wagtail_serve", args=[url_path[len(root_path) :]])


def lead_on(left: list[Left]) -> None:
    """Redirect each address to its page, in place of what was led elsewhere by itself before.

    A redirect that an editor has made by hand stays as it is.
    """
    redirects = [
        Redirect(
            old_path=Redirect.normalise_path(one.path),
            site_id=one.site,
            redirect_page_id=one.page,
            automatically_created=True,
        )
        for one in left
    ]
    for site in {one.site_id for one in redirects}:
        paths = [one.old_path for one in redirects if one.site_id == site]
        Redirect.objects.filter(site=site, old_path__in=paths, automatically_created=True).delete()
    Redirect.objects.bulk_create(redirects, ignore_conflicts=True, batch_size=500)

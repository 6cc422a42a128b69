"""What happens once: the database, the demo publication, the editor's account."""

import secrets
from urllib.parse import urlsplit

import yaml
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from wagtail.models import Site
from wagtailmenus.models import FlatMenu, MainMenu

from blog.models import TrackIndexPage
from home.models import HomePage, SiteSettings, StandardPage

DEMO_FOLDERS = [settings.BASE_DIR / "blog" / "demo", settings.BASE_DIR / "home" / "demo"]
EDITOR = "editor"


def has_unapplied_migrations() -> bool:
    """Whether the database lags behind the code."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def match_site_address() -> None:
    """Have Wagtail's default site answer at TWOTRACK_BASE_URL, so that full links are right."""
    parts = urlsplit(settings.BASE_URL)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    Site.objects.filter(is_default_site=True).exclude(hostname=parts.hostname, port=port).update(
        hostname=parts.hostname, port=port
    )
    Site.clear_site_root_paths_cache()


def is_first_run() -> bool:
    """Whether nobody has an account yet; the account is the last thing a first run makes."""
    return not get_user_model().objects.exists()


def bring_in_demo(stdout) -> None:
    """Import the demo publication from its documents, and put its pages into the menus.

    Does nothing twice: documents that were imported stay as they are.
    """
    words = yaml.safe_load((DEMO_FOLDERS[1] / "publication.yml").read_text())
    site = Site.objects.get(is_default_site=True)
    publication = SiteSettings.for_site(site)
    for name in ("name", "promise", "footer_words", "contact_address"):
        setattr(publication, name, words.get(name, getattr(publication, name)))
    publication.save()
    home = HomePage.objects.get(pk=site.root_page_id)
    home.closing_heading, home.closing_text = words["closing_heading"], words["closing_text"]
    home.save_revision().publish()
    for slug, promise in words["track_promises"].items():
        track = TrackIndexPage.objects.child_of(home).get(slug=slug)
        track.promise = promise
        track.save_revision().publish()
    call_command("import_posts", *map(str, DEMO_FOLDERS), publish=True, stdout=stdout)
    pages = list(StandardPage.objects.child_of(home).live().order_by("path"))
    main_menu = MainMenu.get_for_site(site)
    footer = FlatMenu.get_for_site("footer", site)
    for menu, wanted in ((main_menu, pages[:1]), (footer, pages)):
        items = menu.get_menu_items_manager()
        there = set(items.values_list("link_page_id", flat=True))
        for order, page in enumerate(wanted, start=len(there)):
            if page.pk not in there:
                items.model.objects.create(menu=menu, link_page=page, sort_order=order)


def make_editor() -> str:
    """Make the first account, with every right, and return its password."""
    password = secrets.token_urlsafe(9)
    get_user_model().objects.create_superuser(
        EDITOR, "editor@example.org", password, first_name="Editor"
    )
    return password

"""Saving an imported standard page."""

from wagtail.models import Page, Site

from blog.importing import CannotSave, ImportedPage, Saved
from blog.importing.file_store import FileStore
from blog.importing.saving import save, to_stream
from home.models import HomePage, StandardPage


def save_page(
    imported: ImportedPage, *, parent: Page | None = None, publish: bool = False, user=None
) -> Saved:
    """Save a StandardPage as a draft with one revision, or publish it; nothing if anything fails.

    Card grids become card_grid blocks, and the text between them sections and Markdown. It goes
    below `parent`, by default the home page of the default site. A document that was imported
    before is left as it is.
    """

    def build(files: FileStore, notes: list[str]) -> tuple[Page, Page]:
        page = StandardPage(
            title=imported.title,
            intro=imported.intro,
            body=to_stream(imported.blocks, files, notes),
        )
        return parent or home_page(), page

    return save(imported, build, publish=publish, user=user)


def home_page() -> HomePage:
    """The home page of the default site."""
    site = Site.objects.filter(is_default_site=True).first()
    home = HomePage.objects.filter(pk=site.root_page_id).first() if site else None
    if home is None:
        raise CannotSave("The default site has no home page. Set one under Settings > Sites.")
    return home

"""Where the links of a body lead: whether readers can open it. A fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import Min
from django.urls import Resolver404, resolve
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Revision, Site

from blog.checks.about_words import at, in_line
from blog.checks.findings import Finding
from blog.checks.reading import Link, Reading
from blog.markdown.references import read_link
from blog.models import Document, ExternalLink, Image
from blog.moments import in_words_for_all
from blog.visibility import readable

_WEB = ("http", "https")


def about_targets(
    here: "Here", reading: Reading, anchors, together: Collection[int] = ()
) -> Iterator[Finding]:
    """Findings of links to pages, documents and places in this page, and of missing pictures.

    `anchors` is asked for the ids in this page, and only if a link leads to one. Drafts in
    `together` go live at the same moment.
    """
    wanted = [(link, read_link(link.target), here.path_of(link.target)) for link in reading.links]
    numbers = defaultdict(set)
    for _, reference, _ in wanted:
        if reference:
            numbers[reference.kind].add(reference.id)
    pages = _Pages(numbers["page"], {path for _, _, path in wanted if path}, here, together)
    documents = _Documents(numbers["document"])
    for link, reference, path in wanted:
        if reference and reference.kind == "document":
            problem = documents.problem_of(reference.id)
        elif reference and reference.id != here.page:
            problem = pages.problem_of(pages.by_id.get(reference.id))
        elif path:
            problem = pages.problem_of_path(path)
        elif link.target.startswith("#") and len(link.target) > 1:
            is_there = unquote(link.target[1:]) in anchors()
            problem = "" if is_there else "leads to a place that is not in this post. Mend it"
        else:
            problem = ""
        if problem:
            message = f"“{link.words or link.target}” {problem} or remove the link"
            yield Finding("internal_links", f"{message}{in_line(link.place)}.", **at(link.place))
    yield from _missing_pictures(reading)


def external_addresses(here: "Here", links: Iterable[Link]) -> dict[str, Link]:
    """The addresses elsewhere that links lead to, without their fragments, each with its first."""
    found = {}
    for link in links:
        address = here.external(link.target)
        if address:
            found.setdefault(address, link)
    return found


def about_external_links(here: "Here", links: Iterable[Link]) -> Iterator[Finding]:
    """Links elsewhere that the background check has found broken: see blog.checks.links."""
    found = external_addresses(here, links)
    if not found:
        return
    known = {link.url: link for link in ExternalLink.objects.filter(url__in=found)}
    for address, link in found.items():
        row = known.get(address)
        if row is not None and row.is_broken:
            message = f"“{link.words or address}” leads to {address}, which {_answered(row)}"
            yield Finding("external_links", f"{message}{in_line(link.place)}.", **at(link.place))


def _answered(row: ExternalLink) -> str:
    if row.answered_at:
        return f"last answered on {timezone.localtime(row.answered_at):%-d %B %Y}"
    return "never answered"


class Here:
    """A page, and this publication's own addresses as its links may write them."""

    def __init__(self, page):
        self.page = page.pk
        site = page.get_site() or Site.objects.filter(is_default_site=True).first()
        self.root_path = site.root_page.url_path if site else "/"
        self.goes_live = page.go_live_at
        self.hosts = {urlsplit(settings.WAGTAILADMIN_BASE_URL).netloc}
        if site:
            self.hosts.add(urlsplit(site.root_url).netloc)

    def path_of(self, target: str) -> str:
        """The path of a page of this publication, or ""."""
        parts = _split(target)
        if parts is None or (parts.netloc and parts.netloc not in self.hosts):
            return ""
        if parts.scheme and parts.scheme not in _WEB:
            return ""
        return unquote(parts.path) if parts.path.startswith("/") else ""

    def external(self, target: str) -> str:
        parts = _split(target)
        if parts is None or parts.scheme not in _WEB or not parts.hostname:
            return ""
        if parts.netloc in self.hosts:
            return ""
        return parts._replace(fragment="").geturl()


def _split(target: str):
    try:
        return urlsplit(target.strip())
    except ValueError:  # Such as https://[ without its other bracket.
        return None


class _Pages:
    """The pages that links name by number or by path, looked up together."""

    def __init__(self, ids: set[int], paths: set[str], here: Here, together: Collection[int]):
        self.here = here
        self.paths = {path: self._url_path(path) for path in paths if self._is_page(path)}
        rows = self._rows(ids, set(self.paths.values()))
        self.by_id = {row["pk"]: row for row in rows}
        self.by_path = {row["url_path"]: row for row in rows}
        self.readable = self._readable(self.by_id)
        self.going_live = self._going_live(set(self.by_id) - self.readable)
        self.together = self._unrestricted(set(together) & (set(self.by_id) - self.readable))
        self.redirected = self._redirected()

    def _url_path(self, path: str) -> str:
        return self.here.root_path + path.strip("/") + ("/" if path.strip("/") else "")

    @staticmethod
    def _is_page(path: str) -> bool:
        if path.startswith((settings.STATIC_URL, settings.MEDIA_URL)):
            return False
        try:
            return resolve(path if path.endswith("/") else f"{path}/").url_name == "wagtail_serve"
        except Resolver404:
            return True

    @staticmethod
    def _rows(ids: set[int], url_paths: set[str]) -> list[dict]:
        if not ids and not url_paths:
            return []
        pages = Page.objects.filter(pk__in=ids) | Page.objects.filter(url_path__in=url_paths)
        return list(pages.values("pk", "title", "url_path", "live"))

    @staticmethod
    def _readable(pages) -> set[int]:
        if not pages:
            return set()
        return set(readable(Page.objects.filter(pk__in=pages)).values_list("pk", flat=True))

    @staticmethod
    def _unrestricted(pages: set[int]) -> set[int]:
        if not pages:
            return set()
        return set(Page.objects.filter(pk__in=pages).public().values_list("pk", flat=True))

    @staticmethod
    def _going_live(hidden: set[int]) -> dict[int, datetime]:
        if not hidden:
            return {}
        numbers = [str(pk) for pk in hidden]
        found = (
            Revision.page_revisions.filter(object_id__in=numbers, approved_go_live_at__isnull=False)
            .values("object_id")
            .annotate(at=Min("approved_go_live_at"))
            .values_list("object_id", "at")
        )
        return {int(pk): at_time for pk, at_time in found}

    def _redirected(self) -> set[str]:
        missing = [path for path, full in self.paths.items() if full not in self.by_path]
        if not missing:
            return set()
        normal = {Redirect.normalise_path(path): path for path in missing}
        found = Redirect.objects.filter(old_path__in=normal).values_list("old_path", flat=True)
        return {normal[path] for path in found}

    def problem_of_path(self, path: str) -> str:
        if path not in self.paths or path in self.redirected:
            return ""
        return self.problem_of(self.by_path.get(self.paths[path]))

    def problem_of(self, row: dict | None) -> str:
        """What hinders a reader from opening the page, up to “or remove the link”, or ""."""
        if row is None:
            return "links to a page that is not there. Mend it"
        if row["pk"] in self.readable or row["pk"] in self.together:
            return ""
        title = f"“{row['title']}”"
        going_live = self.going_live.get(row["pk"])
        if going_live:
            if self.here.goes_live and going_live <= self.here.goes_live:
                return ""
            when = in_words_for_all(going_live)
            return f"links to {title}, which goes live on {when}. Schedule this post after it"
        if row["live"]:
            return f"links to a private page, {title}. Open it to readers first"
        return f"links to a draft, {title}. Publish it first"


class _Documents:
    def __init__(self, ids: set[int]):
        found = Document.objects.filter(pk__in=ids) if ids else Document.objects.none()
        self.found = set(found.values_list("pk", flat=True)) if ids else set()

    def problem_of(self, number: int) -> str:
        if number in self.found:
            return ""
        return "links to a document that is not there. Upload it again"


def _missing_pictures(reading: Reading) -> Iterator[Finding]:
    ids = {picture.image for picture in reading.pictures if picture.image}
    found = set(Image.objects.filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    for number, picture in enumerate(reading.pictures, start=1):
        if picture.is_missing or (picture.image and picture.image not in found):
            yield Finding(
                "internal_links",
                f"Picture {number} is not in the library{in_line(picture.place)}. "
                "Choose another or remove it.",
                **at(picture.place),
            )

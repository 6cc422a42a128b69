"""Links between imported pages: from the addresses they had to references that last."""

import json
import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from django.db import transaction
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from blog import changes
from blog.importing.documents import ImportedPage, ImportedPost
from blog.importing.markdown_source import outside_code
from blog.markdown.parser import PARSER
from blog.models import ImportedDocument


def point_links_at_pages(imports: Iterable[tuple[ImportedPost | ImportedPage, Page]]) -> int:
    """Rewrite links between imported pages to `page:ID` in Markdown; returns how many pages.

    Only pages that nobody has edited since their import are touched, and their one revision is
    changed with them, so that doing it again does nothing. A link outside Markdown stays as
    typed: the redirect of the old address serves it.
    """
    imports = list(imports)
    addresses = _addresses_of(imports)
    numbers = {page.pk for _, page in imports}
    return sum(_rewrite(number, addresses) for number in sorted(numbers))


def _addresses_of(imports: list[tuple[ImportedPost | ImportedPage, Page]]) -> dict[str, int]:
    """Old paths and the numbers of the pages they meant; what a document says comes first."""
    addresses = {f"/{imported.slug}": page.pk for imported, page in imports}
    known = ImportedDocument.objects.filter(source__startswith="/")
    addresses |= {
        Redirect.normalise_path(source): number
        for source, number in known.values_list("source", "page_id")
    }
    for imported, page in imports:
        for address in imported.old_addresses:
            addresses[Redirect.normalise_path(address)] = page.pk
    return addresses


@transaction.atomic
def _rewrite(number: int, addresses: dict[str, int]) -> bool:
    page = Page.objects.select_for_update(of=("self",)).get(pk=number).specific
    revision = page.latest_revision
    if revision is None or page.revisions.count() != 1:
        return False
    stream = list(page.body.raw_data)
    rewritten = _in_markdown(stream, addresses)
    if rewritten == stream:
        return False
    draft = revision.as_object()
    draft.body = page.body = json.dumps(rewritten)
    draft.render_body()
    revision.content = draft.serializable_data()
    revision.save()
    page.save()
    if page.live:
        changes.announce(page)
    return True


def _in_markdown(value, addresses: dict[str, int], key: str = ""):
    """The stream with the links in each of its Markdown texts rewritten."""
    if isinstance(value, dict):
        kind = value.get("type")
        return {
            name: _in_markdown(inner, addresses, kind if name == "value" and kind else name)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_in_markdown(item, addresses, key) for item in value]
    is_markdown = isinstance(value, str) and key in {"markdown", "text"}
    return with_references(value, addresses) if is_markdown else value


def with_references(text: str, addresses: dict[str, int]) -> str:
    """The Markdown text with each link to one of the addresses turned into `page:ID`."""
    targets = {}
    for token in PARSER.parse(text):
        for child in token.children or []:
            if child.type == "link_open":
                address = str(child.attrGet("href") or "")
                reference = _reference_for(address, addresses)
                if reference:
                    targets |= {address: reference, unquote(address): reference}
    if not targets:
        return text

    def rewrite(part: str) -> str:
        for address, reference in targets.items():
            begins = r"\]\(\s*|^ {0,3}\[[^\]\n]+\]:[ \t]*"
            written = rf"({begins})<?{re.escape(address)}>?(?=[\s)]|$)"
            part = re.sub(written, rf"\g<1>{reference}", part, flags=re.MULTILINE)
        return part

    return outside_code(text, rewrite)


def _reference_for(address: str, addresses: dict[str, int]) -> str:
    """`page:ID` with the fragment of the address, or nothing for what is no imported page."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme or parts.netloc or parts.query or not parts.path.startswith("/"):
        return ""
    number = addresses.get(Redirect.normalise_path(unquote(parts.path)))
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"page:{number}{fragment}" if number else ""

"""From what a reader made of a document to a page with one revision, in one transaction."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from blog import markdown
from blog.importing.body import words_for_missing
from blog.importing.documents import (
    Attachment,
    ImportedAuthor,
    ImportedBlock,
    ImportedPage,
    ImportedPost,
    Picture,
    placeholder,
)
from blog.importing.file_store import FileStore
from blog.importing.html_to_markdown import escape_text
from blog.models import (
    Author,
    AuthorLink,
    ImportedDocument,
    PostAuthor,
    PostPage,
    Tag,
    TrackIndexPage,
)

LONGEST_OLD_PATH = 255
LONGEST_TAG = 100


class Outcome(StrEnum):
    """What became of a document."""

    DRAFT = "created draft"
    PUBLISHED = "published"
    SCHEDULED = "scheduled"
    UNCHANGED = "unchanged"
    CHANGED_SINCE = "changed since; kept ours"


@dataclass(frozen=True)
class Saved:
    """The page of a document, what became of it, and what was repaired or not kept."""

    page: Page
    outcome: Outcome
    notes: tuple[str, ...] = ()


class CannotSave(Exception):  # noqa: N818 - it says what is the matter
    """A document was read but has no place; the message says what to do."""


def save_as_draft(
    imported: ImportedPost, *, track: TrackIndexPage | None = None, publish: bool = False, user=None
) -> Saved:
    """Save a post as a draft with one revision, or publish it with the dates of its document.

    The track is the one that the document names, else `track`. A document that was imported
    before is left as it is. Nothing at all is saved if anything fails.
    """

    def build(files: FileStore, notes: list[str]) -> tuple[Page, Page]:
        parent = find_track(imported.track_names) or track
        if parent is None:
            raise CannotSave(
                "No track is named. Put it into the document’s categories, or give --track."
            )
        return parent, _build_post(imported, parent, files, notes)

    return save(imported, build, publish=publish, user=user)


def find_track(names: Iterable[str]) -> TrackIndexPage | None:
    """The track that the first fitting name means: by slug, label or title, in any case."""
    tracks = list(TrackIndexPage.objects.order_by("path"))
    for name in names:
        wanted = {name.casefold().strip(), slugify(name)}
        for track in tracks:
            if wanted & _names_of(track):
                return track
    return None


def _names_of(track: TrackIndexPage) -> set[str]:
    return {track.slug, track.label.casefold(), track.title.casefold(), slugify(track.title)}


# Any page


def save(
    imported: ImportedPost | ImportedPage,
    build: Callable[[FileStore, list[str]], tuple[Page, Page]],
    *,
    publish: bool = False,
    user=None,
) -> Saved:
    """Save the page that `build` makes, below the parent it names, once for each document.

    `build` gets the store for files and the list for its notes, and returns parent and page.
    """
    before = already_imported(imported)
    if before:
        return before
    notes = list(imported.notes)
    files = FileStore(notes, user)
    try:
        with transaction.atomic():
            parent, page = build(files, notes)
            return _add(imported, parent, page, notes, publish=publish, user=user)
    except BaseException:
        files.take_back()
        raise


def already_imported(imported: ImportedPost | ImportedPage) -> Saved | None:
    """What an earlier import of the same document left, or None."""
    record = ImportedDocument.objects.filter(source=imported.source).select_related("page").first()
    if record is None:
        return None
    if record.digest == imported.digest:
        return Saved(record.page, Outcome.UNCHANGED)
    note = f"The document differs from what became “{record.page.title}”, which was left as it is."
    return Saved(record.page, Outcome.CHANGED_SINCE, (note,))


def _add(
    imported: ImportedPost | ImportedPage,
    parent: Page,
    page: Page,
    notes: list[str],
    *,
    publish: bool,
    user,
) -> Saved:
    """Put the page into the tree with one revision, its record and its redirects."""
    if publish and imported.is_held_back:
        notes.append("The document says that it is not published; it stays a draft.")
        publish = False
    date = getattr(imported, "date", None)
    page.live, page.owner = False, user
    page.slug = free_slug(parent, imported.slug, notes)
    if publish and date:
        is_ahead = date > timezone.now()
        page.go_live_at, page.first_published_at = (date, None) if is_ahead else (None, date)
    parent.add_child(instance=page)
    revision = page.save_revision(user=user)
    add_redirects(imported.old_addresses, page, notes)
    outcome = _publish(revision, imported, user) if publish else Outcome.DRAFT
    ImportedDocument.objects.create(
        page=page,
        source=imported.source,
        digest=imported.digest,
        format=imported.format,
        notes=list(dict.fromkeys(notes)),
    )
    return Saved(type(page).objects.get(pk=page.pk), outcome, tuple(dict.fromkeys(notes)))


def _publish(revision, imported: ImportedPost | ImportedPage, user) -> Outcome:
    """Publish now, or leave to the timer what is dated ahead; the dates are the document's."""
    revision.publish(user=user)
    page = Page.objects.get(pk=revision.object_id)
    if not page.live:
        return Outcome.SCHEDULED
    date = getattr(imported, "date", None)
    changed = getattr(imported, "updated", None) or date
    if date:
        Page.objects.filter(pk=page.pk).update(last_published_at=max(date, changed))
    return Outcome.PUBLISHED


def free_slug(parent: Page, slug: str, notes: list[str]) -> str:
    """The slug, with a number behind it if a page beside it has the slug already."""
    taken = set(parent.get_children().values_list("slug", flat=True))
    candidate, number = slug, 1
    while candidate in taken:
        number += 1
        candidate = f"{slug}-{number}"
    if candidate != slug:
        notes.append(f"The address part “{slug}” is taken, so it became “{candidate}”.")
    return candidate


def add_redirects(old_addresses: Iterable[str], page: Page, notes: list[str]) -> None:
    """Have the addresses a document had lead to its page, unless they lead somewhere already."""
    parts = page.get_url_parts()
    here = Redirect.normalise_path(parts[2]) if parts and parts[2] else ""
    for address in old_addresses:
        old_path = Redirect.normalise_path(address)
        if old_path == here:
            continue
        if len(old_path) > LONGEST_OLD_PATH:
            notes.append(f"The old address {address[:80]}… is too long for a redirect.")
        elif Redirect.objects.filter(old_path=old_path).exists():
            notes.append(f"The old address {address} leads elsewhere already and was left so.")
        else:
            Redirect.objects.create(old_path=old_path, redirect_page=page, is_permanent=True)


def to_stream(blocks: Iterable[ImportedBlock], files: FileStore, notes: list[str]) -> str:
    """The blocks as a StreamField stores them, with each picture and document by its number."""
    stream = [_stored(block, files) for block in blocks]
    for block in stream:
        if block["type"] == "markdown":
            for problem in markdown.find_problems(block["value"]):
                notes.append(f"The editor will ask for a correction: {problem.message}")
    return json.dumps(stream)


def _stored(block: ImportedBlock, files: FileStore) -> dict:
    if block.kind == "markdown":
        return {"type": "markdown", "value": _with_pictures(block.value, block, files)}
    if block.kind in {"section", "callout"}:
        text = _with_pictures(block.value["text"], block, files)
        return {"type": block.kind, "value": block.value | {"text": text}}
    if block.kind == "figure":
        return _stored_figure(block, files)
    if block.kind == "card_grid":
        cards = [
            card | {"image": _stored_picture(card["image"], files)} for card in block.value["cards"]
        ]
        items = [{"type": "item", "value": card, "id": str(uuid4())} for card in cards]
        return {"type": "card_grid", "value": block.value | {"cards": items}}
    if isinstance(block.value, dict):
        return _stored_fields(block, block.value, files)
    return {"type": block.kind, "value": block.value}


def _with_pictures(text: str, block: ImportedBlock, files: FileStore) -> str:
    """The Markdown text with its placeholders replaced by pictures of the library."""
    for place, picture in enumerate(block.pictures):
        number = files.number_of(picture)
        shown = (
            f"![{escape_text(picture.alt)}](image:{number})"
            if number
            else words_for_missing(picture.alt, picture.typed)
        )
        text = text.replace(placeholder(place), shown)
    return text


def _stored_fields(block: ImportedBlock, fields: dict, files: FileStore) -> dict:
    """The block with its files by number; as typed if one of them turns out damaged."""
    named = {
        name: files.number_of(value)
        for name, value in fields.items()
        if isinstance(value, Picture | Attachment)
    }
    if None in named.values():
        return {"type": "markdown", "value": block.typed}
    return {"type": block.kind, "value": fields | named}


def _stored_figure(block: ImportedBlock, files: FileStore) -> dict:
    picture, caption = block.value["image"], block.value["caption"]
    stored = _stored_picture(picture, files)
    if stored["image"] is None:
        words = words_for_missing(picture.alt, picture.typed)
        text = f"{words}\n\n{escape_text(caption)}" if caption else words
        return {"type": "markdown", "value": block.typed or text}
    fields = {"credit": "", "width": "normal"} | block.value | {"image": stored}
    return _stored_fields(block, fields, files)


def _stored_picture(picture: Picture | None, files: FileStore) -> dict:
    number = files.number_of(picture) if picture else None
    alt = picture.alt if picture else ""
    return {"image": number, "alt_text": alt, "decorative": bool(number and not alt)}


# Posts


def _build_post(
    imported: ImportedPost, track: TrackIndexPage, files: FileStore, notes: list[str]
) -> PostPage:
    page = PostPage(
        title=imported.title,
        excerpt=imported.excerpt,
        body=to_stream(imported.body, files, notes),
        display_date=imported.date,
        canonical_address=imported.canonical_address,
        **_teaser_fields(imported.teaser, files, notes),
    )
    page.tags.add(*_tags_of(imported, track, notes))
    page.post_authors = [
        PostAuthor(author=_author_of(named), sort_order=place)
        for place, named in enumerate(imported.authors)
    ]
    return page


def _teaser_fields(teaser, files: FileStore, notes: list[str]) -> dict:
    number = files.number_of(teaser) if isinstance(teaser, Picture) else None
    if number is None:
        return {}
    if not teaser.alt:
        notes.append("The teaser has no alt text and was marked as decorative.")
    return {
        "teaser_image_id": number,
        "teaser_alt": teaser.alt,
        "teaser_is_decorative": not teaser.alt,
    }


def _tags_of(imported: ImportedPost, track: TrackIndexPage, notes: list[str]) -> list[Tag]:
    """The tags of a post, found in any case or made; a name of its track is none."""
    wanted = {
        name.casefold(): name[:LONGEST_TAG]
        for name in imported.tags
        if not {name.casefold(), slugify(name)} & _names_of(track)
    }
    names = list(wanted.values())
    if len(names) > settings.TAG_LIMIT:
        left_out = ", ".join(names[settings.TAG_LIMIT :])
        notes.append(f"A post has at most {settings.TAG_LIMIT} tags; left out: {left_out}.")
    tags = [
        Tag.objects.filter(name__iexact=name).first() or Tag.objects.create(name=name)
        for name in names[: settings.TAG_LIMIT]
    ]
    return list(dict.fromkeys(tags))


def _author_of(named: ImportedAuthor) -> Author:
    """The author of that name, found in any case or made; only what is empty is filled in."""
    author = Author.objects.filter(name__iexact=named.name).first()
    if author is None:
        author = Author(name=named.name, slug=_free_author_slug(named.name))
    author.email = author.email or named.email
    author.bio = author.bio or named.bio
    if named.links and not author.links.exists():
        author.links = [
            AuthorLink(label=label or url, url=url, sort_order=place)
            for place, (label, url) in enumerate(named.links)
        ]
    author.save()
    return author


def _free_author_slug(name: str) -> str:
    slug = slugify(name, allow_unicode=True)[:100] or "author"
    pattern = rf"^{re.escape(slug)}(-[0-9]+)?$"
    taken = set(Author.objects.filter(slug__regex=pattern).values_list("slug", flat=True))
    number = 1
    candidate = slug
    while candidate in taken:
        number += 1
        candidate = f"{slug}-{number}"
    return candidate

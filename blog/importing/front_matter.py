"""Markdown with or without YAML front matter, as Jekyll and its relatives write it."""

import re
from datetime import datetime

from django.utils.text import slugify

from blog.importing import jekyll
from blog.importing.body import blocks_of_markdown
from blog.importing.card_grid import holds_grid
from blog.importing.dates import parse_moment
from blog.importing.directives import Taken, take_out
from blog.importing.documents import (
    ImportedAuthor,
    ImportedBlock,
    ImportedPage,
    ImportedPost,
    Picture,
    RemotePicture,
)
from blog.importing.excerpts import cut, made_excerpt, written_excerpt
from blog.importing.fields import Fields, read_fields
from blog.importing.markdown_source import ASKED_ANCHOR, plain_words
from blog.importing.pictures import VARIABLES
from blog.importing.slugs import last_part, path_of, slug_of, usable_address
from blog.importing.source_file import LONGEST_SOURCE, SourceFile
from blog.importing.standard_page import page_blocks

FORMAT = "Markdown"
LONGEST_TITLE = 255
BEGIN = re.compile(r"\A\s*?---[ \t]*\n")
END = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)
DATED_NAME = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})-(.+)")
FIRST_HEADING = re.compile(r"\A\s*#[ \t]+(?P<words>[^\n]+?)[ \t#]*(?:\n|\Z)")
PLACEHOLDER = re.compile(r":([a-z_]+)")
DATE_PARTS = {"year": "%Y", "month": "%m", "day": "%d"}
TEASERS = ["header.teaser", "teaser", "header.image", "header.overlay_image", "image", "thumbnail"]
TEASER_ALTS = [
    *("header.teaser_alt", "teaser_alt", "header.image_description", "header.alt", "image_alt"),
]
UNDERSTOOD = {
    *("title", "permalink", "slug", "date", "last_modified_at", "updated", "modified"),
    *("categories", "category", "track", "tags", "tag", "keywords", "excerpt", "description"),
    *("summary", "header", "teaser", "teaser_alt", "image", "image_alt", "thumbnail", "author"),
    *("authors", "canonical_url", "canonical_address", "canonical", "published", "draft"),
    *("redirect_from", "alias", "aliases"),
}
ONLY_FOR_THEMES = {
    *("layout", "toc", "toc_label", "toc_icon", "toc_sticky", "comments", "share", "related"),
    *("read_time", "author_profile", "classes", "sidebar", "search", "sitemap", "pin", "math"),
    *("mermaid", "show_date", "mathjax", "nav_order", "parent", "weight", "type", "lang"),
}


def has_front_matter(text: str) -> bool:
    return BEGIN.match(text) is not None


def read_markdown(file: SourceFile) -> ImportedPost | ImportedPage:
    """The post or the standard page that a Markdown document tells."""
    notes = list(file.repaired.notes)
    fields, body = split(file)
    first_line = file.repaired.text[: -len(body) or None].count("\n") + 1
    body, directives = take_out(body, file.pictures(notes), first_line)
    body = jekyll.to_markdown(body, notes)
    title, body = _title_of(fields, body, file, notes)
    _note_unknown(fields, notes)
    if is_standard_page(fields, body, file):
        return _page_of(fields, title, body, directives, file, notes)
    return _post_of(fields, title, body, directives, file, notes)


def split(file: SourceFile) -> tuple[Fields, str]:
    """The fields of the front matter, and the text after it."""
    text = file.repaired.text
    begin = BEGIN.match(text)
    if not begin:
        return Fields(file.path), text
    end = END.search(text, begin.end())
    first_line = text[: begin.end()].count("\n") + 1
    if not end:
        raise file.error(
            "The front matter is never closed. Write --- on a line of its own after its fields.",
            first_line - 1,
        )
    fields = read_fields(text[begin.end() : end.start()], file.path, first_line)
    body = text[end.end() :]
    if not body.strip() and not fields.values:
        raise file.error("The document has neither fields nor text. Leave it out.")
    return fields, body


def is_standard_page(fields: Fields, body: str, file: SourceFile) -> bool:
    """Whether a document is no post: no date, category or tag says so.

    A document without any fields is a standard page only if it holds a card grid.
    """
    says_post = ("date", "categories", "category", "track", "tags", "tag")
    if (
        fields.first(*says_post)[0]
        or fields.value("layout") in {"post", "posts"}
        or DATED_NAME.match(file.path.stem)
        or {"_posts", "_drafts"} & set(file.folder_names)
    ):
        return False
    return bool(fields.values) or holds_grid(body)


def _title_of(fields: Fields, body: str, file: SourceFile, notes: list[str]) -> tuple[str, str]:
    """The title, and the text without a first heading that says it again."""
    title = fields.text("title")
    heading = FIRST_HEADING.match(body)
    words = ASKED_ANCHOR.sub("", plain_words(heading["words"])) if heading else ""
    if heading and (not title or words.casefold() == title.casefold()):
        title, body = title or words, body[heading.end() :]
    if not title:
        title = re.sub(r"[-_\s]+", " ", _name_of(file)).strip().capitalize() or "Untitled"
        notes.append(f"The document has no title; its file name gave “{title}”.")
    if len(title) > LONGEST_TITLE:
        notes.append(f"The title had {len(title)} characters and was cut to {LONGEST_TITLE}.")
    return cut(title, LONGEST_TITLE), body


def _name_of(file: SourceFile) -> str:
    """The file's name without date and ending; the folder's name for an index file."""
    dated = DATED_NAME.fullmatch(file.path.stem)
    name = dated[2] if dated else file.path.stem
    return file.path.resolve().parent.name if name.lower() in {"index", "_index"} else name


def _note_unknown(fields: Fields, notes: list[str]) -> None:
    names = [name for name in fields.values if name not in UNDERSTOOD | ONLY_FOR_THEMES]
    if names:
        notes.append(f"Fields that have no place here were left out: {', '.join(names)}.")


def _post_of(
    fields: Fields,
    title: str,
    body: str,
    directives: list[Taken],
    file: SourceFile,
    notes: list[str],
) -> ImportedPost:
    date = _moment(fields, "date") or _date_in_name(file)
    before_more, body = _parted_at_more(body)
    blocks = blocks_of_markdown(body, file.pictures(notes), directives)
    leading = (ImportedBlock("markdown", before_more),) if before_more else blocks
    written = written_excerpt(fields.text("excerpt", "description", "summary"), notes)
    categories = _categories(fields)
    old_addresses = _old_addresses(fields, file, date)
    return ImportedPost(
        source=_source(old_addresses, fields, file),
        digest=file.digest,
        format=FORMAT,
        title=title,
        slug=_slug(fields, file, title, "post", notes),
        body=blocks,
        track_names=(*categories, *_words_of_category(fields), *file.folder_names),
        date=date,
        updated=_moment(fields, "last_modified_at", "updated", "modified"),
        tags=tuple(dict.fromkeys([*fields.texts("tags", "tag", "keywords"), *categories])),
        excerpt=written or made_excerpt(leading, title),
        teaser=_teaser(fields, file, notes),
        authors=_authors(fields, file),
        canonical_address=_canonical(fields, notes),
        old_addresses=old_addresses,
        is_held_back=_is_held_back(fields),
        notes=tuple(notes),
    )


def _page_of(
    fields: Fields,
    title: str,
    body: str,
    directives: list[Taken],
    file: SourceFile,
    notes: list[str],
) -> ImportedPage:
    intro = written_excerpt(fields.text("excerpt", "description", "summary"), notes)
    old_addresses = _old_addresses(fields, file, None)
    return ImportedPage(
        source=_source(old_addresses, fields, file),
        digest=file.digest,
        format=FORMAT,
        title=title,
        slug=_slug(fields, file, title, "page", notes),
        blocks=page_blocks(blocks_of_markdown(body, file.pictures(notes), directives)),
        intro=intro,
        old_addresses=old_addresses,
        is_held_back=_is_held_back(fields),
        notes=tuple(notes),
    )


def _moment(fields: Fields, *names: str) -> datetime | None:
    """The moment of the first of these fields; an error that names the field if there is none."""
    name, _ = fields.first(*names)
    words = fields.text(*names)
    try:
        return parse_moment(words) if words else None
    except ValueError as error:
        raise fields.error(name, f"In the field {name}: {error}") from error


def _date_in_name(file: SourceFile) -> datetime | None:
    dated = DATED_NAME.fullmatch(file.path.stem)
    try:
        return parse_moment(dated[1]) if dated else None
    except ValueError as error:
        raise file.error(f"In the file name: {error}") from error


def _parted_at_more(body: str) -> tuple[str, str]:
    """What stands before a <!--more-->, or nothing, and the body without it."""
    found = jekyll.EXCERPT_END.search(body)
    return (body[: found.start()], jekyll.EXCERPT_END.sub("", body)) if found else ("", body)


def _categories(fields: Fields) -> list[str]:
    """The categories one by one; a text of several words is looked at by _words_of_category."""
    return [
        name
        for field in ("track", "categories", "category")
        for name in fields.texts(field)
        if " " not in name or isinstance(fields.value(field), list) or field != "categories"
    ]


def _words_of_category(fields: Fields) -> list[str]:
    """`categories` written as one text: as a whole, and as the words Jekyll makes of it."""
    value = fields.value("categories")
    return [value, *value.split()] if value and isinstance(value, str) else []


def _old_addresses(fields: Fields, file: SourceFile, date: datetime | None) -> tuple[str, ...]:
    """The permalink, and what redirects to it, as paths."""
    permalink = fields.text("permalink")
    name = slugify(fields.text("slug") or _name_of(file), allow_unicode=True)
    known = {
        "title": name,
        "slug": name,
        "categories": "/".join(map(slugify, fields.texts("categories", "category"))),
    } | ({part: f"{date:{form}}" for part, form in DATE_PARTS.items()} if date else {})
    filled = PLACEHOLDER.sub(lambda match: known.get(match[1], match[0]), permalink)
    others = fields.texts("redirect_from", "alias", "aliases")
    named = [filled] if filled and not PLACEHOLDER.search(path_of(filled)) else []
    paths = [path_of(address) for address in [*named, *others]]
    return tuple(dict.fromkeys(path for path in paths if path != "/"))


def _source(old_addresses: tuple[str, ...], fields: Fields, file: SourceFile) -> str:
    if old_addresses and fields.text("permalink") and len(old_addresses[0]) <= LONGEST_SOURCE:
        return old_addresses[0]
    return file.name


def _slug(fields: Fields, file: SourceFile, title: str, suffix: str, notes: list[str]) -> str:
    """From the field, the permalink, the name of the file, or the title."""
    permalink = fields.text("permalink")
    from_permalink = last_part(path_of(permalink)) if not PLACEHOLDER.search(permalink) else ""
    from_name = _name_of(file) if DATED_NAME.fullmatch(file.path.stem) else ""
    words = fields.text("slug") or from_permalink or from_name or title
    return slug_of(words, suffix, notes)


def _teaser(fields: Fields, file: SourceFile, notes: list[str]) -> Picture | RemotePicture | None:
    """The picture of the first field that names one."""
    for name in TEASERS:
        value = fields.value(name)
        if isinstance(value, dict):
            value = next((value[key] for key in ("path", "src", "url") if value.get(key)), "")
        if isinstance(value, str) and VARIABLES.sub("", value).strip():
            alt = cut(fields.text(*TEASER_ALTS), LONGEST_TITLE)
            teaser = file.pictures(notes).find(value, alt)
            if isinstance(teaser, RemotePicture):
                notes.append(f"The teaser at {teaser.address} lies elsewhere and was not fetched.")
            return teaser
    return None


def _authors(fields: Fields, file: SourceFile) -> tuple[ImportedAuthor, ...]:
    _, named = fields.first("authors", "author")
    if isinstance(named, str):
        named = re.split(r"\s*,\s*|\s+(?:and|&)\s+", named)
    authors = [
        file.author(name) for name in (named if isinstance(named, list) else [named]) if name
    ]
    return tuple(dict.fromkeys(author for author in authors if author.name))


def _canonical(fields: Fields, notes: list[str]) -> str:
    address = fields.text("canonical_url", "canonical_address", "canonical")
    return usable_address(address, notes)


def _is_held_back(fields: Fields) -> bool:
    """Whether the document itself says that it is not to be published."""
    published, draft = str(fields.value("published")), str(fields.value("draft"))
    return published.lower() in {"false", "no", "off"} or draft.lower() in {"true", "yes", "on"}

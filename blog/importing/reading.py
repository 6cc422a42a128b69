"""Which reader a document needs, by looking at it."""

from collections.abc import Iterator
from pathlib import Path

from blog.importing.documents import ImportedPage, ImportedPost, UnreadableDocument
from blog.importing.feed import looks_like_xml, read_feed
from blog.importing.front_matter import has_front_matter, read_markdown
from blog.importing.plain_text import read_plain_text
from blog.importing.source_file import LONGEST_TEXT, TOO_LONG, SourceFile

MARKDOWN_ENDINGS = {".md", ".markdown", ".mdown", ".mkd"}
ENDINGS = MARKDOWN_ENDINGS | {".txt", ".text", ".xml", ".rss", ".atom"}
NOT_DOCUMENTS = {"readme.md", "license.md", "license.txt", "contributing.md", "robots.txt"}
SKIPPED_FOLDERS = {"node_modules", "_site", "vendor", "__pycache__"}

Read = ImportedPost | ImportedPage | UnreadableDocument


def read(path: Path | str, root: Path | str | None = None) -> list[Read]:
    """What a document tells: one post or page, or the posts of a feed.

    `root` is the folder that was given to import from, by default the document's own: pictures
    are looked for up to it, and nothing outside it is read. UnreadableDocument is raised for a
    document that cannot be imported; an item of a feed that cannot be stands in the list as
    one, so that it does not stop the others.
    """
    path = Path(path)
    file = SourceFile(path, Path(root) if root else path.parent)
    try:
        return _read(file)
    except RecursionError as error:
        raise file.error("The document is nested too deeply. Flatten its lists.") from error


def _read(file: SourceFile) -> list[Read]:
    if looks_like_xml(file.data):
        return read_feed(file)
    text = file.repaired.text
    if len(text) > LONGEST_TEXT:
        raise file.error(TOO_LONG)
    if text[:200].lstrip().lower().startswith(("<!doctype html", "<html")):
        raise file.error("This is a web page. Give the Markdown it was made from, or a feed.")
    if file.path.suffix.lower() in MARKDOWN_ENDINGS or has_front_matter(text):
        return [read_markdown(file)]
    return [read_plain_text(file)]


def documents_in(path: Path) -> Iterator[Path]:
    """The documents of a folder and the folders in it, sorted; a file is itself.

    Hidden files, files of other kinds, and what tools leave behind are passed over.
    """
    if not path.is_dir():
        yield path
        return
    for entry in sorted(path.iterdir()):
        if entry.name.startswith(".") or entry.is_symlink() or entry.name in SKIPPED_FOLDERS:
            continue
        if entry.is_dir():
            yield from documents_in(entry)
        elif entry.suffix.lower() in ENDINGS and entry.name.lower() not in NOT_DOCUMENTS:
            yield entry

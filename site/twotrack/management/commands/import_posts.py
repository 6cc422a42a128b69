"""Bring in documents as drafts, or published."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from blog import importing
from blog.importing import (
    CannotSave,
    ImportedPage,
    ImportedPost,
    Outcome,
    Saved,
    UnreadableDocument,
)
from blog.models import TrackIndexPage
from home.importing import home_page, save_page

logger = logging.getLogger("twotrack.importing")

WOULD_CREATE = "would create"


@contextmanager
def without_wagtails_log() -> Iterator[None]:
    """Wagtail's lines about each page would drown ours."""
    wagtail = logging.getLogger("wagtail")
    level = wagtail.level
    wagtail.setLevel(logging.WARNING)
    try:
        yield
    finally:
        wagtail.setLevel(level)


@dataclass
class Report:
    """What became of each document, so far."""

    counts: dict[str, int] = field(default_factory=dict)
    failures: list[tuple[str, str]] = field(default_factory=list)
    pages: list[tuple] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    seen: set[Path] = field(default_factory=set)

    def count(self, outcome: str) -> None:
        self.counts[outcome] = self.counts.get(outcome, 0) + 1


class Command(BaseCommand):
    help = (
        "Imports documents: Markdown with front matter, RSS feeds, plain text, and standard pages "
        "with card grids. A document that was imported before is left as it is."
    )

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="+", type=Path, help="Documents, or folders of them.")
        parser.add_argument("--track", help="The track for documents that name none.")
        parser.add_argument(
            "--publish", action="store_true", help="Publish, with the dates of the documents."
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Only tell what would be done; save nothing."
        )

    def handle(self, *args, paths, track, publish, dry_run, **options):
        self.track = self.find_track(track)
        self.publish, self.is_dry = publish, dry_run
        report = Report()
        with without_wagtails_log():
            for path in map(Path, paths):
                root = path if path.is_dir() else path.parent
                for document in self.documents_in(path, report):
                    self.take_in(document, root, report)
            rewritten = importing.point_links_at_pages(report.pages)
        if rewritten:
            self.stdout.write(
                f"Links to other documents now name their pages: {rewritten} changed."
            )
        self.summarise(report)

    def find_track(self, name: str | None) -> TrackIndexPage | None:
        if not name:
            return None
        found = importing.find_track([name])
        if found is None:
            slugs = ", ".join(TrackIndexPage.objects.values_list("slug", flat=True))
            raise CommandError(f"There is no track “{name}”. The tracks are: {slugs}.")
        return found

    def documents_in(self, path: Path, report: Report) -> list[Path]:
        if not path.exists():
            self.fail(str(path), "There is no such file or folder.", report)
            return []
        found = list(importing.documents_in(path))
        if not found:
            self.fail(str(path), "The folder holds no documents.", report)
        new = [document for document in found if document.resolve() not in report.seen]
        report.seen.update(document.resolve() for document in new)
        return new

    def take_in(self, path: Path, root: Path, report: Report) -> None:
        """Read a document and save what it tells; whatever goes wrong stays with it."""
        try:
            items = importing.read(path, root)
        except UnreadableDocument as error:
            self.fail(str(error.path), error.reason, report)
            return
        except Exception as error:
            logger.exception("Reading %s failed", path)
            self.fail(str(path), f"Reading failed unexpectedly: {error!r}", report)
            return
        for item in items:
            if isinstance(item, UnreadableDocument):
                self.fail(str(item.path), item.reason, report)
            else:
                self.take_in_item(item, path, report)

    def take_in_item(self, item: ImportedPost | ImportedPage, path: Path, report: Report) -> None:
        name = f"{path}: {item.title}" if item.source != path.name else str(path)
        if item.source in report.sources:
            other = report.sources[item.source]
            self.fail(name, f"It has the permalink or name of {other}. Change one.", report)
            return
        report.sources[item.source] = str(path)
        try:
            saved = self.look_at(item) if self.is_dry else self.save(item)
        except (CannotSave, ValidationError, DatabaseError) as error:
            messages = error.messages if isinstance(error, ValidationError) else [str(error)]
            self.fail(name, " ".join(messages), report)
            return
        except Exception as error:
            logger.exception("Saving %s failed", path)
            self.fail(name, f"Saving failed unexpectedly: {error!r}", report)
            return
        if saved.page is not None:
            report.pages.append((item, saved.page))
        self.tell(str(saved.outcome), item.title, str(path), saved.notes)
        report.count(str(saved.outcome))

    def save(self, item: ImportedPost | ImportedPage) -> Saved:
        if isinstance(item, ImportedPage):
            return save_page(item, publish=self.publish)
        return importing.save_as_draft(item, track=self.track, publish=self.publish)

    def look_at(self, item: ImportedPost | ImportedPage) -> Saved:
        """What saving would do, as far as can be told without doing it."""
        before = importing.already_imported(item)
        if before:
            return Saved(None, before.outcome, before.notes)
        if isinstance(item, ImportedPage):
            home_page()
        elif not (importing.find_track(item.track_names) or self.track):
            raise CannotSave(
                "No track is named. Put it into the document’s categories, or give --track."
            )
        return Saved(None, WOULD_CREATE, item.notes)

    # Telling

    def tell(self, outcome: str, title: str, path: str, notes: tuple[str, ...]) -> None:
        self.stdout.write(f"{outcome}: {title} ({path})")
        for note in notes:
            self.stdout.write(f"    {note}")

    def fail(self, name: str, reason: str, report: Report) -> None:
        report.failures.append((name, reason))
        self.stdout.write(f"failed: {name}: {reason}")

    def summarise(self, report: Report) -> None:
        """The numbers, and a table of what failed; with a failure the command ends with 1."""
        order = [WOULD_CREATE, *Outcome]
        counted = [f"{report.counts[name]} {name}" for name in order if name in report.counts]
        counted += [f"{len(report.failures)} failed"] if report.failures else []
        self.stdout.write(f"\n{', '.join(counted) or 'Nothing to import'}.")
        if report.failures:
            width = min(60, max(len(name) for name, _ in report.failures))
            rows = "\n".join(f"  {name:<{width}}  {reason}" for name, reason in report.failures)
            raise CommandError(f"These documents were not imported:\n{rows}")

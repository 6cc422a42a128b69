"""The database that a bench of search reads: the configured one, or a scratch one it fills."""

import io
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.core.management import CommandError, call_command
from django.db import connection

from bench.quality.reading import Text, text_of
from blog.models import PostPage, TrackIndexPage

BATCH = 500


def has_posts() -> bool:
    """Whether the configured database is there and has a readable post."""
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        return False
    is_there = PostPage._meta.db_table in connection.introspection.table_names()
    return is_there and PostPage.objects.readable().exists()


@contextmanager
def scratch_database() -> Iterator[None]:
    """A database beside the configured one with all tables, while the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        if connection.vendor == "sqlite":
            connection.settings_dict["TEST"]["NAME"] = f"{folder}/bench.sqlite3"
        former = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield
        finally:
            connection.creation.destroy_test_db(former, verbosity=0)


def import_documents(paths: Sequence[Path]) -> None:
    """Publish the documents; those that name no track come on the first one."""
    began, said = time.perf_counter(), io.StringIO()
    track = TrackIndexPage.objects.order_by("path").first().slug
    try:
        call_command("import_posts", *paths, track=track, publish=True, stdout=said)
    except CommandError as error:  # Some could not be read; the others are there.
        print(error)
    counts = said.getvalue().rstrip().rpartition("\n")[2]
    print(f"Imported in {time.perf_counter() - began:.0f} s: {counts}")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def readable_texts() -> list[Text]:
    """The readable posts as their readers see them, newest first."""
    posts = PostPage.objects.readable().newest_first().prefetch_related("tagged_items__tag")
    return [
        text_of(
            post.pk,
            post.title,
            post.body_parts,
            excerpt=post.excerpt,
            headings=[heading["text"] for heading in post.rendered_body["headings"]],
            tags=[item.tag.name for item in post.tagged_items.all()],
        )
        for post in posts.iterator(chunk_size=BATCH)
    ]


def size_of_tables(pattern: str) -> int:
    """The bytes that the tables of such names take, with their indexes."""
    statement = {
        "sqlite": "SELECT sum(pgsize) FROM dbstat WHERE name IN "
        "(SELECT name FROM sqlite_master WHERE tbl_name LIKE %s ESCAPE '\\')",
        "postgresql": "SELECT sum(pg_total_relation_size(oid)) FROM pg_class "
        "WHERE relkind = 'r' AND relname LIKE %s",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(statement, [pattern])
        return int(cursor.fetchone()[0] or 0)

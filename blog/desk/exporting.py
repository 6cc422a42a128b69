"""What leaves the admin as CSV or XLSX: words stay words, and no program runs them.

A spreadsheet takes a cell that begins with one of a few signs for a formula, and a formula can
send the rest of the sheet away. Titles, names and addresses are written by people, some of them
strangers whose feed was imported.
"""

import re

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from wagtail.admin.views.mixins import SpreadsheetExportMixin

# Also in their full-width forms, and behind blanks, which some programs drop.
STARTS_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)*%?")

_preprocess = SpreadsheetExportMixin.preprocess_field_value
_xlsx_row = SpreadsheetExportMixin.generate_xlsx_row


def as_text(value):
    """The value, with an apostrophe before words that a spreadsheet would take for a formula."""
    if isinstance(value, str) and STARTS_FORMULA.match(value) and not NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def preprocess_field_value(self, field, value, export_format):
    """As Wagtail does. XLSX says itself what is text, but has no way to write some signs."""
    found = _preprocess(self, field, value, export_format)
    if export_format == self.FORMAT_CSV:
        return as_text(found)
    return ILLEGAL_CHARACTERS_RE.sub(" ", found) if isinstance(found, str) else found


def generate_xlsx_row(self, worksheet, row_dict, date_format=None):
    """As Wagtail does; words that begin like a formula stay words when the cell is edited too."""
    for cell in _xlsx_row(self, worksheet, row_dict, date_format):
        if isinstance(cell.value, str):
            cell.data_type = "s"  # “#N/A” would be an error, “=1” a formula.
            cell.quotePrefix = as_text(cell.value) != cell.value
        yield cell


def keep_words_words() -> None:
    """Have every export do so: ours, and those of Wagtail's reports and lists."""
    SpreadsheetExportMixin.preprocess_field_value = preprocess_field_value
    SpreadsheetExportMixin.generate_xlsx_row = generate_xlsx_row


keep_words_words()

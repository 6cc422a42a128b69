"""Tables that are typed into cells."""

from wagtail.contrib.table_block.blocks import TableBlock


class DataTableBlock(TableBlock):
    """A table with header cells and a caption."""

    sheet = "tables"  # See blog.rendering.SHEETS.

    class Meta:
        icon = "table"
        label = "Table"
        description = "A table typed into cells, with header row or column and a caption."
        template = "blocks/table.html"
        preview_value = {
            "first_row_is_table_header": True,
            "first_col_is_header": False,
            "table_caption": "Waste by block size",
            "data": [["Block size", "Waste"], ["8", "0.9 %"], ["16", "1.8 %"]],
        }

    def __init__(self, **kwargs):
        kwargs.setdefault("table_options", {"startRows": 3, "startCols": 3})
        super().__init__(**kwargs)

    def get_searchable_content(self, value):
        if not value:
            return []
        cells = [str(cell) for row in value.get("data", []) for cell in row if cell]
        caption = value.get("table_caption") or ""
        return [" ".join(filter(None, [caption, *cells]))]

"""Jupyter notebooks: read, checked, and shown as they were saved. Nothing in them is ever run."""

from blog.notebooks.pictures import NotebookPicture
from blog.notebooks.reading import (
    LARGEST,
    Notebook,
    NotebookError,
    is_notebook_name,
    read,
    read_document,
)
from blog.notebooks.rendering import chosen_cells, file_line, problem_of_cells, render_cells

__all__ = [
    "LARGEST",
    "Notebook",
    "NotebookError",
    "NotebookPicture",
    "chosen_cells",
    "file_line",
    "is_notebook_name",
    "problem_of_cells",
    "read",
    "read_document",
    "render_cells",
]

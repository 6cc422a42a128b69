"""Cells of a Jupyter notebook, with what they gave out."""

import logging

from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.safestring import mark_safe
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.rich_text import expand_db_html

from blog import notebooks
from blog.markdown import PageState, RenderedMarkdown
from blog.notebooks import NotebookError

logger = logging.getLogger(__name__)

_NOTHING = RenderedMarkdown(html="", headings=(), text="", code_text="", words=0, code_words=0)


class NotebookFileBlock(DocumentChooserBlock):
    """A document that is a notebook, going by its name."""

    def clean(self, value):
        value = super().clean(value)
        if value is not None and not notebooks.is_notebook_name(value.filename):
            raise ValidationError(
                "Choose a Jupyter notebook: a document whose name ends in .ipynb."
            )
        return value


class NotebookBlock(blocks.StructBlock):
    """Cells of an uploaded notebook. They are shown as they were saved and never run."""

    notebook = NotebookFileBlock(help_text="A document that ends in .ipynb, up to 10 MB.")
    cells = blocks.CharBlock(
        required=False,
        max_length=200,
        help_text="For example 1-4, 7, counted from the top of the notebook. Empty: all of them.",
    )
    show_code = blocks.BooleanBlock(
        required=False,
        default=True,
        label="Show the code",
        help_text="Without it readers see the text and the outputs only.",
    )
    caption = blocks.CharBlock(
        required=False, max_length=400, help_text="Shown under the cells, beside the download."
    )

    class Meta:
        icon = "clipboard-list"
        label = "Notebook"
        description = "Cells of a Jupyter notebook with their outputs, and the file to download."
        label_format = "{notebook} {cells}"

    def clean(self, value):
        value = super().clean(value)
        if value["notebook"]:
            try:
                notebook = notebooks.read_document(value["notebook"])
            except NotebookError as error:
                raise _refusal("notebook", error) from error
            try:
                cells = notebooks.chosen_cells(notebook, value["cells"])
            except NotebookError as error:
                raise _refusal("cells", error) from error
            if problem := notebooks.problem_of_cells(cells):
                raise _refusal("cells", problem)
        return value

    def key_part(self, value) -> str:
        """What the stored form depends on beside the value: the document and its file."""
        document = value.get("notebook")
        if document is None:
            return ""
        return f"{document.file.name} {document.file_hash} {document.title}"

    def render_once(self, value, page) -> RenderedMarkdown:
        """The cells, and a line with the notebook to download. Nothing where it cannot be read."""
        document = value.get("notebook")
        if document is None:
            return _NOTHING
        try:
            return _rendered(value, document, page or PageState())
        except NotebookError as error:
            logger.warning("The notebook %s is not shown: %s", document.pk, error)
        except Exception:  # A page must be readable whatever is in a notebook.
            logger.exception("The notebook %s could not be rendered", document.pk)
        return _NOTHING

    def render(self, value, context=None):
        return mark_safe(expand_db_html(self.render_once(value, None).html))  # noqa: S308

    def get_searchable_content(self, value):
        rendered = self.render_once(value, None)
        return [part for part in (rendered.text, rendered.code_text) if part]


def _refusal(field: str, why: object) -> blocks.StructBlockValidationError:
    return blocks.StructBlockValidationError(block_errors={field: ValidationError(str(why))})


def _rendered(value, document, page: PageState) -> RenderedMarkdown:
    notebook = notebooks.read_document(document)
    try:
        cells = notebooks.chosen_cells(notebook, value.get("cells") or "")
    except NotebookError:
        cells = ()  # The file was replaced, or a draft holds what cannot be published yet.
    written = notebooks.render_cells(
        notebook, cells, page, has_code=value.get("show_code") is not False
    )
    caption = " ".join((value.get("caption") or "").split())
    size = filesizeformat(notebook.size).replace("\xa0", " ")
    line = notebooks.file_line(document.title, document.pk, size, caption)
    prose = [part for part in [*written.prose, caption] if part.strip()]
    code = [part for part in written.code if part.strip()]
    return RenderedMarkdown(
        html="\n".join([*written.html, line]),
        headings=tuple(written.headings),
        text="\n".join(prose),
        code_text="\n".join([*code, *(part for part in written.printed if part.strip())]),
        words=written.words + len(caption.split()),
        code_words=sum(len(part.split()) for part in code),
    )

"""The list of what a body cites, and the check that it has all of it."""

from django.core.exceptions import ValidationError
from django.db import models
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.safestring import mark_safe
from wagtail import blocks
from wagtail.rich_text import expand_db_html

from blog import bibliography, markdown
from blog.bibliography.checking import unknown_citations
from blog.bibliography.entries import doi_in, is_key, url_in
from blog.blocks.markdown import MarkdownBlock
from blog.blocks.text import ASCII_PUNCTUATION


class ReferenceKind(models.TextChoices):
    """What a typed reference is; what is not plain from the rest is said in the list."""

    ARTICLE = "article", "Article"
    BOOK = "book", "Book"
    PAPER = "inproceedings", "Paper or chapter"
    WEB = "online", "Web page"
    REPORT = "techreport", "Report"
    THESIS = "thesis", "Thesis"
    SOFTWARE = "software", "Software"
    DATASET = "dataset", "Dataset"
    VIDEO = "video", "Video"


class ReferenceBlock(blocks.StructBlock):
    """One reference, for those who do not write BibTeX."""

    key = blocks.CharBlock(max_length=100, help_text="For example knuth84. Cite it as [@knuth84].")
    kind = blocks.ChoiceBlock(choices=ReferenceKind.choices, default=ReferenceKind.WEB)
    authors = blocks.CharBlock(
        required=False,
        max_length=2_000,
        help_text="Part them by semicolons: Donald Knuth; Leslie Lamport.",
    )
    title = blocks.CharBlock(max_length=500)
    year = blocks.CharBlock(required=False, max_length=20)
    container = blocks.CharBlock(
        required=False,
        max_length=300,
        label="Appeared in",
        help_text="The journal, book, conference or site.",
    )
    publisher = blocks.CharBlock(required=False, max_length=200)
    pages = blocks.CharBlock(required=False, max_length=50, help_text="For example 97-111.")
    doi = blocks.CharBlock(required=False, max_length=300, label="DOI")
    url = blocks.CharBlock(required=False, max_length=1_000, label="Address")

    class Meta:
        icon = "link"
        label = "Reference"
        label_format = "{key}: {title}"

    def clean(self, value):
        value = super().clean(value)
        errors = {}
        if not is_key(value["key"]):
            errors["key"] = ValidationError(
                "Write letters, digits and _ - : . + / only, beginning with a letter or a digit."
            )
        if value["doi"] and not doi_in(value["doi"].strip()):
            errors["doi"] = ValidationError("This is not a DOI. Write for example 10.1000/182.")
        if value["url"] and not url_in(value["url"].strip()):
            errors["url"] = ValidationError("Begin the address with https:// or http://.")
        if errors:
            raise blocks.StructBlockValidationError(block_errors=errors)
        return value


class BibliographyValue(blocks.StructValue):
    """A bibliography that knows its entries."""

    @cached_property
    def entries_read(self) -> tuple[bibliography.Entry, ...]:
        """Those in BibTeX, then the typed ones; none from BibTeX that cannot be read."""
        try:
            read = bibliography.read_bibtex(self.get("bibtex") or "")
        except bibliography.BibtexError:
            read = ()  # A draft may hold what cannot be published yet.
        typed = [bibliography.entry_of_fields(fields) for fields in self.get("entries") or ()]
        return (*read, *(entry for entry in typed if is_key(entry.key)))


class BibliographyBlock(blocks.StructBlock):
    """What the citations [@key] of a body lead to."""

    heading = blocks.CharBlock(default="References", max_length=200)
    bibtex = blocks.TextBlock(
        required=False,
        rows=10,
        label="BibTeX",
        help_text="Paste entries as reference managers and publishers give them. Cite one as "
        "[@key] in the text.",
    )
    entries = blocks.ListBlock(
        ReferenceBlock(),
        default=[],
        label="Typed references",
        help_text="For what you have no BibTeX of.",
        collapsed=True,
    )

    class Meta:
        icon = "list-ol"
        label = "Bibliography"
        description = "The references of a post: those cited as [@key], numbered, then the others."
        template = "blocks/bibliography.html"
        value_class = BibliographyValue
        label_format = "{heading}"
        preview_value = {
            "heading": "References",
            "bibtex": "@book{knuth84, author={Donald E. Knuth}, title={The {\\TeX}book}, "
            "publisher={Addison-Wesley}, year=1984}",
            "entries": [],
        }

    def clean(self, value):
        value = super().clean(value)
        errors, bibtex = {}, value.get("bibtex") or ""
        try:
            keys = {entry.key for entry in bibliography.read_bibtex(bibtex)}
        except bibliography.BibtexError as error:
            keys, errors["bibtex"] = set(), ValidationError(str(error))
        if repeated := _repeated_keys(value["entries"], keys):
            errors["entries"] = blocks.ListBlockValidationError(block_errors=repeated)
        if not bibtex.strip() and not value["entries"]:
            errors["bibtex"] = ValidationError("Add BibTeX or at least one typed reference.")
        if errors:
            raise blocks.StructBlockValidationError(block_errors=errors)
        return value

    def render_once(self, value, page) -> markdown.RenderedMarkdown:
        """Heading and list, to be filled in by blog.bibliography.resolve; words for search.

        Reading the list takes no time of a reader's, so it counts no words.
        """
        words = " ".join((value.get("heading") or "").split()) or "References"
        typed = ASCII_PUNCTUATION.sub(r"\\\g<0>", words)
        heading = markdown.render(f"## {typed}", page=page)
        html = render_to_string(
            self.meta.template,
            {
                "heading": mark_safe(heading.html),  # noqa: S308 - sanitised by blog.markdown
                "anchor": heading.headings[0].anchor,
                "list": mark_safe(bibliography.LIST),  # noqa: S308
            },
        )
        return markdown.RenderedMarkdown(
            html=html,
            headings=heading.headings,
            text="\n".join([words, *map(bibliography.words_of_entry, value.entries_read)]),
            code_text="",
            words=0,
            code_words=0,
        )

    def render(self, value, context=None):
        html = self.render_once(value, None).html
        return mark_safe(expand_db_html(bibliography.resolve([html], value.entries_read)[0]))  # noqa: S308


def references_in(body: blocks.StreamValue) -> list[bibliography.Entry]:
    """The entries of the bibliographies in a body."""
    return [
        entry
        for child in body
        if isinstance(child.block, BibliographyBlock)
        for entry in child.value.entries_read
    ]


def refuse_unknown_citations(body: blocks.StreamValue) -> None:
    """Raise a validation error at each block that cites what no bibliography of the body has."""
    keys = {entry.key for entry in references_in(body)}
    errors = {}
    for index, child in enumerate(body):
        found = {
            name: ValidationError(problems)
            for name, source in _texts_of(child)
            if (problems := list(unknown_citations(source, keys)))
        }
        if found:
            errors[index] = found.get("") or blocks.StructBlockValidationError(block_errors=found)
    if errors:
        raise blocks.StreamBlockValidationError(block_errors=errors)


def _texts_of(child: blocks.StreamValue.StreamChild) -> list[tuple[str, str]]:
    """The Markdown of a block whose citations are resolved, by the name of its field or ""."""
    if isinstance(child.block, MarkdownBlock):
        return [("", child.value or "")]
    if not hasattr(child.block, "render_once"):
        return []
    return [
        (name, child.value.get(name) or "")
        for name, block in getattr(child.block, "child_blocks", {}).items()
        if isinstance(block, MarkdownBlock)
    ]


def _repeated_keys(entries: blocks.list_block.ListValue, taken: set[str]) -> dict[int, Exception]:
    """An error at each typed reference whose key another has, by its place."""
    seen, errors = set(taken), {}
    for index, fields in enumerate(entries):
        if fields["key"] in seen:
            problem = ValidationError("Another reference has this key.")
            errors[index] = blocks.StructBlockValidationError(block_errors={"key": problem})
        seen.add(fields["key"])
    return errors

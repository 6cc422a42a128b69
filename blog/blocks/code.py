"""Code with a language, as a block of its own."""

from django.core.exceptions import ValidationError
from wagtail import blocks

from blog.highlighting import LANGUAGES, LAST_LINE, highlight, parse_lines
from blog.markdown import RenderedMarkdown


def languages() -> list[tuple[str, str]]:
    """The choices of the editor, named here so that a new one needs no migration."""
    return LANGUAGES


class CodeBlock(blocks.StructBlock):
    """Source code, highlighted on the server when the page is saved."""

    language = blocks.ChoiceBlock(
        choices=languages, default="text", help_text="Colours the code and is named above it."
    )
    file_name = blocks.CharBlock(
        required=False, max_length=200, help_text="Shown above the code, for example app/cache.py."
    )
    highlighted_lines = blocks.CharBlock(
        required=False, max_length=200, help_text="For example 3, 7-9."
    )
    line_numbers = blocks.BooleanBlock(
        required=False, help_text="Where the text speaks of lines. They are never copied."
    )
    first_line = blocks.IntegerBlock(
        required=False, min_value=0, max_value=LAST_LINE, help_text="The first number. Empty: 1."
    )
    code = blocks.RawHTMLBlock(
        label="Code", help_text="Shown exactly as typed.", rows=12, search_index=False
    )

    class Meta:
        icon = "code"
        label = "Code"
        description = "Source code with its language, file name and highlighted lines."
        preview_value = {
            "language": "python",
            "file_name": "hello.py",
            "highlighted_lines": "2",
            "code": 'def greet(name):\n    return f"Hello, {name}"\n',
        }
        label_format = "{file_name} ({language})"

    def clean(self, value):
        value = super().clean(value)
        try:
            parse_lines(value["highlighted_lines"])
        except ValueError as error:
            raise blocks.StructBlockValidationError(
                block_errors={"highlighted_lines": ValidationError(str(error))}
            ) from error
        return value

    def render_once(self, value, page) -> RenderedMarkdown:
        """The highlighted HTML, and the code as text."""
        try:
            marked_lines = parse_lines(value.get("highlighted_lines") or "")
        except ValueError:
            marked_lines = ()  # A draft may hold what cannot be published yet.
        first_line = value.get("first_line")
        html = highlight(
            value["code"],
            value.get("language") or "text",
            file_name=value.get("file_name") or "",
            marked_lines=marked_lines,
            first_number=(1 if first_line is None else first_line)
            if value.get("line_numbers")
            else None,
            taken_labels=page.taken if page else None,
        )
        return RenderedMarkdown(
            html=html,
            headings=(),
            text="",
            code_text=value["code"],
            words=0,
            code_words=len(value["code"].split()),
        )

    def render(self, value, context=None):
        return self.render_once(value, None).html

    def get_searchable_content(self, value):
        return [value["code"]] if value["code"] else []

"""The fields that words are written in: Markdown, and a few counted sentences."""

from django import forms
from django.urls import reverse_lazy
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.widgets import AdminAutoHeightTextInput

EDITOR = "wagtailmarkdown/{}/easymde.min.{}"


def with_plain_line_ends(text: str) -> str:
    """The text with a line feed at each end of a line: browsers send two characters."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class MarkdownEditor(forms.Textarea):
    """A text area that static/admin/markdown.js makes an editor of. What is typed is stored."""

    addresses = {
        "pictures": reverse_lazy("wagtailimages_chooser:choose"),
        "pages": reverse_lazy("wagtailadmin_choose_page"),
        "upload": reverse_lazy("upload_picture"),
    }

    def build_attrs(self, *args, **kwargs):
        told = {f"data-markdown-{name}-value": str(url) for name, url in self.addresses.items()}
        return super().build_attrs(*args, **kwargs) | {"data-controller": "markdown"} | told

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        return with_plain_line_ends(value) if isinstance(value, str) else value

    @property
    def media(self):
        sheets = [EDITOR.format("css", "css"), "admin/markdown.css"]
        scripts = [
            "wagtailadmin/js/page-chooser-modal.js",
            "wagtailimages/js/image-chooser-modal.js",
            EDITOR.format("js", "js"),
            "admin/markdown.js",
        ]
        return forms.Media(
            css={"all": [versioned_static(sheet) for sheet in sheets]},
            js=[versioned_static(script) for script in scripts],
        )


class CountedText(AdminAutoHeightTextInput):
    """A text area under which static/admin/counter.js says how its length fits.

    `least` and `most` are the characters that fit best, `longest` what is taken at all.
    """

    def __init__(self, *, least: int, most: int, longest: int, rows: int = 2):
        told = {"least": least, "most": most, "longest": longest}
        super().__init__({"rows": rows} | {f"data-counter-{k}-value": v for k, v in told.items()})

    def build_attrs(self, *args, **kwargs):
        attrs = super().build_attrs(*args, **kwargs)
        return attrs | {"data-controller": f"{attrs.get('data-controller', '')} counter".strip()}

    @property
    def media(self):
        return forms.Media(js=[versioned_static("admin/counter.js")])

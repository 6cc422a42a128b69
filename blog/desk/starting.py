"""What the scripts of the admin start, said in attributes, so that no page needs an inline script.

Wagtail 8 writes `<script>new ImageChooser(…)</script>` beside a chooser outside a body. A strict
content security policy does not run such a script; static/admin/starting.js reads an attribute
instead. Fields of dates and rows of panels do the same by templates, in templates/wagtailadmin.
"""

import json

from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.widgets import BaseChooser
from wagtail.admin.widgets.workflows import AdminTaskChooser


def chooser_without_script(self, name, value, attrs=None, renderer=None):
    """In place of BaseChooser.render, which puts a script after the same HTML."""
    value_data = self.get_value_data(value)
    return format_html(
        '{}<span hidden data-starts="{}" data-for="{}" data-options="{}"></span>',
        self.render_html(name, value_data, attrs),
        "createTaskChooser" if isinstance(self, AdminTaskChooser) else self.js_constructor,
        attrs["id"],
        json.dumps(self.get_js_init_options(attrs["id"], name, value_data)),
    )


# One method for every chooser there is; a widget of our own for each model would miss new ones.
BaseChooser.render = chooser_without_script


@hooks.register("insert_global_admin_js")
def start_without_inline_scripts():
    return format_html('<script src="{}"></script>', versioned_static("admin/starting.js"))


@hooks.register("insert_global_admin_css")
def styles_of_rich_text():
    return format_html('<link rel="stylesheet" href="{}">', versioned_static("admin/rich_text.css"))

"""How pictures named in Markdown and rich text are shown. Wagtail finds this module by name."""

from django.template.loader import render_to_string
from wagtail.images.formats import Format, register_image_format, unregister_image_format


class PictureFormat(Format):
    """A picture in modern formats and several sizes, as in a figure block."""

    def image_to_html(self, image, alt_text, extra_attributes=None):
        if extra_attributes:  # In the rich text editor a plain img is expected.
            return super().image_to_html(image, alt_text, extra_attributes)
        return render_to_string("parts/picture.html", {"image": image, "alt": alt_text})


for name in ("fullwidth", "left", "right"):
    unregister_image_format(name)
register_image_format(PictureFormat("fullwidth", "As wide as the text", "", "width-800"))

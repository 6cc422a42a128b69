"""How pictures named in Markdown and rich text are shown. Wagtail finds this module by name."""

from django.template.loader import render_to_string
from wagtail.images.formats import Format, register_image_format, unregister_image_format


class PictureFormat(Format):
    """A picture in modern formats and several sizes: those of a use in blog.pictures."""

    def __init__(self, name, label, use, filter_spec):
        super().__init__(name, label, "", filter_spec)
        self.use = use

    def image_to_html(self, image, alt_text, extra_attributes=None):
        if extra_attributes:  # In the rich text editor a plain img is expected.
            return super().image_to_html(image, alt_text, extra_attributes)
        return render_to_string(
            "parts/picture.html", {"image": image, "use": self.use, "alt": alt_text}
        ).strip()


for name in ("fullwidth", "left", "right"):
    unregister_image_format(name)
register_image_format(PictureFormat("fullwidth", "As wide as the text", "text", "width-800"))
register_image_format(PictureFormat("poster", "The poster of a video", "poster", "fill-720x405"))

"""What can be worked out from a body once, when it is saved, and not at every reading."""

from django.db import models
from django.utils.safestring import SafeString

from blog import diagrams, rendering
from blog.pictures import raise_lead


class RenderedBody(models.Model):
    """A page with a StreamField `body`, whose HTML, contents and plain text are stored with it.

    The stored form is used only while it belongs to the very body and pipeline at hand; a draft
    under edit, or a page stored by an earlier release, is rendered afresh, so what a reader
    sees is never out of step with what was typed.
    """

    rendered = models.JSONField(default=dict, editable=False)
    reading_minutes = models.PositiveSmallIntegerField(default=1, editable=False)

    _rendered_for = None  # The very body that `rendered` is known to belong to.

    class Meta:
        abstract = True

    def save(self, *args, update_fields=None, **kwargs):
        if update_fields is None or "body" in update_fields:
            self._rendered_for = None  # The body may have been changed in place.
            if self.lacks_drawings:
                self.forget_rendered()
            self.render_body()
        super().save(*args, update_fields=update_fields, **kwargs)

    def render_body(self):
        """Work out the stored form from the body at hand, unless it is already there."""
        if self._rendered_for is self.body:
            return
        if self.is_out_of_step:
            self.rendered = rendering.render_body(
                self.body, earlier=self.rendered.get("headings", ())
            )
        self._rendered_for = self.body
        self.reading_minutes = rendering.minutes_to_read(self.rendered)

    def forget_rendered(self) -> None:
        """Have the body rendered anew, with the anchors that its headings have."""
        self.rendered = self.rendered | {"key": ""}
        self._rendered_for = None

    @property
    def lacks_drawings(self) -> bool:
        """Whether the stored form shows diagrams that are no longer kept, as in an old revision."""
        html = "".join(filter(None, self.rendered.get("parts", ())))
        return not diagrams.are_kept(html)

    @classmethod
    def all_out_of_date(cls):
        """The pages of this type to be rendered anew, as a QuerySet.

        Another release has rendered them, or one of their diagrams could not be drawn then.
        """
        return cls.objects.exclude(rendered__pipeline=rendering.PIPELINE)

    @property
    def is_out_of_step(self) -> bool:
        """Whether the stored form belongs to another body, file or pipeline."""
        return self.rendered.get("key") != rendering.key_of(self.body)

    @property
    def rendered_body(self) -> dict:
        """The rendered parts of the body at hand: see blog.rendering.render_body."""
        self.render_body()
        return self.rendered

    @property
    def body_html(self) -> SafeString:
        """The whole body as HTML, with links and pictures looked up now."""
        return rendering.assemble(self.body, self.rendered_body)

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["body"], context["lead"] = raise_lead(self.body_html)
        return context

    @property
    def contents(self) -> list[dict]:
        """The headings of levels 2 and 3: dicts of `level`, `text` and `anchor`."""
        return [heading for heading in self.rendered_body["headings"] if heading["level"] <= 3]

    @property
    def plain_text(self) -> str:
        """The words of the body without markup, for search."""
        return self.rendered_body["text"]

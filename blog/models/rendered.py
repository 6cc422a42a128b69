"""What can be worked out from a body once, when it is saved, and not at every reading."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.safestring import SafeString

from blog import diagrams, rendering
from blog.blocks.previewing import troubles_of, what_can_be_shown
from blog.pictures import raise_lead


class HalfWrittenError(ValidationError):
    """Why a version that an autosave kept as it stood is not published.

    `page` is that version, `problems` are the sentences on what is wrong with it.
    """

    def __init__(self, page):
        self.page = page
        self.problems = list(dict.fromkeys(problem["message"] for problem in page.half_written))
        super().__init__(
            "It is half-written: an autosave has kept it as it stood. Open it and put this right: "
            + " ".join(self.problems)
        )


def refuse_half_written(page) -> None:
    """Raise HalfWrittenError for a version that no form has found whole yet."""
    if getattr(page, "half_written", ()):
        raise HalfWrittenError(page)


class RenderedBody(models.Model):
    """A page with a StreamField `body`, whose HTML, contents and plain text are stored with it.

    The stored form is used only while it belongs to the very body and pipeline at hand; a draft
    under edit, or a page stored by an earlier release, is rendered afresh, so what a reader
    sees is never out of step with what was typed.
    """

    rendered = models.JSONField(default=dict, editable=False)
    reading_minutes = models.PositiveSmallIntegerField(default=1, editable=False)

    _rendered_for = None  # The very body that `rendered` is known to belong to.
    # What an autosave found wrong in this version, and kept it all the same: dicts of `field`,
    # `anchor`, `block` and `message`. It travels with the version and never with the page's row.
    half_written: list[dict] = ()

    class Meta:
        abstract = True

    def save(self, *args, update_fields=None, **kwargs):
        if update_fields is None or "body" in update_fields:
            self._rendered_for = None  # The body may have been changed in place.
            if self.lacks_drawings:
                self.forget_rendered()
            self.render_body()
        # A label of lists. The words of an overlong title stay whole in the version they are of.
        self.draft_title = self.draft_title[: self._meta.get_field("draft_title").max_length]
        super().save(*args, update_fields=update_fields, **kwargs)

    def serializable_data(self):
        data = super().serializable_data()
        return data | {"half_written": list(self.half_written)} if self.half_written else data

    def with_content_json(self, content):
        page = super().with_content_json(content)
        page.half_written = content.get("half_written", ())
        return page

    def render_body(self):
        """Work out the stored form from the body at hand, unless it is already there."""
        if self._rendered_for is self.body:
            return
        if self.is_out_of_step:
            self.rendered = rendering.render_body(
                self.shown_body, earlier=self.rendered.get("headings", ())
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
    def shown_body(self):
        """The body, of a half-written version without the blocks that cannot be shown at all."""
        return what_can_be_shown(self.body) if self.half_written else self.body

    @property
    def rendered_body(self) -> dict:
        """The rendered parts of the body at hand: see blog.rendering.render_body."""
        self.render_body()
        return self.rendered

    @property
    def body_html(self) -> SafeString:
        """The whole body as HTML, with links and pictures looked up now."""
        return self.body_html_for(None)

    def body_html_for(self, review) -> SafeString:
        """The same for a reviewer, who finds remarks and the way to make one in it."""
        mark = review.mark if review else None
        return rendering.assemble(self.shown_body, self.rendered_body, mark)

    @property
    def body_parts(self) -> list[str]:
        """The HTML of each block: see blog.rendering.parts_of."""
        return rendering.parts_of(self.shown_body, self.rendered_body)

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["body"], context["lead"] = raise_lead(
            self.body_html_for(getattr(request, "review", None))
        )
        if getattr(request, "is_preview", False):
            context["troubles"] = troubles_of(self.body)
        return context

    @property
    def contents(self) -> list[dict]:
        """The headings of levels 2 and 3: dicts of `level`, `text` and `anchor`."""
        return [heading for heading in self.rendered_body["headings"] if heading["level"] <= 3]

    @property
    def plain_text(self) -> str:
        """The words of the body without markup, for search."""
        return self.rendered_body["text"]

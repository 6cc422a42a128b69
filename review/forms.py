"""What a reviewer writes, as it is sent."""

from django import forms

from blog.highlighting import storable
from review.models import Remark
from review.passages import Piece, Words
from review.placing import Selector, select

LONGEST = Remark._meta.get_field("text").max_length
LONGEST_NAME = Remark._meta.get_field("name").max_length
TOO_LONG = "This is %(show_value)d characters long, and %(limit_value)d is the most. Shorten it."
NOT_THERE = "These words do not stand there. Copy them from above, or leave this empty."


class PlainText(forms.CharField):
    """Text as databases can carry it, with one kind of line end."""

    def to_python(self, value):
        return storable(super().to_python((value or "").replace("\r\n", "\n")))


class NameForm(forms.Form):
    """Who writes: asked for once, and known from then on in this browser."""

    name = PlainText(
        label="Your name",
        max_length=LONGEST_NAME,
        error_messages={
            "required": "Say who you are, so that your remark has a name.",
            "max_length": TOO_LONG,
        },
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    v = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        for field in self.fields.values():
            # Browsers cut a pasted text at this length, without a word about it.
            field.widget.attrs.pop("maxlength", None)


class RemarkForm(NameForm):
    """A remark, on a piece of the body or some words of it, on the page, or an answer to one."""

    text = PlainText(
        label="Your remark",
        max_length=LONGEST,
        error_messages={"required": "Write what you want to say.", "max_length": TOO_LONG},
        widget=forms.Textarea(attrs={"rows": 6, "data-most": LONGEST}),
        help_text=f"Plain text, up to {LONGEST:,} characters.",
    )
    quote = PlainText(
        label="Only these words",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Copy the words here that you mean. Without any, it is on the whole of it.",
    )
    at = forms.CharField(required=False, widget=forms.HiddenInput)
    prefix = PlainText(required=False, widget=forms.HiddenInput)
    to = forms.IntegerField(required=False, widget=forms.HiddenInput)
    field_order = ["quote", "text", "name"]

    def __init__(self, *args, words: Words | None = None, piece: Piece | None = None, **kwargs):
        """`piece` of the `words` is what the remark is on; without them it is on the page."""
        self.words, self.piece = words, piece
        super().__init__(*args, **kwargs)

    def clean(self):
        """Add what the remark is to be kept with, as `selector`."""
        sent = super().clean()
        selector = Selector()
        if self.piece:
            quote, prefix = sent.get("quote", ""), sent.get("prefix", "")
            selector = select(self.words, self.piece, quote, prefix)
        if selector is None:
            self.add_error("quote", NOT_THERE)
        return sent | {"selector": selector}

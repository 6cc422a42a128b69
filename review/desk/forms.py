"""What editors fill in: for whom a link is, how long it is open, what to answer."""

from datetime import timedelta

from django import forms
from django.conf import settings
from wagtail.models import Page

from review.forms import PlainText
from review.models import Remark, ReviewLink

LONGEST_ANSWER = Remark._meta.get_field("text").max_length
LONGEST_LETTER = 2000
PINNED, LATEST = "pinned", "latest"


class ShareForm(forms.Form):
    """A link to make. `pages` are those that it will show."""

    label = forms.CharField(
        label="For whom?",
        max_length=ReviewLink._meta.get_field("label").max_length,
        help_text="A name for your lists. The reviewer sees it too.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    shows = forms.ChoiceField(
        label="What does it show?",
        choices=[
            (PINNED, "Only this version, whatever is changed later"),
            (LATEST, "Always the newest saved draft"),
        ],
        initial=PINNED,
        widget=forms.RadioSelect,
    )
    days = forms.IntegerField()
    may_comment = forms.BooleanField(
        label="May leave remarks and approve", initial=True, required=False
    )
    allows_restricted = forms.BooleanField(
        label="It is private. Whoever has the link may read it all the same.", required=False
    )

    def __init__(self, *args, pages: list[Page], **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        most = settings.TWOTRACK_REVIEW_MOST_DAYS
        usual = min(settings.TWOTRACK_REVIEW_DAYS, most)
        self.fields["days"] = forms.IntegerField(
            label="Open for how many days?",
            min_value=1,
            max_value=most,
            initial=usual,
            help_text=f"From 1 to {most}.",
        )
        if not Page.objects.filter(pk__in=[page.pk for page in pages]).private().exists():
            del self.fields["allows_restricted"]

    def chosen(self) -> dict:
        """What make_review_link is asked for."""
        data = self.cleaned_data
        return {
            "label": data["label"],
            "follows_latest": data["shows"] == LATEST,
            "expires_in": timedelta(days=data["days"]),
            "may_comment": data["may_comment"],
            "allows_restricted": data.get("allows_restricted", False),
        }


class ExtendForm(forms.Form):
    """For how many days from now."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        most = settings.TWOTRACK_REVIEW_MOST_DAYS
        self.fields["days"] = forms.IntegerField(min_value=1, max_value=most)


class LetterForm(forms.Form):
    """A link to send, while its address is still on the screen."""

    token = forms.CharField(max_length=100, widget=forms.HiddenInput)
    to = forms.EmailField(label="Mail it to", max_length=254)
    words = forms.CharField(
        label="A few words",
        max_length=LONGEST_LETTER,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)


class AnswerForm(forms.Form):
    text = PlainText(max_length=LONGEST_ANSWER)

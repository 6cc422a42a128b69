"""A page whose expiry has passed can still be worked on: saved as a draft, and previewed."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.forms import ModelForm
from wagtail.admin.views.pages.preview import PreviewOnEditView


def forgive_past_expiry(form: ModelForm) -> None:
    """Take back the complaint that the expiry is past, where it is the page's own from before.

    A new expiry must lie in the future. The page keeps the one it has, seconds and all.
    """
    before = form.instance.expire_at
    if before is None or len(form.errors.get("expire_at", ())) != 1:
        return
    try:
        sent = form.fields["expire_at"].clean(form["expire_at"].value())
    except ValidationError:
        return
    # The field shows no seconds.
    if sent and abs(sent - before) < timedelta(minutes=1):
        del form.errors["expire_at"]


class PreviewPageView(PreviewOnEditView):
    """The preview of a page in the editor."""

    def validate_form(self, form) -> bool:
        super().validate_form(form)
        forgive_past_expiry(form)
        return form.is_valid()

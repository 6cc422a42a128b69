"""Synonyms and promoted results in the admin."""

from django.db import IntegrityError
from django.db.models import Exists, OuterRef, Prefetch
from django.forms import RadioSelect
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, HelpPanel, InlinePanel, ObjectList, PageChooserPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.models import Page

from blog.visibility import readable
from search.models import PromotedPage, Promotion, Synonym

MOST_PAGES = 5


class BeginsAs:
    """A form for something new that opens with what the address names: “?words=kubernetes”."""

    begins_with: str

    def get_initial(self):
        named = self.request.GET.get(self.begins_with, "")
        return super().get_initial() | ({self.begins_with: named} if named else {})


class SynonymCreateView(BeginsAs, generic.CreateView):
    begins_with = "words"


class SynonymViewSet(ModelViewSet):
    model = Synonym
    name = "synonyms"
    url_prefix = "search/synonyms"
    icon = "openquote"
    menu_label = "Synonyms"
    copy_view_enabled = False
    list_display = ["words", "direction"]
    list_filter = ["direction"]
    search_fields = ["words"]
    add_view_class = SynonymCreateView
    edit_handler = ObjectList([FieldPanel("words"), FieldPanel("direction", widget=RadioSelect)])


def with_readability(pages):
    """Promoted pages with `is_readable`: whether readers can read the page now."""
    page = readable(Page.objects.filter(pk=OuterRef("page")))
    return pages.select_related("page").annotate(is_readable=Exists(page))


class ReadersSee(HelpPanel):
    """Whether readers can read the page that is chosen beside it."""

    class BoundPanel(HelpPanel.BoundPanel):
        def get_context_data(self, parent_context=None):
            chosen = with_readability(PromotedPage.objects.filter(pk=self.instance.pk)).first()
            return super().get_context_data(parent_context) | {"chosen": chosen}


class PromotionForm(WagtailAdminModelForm):
    """No page is promoted twice for one question."""

    def clean(self):
        cleaned, seen = super().clean(), set()
        for form in self.formsets["promoted_pages"].forms:
            if not form.is_valid() or form.cleaned_data.get("DELETE"):
                continue
            page = form.cleaned_data.get("page")
            if page in seen:
                form.add_error("page", f"“{page.title}” is chosen twice.")
            seen.add(page)
        return cleaned


class SaysWhatAnotherSaved:
    """When another person saved the same between checking and saving, the form comes back with
    what was typed and says so, as it does when the other was a little earlier.
    """

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except IntegrityError:
            if self.object:
                self.object = self.get_object()
            checked_again = self.get_form()
            if self.is_valid(checked_again):
                raise
            return self.form_invalid(checked_again)


class SaysWhatIsHidden:
    """After saving, names the pages that readers cannot read and that are therefore left out."""

    def save_instance(self):
        promotion = super().save_instance()
        pages = with_readability(PromotedPage.objects.filter(promotion=promotion))
        for hidden in pages.filter(is_readable=False):
            messages.warning(
                self.request,
                f"Readers cannot read “{hidden.page.get_admin_display_title()}” now. "
                "It is left out until they can.",
            )
        return promotion


class PromotionIndexView(generic.IndexView):
    def get_base_queryset(self):
        pages = with_readability(PromotedPage.objects.all())
        return super().get_base_queryset().prefetch_related(Prefetch("promoted_pages", pages))


class PromotionCreateView(BeginsAs, SaysWhatAnotherSaved, SaysWhatIsHidden, generic.CreateView):
    begins_with = "question"


class PromotionEditView(SaysWhatAnotherSaved, SaysWhatIsHidden, generic.EditView):
    pass


class PagesColumn(Column):
    """The promoted pages in their order, with those marked that readers cannot read."""

    cell_template_name = "search/desk/promoted_pages.html"


class PromotionViewSet(ModelViewSet):
    model = Promotion
    name = "promotions"
    url_prefix = "search/promotions"
    icon = "pick"
    menu_label = "Promoted results"
    copy_view_enabled = False
    list_display = ["__str__", PagesColumn("pages", label="Pages", width="50%")]
    search_fields = ["question"]
    index_view_class = PromotionIndexView
    add_view_class = PromotionCreateView
    edit_view_class = PromotionEditView
    edit_handler = ObjectList(
        [
            FieldPanel("question"),
            FieldPanel("is_beginning"),
            InlinePanel(
                "promoted_pages",
                heading="Pages, the first comes first",
                label="page",
                min_num=1,
                max_num=MOST_PAGES,
                panels=[
                    PageChooserPanel("page"),
                    ReadersSee(template="search/desk/readers_see.html"),
                ],
            ),
        ],
        base_form_class=PromotionForm,
    )


class SearchGroup(ViewSetGroup):
    """What editors say about searching, together in the menu."""

    menu_label = "Readers’ search"
    menu_icon = "glasses"
    menu_order = 260
    items = (SynonymViewSet, PromotionViewSet)


@hooks.register("register_admin_viewset")
def curation_in_the_admin():
    return SearchGroup()

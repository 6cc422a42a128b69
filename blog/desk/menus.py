"""The screens of the main menu, closed politely to those who may not change it."""

from django.core.exceptions import PermissionDenied
from wagtail.models import Site
from wagtailmenus import menuadmin


class MainMenuIndexView(menuadmin.MainMenuIndexView):
    """Leads to the menu of the site. wagtailmenus itself fails for those who may not change it."""

    def dispatch(self, request, *args, **kwargs):
        if self.get_edit_url(Site.find_for_request(request)) is None:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class MainMenuEditView(menuadmin.MainMenuEditView):
    """The menu of a site. It is not stored anew before it is known who asks."""

    def get_object(self, queryset=None):
        self.object = self.live_object = self.model.get_for_site(self.site)
        return self.object


class MainMenuAdmin(menuadmin.MainMenuAdmin):
    """What stands under “Main menu”."""

    index_view_class = MainMenuIndexView
    edit_view_class = MainMenuEditView

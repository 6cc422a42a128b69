"""Reports of our own: each has two addresses, and stands in the menu for those who may open it."""

from django.urls import path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.reports import ReportView


class ReportMenuItem(MenuItem):
    """Leads to a report, and is shown to those whom the report itself lets in."""

    def __init__(self, view_class: type[ReportView], **kwargs):
        super().__init__(
            view_class.page_title,
            reverse(view_class.index_url_name),
            icon_name=view_class.header_icon,
            **kwargs,
        )
        self.view = view_class()

    def is_shown(self, request):
        view = self.view
        policy, actions = view.permission_policy, view.any_permission_required
        return policy.user_has_any_permission(request.user, actions)


def register_report(view_class: type[ReportView], name: str, *, order: int) -> None:
    """Give the report its addresses, `reports/<name>/` and its results alone, and a menu entry.

    The view has `index_url_name`, `index_results_url_name`, `page_title`, `header_icon`,
    `permission_policy` and `any_permission_required`.
    """

    def addresses():
        results = view_class.as_view(results_only=True)
        return [
            path(f"reports/{name}/", view_class.as_view(), name=view_class.index_url_name),
            path(f"reports/{name}/results/", results, name=view_class.index_results_url_name),
        ]

    def menu_item():
        return ReportMenuItem(view_class, name=name, order=order)

    hooks.register("register_admin_urls", addresses)
    hooks.register("register_reports_menu_item", menu_item)

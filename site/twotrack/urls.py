"""Every address of the product."""

from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.contrib.sitemaps.views import sitemap
from wagtail.documents import urls as wagtaildocs_urls

from twotrack import views

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("search.urls")),
    path("sitemap.xml", sitemap, {"sitemaps": {"pages": views.ReadableSitemap}}, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon),
    path("healthz", views.healthz, name="healthz"),
    path("media/<path:path>", views.media, name="media"),
    path("", include("review.urls")),
    path("", include("blog.urls")),
    path("", include(wagtail_urls)),
]

handler400 = "twotrack.views.bad_request"
handler404 = "twotrack.views.not_found"

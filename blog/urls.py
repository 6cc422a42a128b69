"""Addresses of the blog that lie beside the page tree."""

from django.urls import path, re_path

from blog import views
from blog.desk import ical
from blog.feeds import PostFeed, TrackFeed

urlpatterns = [
    path("tags/<str:slug>/", views.tag, name="tag"),
    path("authors/<str:slug>/", views.author, name="author"),
    re_path(
        r"^diagrams/(?P<digest>[0-9a-f]{64})-(?P<scheme>light|dark)\.svg$",
        views.diagram,
        name="diagram",
    ),
    path("calendar/<str:token>.ics", ical.feed, name="calendar_feed"),
    path("feed/", PostFeed.as_view(), name="feed"),
    path("feed/<str:slug>/", TrackFeed.as_view(), name="track_feed"),
]

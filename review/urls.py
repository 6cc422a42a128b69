"""Addresses of review links. Only what has the shape of ours is taken from the pages at /p/."""

from django.urls import path, register_converter

from review import answering, tokens, views


class TokenConverter:
    regex = tokens.SHAPE

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class PublicIdConverter(TokenConverter):
    regex = r"[A-Za-z0-9_-]{22}"


class PlaceConverter:
    regex = r"[1-9][0-9]?"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(TokenConverter, "review_token")
register_converter(PublicIdConverter, "review_id")
register_converter(PlaceConverter, "review_place")

_LINK = "p/v/<review_id:public_id>/"
_PAGE = f"{_LINK}<review_place:place>/"

urlpatterns = [
    path("p/<review_token:token>/", views.exchange, name="review_exchange"),
    path(_LINK, views.read, name="review"),
    path(f"{_LINK}all/", answering.all_pages, name="review_all"),
    path(_PAGE, views.read, name="review_page"),
    path(f"{_PAGE}remark/", answering.remark, name="review_remark"),
    path(f"{_PAGE}good/", answering.good, name="review_good"),
    path(f"{_PAGE}changes/", answering.changes, name="review_changes"),
]

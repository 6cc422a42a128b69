"""What the demo publication lacks for every page to be seen: long lists, a lock, extremes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.test import RequestFactory
from django.views.defaults import permission_denied, server_error
from wagtail.models import PageViewRestriction

from blog.models import TrackIndexPage
from blog.models.tracks import POSTS_A_PAGE
from home.models import StandardPage
from tests.factories import make_author, make_post

LONG_AGO = datetime(2001, 1, 1, 12, tzinfo=UTC)
LONG_WORD = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
EXTREMES = f"""
## {LONG_WORD} and `a_name_of_code_that_nobody_can_break_anywhere_but_must_fit`

Words with {LONG_WORD * 2}, a long address https://example.org/{"segment/" * 12} and a [link](/).

| {LONG_WORD} | {LONG_WORD} | {LONG_WORD} |
|---|---|--:|
| one | two | 3 |

1. one
   1. two
      1. three
         1. four
            1. five

```python title="{"deeply/" * 9}nested.py"
print("{"a line that does not end " * 12}")
```

### A heading
#### A deeper heading
##### The deepest heading
"""


def add() -> None:
    """Add them to the publication at hand; those that no address leads to are drawn as files."""
    track = TrackIndexPage.objects.get(slug="engineers")
    for number in range(1, POSTS_A_PAGE + 2):
        make_post(
            track,
            f"Counted again, part {number}",
            markdown=f"The {number}th time that quokkas were counted.",
            display_date=LONG_AGO + timedelta(days=number),
        )
    make_post(
        track,
        f"What the {LONG_WORD} says",
        slug="extremes",
        markdown=EXTREMES,
        tags=[f"A tag with number {number}" for number in range(12)],
        authors=[make_author(f"{name} {LONG_WORD}") for name in ("Ada", "Grace", "Katherine")],
        display_date=LONG_AGO,
    )
    locked = StandardPage(title="Locked", slug="locked", live=True)
    StandardPage.objects.get(slug="contact").add_child(instance=locked)
    PageViewRestriction.objects.create(
        page=locked, restriction_type=PageViewRestriction.PASSWORD, password="quokka"
    )
    draw("403.html", permission_denied, PermissionError())
    draw("500.html", server_error)


def draw(name: str, view, *arguments) -> None:
    request = RequestFactory().get(f"/drawn/{name}", headers={"host": "localhost"})
    folder = Path(settings.DATA_DIR) / "drawn"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(view(request, *arguments).content)

"""Drafts that the journeys of reviewers are about, shared beside a running publication."""

import json

from django.contrib.auth import get_user_model

from blog.models import TrackIndexPage
from review.links import make_review_link
from tests.factories import make_post
from tests.journeys.pages import manage

CANARY = "Wombatcanary"
WORDS = f"""
A first paragraph about the {CANARY}, which nobody is to see.

## A heading

The second paragraph says that foxes are quick, and that dogs are lazy.

- one point
- another point

```python
print("fox")
```

The third paragraph [leads away](OUTSIDE) and ends.
"""
HOSTILE = """
<script>window.hacked = 1; fetch("/admin/")</script>

<img src=x onerror="window.hacked = 2; fetch('/admin/')"> <svg onload="window.hacked = 3"></svg>

[press](javascript:window.hacked=4) <a href="javascript:window.hacked=5">here</a>

<form action="/admin/logout/" method="post"><button id="trap">Send</button></form>

<iframe src="/admin/"></iframe> <object data="/admin/"></object> <embed src="/admin/">

<meta http-equiv="refresh" content="0;url=/admin/"> <base href="/admin/">

<link rel="stylesheet" href="/admin/x.css">

<img src="/admin/logout/" alt="picture"> ![picture](/admin/pages/ "picture")

<details open ontoggle="window.hacked = 6"><summary>more</summary></details>
<style>body { background: url(/admin/) }</style> <input autofocus onfocus="window.hacked = 7">
"""


def share(environment: dict[str, str], drafts: dict[str, dict]) -> dict[str, str]:
    """The addresses of new links by the slugs of their drafts, made as `make` is told to.

    All at once, for a process takes seconds to start.
    """
    code = f"from tests.journeys import reviewing; reviewing.make_all({drafts!r})"
    return json.loads(manage(environment, "shell", "-c", code).splitlines()[-1])


def make_all(drafts: dict[str, dict]) -> None:
    """Print the addresses."""
    print(json.dumps({slug: make(slug, **how) for slug, how in drafts.items()}))  # noqa: T201


def make(
    slug: str, *, kind: str = "post", words: str = WORDS, outside: str = "/", video: str = ""
) -> str:
    """Share a new draft, or several, as the editor; returns the path of the link."""
    track = TrackIndexPage.objects.get(slug="engineers")
    if kind == "several":
        pages = [make_post(track, f"{slug} {number}", live=False) for number in range(3)]
    else:
        text = words.replace("OUTSIDE", outside)
        body = [("markdown", text)]
        if video:
            body.append(("embed", {"url": video, "title": "A talk"}))
        pages = make_post(track, f"Draft {slug}", slug=slug, live=False, body=body)
    editor = get_user_model().objects.get(username="editor")
    _, token = make_review_link(pages, label="Rae", made_by=editor)
    return f"/p/{token}/"

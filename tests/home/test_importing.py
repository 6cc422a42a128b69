import pytest

from blog.importing import Outcome, read
from blog.models import ImportedDocument
from home.importing import save_page
from home.models import StandardPage

pytestmark = pytest.mark.django_db

PAGE = """---
title: About
description: Who we are.
permalink: /who-we-are/
---
Intro.

## Ways

<div class="card-grid">
<div class="card"><h3>A</h3><p>One.</p></div>
<div class="card card-emphasis"><h3>B</h3><p>Two.</p></div>
</div>

## Words

Text.
"""


@pytest.fixture
def about(tmp_path):
    path = tmp_path / "about.md"
    path.write_text(PAGE)
    return read(path)[0]


def test_a_page_is_saved_below_the_home_page_with_its_grids(about, home):
    saved = save_page(about)

    page = StandardPage.objects.child_of(home).get()
    assert (saved.page, saved.outcome) == (page, Outcome.DRAFT)
    assert (page.title, page.slug, page.intro, page.live) == (
        "About",
        "who-we-are",
        "Who we are.",
        False,
    )
    assert [block.block_type for block in page.body] == ["markdown", "card_grid", "section"]
    grid = page.body[1].value
    assert grid["heading"] == "Ways"
    assert [(card["title"], card["is_emphasised"]) for card in grid["cards"]] == [
        ("A", False),
        ("B", True),
    ]
    assert page.body[2].value["text"] == "Text."
    assert page.body.stream_block.clean(page.body)


def test_a_page_is_published_and_its_own_address_needs_no_redirect(about, client):
    saved = save_page(about, publish=True)

    assert (saved.outcome, saved.page.url) == (Outcome.PUBLISHED, "/who-we-are/")
    assert client.get("/who-we-are/").status_code == 200


def test_the_second_time_nothing_is_done(about):
    save_page(about)

    assert save_page(about).outcome == Outcome.UNCHANGED
    assert (StandardPage.objects.count(), ImportedDocument.objects.count()) == (1, 1)

from blog.importing import ImportedPage
from tests.blog.importing.conftest import png


def grid(*cards: str) -> str:
    return f'<div class="card-grid">\n\n{"".join(cards)}\n\n</div>'


def page_of(read_text, body: str):
    return read_text(f"---\ntitle: About\n---\n{body}", "about.md")


def test_sections_rules_and_headings_of_grids(read_text):
    page = page_of(
        read_text,
        f"Intro.\n\n---\n\n## Ways\n\n{grid('<div class=card><h3>A</h3></div>')}\n\n"
        "## Words\n\nText.\n\n### Deeper\n\nMore.\n\n## Alone\n\n## *With* markup\n\nEnd.",
    )

    assert page.blocks[2].value["heading"] == "Ways"
    assert [(block.kind, block.value) for block in page.blocks] == [
        ("markdown", "Intro."),
        ("divider", None),
        ("card_grid", page.blocks[2].value),
        ("section", {"heading": "Words", "text": "Text.\n\n### Deeper\n\nMore."}),
        ("markdown", "## Alone"),
        ("markdown", "## *With* markup\n\nEnd."),
    ]


def test_cards_with_title_text_link_picture_and_emphasis(write, read_text):
    write("a.png", png())
    page = page_of(
        read_text,
        grid(
            '<div class="card card-emphasis">\n    <h3>First  one</h3>\n    <p>\n      R&amp;D\n'
            "      here.\n    </p>\n  </div>",
            '<div class="card"><h3><a href="/contact/">Second</a></h3>'
            '<img src="a.png" alt="A sky"><p>One <em>word</em>.</p></div>',
            '<div class="card" markdown="1">\n\n### Third\n\nWith **Markdown**.\n\n</div>',
            '<a class="card" href="https://x.example"><strong>Fourth</strong></a>',
        ),
    )

    (found,) = page.blocks
    cards = found.value["cards"]

    assert [card["title"] for card in cards] == ["First one", "Second", "Third", "Fourth"]
    assert [card["text"] for card in cards] == [
        "R&D here.",
        "One *word*.",
        "With **Markdown**.",
        "**Fourth**",
    ]
    assert [card["link"] for card in cards] == ["", "/contact/", "", "https://x.example"]
    assert [card["is_emphasised"] for card in cards] == [True, False, False, False]
    assert cards[1]["image"].alt == "A sky"


def test_a_link_that_a_card_cannot_have_stays_in_its_text(read_text):
    page = page_of(read_text, grid('<div class="card"><h3><a href="a/b">A</a></h3>Text</div>'))

    (card,) = page.blocks[0].value["cards"]

    assert (card["link"], card["text"]) == ("", "Text\n\n[A](a/b)")


def test_more_cards_than_a_grid_holds_make_several(read_text):
    page = page_of(read_text, grid(*[f'<div class="card"><h3>{n}</h3></div>' for n in range(30)]))

    assert [len(block.value["cards"]) for block in page.blocks] == [24, 6]


def test_what_stands_in_a_grid_beside_its_cards_is_kept(read_text):
    page = page_of(
        read_text, grid("<h2>Ways</h2>", '<div class="card"><h3>A</h3></div>', "<p>And this.</p>")
    )

    assert page.blocks[0].value["heading"] == "Ways"
    assert page.blocks[1].value == "And this."


def test_a_grid_that_is_never_closed_is_left_as_typed_with_a_note(read_text):
    page = page_of(read_text, 'Text.\n\n<div class="card-grid"><div class="card">')

    assert page.blocks[0].value == 'Text.\n\n<div class="card-grid"><div class="card">'
    assert page.notes == (
        "A card grid is never closed (line 3 of the text) and was left as typed.",
    )


def test_a_grid_shown_as_code_is_code(read_text):
    body = '```html\n<div class="card-grid"></div>\n```'

    assert page_of(read_text, body).blocks[0].value == body


def test_a_document_without_fields_is_a_page_if_it_holds_a_grid(read_text):
    page = read_text(f"# About\n\n{grid('<div class=card><h3>A</h3></div>')}", "about.md")

    assert isinstance(page, ImportedPage)
    assert [block.kind for block in page.blocks] == ["card_grid"]


def test_a_post_may_hold_a_card_grid(read_text):
    post = read_text(
        f"---\ntitle: A\ndate: 2025-01-02\n---\nText.\n\n{grid('<div class=card><h3>A</h3></div>')}"
    )

    assert [block.kind for block in post.body] == ["markdown", "card_grid"]

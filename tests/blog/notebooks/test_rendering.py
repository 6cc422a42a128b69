"""Cells as a part of a page."""

import re

import pytest
from wagtail.rich_text import expand_db_html

from blog import markdown
from blog.markdown import PageState
from blog.notebooks import NotebookError, chosen_cells, problem_of_cells, read
from tests.blog.notebooks.building import (
    as_bytes,
    code_cell,
    html_of,
    markdown_cell,
    notebook,
    picture,
    printed,
    render,
    shown,
)


def chosen(words: str, count: int = 9) -> list[int]:
    cells = [markdown_cell(f"Cell {number}") for number in range(1, count + 1)]
    return [cell.number for cell in chosen_cells(read(as_bytes(notebook(*cells))), words)]


def problem(*cells) -> str:
    found = read(as_bytes(notebook(*cells)))
    return problem_of_cells(chosen_cells(found, ""))


# Which cells


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("", [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ("1-4, 7", [1, 2, 3, 4, 7]),
        ("7, 1–2", [1, 2, 7]),
        (" 9 ", [9]),
    ],
)
def test_cells_are_chosen_by_their_numbers(words, numbers):
    assert chosen(words) == numbers


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("all", "“all” is not a cell number or a range of cells. Write for example 3, 7-9."),
        ("0", "Cells are counted from 1. Write for example 3, 7-9."),
        ("4-1", "The range 4-1 ends before it begins. Write 1-4."),
        ("1-12", "There is no cell 12: the notebook has 9 cells, counted from 1."),
        ("1-999999", "Cell 999999 is too high. The highest is 100000."),
    ],
)
def test_a_choice_that_means_nothing_is_refused(words, sentence):
    with pytest.raises(NotebookError) as refusal:
        chosen(words)

    assert str(refusal.value) == sentence


# Code


def test_code_is_coloured_under_the_number_of_its_run():
    html = html_of(code_cell("import os", run=3))

    assert '<span class="codefile">In [3]</span>' in html
    assert 'data-language="python"' in html
    assert '<span class="kn">import</span>' in html


def test_code_that_never_ran_has_no_number():
    assert '<span class="codefile">In [ ]</span>' in html_of(code_cell("import os", run=None))


def test_the_language_is_that_of_the_notebook_or_of_the_cell():
    html = html_of(
        code_cell("x <- 1"), code_cell("%%bash\nls"), code_cell("%%time\n1"), language="R"
    )

    assert re.findall('data-language="(.*?)"', html) == ["r", "bash", "r"]


def test_line_magics_are_shown_as_typed():
    html = html_of(code_cell("%matplotlib inline\n!ls"))

    assert re.sub("<[^>]*>", "", html) == "In [1]%matplotlib inline\n!ls"


def test_code_can_be_left_out():
    html = html_of(markdown_cell("Words"), code_cell("x", printed("42")), has_code=False)

    assert "codeblock" not in html
    assert "Words" in html
    assert "42" in html


def test_raw_and_empty_cells_show_nothing():
    assert html_of({"cell_type": "raw", "source": "<b>raw</b>"}, code_cell(" \n")) == ""


# Text


def test_headings_begin_one_below_the_title_of_a_page():
    page = render(markdown_cell("# Title"), code_cell("x"), markdown_cell("## Part\n\n### Detail"))

    assert [(heading.level, heading.text) for heading in page.headings] == [
        (2, "Title"),
        (3, "Part"),
        (4, "Detail"),
    ]


def test_headings_begin_below_the_sections_of_the_post():
    state = PageState()
    markdown.render("## Results", page=state)

    page = render(markdown_cell("# Title"), markdown_cell("## Part"), page=state)
    after = markdown.render("# Next\n\n## Part", page=state)

    assert [(heading.level, heading.anchor) for heading in page.headings] == [
        (3, "title"),
        (4, "part"),
    ]
    assert "<h3 id=" in page.html[0]
    assert [(heading.level, heading.anchor) for heading in after.headings] == [
        (2, "next"),
        (3, "part-2"),
    ]


def test_headings_follow_the_highest_of_the_chosen_cells():
    page = render(markdown_cell("# Title"), markdown_cell("### Deep"), choose="2")

    assert [heading.level for heading in page.headings] == [2]


def test_two_notebooks_of_a_page_begin_at_the_same_level():
    state = PageState()

    pages = [render(markdown_cell("# Title"), page=state) for _ in range(2)]

    assert [page.headings[0].level for page in pages] == [2, 2]


def test_no_two_ids_of_a_page_are_alike():
    state = PageState()
    cells = [markdown_cell("# One[^1]\n\n[^1]: Note"), code_cell("x"), markdown_cell("# One")]

    html = "".join(html_of(*cells, page=state) for _ in range(2))

    ids = re.findall('(?: id|role="region" aria-label)="(.*?)"', html)
    assert sorted(ids) == [
        *("Code: In [1]", "Code: In [1], 2", "note-1-at", "note-2-at"),
        *("one", "one-2", "one-3", "one-4"),
    ]


def test_an_attached_picture_is_shown():
    cell = markdown_cell(
        "![A *chart*](attachment:my%20plot.png)",
        attachments={"my plot.png": {"image/png": picture(8, 4)}},
    )

    html = expand_db_html(html_of(cell))

    assert re.fullmatch(
        r'<p><img class="notebook-picture" src="/media/notebooks/[0-9a-f]{64}\.png" '
        r'alt="A chart" width="8" height="4" loading="lazy" decoding="async"></p>\n',
        html,
    )


def test_an_attachment_belongs_to_its_cell_only():
    first = markdown_cell("x", attachments={"a.png": {"image/png": picture()}})

    html = html_of(first, markdown_cell("![A chart](attachment:a.png)"))

    assert "<p>A chart</p>" in html


def test_a_picture_that_lay_beside_the_notebook_is_its_alt_text():
    html = html_of(
        markdown_cell("![A chart](plots/waste.png) ![Theirs](https://example.org/a.png)")
    )

    assert "<p>A chart <a" in html
    assert "<img" not in html


def test_hostile_text_is_cleaned():
    html = html_of(
        markdown_cell("<script>steal()</script>[x](javascript:steal()) <b onclick=a>b</b>")
    )

    assert "<script" not in html
    assert "href" not in html
    assert "onclick" not in html


# How much


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ([markdown_cell("x")] * 301, "That is 301 cells, and the most is 300 in one block."),
        (
            [code_cell("x", *[shown(plain="1")] * 601)],
            "That is 601 outputs, and the most is 600 in one block.",
        ),
        (
            [code_cell("x" * 600_001)],
            "That is 600,001 characters, and the most is 600,000 in one block.",
        ),
    ],
)
def test_too_much_for_a_page_is_refused(cells, sentence):
    advice = " Choose the cells that readers need, for example 1-4, 7."

    assert problem(*cells) == sentence + advice


def test_too_much_for_a_page_is_cut_where_it_gets_there():
    html = html_of(*[markdown_cell("word")] * 301)

    assert html.count("word") == 300
    assert html.endswith('<p class="notebook-note">The rest is in the notebook.</p>')


def test_a_text_too_long_for_a_page_is_refused():
    assert problem(markdown_cell("x" * 200_001)) == (
        "Cell 1 is too long for a page. Split it in Jupyter."
    )


def test_a_picture_that_is_none_is_refused():
    assert problem(markdown_cell("x"), code_cell("x", shown(png="AAAA"))) == (
        "A picture in the output of cell 2 is not PNG, or is damaged. "
        "Run the cell again in Jupyter, save the notebook, and upload it again."
    )


def test_an_attachment_that_is_none_is_refused():
    cell = markdown_cell("x", attachments={"a.png": {"image/png": "AAAA"}})

    assert problem(cell) == (
        "The picture a.png in cell 1 is not PNG, or is damaged. "
        "Put it into the cell again in Jupyter, save the notebook, and upload it again."
    )


def test_a_usual_notebook_has_no_problem():
    assert problem(markdown_cell("x"), code_cell("x", shown(png=picture()), printed("1"))) == ""

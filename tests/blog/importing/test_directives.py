import json

import pytest

from blog.importing import Outcome, save_as_draft
from blog.importing.documents import placeholder
from blog.models import Document, Image
from tests.blog.importing.conftest import FIELDS, png

NOTEBOOK = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []})


@pytest.fixture(autouse=True)
def files(write):
    write("a.png", png())
    write("dark/a.png", png(colour="black"))
    write("work/b.ipynb", NOTEBOOK)


@pytest.fixture
def read_one(read_text):
    """The one block that a document of this one directive gives, or its text and notes."""

    def read_one(written: str):
        post = read_text(f"{FIELDS}---\n{written}")
        (block,) = post.body
        return (block.value, post.notes) if block.kind == "markdown" else block

    return read_one


# What each becomes


def test_a_figure(read_one):
    block = read_one(
        "```{figure} a.png\n:alt: A sky\n:dark: dark/a.png\n:width: wide\n:credit: Ada\n\n"
        "The *caption*,\non two lines.\n```"
    )

    assert block.kind == "figure"
    assert (block.value["image"].path.name, block.value["image"].alt) == ("a.png", "A sky")
    assert block.value["dark_image"].path.parent.name == "dark"
    assert {name: block.value[name] for name in ("caption", "credit", "width")} == {
        "caption": "The caption, on two lines.",
        "credit": "Ada",
        "width": "wide",
    }


def test_a_figure_that_only_decorates(read_one):
    block = read_one("```{figure} a.png\n:decorative: true\n```")

    assert (block.value["image"].alt, block.value["caption"]) == ("", "")
    assert "dark_image" not in block.value


def test_code(read_one):
    block = read_one(
        "````{code} py\n:file: a.py\n:lines: 3, 7-9\n:numbers: true\n:first: 10\n"
        "\n    x = 1\n\n```\ny = {{ z }}\n```\n````"
    )

    assert block.kind == "code"
    assert block.value == {
        "language": "python",
        "file_name": "a.py",
        "highlighted_lines": "3, 7-9",
        "code": "    x = 1\n\n```\ny = {{ z }}\n```",
        "line_numbers": True,
        "first_line": 10,
    }


@pytest.mark.parametrize(
    ("options", "has_numbers"), [("", False), (":numbers:\n", True), (":first: 7\n", True)]
)
def test_whether_code_has_line_numbers(read_one, options, has_numbers):
    block = read_one(f"```{{code}} text\n{options}x\n```")

    assert (block.value["language"], block.value["code"]) == ("text", "x")
    assert block.value["line_numbers"] is has_numbers


@pytest.mark.parametrize("kind", ["note", "tip", "warning", "danger"])
def test_callouts(read_one, kind):
    block = read_one(f"```{{{kind}}}\nMind *this*.\n\n- And this.\n```")

    assert (block.kind, block.value) == (
        "callout",
        {"kind": kind, "text": "Mind *this*.\n\n- And this."},
    )


def test_a_callout_with_a_picture_and_with_what_is_defined_elsewhere(read_body):
    text, callout = read_body(
        "See [x] and[^n].\n\n```{tip}\n![A sky](a.png) of [x]; HTML[^n].\n```\n\n"
        "[x]: /x/\n[^n]: A note.\n\n*[HTML]: HyperText\n"
    )

    assert text.value.startswith("See [x] and[^n].")
    assert callout.value["text"] == (
        f"{placeholder(0)} of [x]; HTML[^n].\n\n[^n]: A note.\n\n[x]: </x/>\n\n*[HTML]: HyperText"
    )
    assert [picture.alt for picture in callout.pictures] == ["A sky"]


def test_a_quote(read_one):
    block = read_one("```{quote}\n:by: Ada\n:source: https://x.example/\nOne.\n\nTwo.\n```")

    assert (block.kind, block.value) == (
        "quote",
        {"text": "One.\n\nTwo.", "attribution": "Ada", "source": "https://x.example/"},
    )


def test_an_embed(read_one):
    block = read_one(
        "```{embed} https://x.example/talk\n:title: A talk\n:poster: a.png\nTwenty minutes.\n```"
    )

    assert block.kind == "embed"
    assert block.value["poster"].path.name == "a.png"
    assert {name: block.value[name] for name in ("url", "title", "text")} == {
        "url": "https://x.example/talk",
        "title": "A talk",
        "text": "Twenty minutes.",
    }


def test_a_table(read_one):
    block = read_one(
        "```{table}\n:caption: Waste\n:row_headers: true\n"
        "| Size | Waste | Why |\n| --- | ---: | :-: |\n| 8 | 0.9 % | a \\| b |\n| 16 | | c |\n```"
    )

    assert (block.kind, block.value) == (
        "table",
        {
            "data": [["Size", "Waste", "Why"], ["8", "0.9 %", "a | b"], ["16", "", "c"]],
            "cell": [
                {"row": row, "col": col, "className": name}
                for row in range(3)
                for col, name in ((1, "htRight"), (2, "htCenter"))
            ],
            "first_row_is_table_header": True,
            "first_col_is_header": True,
            "table_header_choice": "both",
            "table_caption": "Waste",
        },
    )


def test_an_equation(read_one):
    block = read_one("```{equation}\n:caption: So it is.\n\\frac{a}{b}\n  = c\n```")

    assert (block.kind, block.value) == (
        "equation",
        {"tex": "\\frac{a}{b}\n  = c", "caption": "So it is."},
    )


@pytest.mark.parametrize(
    ("option", "heading"), [("", "References"), (":heading: Sources\n", "Sources")]
)
def test_a_bibliography(read_one, option, heading):
    block = read_one(f"```{{bibliography}}\n{option}@book{{a,\n  title = {{B}}\n}}\n```")

    assert (block.kind, block.value) == (
        "bibliography",
        {"heading": heading, "bibtex": "@book{a,\n  title = {B}\n}", "entries": []},
    )


def test_a_diagram(read_one):
    block = read_one(
        "```{mermaid}\n:alt: A leads to B.\n:caption: So\nflowchart LR\n  A --> B\n```"
    )

    assert (block.kind, block.value) == (
        "diagram",
        {
            "source": "flowchart LR\n  A --> B",
            "alt": "A leads to B.",
            "caption": "So",
            "width": "normal",
        },
    )


def test_a_notebook(read_one):
    block = read_one(
        "```{notebook} work/b.ipynb\n:cells: 1-4, 7\n:show_code: false\nHow it went.\n```"
    )

    assert block.kind == "notebook"
    assert block.value.pop("notebook").path.name == "b.ipynb"
    assert block.value == {"cells": "1-4, 7", "show_code": False, "caption": "How it went."}


# Where they stand


def test_the_text_between_directives_stays_as_typed(read_body):
    blocks = read_body(
        "## One\n\nText  \nwith a break.\n```{note}\nA.\n```\nMore.\n\n"
        "~~~{tip}\nB.\n~~~\n\n- a\n- b"
    )

    assert [block.value if block.kind == "markdown" else block.kind for block in blocks] == [
        "## One\n\nText  \nwith a break.",
        "callout",
        "More.",
        "callout",
        "- a\n- b",
    ]


@pytest.mark.parametrize(
    "written",
    [
        "- An item\n\n  ```{note}\n  A.\n  ```",
        "> ```{note}\n> A.\n> ```",
        "````markdown\n```{note}\nA.\n```\n````",
        "    ```{note}\n    A.\n    ```",
        "```python {3}\nx\n```",
        "```{.python}\nx\n```",
        "```python title={x}\nx\n```",
        "<pre>\n```{note}\nA.\n```\n</pre>",
    ],
)
def test_what_is_no_directive_stays_as_typed_without_a_note(read_one, written):
    assert read_one(written) == (written, ())


def test_liquid_and_attributes_around_a_directive_do_not_touch_what_is_in_it(read_text):
    post = read_text(
        f"{FIELDS}---\n{{% comment %}}\n```{{note}}\nHidden.\n```\n{{% endcomment %}}\n"
        "```{note}\n{{ site.baseurl }} stays{: .red}\n```\n"
    )

    assert [block.value["text"] for block in post.body] == ["{{ site.baseurl }} stays{: .red}"]


def test_a_directive_that_becomes_part_of_something_else_is_put_back(read_one):
    written = "{% capture x %}\n```{note}\nA.\n\nB.\n```\n{% endcapture %}\n> {{ x }}"

    text, notes = read_one(written)

    assert text == "> ```{note}\n> A.\n> \n> B.\n> ```"
    assert notes == (
        "Line 7: A directive within something else was left as typed. Move it to the margin.",
    )


def test_an_excerpt_is_made_of_the_text_around(read_text):
    post = read_text(f"{FIELDS}---\nFirst words.\n\n```{{note}}\nA.\n```\n\n<!--more-->\n\nMore.")

    assert post.excerpt == "First words."


def test_a_standard_page_has_them_too(read_text):
    page = read_text("---\ntitle: About\n---\n## Who\n\nWe.\n\n```{quote}\nUs.\n```\n\n## Why\n")

    assert [block.kind for block in page.blocks] == ["section", "quote", "markdown"]


# What is wrong


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (
            "```{cards}\nA.\n```",
            "{cards} was left as typed. There is no such directive. Known are: figure, code, "
            "equation, bibliography, mermaid, notebook, embed, note, tip, warning, danger, quote, "
            "table.",
        ),
        (
            "```{figure} no.png\n:alt: A\n```",
            "{figure} was left as typed. The file no.png was not imported: there is no such file "
            "beside the document.",
        ),
        (
            "```{figure} https://x.example/a.png\n:alt: A\n```",
            "{figure} was left as typed. The file https://x.example/a.png was not imported: it "
            "lies elsewhere, and nothing is fetched.",
        ),
        (
            "```{figure} ../../etc/a.png\n:alt: A\n```",
            "{figure} was left as typed. The file ../../etc/a.png was not imported: there is no "
            "such file beside the document.",
        ),
        (
            "```{figure}\n:alt: A\n```",
            "{figure} was left as typed. Behind its name must stand the path of a picture.",
        ),
        (
            "```{figure} a.png\nCaption.\n```",
            "{figure} was left as typed. A picture has either an :alt: or the mark :decorative: "
            "true.",
        ),
        (
            "```{figure} a.png\n:alt: A\n:width: huge\n```",
            "{figure} was left as typed. Width: Select a valid choice. huge is not one of the "
            "available choices.",
        ),
        (
            "```{figure} a.png\n:alt: A\n:height: 3\n```",
            "{figure} was left as typed. It has no option :height:. Its options are: :alt:, "
            ":decorative:, :dark:, :width:, :credit:.",
        ),
        (
            "```{code} klingon\nx\n```",
            "{code} was left as typed. The publication knows no language “klingon”. Write text "
            "for none.",
        ),
        (
            "```{code} python\n:first: two\nx\n```",
            "{code} was left as typed. The option :first: is the number of a line, not “two”.",
        ),
        (
            "```{code} python\n:numbers: maybe\nx\n```",
            "{code} was left as typed. The option :numbers: is true or false, not “maybe”.",
        ),
        (
            "```{code} python\n:file: a\n:file: b\nx\n```",
            "{code} was left as typed. The option :file: is there twice.",
        ),
        (
            "```{note} Title\nA.\n```",
            "{note} was left as typed. Nothing may stand behind its name.",
        ),
        ("```{note}\n\n```", "{note} was left as typed. It is empty, and should hold words."),
        (
            "```{note}\nA.",
            "{note} was left as typed. It is never closed. End it with the fence it begins with.",
        ),
        (
            "```{embed} not an address\n:title: A\n```",
            "{embed} was left as typed. Address: Enter a valid URL.",
        ),
        (
            "```{embed} https://x.example/\n```",
            "{embed} was left as typed. Title: This field is required.",
        ),
        (
            "```{table}\nNo table.\n```",
            "{table} was left as typed. It holds one Markdown table and nothing else.",
        ),
        (
            "```{table}\n| *A* |\n| --- |\n| b |\n```",
            "{table} was left as typed. Its cells hold plain words. Use a table of Markdown for "
            "markup.",
        ),
    ],
)
def test_what_cannot_be_a_block_stays_as_typed_and_its_line_is_named(read_text, written, reason):
    post = read_text(f"{FIELDS}---\nText.\n\n{written}")

    assert [(block.kind, block.value) for block in post.body] == [
        ("markdown", f"Text.\n\n{written}")
    ]
    assert post.notes == (f"Line 8: {reason}",)


def test_a_notebook_that_is_none(read_text):
    written = "```{notebook} a.png\n```"

    post = read_text(f"{FIELDS}---\n{written}")

    assert [block.value for block in post.body] == [written]
    assert post.notes == (
        "Line 6: {notebook} was left as typed. The file a.png was not imported: its format is not "
        "one the publication takes.",
    )


def test_a_directive_within_html_stays_where_it_is(read_text):
    written = "<details>\n<summary>S</summary>\n\n```{note}\nA.\n```\n\n</details>"

    post = read_text(f"{FIELDS}---\n{written}\n\n```{{tip}}\nB.\n```")

    assert [block.kind for block in post.body] == ["markdown", "callout"]
    assert post.body[0].value == written
    assert post.notes == ("Line 9: {note} was left as typed. It stands within HTML. Move it out.",)


# Saving


@pytest.mark.django_db
def test_pictures_are_saved_by_number_and_once(read_text):
    post = read_text(
        f"{FIELDS}---\n```{{figure}} a.png\n:alt: A sky\n:dark: dark/a.png\n:width: full\nC.\n```"
        "\n\n"
        "```{embed} https://x.example/\n:title: T\n:poster: a.png\n```\n\n"
        "```{note}\n![B](a.png)\n```\n"
    )

    saved = save_as_draft(post)

    light, dark = Image.objects.order_by("pk")
    figure, embed, note = saved.page.body
    assert saved.notes == ()
    assert (figure.value["image"].pk, figure.value["dark_image"].pk) == (light.pk, dark.pk)
    assert figure.value["image"].contextual_alt_text == "A sky"
    assert (figure.value["caption"], figure.value["width"]) == ("C.", "full")
    assert embed.value["poster"].pk == light.pk
    assert note.value["text"] == f"![B](image:{light.pk})"


@pytest.mark.django_db
def test_a_notebook_is_saved_once_as_a_document(read_text, write):
    write("copy.ipynb", NOTEBOOK)
    post = read_text(
        f"{FIELDS}---\n```{{notebook}} work/b.ipynb\n```\n\n```{{notebook}} copy.ipynb\n```\n"
    )

    saved = save_as_draft(post)

    document = Document.objects.get()
    assert (document.title, document.filename[-6:]) == ("b", ".ipynb")
    assert [block.value["notebook"].pk for block in saved.page.body] == [document.pk] * 2


@pytest.mark.django_db
@pytest.mark.parametrize("damaged", ["a.png", "dark/a.png"])
def test_a_damaged_picture_leaves_the_directive_as_typed(read_text, write, damaged):
    write(damaged, b"GIF89a")
    written = "```{figure} a.png\n:alt: A sky\n:dark: dark/a.png\nC.\n```"

    saved = save_as_draft(read_text(f"{FIELDS}---\n{written}"))

    assert [block.value for block in saved.page.body] == [written]
    assert saved.notes[0].startswith(f"The picture {damaged} was not imported:")


@pytest.mark.django_db
def test_the_second_time_nothing_is_done(read_text):
    content = f"{FIELDS}---\n```{{figure}} a.png\n:alt: A\n```\n"
    save_as_draft(read_text(content))

    again = save_as_draft(read_text(content))

    assert (again.outcome, Image.objects.count()) == (Outcome.UNCHANGED, 1)

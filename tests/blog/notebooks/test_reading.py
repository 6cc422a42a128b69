"""What is read from a notebook, and what is refused in which words."""

import json

import pytest

from blog.notebooks import NotebookError, read
from tests.blog.notebooks.building import as_bytes, code_cell, markdown_cell, notebook, printed

AGAIN = " Open it in Jupyter, save it there, and upload it again."


def test_cells_are_counted_from_the_top():
    found = read(as_bytes(notebook(markdown_cell("# One"), code_cell("two"), language="R")))

    assert [(cell.number, cell.kind, cell.source) for cell in found.cells] == [
        (1, "markdown", "# One"),
        (2, "code", "two"),
    ]
    assert found.language == "r"


def test_text_may_be_a_list_of_lines():
    cell = code_cell(["a = 1\n", "a"], printed(["1\n", "2\n"]))

    found = read(as_bytes(notebook(cell))).cells[0]

    assert found.source == "a = 1\na"
    assert found.outputs[0].text == "1\n2\n"


def test_pieces_of_one_stream_are_put_together():
    pieces = [printed("a"), printed("b"), printed("!", "stderr"), printed("c")]

    found = read(as_bytes(notebook(code_cell("x", *pieces)))).cells[0]

    assert [(output.name, output.text) for output in found.outputs] == [
        ("stdout", "ab"),
        ("stderr", "!"),
        ("stdout", "c"),
    ]


def test_what_nothing_needs_may_be_missing():
    found = read(b'{"nbformat": 4, "cells": [{"cell_type": "code"}, {"cell_type": "raw"}]}')

    assert [(cell.kind, cell.source, cell.run, cell.outputs) for cell in found.cells] == [
        ("code", "", None, ()),
        ("raw", "", None, ()),
    ]
    assert found.language == "python"


def test_a_byte_order_mark_is_no_part_of_it():
    assert read(b"\xef\xbb\xbf" + as_bytes(notebook())).cells == ()


def test_format_3_is_read_too():
    old = {
        "nbformat": 3,
        "metadata": {"name": "old"},
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "heading", "level": 2, "source": "Waste\nnow"},
                    {
                        "cell_type": "code",
                        "language": "python",
                        "input": ["1 +\n", "1"],
                        "prompt_number": 7,
                        "outputs": [
                            {"output_type": "pyout", "text": "2", "prompt_number": 7},
                            {"output_type": "stream", "stream": "stderr", "text": "slow"},
                            {"output_type": "pyerr", "ename": "E", "evalue": "v"},
                        ],
                    },
                ]
            }
        ],
    }

    heading, code = read(as_bytes(old)).cells

    assert (heading.kind, heading.source) == ("markdown", "## Waste now")
    assert (code.source, code.run) == ("1 +\n1", 7)
    assert [(output.kind, output.text, dict(output.data)) for output in code.outputs] == [
        ("data", "", {"text/plain": "2"}),
        ("stream", "slow", {}),
        ("error", "E: v", {}),
    ]


def cell_4(**cell) -> dict:
    return notebook({"cell_type": "code"} | cell)


REFUSED = {
    "empty file": (b"", "This is not a Jupyter notebook: the file is not valid JSON."),
    "no JSON": (b"%PDF-1.7", "This is not a Jupyter notebook: the file is not valid JSON."),
    "cut off": (
        as_bytes(notebook())[:-3],
        "This is not a Jupyter notebook: the file is not valid JSON.",
    ),
    "UTF-16": (
        json.dumps(notebook()).encode("utf-16"),
        "This is not a Jupyter notebook: the file is not text in UTF-8.",
    ),
    "a list": (
        [],
        "This is not a Jupyter notebook: it does not say which notebook format it has.",
    ),
    "any JSON": (
        {"name": "package"},
        "This is not a Jupyter notebook: it does not say which notebook format it has.",
    ),
    "format as text": (
        notebook(nbformat="4"),
        "This is not a Jupyter notebook: it does not say which notebook format it has.",
    ),
    "format 2": (
        notebook(nbformat=2),
        "This notebook has format 2, and only 3 and 4 can be shown.",
    ),
    "no cells": ({"nbformat": 4}, "This is not a Jupyter notebook: it has no cells."),
    "cells as text": (
        notebook(cells="abc"),
        "This is not a Jupyter notebook: it has no cells.",
    ),
    "no worksheets": (
        {"nbformat": 3, "worksheets": ["abc"]},
        "This is not a Jupyter notebook: it has no cells.",
    ),
    "a cell as text": (
        notebook(markdown_cell("fine"), "abc"),
        "This is not a valid Jupyter notebook: cell 2 is not a code, Markdown or raw cell.",
    ),
    "a cell without kind": (
        notebook({}),
        "This is not a valid Jupyter notebook: cell 1 is not a code, Markdown or raw cell.",
    ),
    "source as number": (
        cell_4(source=1),
        "This is not a valid Jupyter notebook: cell 1 holds something else where text belongs.",
    ),
    "lines as numbers": (
        cell_4(source=["a", 1]),
        "This is not a valid Jupyter notebook: cell 1 holds something else where text belongs.",
    ),
    "outputs as text": (
        cell_4(outputs="abc"),
        "This is not a valid Jupyter notebook: cell 1 has no list of outputs.",
    ),
    "an output as text": (
        cell_4(outputs=["abc"]),
        "This is not a valid Jupyter notebook: cell 1 has an output of no known kind.",
    ),
    "an output without data": (
        cell_4(outputs=[{"output_type": "display_data"}]),
        "This is not a valid Jupyter notebook: cell 1 has an output or attachment without data.",
    ),
    "a traceback as number": (
        cell_4(outputs=[{"output_type": "error", "traceback": 1}]),
        "This is not a valid Jupyter notebook: cell 1 has an error whose traceback is not a list "
        "of lines.",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_notebook_is_refused_in_words(what):
    written, sentence = REFUSED[what]

    with pytest.raises(NotebookError) as refusal:
        read(as_bytes(written))

    assert str(refusal.value) == sentence + AGAIN


@pytest.mark.parametrize("written", [b"[" * 100_000, b'{"a":' * 51 + b"1" + b"}" * 51])
def test_what_is_nested_deeply_is_refused(written):
    with pytest.raises(NotebookError) as refusal:
        read(written)

    assert str(refusal.value) == (
        "The notebook has lists or objects nested too deeply. In Jupyter, clear the outputs, "
        "run it again, save it, and upload it again."
    )


def test_brackets_inside_texts_are_not_nesting():
    source = '[{"' * 200

    assert read(as_bytes(notebook(code_cell(source)))).cells[0].source == source


def test_what_is_too_large_is_refused():
    with pytest.raises(NotebookError) as refusal:
        read(b" " * (10 * 1024 * 1024 + 1))

    assert str(refusal.value) == (
        "The notebook is larger than 10 MB. In Jupyter, clear the outputs that readers do not "
        "need, save it, and upload it again."
    )


def test_too_many_cells_are_refused():
    with pytest.raises(NotebookError) as refusal:
        read(as_bytes(notebook(*[{"cell_type": "raw"}] * 100_000)))

    assert str(refusal.value) == (
        "The notebook has 100,000 cells, and the most is 20,000. "
        "Split it, and upload the part that readers need."
    )

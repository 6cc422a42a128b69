import pytest

from blog.diagrams.source import line_in_source, words_for_it


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("flowchart LR\n  A --> B", ""),
        ("flowchart LR\n  accTitle: Two steps\n  A --> B", "Two steps"),
        ("flowchart LR\n  accDescr: From A to B.\n  A --> B", "From A to B"),
        (
            "pie\naccTitle: Shares.\naccDescr {\n  One\n  and the other\n}\n",
            "Shares. One and the other",
        ),
    ],
)
def test_an_author_says_what_a_diagram_shows(source, words):
    assert words_for_it(source) == words


@pytest.mark.parametrize(
    ("source", "counted", "line"),
    [
        ("flowchart LR\nA\nB", 2, 2),
        ("flowchart LR\nA\nB\n\n", 5, 3),
        ("\n\nflowchart LR\nA", 2, 4),
        ("flowchart LR\n%% a remark\nA\nB", 2, 3),
        ("---\ntitle: x\n---\nflowchart LR\nA", 2, 5),
        ('%%{init: {\n"a": 1}}%%\nflowchart LR\nA', 2, 4),
        ("", 3, 1),
    ],
)
def test_lines_are_those_of_the_author_not_of_the_parser(source, counted, line):
    assert line_in_source(source, counted) == line

"""Names, flags, versions and errors are found whole and by part."""

import pytest

from search.query import search
from tests.factories import make_post


@pytest.fixture
def manual(engineers):
    """Posts about code, each with one thing in it and words of the others' parts around."""
    texts = {
        "Functional layers": "Call `torch.nn.functional` here.",
        "Torches": "A torch is functional. Nn. No cache, no environment.",
        "Cold builds": "```console\n$ docker build --no-cache .\n```",
        "Tape": "```python\nwith GradientTape() as tape: get_user_name()\n```",
        "Layers": "Add `BatchNorm2d` here.",
        "Numbers": "A `Float32Array` of them.",
        "Release": "Python 3.11.7 is out. Version 3 of 11 in 7 days.",
        "Systems": "Written in C++ mostly.",
        "Desktops": "Written in C# mostly.",
        "Old": "Written in C mostly.",
        "Secrets": "They stay in the .env file beside compose.yaml.",
        "Broken": "ValueError: could not convert string to float: 'abc'",
        "Floats": "A string may float; value it. Could not care less.",
    }
    for title, text in texts.items():
        make_post(engineers, title, excerpt="Some code.", markdown=text)


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("torch.nn.functional", "Functional layers"),
        ("nn.functional", "Functional layers"),
        ("--no-cache", "Cold builds"),
        ("docker build --no-cache .", "Cold builds"),
        ("GradientTape", "Tape"),
        ("gradienttape", "Tape"),
        ("gradient tape", "Tape"),
        ("batch norm", "Layers"),
        ('"norm 2d"', "Layers"),
        ("array", "Numbers"),
        ("get_user_name", "Tape"),
        ("getUserName", "Tape"),
        ("3.11.7", "Release"),
        ("C++", "Systems"),
        ("c#", "Desktops"),
        (".env", "Secrets"),
        ("compose.yaml", "Secrets"),
        ("ValueError: could not convert string to float: 'abc'", "Broken"),
        ("ValueError: could not convert string to float: 'xyz'", "Broken"),
    ],
)
def test_what_is_typed_is_found_first(manual, question, best):
    assert search(question).results[0].page.title == best


def test_the_whole_symbol_is_marked_and_its_code_named(manual):
    result = search("--no-cache").results[0]

    assert "<mark>--no-cache</mark>" in result.snippet_html
    assert result.matched == ("code",)
    assert "symbol 4.00" in result.why

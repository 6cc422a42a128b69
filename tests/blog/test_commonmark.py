"""How closely the Markdown keeps to the published specification, and that docs/ says so."""

from pathlib import Path

from markdown_it.renderer import RendererHTML

from blog.markdown.parser import build_parser
from tests.commonmark import examples, wrong_examples

DOCS = Path(__file__).resolve().parents[2] / "docs"
# Scripts, styles and text fields, which are left out.
WITHOUT_RAW_TEXT = [170, 171, 172, 173, 176, 178]
# Web addresses written bare, which are made links as on GitHub.
WITH_BARE_ADDRESSES = [602, 608, 611]


def test_the_examples_that_differ_are_those_meant_to():
    parser = build_parser()
    parser.renderer = RendererHTML(parser)

    wrong = wrong_examples(parser.render)

    assert len(examples()) == 652
    assert wrong == WITHOUT_RAW_TEXT + WITH_BARE_ADDRESSES
    assert f"{652 - len(wrong)} of the 652 examples" in (DOCS / "editing.md").read_text()

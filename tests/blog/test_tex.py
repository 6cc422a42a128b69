"""Formulas: what they become, what they can never become, and what is said of a wrong one."""

import re
import threading
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.tex import (
    DEEPEST_CALL,
    LONGEST_FORMULA,
    Numbering,
    TexError,
    point_to_equations,
    to_mathml,
    width_of,
    without_delimiters,
)


def shown(tex: str, is_display: bool = False) -> str:
    """What stands in a formula beside its TeX."""
    mathml = to_mathml(tex, is_display)
    return mathml[mathml.index("<semantics>") + 11 : mathml.rindex("<annotation")]


def test_formula_keeps_its_tex():
    assert to_mathml(r" a < \frac{b}{2} ") == (
        "<math><semantics><mrow><mi>a</mi><mo>&lt;</mo>"
        "<mfrac><mi>b</mi><mn>2</mn></mfrac></mrow>"
        r'<annotation encoding="application/x-tex">a &lt; \frac{b}{2}</annotation>'
        "</semantics></math>"
    )


def test_formula_apart():
    assert to_mathml("x", is_display=True).startswith('<math display="block"><semantics>')


@pytest.mark.parametrize(
    ("tex", "part"),
    [
        (r"\substack{i<n\\j<m}", '<mstyle displaystyle="false" scriptlevel="1"><mtable>'),
        (r"\sout{x}", '<menclose notation="updiagonalstrike">'),
        (r"\boxed{x}", '<menclose notation="box">'),
        (r"\widetilde{abc}", '<mo stretchy="true">˜</mo>'),
        (r"\overline{abc}", '<mo stretchy="true">‾</mo>'),
        (r"\underline{abc}", '<mo stretchy="true">_</mo>'),
        (r"\vec{v}", '<mo class="m-accent" stretchy="false">\u20d7</mo>'),
        (r"\norm{x}", "<mo>‖</mo><mi>x</mi><mo>‖</mo>"),
        (r"\mbox{a b}", "<mtext>a\xa0b</mtext>"),
        (r"\text{if $x_{1}$ holds}", "<mtext>if\xa0</mtext><msub><mi>x</mi><mn>1</mn></msub>"),
        (r"\begin{split}a&=b\end{split}", '<mtd class="m-right m-joins-right"><mi>a</mi></mtd>'),
        (r"\begin{cases}1&x\\0&y\end{cases}", '<mtd class="m-left m-joins-right m-apart">'),
        (r"\begin{pmatrix}1&2\end{pmatrix}", "<mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd>"),
        (r"\begin{array}{c|c}\hline a&b\end{array}", '<mtd class="m-rule-right">'),
        (r"\begin{aligned}a\\[2em]b\end{aligned}", "<mi>b</mi>"),
        (r"\textcolor{red}{x}", '<mrow class="m-red">'),
        (r"\textcolor{Turquoise}{x}", '<mrow class="m-teal">'),
        (r"a\!b", '<mspace class="m-back-3"/>'),
        (r"\text{\tiny a}", '<mtext class="m-size-50">'),
        (r"\textsc{a}", '<span class="m-caps">'),
        (r"50\% \$5", "<mi>%</mi><mi>$</mi>"),
        ("日本", "<mi>日</mi><mi>本</mi>"),
    ],
)
def test_what_authors_use(tex, part):
    assert part in shown(tex)


# Numbers


def test_equations_are_numbered_through_the_page():
    page = Numbering(taken={"eq-first"})

    first = to_mathml(r"\begin{align}a\label{first}\\b\end{align}", True, page)
    second = to_mathml(r"\begin{equation}c\end{equation}", True, page)

    assert re.findall(r"<mtext>(\(\d\))</mtext>", first + second) == ["(1)", "(2)", "(3)"]
    assert page.equations == 3
    assert page.labels == {"first": ("eq-first-2", "(1)")}
    assert ' id="eq-first-2"' in first


def test_numbers_that_the_author_chose_are_kept_and_not_counted():
    page = Numbering()

    html = to_mathml(
        r"\begin{align}a\tag{1}\label{a}\\b\tag*{B}\\c\\d\nonumber\end{align}", True, page
    )

    assert re.findall(r"<mtext>([^<]*)</mtext>", html) == ["(1)", "B", "(1)"]
    assert page.equations == 1
    assert page.labels == {"a": ("eq-a", "(1)")}


@pytest.mark.parametrize("tex", [r"x \tag{3.1}", r"x \label{x}", "x\n\\tag{3}"])
def test_tag_or_label_makes_a_formula_an_equation(tex):
    assert 'class="m-half m-right m-number"' in to_mathml(tex, True)


def test_last_line_of_a_long_equation_has_its_number():
    page = Numbering(equations=4)

    assert "<mtext>(5)</mtext>" in to_mathml(r"\begin{multline}a\\b\end{multline}", True, page)


def test_reference_waits_for_its_equation():
    page = Numbering()

    before = to_mathml(r"\eqref{eq:a b}", page=page)
    to_mathml(r"\begin{equation}x\label{eq:a b}\end{equation}", True, page)
    after = to_mathml(r"\eqref{eq:a b}", page=page)

    assert '<a data-equation="eq:a b">(??)</a>' in before
    assert '<a href="#eq-eq-a-b">(1)</a>' in after
    assert point_to_equations(before, page.labels) == after
    assert point_to_equations(before, {}, is_last=True) == "(??)"


def test_a_reference_inside_a_formula_is_no_link():
    page = Numbering(labels={"a": ("eq-a", "(1)")})

    assert "<mtext>(1)</mtext>" in to_mathml(r"x = \eqref{a}", page=page)
    assert to_mathml(r"\eqref{a}", page=page) == '<a href="#eq-a">(1)</a>'


def test_sizes_are_set_where_checkers_look_for_them():
    assert to_mathml(r"\dfrac{1}{\tfrac{1}{2}}").startswith(
        '<math><semantics><mstyle displaystyle="true"><mfrac><mn>1</mn>'
        '<mstyle displaystyle="false"><mfrac><mn>1</mn><mn>2</mn></mfrac></mstyle>'
        "</mfrac></mstyle><annotation "
    )
    assert '<mtable displaystyle="false"><mtr>' in to_mathml(r"\begin{cases}1\end{cases}")


# Errors


@pytest.mark.parametrize(
    ("tex", "line", "sentence"),
    [
        ("", 1, "The formula is empty. Write it, or take it out."),
        (
            "\n\na\n\\foo",
            4,
            r"The command \foo cannot be shown. Check how it is spelt, or write it with other "
            "commands.",
        ),
        (
            r"\frac{a",
            1,
            "Something in the formula is opened and never closed: } is missing. Add it.",
        ),
        ("a\n}", 2, "} closes nothing here. Take it out, or add what it should close."),
        (
            "x^1^2",
            1,
            "Two subscripts or two superscripts follow each other. Put one in braces: {x^2}^3.",
        ),
        (
            "a & b",
            1,
            "& may stand only in a table-like environment. Take it out, or put it there.",
        ),
        (
            r"\begin{foo}x\end{foo}",
            1,
            "The environment foo cannot be shown. Use align, gather, cases, matrix or array.",
        ),
        (
            r"\begin{aligned}a\end{cases}",
            1,
            r"\end{cases} closes something else than was opened. Write \end{aligned} there.",
        ),
        (r"\frac", 1, "A command has nothing to act on. Write it after the command, in braces."),
        (
            "a $ b",
            1,
            r"There is a $ inside the formula. Take it out, or write \$ for a dollar sign.",
        ),
        ("#1", 1, r"There is a # in the formula. Write \# for the sign."),
        (
            r"\label{é}",
            1,
            "A label, tag or name here may have plain letters, digits and hyphens only. Change it.",
        ),
        (
            "x\n\\newcommand{\\a}{b}",
            2,
            r"A formula cannot define commands, as \newcommand would. "
            "Write out what the command stands for.",
        ),
        (
            "x" * (LONGEST_FORMULA + 1),
            1,
            "The formula has 10,001 characters, and the most is 10,000. Split it.",
        ),
    ],
)
def test_wrong_formula_is_refused_with_its_line_and_a_sentence(tex, line, sentence):
    with pytest.raises(TexError) as refused:
        to_mathml(tex)

    assert str(refused.value) == sentence
    assert refused.value.line == line


# Nothing gets in


ATTACKS = [
    r"\href{javascript:alert(1)}{x}",
    r"\url{javascript:alert(1)}",
    r"\class{x}{y}",
    r"\style{background:url(//evil.example)}{y}",
    r"\includegraphics{//evil.example/x.png}",
    r"\text{<script>alert(1)</script>}",
    r"\text{<img src=x onerror=alert(1)>}",
    r"\operatorname{<b onclick=alert(1)>}",
    r"x < y </annotation></semantics></math><script>alert(1)</script>",
    r"<annotation encoding=text/html><img src=x onerror=alert(1)></annotation>",
    r"\eqref{x onclick=alert(1)}",
    r"\eqref{javascript:alert(1)}",
    r"\begin{equation}x\label{x onclick=alert(1)}\end{equation}",
    r"\begin{equation}x\tag{<b>}\end{equation}",
    r"\color{red;background:url(//evil.example)}x",
    r"\hspace{1em;background:url(x)}",
    r"\begin{array}{c|c;}a&b\end{array}",
    r"\color[rgb]{1,0,0}x \kern-9999em y",
    "&lt;script&gt; &amp; \\text{&#60;script&#62;}",
]


def assert_harmless(mathml: str) -> None:
    tags = re.findall(r"<[^>]*>", mathml)
    assert "".join(tags).count("<") == len(tags)
    for tag in tags:
        name, attributes = re.fullmatch(r'</?([a-z]+)((?: [a-z-]+="[^"<>]*")*)/?>', tag).groups()
        assert name not in {"script", "img", "style", "svg", "iframe", "maction", "mglyph"}
        keys = re.findall(r' ([a-z-]+)="', attributes)
        assert not {key for key in keys if key == "style" or key.startswith("on")}
        assert all(value[0] == "#" for value in re.findall(r'href="([^"]*)"', attributes))
        assert "encoding" not in keys or name == "annotation"


@pytest.mark.parametrize("tex", ATTACKS)
def test_attacks_come_to_nothing(tex):
    try:
        mathml = to_mathml(tex, is_display=True)
    except TexError:
        return

    assert_harmless(mathml)


PIECES = st.sampled_from(
    [
        *("a", "1", " ", "\n", "{", "}", "^", "_", "&", "\\\\", "$", "#", "%", "~", "'", "<", ">"),
        *('"', "é", "\U0001f600", "\\", "[", "]", "(", "|", "/", ";", "\\,", "\\!", "\\{", "&lt;"),
        *(r"\frac", r"\sqrt", r"\left(", r"\right)", r"\text{", r"\color{red}", r"\hat", r"\not"),
        *(r"\begin{align}", r"\end{align}", r"\begin{array}{c|l}", r"\end{array}", r"\hline"),
        *(r"\tag{1}", r"\label{a}", r"\eqref{a}", r"\substack{", r"\operatorname{", r"\cancel{"),
        *(r"\hspace{-1em}", r"\mathcal", r"\sum", r"\limits", r"\boxed", r"\textsf{", r"\def\a{"),
    ]
)


@given(pieces=st.lists(PIECES, max_size=40))
@settings(max_examples=500, deadline=None, database=None)
def test_any_tex_is_shown_or_refused(pieces):
    tex = "".join(pieces)

    try:
        mathml = to_mathml(tex, is_display=True)
    except TexError as error:
        found = error.line, str(error)[-1]
    else:
        assert_harmless(mathml)
        assert width_of(mathml) >= 0
        found = 1, "."

    assert found in {(line, ".") for line in range(1, tex.count("\n") + 2)}


DEEP = {
    "braces": "{" * 400 + "x" + "}" * 400,
    "braces, open": "{" * 9000,
    "braces that comments hide": "{%}\n" * 2500,
    "roots": r"\sqrt" * 1500 + " x",
    "roots of roots": r"\sqrt[" * 1500,
    "fractions": r"\frac1" * 1500 + "x",
    "brackets": r"\left(" * 300 + "x" + r"\right)" * 300,
    "powers": "x^{" * 300 + "x" + "}" * 300,
    "tables": r"\begin{matrix}" * 300 + "x" + r"\end{matrix}" * 300,
    "groups": r"\begingroup" * 900,
    "switches": r"\displaystyle" * 700 + "x",
    "our own commands": r"\norm" * 1900 + " x",
    "accents": r"\hat" * 2400 + " x",
}


@pytest.mark.parametrize("tex", DEEP.values(), ids=DEEP)
def test_what_is_too_deep_is_refused_before_the_stack_ends(tex):
    with pytest.raises(TexError, match="inside one another"):
        to_mathml(tex)


@pytest.mark.parametrize(
    "link",
    [
        r"\sqrt",
        r"\frac1",
        r"\norm",
        r"\hat",
        r"\displaystyle ",
        r"\substack",
        "x^\\sqrt ",
        r"\mbox",
    ],
)
def test_what_is_just_not_too_deep_fits_the_smallest_stack(link):
    ended = []

    def convert():
        with suppress(TexError):
            to_mathml(link * (DEEPEST_CALL // max(1, sum(map(link.count, "\\^")))) + " x")
        ended.append(True)

    before = threading.stack_size(2**20)
    try:
        thread = threading.Thread(target=convert)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()

    assert ended == [True]


LARGE = {
    "primes": "x" + "'" * 9900,
    "cells": r"\begin{matrix}" + "&" * 9900 + r"\end{matrix}",
    "rows": r"\begin{align}" + r"\\" * 4900 + r"\end{align}",
    "rules": r"\begin{array}{" + "c|" * 4000 + "}a" + r"\end{array}",
    "texts": r"\text{" * 1600,
    "dollars": "$" * 9900,
    "spaces": " " * 9900 + "x",
    "backslashes": "\\" * 9900,
    "macros": r"\def\a{\a\a}\a",
}


@pytest.mark.parametrize("tex", LARGE.values(), ids=LARGE)
def test_large_formula_takes_a_moment(tex):
    start = time.process_time()

    with suppress(TexError):
        width_of(to_mathml(tex, is_display=True))

    assert time.process_time() - start < 1


# Sizes and delimiters


def test_width_is_that_of_the_widest_row():
    narrow = width_of(to_mathml(r"\begin{matrix}1\\2\\3\\4\\5\\6\end{matrix}"))
    wide = width_of(to_mathml(r"\begin{matrix}1&2&3&4&5&6\end{matrix}"))
    inside = width_of(to_mathml(r"abc = \begin{matrix}1&2&3&4&5&6\end{matrix} + def"))

    assert narrow < 3 < wide < inside


@pytest.mark.parametrize(
    "typed", ["$$ x $$", r"\[ x \]", r"\( x \)", "$ x $", " x ", "\n$$\n x\n$$"]
)
def test_delimiters_are_taken_off(typed):
    assert without_delimiters(typed).strip() == "x"


@pytest.mark.parametrize("typed", ["", "$", "a $x$ b", r"\[x"])
def test_what_is_no_pair_of_delimiters_stays(typed):
    assert without_delimiters(typed) == typed

"""Formulas in Markdown: which dollars are one, what readers and the index get, what is refused."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.markdown import PageState, Problem, find_problems, render
from blog.markdown.math import MOST_FORMULAS
from blog.tex import to_mathml


def html_of(source: str, **options) -> str:
    return render(source, **options).html.strip()


def formulas_of(source: str) -> list[str]:
    """The TeX of the formulas that readers see, apart ones after a bar."""
    found = re.findall(
        r'<math( display="block")?>.*?<annotation[^>]*>(.*?)</annotation>', html_of(source), re.S
    )
    return [f"| {tex}" if apart else tex for apart, tex in found]


# Among words


def test_formula_among_words_is_bare_mathml():
    assert html_of("So $x^2$ grows.") == f"<p>So {to_mathml('x^2')} grows.</p>"


@pytest.mark.parametrize(
    ("source", "formulas"),
    [
        ("$x$", ["x"]),
        ("($x$), $y$. *$z$*", ["x", "y", "z"]),
        ("the $n$th and $k$-means", ["n", "k"]),
        ("函数$f(x)$是", ["f(x)"]),
        ("$a_1 * b_2 * c$ and $d_1$", ["a_1 * b_2 * c", "d_1"]),
        ("$a\nb$", ["a\nb"]),
        (r"$\$5 < x$", [r"\$5 &lt; x"]),
        ("$`a_b`$ and $`c`$", ["a_b", "c"]),
        (r"\(a_b\) and \( c \)", ["a_b", "c"]),
        ("**bold $x$**", ["x"]),
        ("[see $x$](/there)", ["x"]),
        ("| a |\n|---|\n| $x$ |", ["x"]),
        ("- $x$\n- $y$", ["x", "y"]),
        ("> $x$", ["x"]),
        ("Note[^a].\n\n[^a]: With $x$.", ["x"]),
        ("Here $$x$$ is wide.", ["| x"]),
        ("<b>$x$</b>", ["x"]),
    ],
)
def test_formulas_among_words(source, formulas):
    assert formulas_of(source) == formulas


@pytest.mark.parametrize(
    "source",
    [
        "It costs $5 and $10.",
        "US$5-$10",
        "US$5 or AU$7",
        "5$ and 10$",
        "$5, $6 and $7",
        "$ x $",
        "$x $",
        "$ x$",
        "$x$5",
        "$HOME",
        "a $b",
        "$$$",
        "$$$x$$$",
        "$$ is the process",
    ],
)
def test_other_dollars_are_text(source):
    assert html_of(source) == f"<p>{source}</p>"
    assert find_problems(source) == []


@pytest.mark.parametrize(
    ("source", "html"),
    [
        (r"\$x\$", "<p>$x$</p>"),
        (r"\$x$ and y$", "<p>$x$ and y$</p>"),
        (r"\\(x\\)", r"<p>\(x\)</p>"),
        (r"\[1\] and \[x\] words", "<p>[1] and [x] words</p>"),
        ("`$x$` and `\\(x\\)`", r"<p><code>$x$</code> and <code>\(x\)</code></p>"),
        ("costs $5 in `a$b` words", "<p>costs $5 in <code>a$b</code> words</p>"),
    ],
)
def test_escapes_and_code_stay(source, html):
    assert html_of(source) == html


@pytest.mark.parametrize(
    "source",
    ["```\n$x$\n$$\ny\n$$\n```", "    $x$\n    $$\n    y\n    $$", "~~~tex\n\\[ x \\]\n~~~"],
)
def test_no_formulas_in_code(source):
    assert "<math" not in html_of(source)
    assert find_problems(source) == []


def test_a_line_never_begins_with_the_comma_behind_a_formula():
    assert html_of("Take $x$, and").endswith("</math>,</span> and</p>")
    assert "</math> and" in html_of("Take $x$ and")
    assert render("Take $x$, and").text == "Take x, and"


# Apart


@pytest.mark.parametrize(
    "source",
    [
        "$$x^2$$",
        "$$ x^2 $$",
        "$$\nx^2\n$$",
        "$$x^2\n$$",
        "\\[x^2\\]",
        "\\[\nx^2\n\\]",
        "```math\nx^2\n```",
        "~~~math\nx^2\n~~~",
    ],
)
def test_formula_apart_stands_in_a_box(source):
    assert html_of(source) == f'<div class="equation">{to_mathml("x^2", True)}</div>'


@pytest.mark.parametrize(
    ("source", "formulas"),
    [
        ("Words\n$$\nx\n$$\nwords", ["| x"]),
        ("Words\n\\[ x \\\\[1em] y \\]\nwords", [r"| x \\[1em] y"]),
        ("- item\n\n  $$\n  x\n  $$", ["| x"]),
        ("> $$\n> x\n> $$", ["| x"]),
        ("$$\nx\n$$\n$$\ny\n$$", ["| x", "| y"]),
        (
            "\\begin{align*}\na &= b\n\\end{align*}",
            ["| \\begin{align*}\na &amp;= b\n\\end{align*}"],
        ),
        ("$$\n\\text{if $x$}\n$$", [r"| \text{if $x$}"]),
        ("## Heading\n$$x$$", ["| x"]),
    ],
)
def test_formulas_apart(source, formulas):
    assert formulas_of(source) == formulas


def test_only_a_formula_that_may_be_wider_than_a_phone_takes_the_focus():
    state = PageState()
    wide = "$$a + b + c + d + e + f + g + h + i + j = k$$"

    html = html_of(f"{wide}\n\n$$x$$\n\n{wide}", page=state)

    assert re.findall(r'<div class="equation"([^>]*)>', html) == [
        ' tabindex="0" role="group" aria-label="Formula"',
        "",
        ' tabindex="0" role="group" aria-label="Formula, 2"',
    ]
    assert {"Formula", "Formula, 2"} <= state.taken


def test_equations_are_numbered_over_all_texts_of_a_page():
    state = PageState()

    first = html_of("\\begin{align}a\\label{a}\\end{align}\n\nSee $\\eqref{b}$.", page=state)
    second = html_of("$$x \\label{b}$$\n\nSee \\(\\eqref{a}\\).", page=state)

    assert "<mtext>(1)</mtext>" in first
    assert '<a data-equation="b">(??)</a>' in first
    assert "<mtext>(2)</mtext>" in second
    assert '<a href="#eq-a">(1)</a>' in second
    assert state.labels == {"a": ("eq-a", "(1)"), "b": ("eq-b", "(2)")}


def test_text_of_its_own_needs_no_page():
    html = html_of("See $\\eqref{b}$ and $\\eqref{c}$.\n\n$$x \\label{b}$$")

    assert '<a href="#eq-b">(1)</a>' in html
    assert "(??)." in html
    assert "data-equation" not in html


# Words


def test_plain_text_has_the_tex_as_typed():
    rendered = render("## The $n^2$ case\n\nHere $\\frac{a}{b} < c$.\n\n$$\nx\ny\n$$\nEnd.")

    assert rendered.text == "The n^2 case\nHere \\frac{a}{b} < c.\nx y\nEnd."
    assert rendered.code_text == ""
    assert [heading.text for heading in rendered.headings] == ["The n^2 case"]


def test_alt_text_has_the_tex_as_typed():
    assert 'alt="Graph of x^2"' in html_of("![Graph of $x^2$](image:3)")


# What cannot be shown


def test_wrong_formula_is_shown_as_its_tex_and_is_a_problem():
    source = "Words $x$\nand $a\n\\foo<b>$ here.\n\n$$\ny\n\\bar\n$$\n\n```math\n\nz}\n```"

    html = html_of(source)

    assert '<code class="tex">a\n\\foo&lt;b&gt;</code> here.' in html
    assert '<div class="equation"><code class="tex">y\n\\bar</code></div>' in html
    assert '<div class="equation"><code class="tex">z}</code></div>' in html
    assert find_problems(source) == [
        Problem(
            3,
            r"The command \foo cannot be shown. Check how it is spelt, or write it with other "
            r"commands. If no formula is meant, write \$.",
        ),
        Problem(7, "A command has nothing to act on. Write it after the command, in braces."),
        Problem(12, "} closes nothing here. Take it out, or add what it should close."),
    ]


@pytest.mark.parametrize(
    ("source", "line", "closing"),
    [
        ("Words\n\n$$\nx\n\ny", 3, "$$"),
        ("\\[\nx\n\ny\n\\]", 1, "\\]"),
        ("\\begin{align}\nx\n\ny", 1, "\\end{align}"),
    ],
)
def test_formula_that_is_not_closed_is_text_and_a_problem(source, line, closing):
    problems = find_problems(source)

    assert "<math" not in html_of(source)
    assert problems[0].line == line
    assert problems[0].message.endswith(f"Write {closing} at the end of its last line.")


def test_formulas_beyond_the_limit_are_shown_as_typed():
    source = "$a$ " * 100 + "\n\n" + "$b$ " * MOST_FORMULAS + "\n\n$$c$$"

    rendered = render(source)
    problems = find_problems(source)

    assert rendered.html.count("<math") == MOST_FORMULAS
    assert rendered.html.count("$b$") == 100
    assert "$$c$$" in rendered.html
    assert [problem.line for problem in problems] == [3, 5]
    assert problems[0].message.startswith("The text has too many formulas")


@pytest.mark.parametrize(
    "attack",
    [
        "<math><mi>x</mi></math>",
        "<math><maction xlink:href='javascript:alert(1)'>x</maction></math>",
        "$x$<annotation encoding='text/html'><img src=x onerror=alert(1)></annotation>",
        '<div title="$x$" class="equation" tabindex=0>y</div>',
        '<img src="/x" alt="\n\n$$\nx\n$$\n\n">',
        '<code class="tex">x</code>',
    ],
)
def test_authors_cannot_write_mathml_or_its_classes(attack):
    html = html_of(attack)

    without_ours = re.sub(r"<math[^>]*>.*?</math>", "", html)
    assert "<m" not in without_ours
    assert "onerror" not in re.sub(r'"[^"]*"', "", "".join(re.findall("<[^>]*>", html)))
    assert 'class="tex"' not in html
    assert "tabindex" not in html


# Work


BOMBS = {
    "dollars": "$" * 200_000,
    "dollars and letters": "$a" * 100_000,
    "dollars and spaces": "$a " * 66_000,
    "two dollars": "$$" * 100_000,
    "two dollars and letters": "$$a" * 66_000,
    "two dollars in lines": "$$\n" * 7_900,
    "two dollars and letters in lines": "$$ a\n" * 7_900,
    "two dollars apart": "$$\n\n" * 3_900,
    "three dollars": "$$$a" * 50_000,
    "round brackets": "\\(" * 100_000,
    "round brackets closed": "\\(" * 50_000 + "\\)" * 50_000,
    "round brackets in paragraphs": ("\\(" * 100 + "\n\n") * 900,
    "square brackets": "\\[" * 100_000,
    "square brackets in lines": "\\[ a\n" * 7_900,
    "square brackets, closed late": "\\[\n" * 4_000 + "\\]\n" * 3_900,
    "begin": "\\begin{align}\n" * 7_900,
    "begin, two kinds": "\\begin{align}\n\\begin{gather}\n" * 3_900,
    "backslashes": "\\" * 200_000,
    "escaped dollars": "$a" + "\\$" * 99_000,
    "back ticks": "$`a" * 60_000,
    "small formulas": "$a$ " * 50_000,
    "small formulas apart": "$$a$$\n\n" * 3_900,
    "small formulas in fences": "```math\na\n```\n" * 2_600,
    "small formulas in a table": "|a|\n|-|\n" + "|$a$|\n" * 5_000,
    "fractions": r"$\frac{a}{b}$ " * 14_000,
    "braces": "$" + "{" * 199_000 + "$",
    "braces in many": ("$" + "{" * 900 + "$ ") * 220,
    "roots in many": ("$" + r"\sqrt" * 240 + " x$ ") * 160,
    "primes": ("$x" + "'" * 900 + "$ ") * 220,
    "tables": ("$$\n" + r"\begin{matrix}" + "&" * 900 + r"\end{matrix}" + "\n$$\n\n") * 200,
    "rows": ("$$\n" + r"\begin{align}" + "\\\\" * 450 + r"\end{align}" + "\n$$\n\n") * 200,
    "arrows": ("$" + r"\xrightarrow[a]{b}" * 50 + "$ ") * 210,
    "macros": r"$\def\a{\a\a}\a$ " * 11_000,
    "labels": r"$$x\label{a}$$" + "\n\n" + r"$\eqref{a}$ " * 16_000,
    "equations": "$$x\\label{a}$$\n\n" * 3_900,
    "notes": "[^a]: $x$\n\n" + "$y$[^a] " * 20_000,
    "quotes": "> " * 18 + "$$\n" + "a\n" * 7_000,
    "lists": "- $$\n" * 7_000,
}


@pytest.mark.parametrize("source", BOMBS.values(), ids=BOMBS)
def test_bomb_is_rendered_or_refused_soon(source, caplog):
    start = time.process_time()
    rendered = render(source)
    taken = time.process_time() - start
    problems = find_problems(source)

    assert taken < 2
    assert rendered.html.count("<math") <= MOST_FORMULAS
    assert len(rendered.html) < 6_000_000
    assert all(1 <= problem.line <= source.count("\n") + 1 for problem in problems)
    assert caplog.records == []


PIECES = st.sampled_from(
    [
        *("$", "$$", "\\(", "\\)", "\\[", "\\]", "`", "```math\n", "```", "\n", "\n\n", " ", "x"),
        *("> ", "- ", "    ", "|", "|-|", "\\", "{", "}", "\\frac", "\\begin{align}", "\\foo"),
        *("\\end{align}", "5", "*", "_", "<b>", "<div>", "<!--", "[", "](y)", "[^a]", "[^a]: "),
        *("\\label{a}", "\\eqref{a}", "# ", "&", "page:1", "\ud800", "\\tag{1}"),
    ]
)


@given(pieces=st.lists(PIECES, max_size=30))
@settings(max_examples=400, deadline=None, database=None)
def test_any_text_renders_the_same_twice_and_leaves_no_marks(pieces):
    source = "".join(pieces)

    rendered = render(source)

    assert rendered == render(source)
    assert "data-kept" not in rendered.html
    assert "data-equation" not in rendered.html
    assert all(problem.line <= source.count("\n") + 1 for problem in find_problems(source))

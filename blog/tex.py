"""TeX as MathML, which browsers draw without a script, with the TeX kept inside it for copying."""

import colorsys
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape, unescape
from urllib.parse import unquote

from math_core import LatexError, LatexToMathML

from blog.highlighting import first_free

LONGEST_FORMULA = 10_000  # Characters.
DEEPEST_GROUP = 40
# The converter calls itself for each level and would end the process where its stack ends. A
# level takes about 2 kB of a stack that has 2 MB in the smallest threads that servers make.
DEEPEST_CALL = 250

_MACROS = {
    "abs": r"\left\lvert#1\right\rvert",
    "ensuremath": "#1",
    "mathds": r"\mathbb{#1}",
    "mbox": r"\text{#1}",
    "norm": r"\left\lVert#1\right\rVert",
    "pmb": r"\bm{#1}",
    "smash": "#1",
    "sout": r"\cancel{#1}",
    "substack": r"\begin{subarray}{c}#1\end{subarray}",
}
_CONVERTER = LatexToMathML(
    macros=_MACROS, annotation=True, fancy_error=False, allow_unreliable_rendering=True
)


class TexError(ValueError):
    """What is wrong with a formula, in full sentences, and in which of its lines, from 1."""

    def __init__(self, message: str, line: int = 1):
        super().__init__(message)
        self.line = line


@dataclass
class Numbering:
    """The ids of a page, how many equations have had a number, and the labelled ones.

    `labels` gives for each label the id of its equation and the number shown.
    """

    taken: set[str] = field(default_factory=set)
    equations: int = 0
    labels: dict[str, tuple[str, str]] = field(default_factory=dict)


def to_mathml(tex: str, is_display: bool = False, page: Numbering | None = None) -> str:
    """The formula as a <math> element, with the TeX as typed in its annotation.

    Equations in `align`, `gather` and the like go on with the numbers of the page, and their
    labels are added to it. A reference is a link once its label is known; see point_to_equations.
    Raises TexError for what is no TeX, or is too long or too deep. Nothing in the TeX becomes a
    style, a script or a link elsewhere.
    """
    _refuse_what_is_too_much(tex)
    prepared = _prepared(tex)
    try:
        made = _CONVERTER.convert_with_local_state(prepared, displaystyle=is_display)
    except LatexError as error:
        position, _, message = str(error).partition(": ")
        last = len(prepared.rstrip()) - 1
        line = _line_at(prepared, min(int(position), last)) if position.isdecimal() else 1
        raise TexError(_in_plain_words(message), line) from None
    body = made[: made.rindex("<annotation ")]
    if unknown := set(_NAME.findall(body)) - _ELEMENTS:
        raise TexError(f"The formula cannot be shown: it would need {unknown.pop()}.")
    body = _TAG.sub(_cleaned_tag, body)
    body = _with_levels_apart(body)
    for written, drawn in _ACCENTS.items():
        body = body.replace(written, drawn)
    page = page or Numbering()
    if "m-number" in body:
        body = _numbered(body, page)
    annotation = f'<annotation encoding="application/x-tex">{escape(tex.strip(), quote=False)}'
    return point_to_equations(f"{body}{annotation}</annotation></semantics></math>", page.labels)


def without_delimiters(tex: str) -> str:
    r"""The TeX of a formula that was pasted with its $$ … $$ or \[ … \]."""
    found = _DELIMITED.fullmatch(tex)
    return next(inner for inner in found.groups() if inner is not None) if found else tex


def width_of(mathml: str) -> float:
    """No less than the width of a formula, in em: of its widest row, where it is a table."""
    outer, widest, width = [], 0.0, 0.0
    for edge, kind, space, shown in _SHOWN.findall(mathml[: mathml.rindex("<annotation ")]):
        if edge == "mtable":
            outer.append((widest, width))
            widest = width = 0.0
        elif edge == "/mtable":
            widest, width = max(widest, width), 0.0
            (widest, width), table = outer.pop(), widest
            width += table
        elif edge == "mtr":
            widest, width = max(widest, width), 0.0
        elif edge == "mtd":
            width += 0.8
        elif kind == "o":
            width += len(unescape(shown)) + 0.3
        else:
            width += float(space) if space else 0.62 * len(unescape(shown))
    return width


def point_to_equations(html: str, labels: dict[str, tuple[str, str]], is_last: bool = False) -> str:
    """The HTML with its references to equations filled in, as far as they have these labels.

    A reference that stands alone becomes a link. Inside a formula it is the number only: what
    can be clicked is lost in what is read aloud as one thing (ARIA, role math). With `is_last`
    no more will come: what leads nowhere is no link.
    """

    def filled(match: re.Match) -> str:
        alone, inside = match.groups()
        anchor, number = labels.get(unescape(alone or inside), ("", ""))
        if not anchor:
            return "(??)" if is_last else match[0]
        if alone is None:
            return escape(number)
        return f'<a href="#{escape(anchor)}">{escape(number)}</a>'

    return _REFERENCE.sub(filled, html) if "data-equation" in html else html


# What goes in

_DELIMITED = re.compile(r"\s*(?:\$\$(.*)\$\$|\\\[(.*)\\\]|\\\((.*)\\\)|\$([^$]*)\$)\s*", re.S)
_DEFINES = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand|[egx]?def|let|global|DeclareMathOperator)(?![A-Za-z])"
)
_STEP = re.compile(
    r"\\(?:(left|begin(?:group)?)(?![A-Za-z])|(right|end(?:group)?)(?![A-Za-z])|([A-Za-z]+)|(\\)|.)"
    r"|(\{)|(\})|(&)|([\^_])|%[^\n]*",
    re.S,
)
_ROW_SPACE = re.compile(r"(\\\\)\*?\s*\[\s*-?[\d.]+\s*[a-z]{2}\s*\]")
_TEXT = re.compile(r"\\(text(?:rm|bf|it)?|mbox)\{((?:[^{}]|\{[^{}]*\})*)\}")
_NESTED = re.compile(r"(?<!\\)\$([^$]*)\$")
_TAGGED = re.compile(r"\\tag(\*?)\{")
_NUMBERS = re.compile(r"\\(?:tag|label)(?![A-Za-z])")
_NUMBERING = re.compile(r"\\begin\{(?:equation|align|gather|multline)")
_OTHER_NAMES = {
    "split": "aligned",
    "smallmatrix": "matrix",
    "eqnarray": "align",
    "eqnarray*": "align*",
    "multline*": "gather*",
    "displaymath": "equation*",
    "alignedat": "aligned",
}
_ENVIRONMENT = re.compile(r"\\(begin|end)\{(" + "|".join(map(re.escape, _OTHER_NAMES)) + r")\}")
_TYPED_TAG = "typed:"  # Tells a number that the author chose from one that is counted.


def _refuse_what_is_too_much(tex: str) -> None:
    if not tex.strip():
        raise TexError("The formula is empty. Write it, or take it out.")
    if len(tex) > LONGEST_FORMULA:
        raise TexError(
            f"The formula has {len(tex):,} characters, and the most is {LONGEST_FORMULA:,}. "
            "Split it."
        )
    if found := _DEFINES.search(tex):
        raise TexError(
            f"A formula cannot define commands, as {found[0]} would. "
            "Write out what the command stands for.",
            _line_at(tex, found.start()),
        )
    if sum(map(tex.count, "\\{^_")) < DEEPEST_GROUP:
        return
    for position, groups, calls in _depths(tex):
        if groups > DEEPEST_GROUP or calls > DEEPEST_CALL:
            raise TexError(
                "The formula has too many groups or commands inside one another. Simplify it.",
                _line_at(tex, position),
            )


def _depths(tex: str) -> Iterator[tuple[int, int, int]]:
    """At each sign that counts: its position, the groups it is in, and no fewer calls than made.

    Any command may take what follows as its argument, up to the end of its group or cell.
    """
    outer: list[int] = []
    calls = 0
    for step in _STEP.finditer(tex):
        opens, closes, command, new_row, open_group, close_group, new_cell, script = step.groups()
        if opens or open_group:
            outer.append(calls)
            calls += 2
        elif closes or close_group:
            calls = outer.pop() if outer else 0
        elif new_row or new_cell:
            calls = outer[-1] + 2 if outer else 0
        elif command or script:
            calls += 1
        yield step.start(), len(outer), calls


def _prepared(tex: str) -> str:
    """The TeX as the converter knows it. No line is added or taken away."""
    tex = _ROW_SPACE.sub(lambda found: found[1] + "\n" * found[0].count("\n"), tex)
    tex = _ENVIRONMENT.sub(lambda found: f"\\{found[1]}{{{_OTHER_NAMES[found[2]]}}}", tex)
    tex = _TEXT.sub(_text_without_formulas, tex)
    if _NUMBERS.search(tex):
        tex = _TAGGED.sub(rf"\\tag\1{{{_TYPED_TAG}", tex)
        if not _NUMBERING.search(tex):
            tex = rf"\begin{{equation}}{tex}\end{{equation}}"
    return tex


def _text_without_formulas(found: re.Match) -> str:
    r"""\text{if $x$ holds} as \text{if }{x}\text{ holds}."""
    command, inside = found.groups()
    if "$" not in inside:
        return found[0]
    parts = _NESTED.split(inside)
    return "".join(
        f"{{{part}}}" if number % 2 else f"\\{command}{{{part}}}"
        for number, part in enumerate(parts)
        if part
    )


# What comes out

_ELEMENTS = {
    *("a", "b", "code", "em", "i", "s", "span", "u"),
    *("math", "menclose", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded"),
    *("mphantom", "mprescripts", "mroot", "mrow", "mspace", "msqrt", "mstyle", "msub", "msubsup"),
    *("msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "none", "semantics"),
}
_KEPT = {
    *("accent", "accentunder", "display", "displaystyle", "fence", "form", "height"),
    *("largeop", "linethickness", "lspace", "mathvariant", "maxsize", "minsize", "movablelimits"),
    *(
        "notation",
        "rspace",
        "scriptlevel",
        "separator",
        "stretchy",
        "symmetric",
        "voffset",
        "width",
    ),
}
_CLASSES = {
    "math-core-sans-serif-font": "m-sans",
    "math-core-serif-font": "m-serif",
    "menclose-phasorangle": "m-angle",
    "menclose-updiagonalstrike": "m-up",
    "menclose-downdiagonalstrike": "m-down",
}
_STYLES = {
    "border-right:0.05em dashed currentcolor": "m-dashes-right",
    "border-right:0.05em solid currentcolor": "m-rule-right",
    "border-top:0.05em dashed currentcolor": "m-dashes-top",
    "border-top:0.05em solid currentcolor": "m-rule-top",
    "font-variant-caps:small-caps": "m-caps",
    "math-shift:compact": "m-cramped",
    "padding-left:0": "m-joins-left",
    "padding-left:0.1em": "m-double",
    "padding-left:1em": "m-apart",
    "padding-right:0": "m-joins-right",
    "padding-top:0": "m-close",
    "padding-top:0.1667em": "m-lower",
    "text-align:left": "m-left",
    "text-align:right": "m-right",
    "width:100%": "m-whole",
    "width:50%": "m-half",
    "width:7.5%": "m-edge",
}
_HUES = (
    (20, "red"),
    (65, "orange"),
    (165, "green"),
    (195, "teal"),
    (255, "blue"),
    (340, "purple"),
    (360, "red"),
)
_ACCENTS = {  # Those that fonts cannot stretch or that have no width, with others or a class.
    '<mo stretchy="true">~</mo>': '<mo stretchy="true">\u02dc</mo>',
    '<mo stretchy="true">ˇ</mo>': '<mo stretchy="true">\u02c7</mo>',
    '<mo stretchy="true">\u0332</mo></mover>': '<mo stretchy="true">\u203e</mo></mover>',
    '<mo stretchy="true">\u0332</mo></munder>': '<mo stretchy="true">_</mo></munder>',
    '<mo stretchy="false">\u20d7</mo>': '<mo class="m-accent" stretchy="false">\u20d7</mo>',
    "<mo>\u20db</mo>": '<mo class="m-accent">\u20db</mo>',
    "<mo>\u20dc</mo>": '<mo class="m-accent">\u20dc</mo>',
}
_STEPS_BACK = (1, 2, 3, 4, 5, 6, 9, 12, 18, 36)  # In eighteenths of an em, the mu of TeX.
_NAME = re.compile(r"<([^\s/>]+)")
_TAG = re.compile(r"<([a-z]+) ([^<>]*?)(/?)>")
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_NUMBER = re.compile(
    r'(<mtd class="m-(?:half|edge) m-right m-number")(?: id="([^"]*)")?><mtext>([^<]*)<'
)
_REFERENCE = re.compile(
    r'<math[^>]*><semantics><mtext><a data-equation="([^"]*)">[^<]*</a></mtext>'
    r"<annotation [^>]*>[^<]*</annotation></semantics></math>"
    r'|<a data-equation="([^"]*)">[^<]*</a>'
)
_LEVELS = re.compile(r' (?:displaystyle|scriptlevel)="[^"]*"')
_EDGE = re.compile(r"<(/?)([a-z]+)([^<>]*?)(/?)>")
_SHOWN = re.compile(
    r'<(?:(/?mtable|mtr|mtd)|m([ino]|text|space))(?![a-z])(?: width="([\d.]+)em"/)?[^>]*>([^<]*)'
)


def _with_levels_apart(body: str) -> str:
    """The MathML with sizes set by <mstyle> alone, as MathML 3 and its checkers want it."""
    if not _LEVELS.search(body, body.find(">")):
        return body
    kept, open_tags, position = [], [], 0
    for edge in _EDGE.finditer(body):
        is_end, name, attributes, is_empty = edge.groups()
        if name == "mtable":  # It may say the one, and the other is nothing new outside of indices.
            attributes = attributes.replace(' scriptlevel="0"', "")
        is_theirs = name in {"math", "mstyle"} or (
            name == "mtable" and "scriptlevel" not in attributes
        )
        levels = "" if is_theirs else "".join(_LEVELS.findall(attributes))
        kept.append(body[position : edge.start()])
        position = edge.end()
        if is_end:
            kept.append(edge[0] + ("</mstyle>" if open_tags.pop() else ""))
        elif levels and not is_empty:
            kept.append(f"<mstyle{levels}><{name}{_LEVELS.sub('', attributes)}>")
            open_tags.append(True)
        else:
            kept.append(f"<{name}{attributes}{is_empty}>")
            if not is_empty:
                open_tags.append(False)
    return "".join([*kept, body[position:]])


def _cleaned_tag(tag: re.Match) -> str:
    return _cleaned(tag[0])


@lru_cache(maxsize=4096)
def _cleaned(tag: str) -> str:
    """A start tag with the attributes that are harmless, and classes for its styles."""
    name, written, end = _TAG.fullmatch(tag).groups()
    attributes, classes = [], []
    for key, value in _ATTRIBUTE.findall(written):
        if key == "style":
            classes += _classes_for(value)
        elif key == "class":
            classes += [_CLASSES[value]] if value in _CLASSES else []
        elif key == "href" and value.startswith("#"):
            attributes.append(f'data-equation="{escape(unquote(unescape(value[1:])))}"')
        elif key == "id":
            classes += ["m-number"] if "m-number" not in classes else []
            attributes.append(f'id="{escape(unquote(unescape(value)))}"')
        elif key in _KEPT:
            attributes.append(f'{key}="{value}"')
    if name == "mtd" and classes in (["m-half", "m-right"], ["m-edge", "m-right"]):
        classes.append("m-number")
    shown = ([f'class="{" ".join(classes)}"'] if classes else []) + attributes
    return f"<{' '.join([name, *shown])}{end}>"


def _classes_for(style: str) -> list[str]:
    found = []
    for declaration in style.split(";"):
        key, _, value = (part.strip() for part in declaration.partition(":"))
        if key == "color":
            found.append(_colour(value))
        elif key == "margin-left" and value.startswith("-") and value.endswith("em"):
            found.append(_step_back(float(value[1:-2])))
        elif key == "font-size" and value.endswith("%"):
            found.append(f"m-size-{value[:-1]}")
        elif f"{key}:{value}" in _STYLES:
            found.append(_STYLES[f"{key}:{value}"])
    return found


def _colour(value: str) -> str:
    """The nearest of the colours that are readable on the pages, light or dark."""
    red, green, blue = (int(value[start : start + 2], 16) / 255 for start in (1, 3, 5))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    if saturation < 0.15:
        return "m-grey" if 0.3 < lightness < 0.9 else "m-ink"
    return "m-" + next(name for end, name in _HUES if hue * 360 <= end)


def _step_back(width: float) -> str:
    return f"m-back-{min(_STEPS_BACK, key=lambda step: abs(step / 18 - width))}"


def _numbered(body: str, page: Numbering) -> str:
    """The MathML with numbers of the page, and ids that the page does not have yet."""

    def numbered(match: re.Match) -> str:
        cell, label, number = match.groups()
        if _TYPED_TAG in number:
            number = number.replace(_TYPED_TAG, "")
        else:
            page.equations += 1
            number = f"({page.equations})"
        if label is None:
            return f"{cell}><mtext>{number}<"
        label = unescape(label)
        name = "-".join(re.findall(r"\w+", label)) or "equation"
        anchor = first_free(f"eq-{name}", page.taken, "-")
        page.labels.setdefault(label, (anchor, unescape(number)))
        return f'{cell} id="{escape(anchor)}"><mtext>{number}<'

    return _NUMBER.sub(numbered, body)


# What is said

_UNKNOWN_COMMAND = "cannot be shown. Check how it is spelt, or write it with other commands."
_SENTENCES = (
    (r'Unknown command "(.*)"\.', rf"The command \1 {_UNKNOWN_COMMAND}"),
    (
        r'Unknown environment "(.*)"\.',
        r"The environment \1 cannot be shown. Use align, gather, cases, matrix or array.",
    ),
    (r'Unknown color "(.*)"\.', r"The colour \1 is not known. Use red, blue or green."),
    (
        r'Expected closing token "(.*)", but reached end of input\.',
        r"Something in the formula is opened and never closed: \1 is missing. Add it.",
    ),
    (
        r'Unmatched closing token: "(.*)"\.',
        r"\1 closes nothing here. Take it out, or add what it should close.",
    ),
    (
        r'Expected "(.*)", but found "(.*)"\.',
        r"\2 closes something else than was opened. Write \1 there.",
    ),
    (
        r"Duplicate subscript or superscript\.",
        "Two subscripts or two superscripts follow each other. Put one in braces: {x^2}^3.",
    ),
    (
        r'Found "(.*)", which may only appear (.*)\.',
        r"\1 may stand only \2. Take it out, or put it there.",
    ),
    (
        r"Expected (?:an )?argument .*",
        "A command has nothing to act on. Write it after the command, in braces.",
    ),
    (
        r"Math mode within text mode .*|Unexpected \"\$\"\.",
        r"There is a $ inside the formula. Take it out, or write \\$ for a dollar sign.",
    ),
    (
        r"Macro parameter found .*|Expected parameter number .*",
        r"There is a # in the formula. Write \\# for the sign.",
    ),
    (
        r"Not valid in text mode\.",
        r"This cannot stand inside \\text{…}. Close the text before it.",
    ),
    (
        r"Not valid in math mode\.",
        r"This can stand only inside \\text{…}. Put it there, or take it out.",
    ),
    (
        r"Expected non-special ASCII characters.*",
        "A label, tag or name here may have plain letters, digits and hyphens only. Change it.",
    ),
)
_PLAIN_WORDS = [(re.compile(pattern, re.S), words) for pattern, words in _SENTENCES]


def _in_plain_words(message: str) -> str:
    for pattern, words in _PLAIN_WORDS:
        if found := pattern.fullmatch(message):
            return found.expand(words)
    return f"The formula cannot be read. {message}"


def _line_at(tex: str, position: int) -> int:
    return tex.count("\n", 0, position) + 1

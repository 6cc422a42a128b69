"""LaTeX as it stands in BibTeX, as plain words, and plain words as LaTeX."""

import codecs
import re
import unicodedata

import latexcodec  # noqa: F401 - it adds the codec

_SPECIAL = re.compile(r"[\\{}$%~`'\"-]")
_ESCAPE = re.compile(
    r"\\textbraceleft|\\textbraceright|\\textbackslash|\\textasciicircum|\\.|%", re.S
)
# Signs that the decoder would take for markup wait as characters of no meaning.
_SIGN_OF = {
    "\\{": "\ue000",
    "\\}": "\ue001",
    "\\textbraceleft": "\ue000",
    "\\textbraceright": "\ue001",
    "\\textbackslash": "\ue002",
    "\\textasciicircum": "^",
    "\\$": "\ue003",
    "%": "\\%",
    "\\,": " ",
    "\\/": "",
    "\\-": "",
    "\\\\": " ",
    "\\@": "",
}
_PUT_BACK = str.maketrans("\ue000\ue001\ue002\ue003\xa0", "{}\\$ ", "{}$\xad")
_DOTLESS = re.compile(
    r"""(\\["'^`~=.]|\\[uvHtcdbkr](?![a-zA-Z]))\s*\{?\\([ij])(?![a-zA-Z])\s*\}?"""
)
_COMMAND = re.compile(r"\\(?:([a-zA-Z]+) ?|(.)|$)", re.S)
_NAMES = {  # Commands that are words.
    *(
        "TeX",
        "LaTeX",
        "BibTeX",
        "log",
        "ln",
        "exp",
        "sin",
        "cos",
        "tan",
        "max",
        "min",
        "sup",
        "inf",
    ),
    *("lim", "det", "Pr", "arg", "gcd", "bmod"),
}

_WRITTEN = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "&%$#_"},
    }
)
_LIGATURE = re.compile(r"(?<=-)(?=-)|(?<=`)(?=`)|(?<=')(?=')|(?<=,)(?=,)|(?<=[?!])(?=`)")


def words_in(tex: str) -> str:
    """The words without markup: accents become letters, commands go and leave what they hold."""
    words = " ".join(tex.split())
    if _SPECIAL.search(words):
        words = _ESCAPE.sub(lambda found: _SIGN_OF.get(found[0], found[0]), words)
        words = codecs.decode(_DOTLESS.sub(r"\1{\2}", words), "ulatex", "ignore")
        words = " ".join(_COMMAND.sub(_name_of, words).translate(_PUT_BACK).split())
    return unicodedata.normalize("NFC", words)


def address_in(tex: str) -> str:
    """The address in a field: without \\url, braces, and backslashes before signs."""
    tex = re.sub(r"\\(?:url|href)\b", "", tex)
    tex = re.sub(r"\\textasciitilde(?:\{\})?", "~", tex)
    return re.sub(r"\\(?=[_&%#~$])|[{}\s]", "", tex)


def written(words: str) -> str:
    """The words such that LaTeX sets them, and words_in reads them, exactly as they are.

    Braces are named and never written, as those of a BibTeX field must match.
    """
    return _LIGATURE.sub("{}", " ".join(words.split()).translate(_WRITTEN))


def _name_of(command: re.Match) -> str:
    name = command[1]
    return (name if name in _NAMES else "") if name else command[2] or ""

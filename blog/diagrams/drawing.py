"""A source drawn by the real Mermaid, in a process that lives as long as one drawing."""

import hashlib
import json
import logging
import re
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from blog.diagrams.palette import DARK, FONT, LIGHT, coloured, theme_variables
from blog.diagrams.sanitising import NotADrawingError, clean_drawing
from blog.diagrams.source import line_in_source, problem_of_bounds

SECONDS = 8  # Of processor time, start included; most drawings take less than one.
PATIENCE = 20  # Seconds by the clock, on a machine that has other things to do.
MEGABYTES = 700  # Of addresses, of which a drawing touches about 100.
LARGEST = 1_000_000  # Characters of a drawing.
LARGEST_SIDE = 12_000  # Pixels.

_VARIABLES = theme_variables()
CONFIG = {
    "themeVariables": _VARIABLES,
    # What no variable reaches; and a picture may not move, nor know what day it is.
    "themeCSS": (
        f"text,tspan,.label{{font-family:{FONT}!important}}"
        "*{animation:none!important}.today{display:none}"
        f".grid .tick line{{stroke:{_VARIABLES['gridColor']};opacity:.5}}"
        f'circle[fill="white"]{{fill:{_VARIABLES["background"]}}}'
        f".sections rect{{fill:{_VARIABLES['tertiaryColor']}!important}}"
        f'[class*="section-edge-"]{{stroke:{_VARIABLES["gridColor"]}}}'
    ),
    "fontFamily": FONT,
    "securityLevel": "strict",
    "handDrawnSeed": 1,
    "deterministicIds": True,
    "maxTextSize": 50_000,
    "maxEdges": 280,
    # What the words of an author may not change.
    "secure": [
        *("secure", "securityLevel", "startOnLoad", "maxTextSize", "suppressErrorRendering"),
        *("maxEdges", "theme", "themeVariables", "themeCSS", "fontFamily", "altFontFamily"),
        *("dompurifyConfig", "handDrawnSeed", "deterministicIds", "htmlLabels", "darkMode"),
    ],
}

_ARTIST = Path(__file__).with_name("artist.py")
_LINE = re.compile(r"\bline:?\s+(\d+)", re.I)
_LIMITS_MET = {-signal.SIGXCPU, -signal.SIGSEGV, -signal.SIGABRT}
_TOO_LONG = "The diagram takes too long to draw. Make two diagrams of it."
_one_at_a_time = threading.Lock()
logger = logging.getLogger(__name__)


def _recipe() -> str:
    try:
        library = version("mermaidx")
    except PackageNotFoundError:
        library = ""
    return json.dumps([2, library, CONFIG, LIGHT, DARK])


_RECIPE = _recipe().encode()


@dataclass(frozen=True)
class Drawing:
    """A diagram in both sets of colours, and its size in pixels."""

    light: str
    dark: str
    width: int
    height: int


class RefusedError(ValueError):
    """The source cannot be drawn, now or later: its line, from 1, and a full sentence."""

    def __init__(self, line: int, message: str):
        super().__init__(message)
        self.line = line


class NotNowError(RuntimeError):
    """The drawing failed for a reason that does not lie in the source."""


def digest_of(source: str) -> str:
    """The name of a drawing: another source, release of Mermaid or colour gives another."""
    return hashlib.sha256(_RECIPE + source.encode("utf-8", "replace")).hexdigest()


def draw(source: str) -> Drawing:
    """Draw a source; RefusedError or NotNowError where that cannot be. Takes about a second."""
    if too_large := problem_of_bounds(source):
        raise RefusedError(1, too_large)
    answer = _ask_artist(source)
    if "refused" in answer:
        raise _refusal(source, str(answer["refused"]))
    try:
        svg, width, height = clean_drawing(answer["drawn"])
    except NotADrawingError as error:
        logger.warning("A drawing was not an SVG that can be shown: %s", error)
        raise RefusedError(1, "The diagram cannot be drawn. Simplify it.") from error
    if len(svg) > LARGEST or max(width, height) > LARGEST_SIDE:
        raise RefusedError(1, "The drawing is too large. Make two diagrams of it.")
    return Drawing(coloured(svg, LIGHT), coloured(svg, DARK), width, height)


def _ask_artist(source: str) -> dict:
    """The answer of a process that has none of our secrets, files or time."""
    command = [sys.executable, "-I", str(_ARTIST), str(SECONDS), str(MEGABYTES)]
    if not _one_at_a_time.acquire(timeout=PATIENCE):
        raise NotNowError("other diagrams are being drawn")
    try:
        done = subprocess.run(  # noqa: S603 - a command of our own, the source is its input
            command,
            input=json.dumps({"source": source, "config": CONFIG}).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"TZ": "UTC", "LANG": "C.UTF-8"},
            cwd=_ARTIST.parent,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise RefusedError(1, _TOO_LONG) from error
    except OSError as error:
        raise NotNowError(str(error)) from error
    finally:
        _one_at_a_time.release()
    if done.returncode in _LIMITS_MET:
        raise RefusedError(1, _TOO_LONG)
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        raise NotNowError(f"the drawing process ended with {done.returncode}") from error


def _refusal(source: str, said: str) -> RefusedError:
    """What Mermaid says, in words that help an author."""
    found = _LINE.search(said)
    if found:
        line = line_in_source(source, int(found[1]))
        words = source.split("\n")[line - 1].strip()[:80]
        return RefusedError(line, f"Mermaid does not understand “{words}”.")
    if "UnknownDiagramError" in said:
        return RefusedError(
            1,
            "The diagram does not begin with a kind that Mermaid knows, "
            "such as flowchart LR or sequenceDiagram.",
        )
    if re.search("ReferenceError|TypeError|no output", said):
        return RefusedError(1, "It uses something that cannot be drawn, such as a picture.")
    if re.search("memory|stack|RangeError|maximum", said, re.I):
        return RefusedError(1, "The diagram is too large to draw. Make two diagrams of it.")
    reason = said.split("\n")[0].removeprefix("Mermaid rendering failed: ")
    reason = re.sub(r"^\w*(?:Error|Exception): ", "", reason)[:200].rstrip(".")
    return RefusedError(1, f"Mermaid says: {reason}." if reason else "Mermaid cannot draw this.")

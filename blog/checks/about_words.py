"""What is checked of the words of a body: headings, leftovers, code, and how hard it reads."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from ftfy.badness import BADNESS_RE

from blog.checks.findings import Finding
from blog.checks.reading import Code, Heading, Link, Place, Reading, Words

LONGEST_LINE = 100  # Characters of code.
HARDEST_GRADE = 12
FEWEST_WORDS = 100  # Under this a grade says little.
LONGEST_READING = 30  # Minutes.
LONGEST_SHOWN = 60
NOWHERE = {"", "#", "http://", "https://"}  # The last is what the button “Link” puts in.

_LEFTOVER = re.compile(
    r"\{%[^%]{0,200}%?\}?"
    r"|\{\{[^{}]{0,200}\}{0,2}"
    r"|\{:\s?[.#\w][^{}]{0,200}\}"
    r"|(?:^|(?<=\n))\s{0,3}:::+[^\n]{0,80}"
    r"|\[\^[^\]\s]{1,60}\]",
)
_SENTENCE_END = re.compile(r"[.!?]+(?=\s|$)")
_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")
_VOWELS = re.compile(r"[aeiouy]+")


def at(place: Place) -> dict:
    """Where in the editor: the block, and the id that its section has there."""
    anchor = f"block-{place.id}-section" if place.id else ""
    return {"field": "body", "anchor": anchor, "block": place.block}


def in_line(place: Place) -> str:
    return f" (line {place.line})" if place.line else ""


def about_pictures(reading: Reading) -> Iterator[Finding]:
    """Pictures that say nothing to those who cannot see them. They are counted from 1."""
    for number, picture in enumerate(reading.pictures, start=1):
        if not picture.has_alt:
            message = f"Picture {number} has no alt text{in_line(picture.place)}."
            yield Finding("alt_text", message, **at(picture.place))


def about_headings(headings: Iterable[Heading]) -> Iterator[Finding]:
    """Levels that are skipped, headings that say nothing or the same as another beside them."""
    headings = list(headings)
    before, above, seen = 1, {}, set()
    tops = [heading for heading in headings if heading.is_top]
    for heading in tops[1:]:
        yield Finding(
            "headings",
            f"“{_short(heading.words)}” is a second heading of the first level"
            f"{in_line(heading.place)}. Begin it with ##.",
            **at(heading.place),
        )
    for heading in headings:
        where, line = at(heading.place), in_line(heading.place)
        if not heading.words.strip():
            yield Finding("headings", f"A heading is empty{line}.", **where)
            continue
        if heading.level > before + 1:
            yield Finding(
                "headings",
                f"“{_short(heading.words)}” is a heading of level {heading.level} under one of "
                f"level {before}{line}. Do not skip a level.",
                **where,
            )
        above = {level: words for level, words in above.items() if level < heading.level}
        path = (*sorted(above.items()), (heading.level, heading.words.casefold()))
        if path in seen:
            message = f"The heading “{_short(heading.words)}” is there twice{line}."
            yield Finding("headings", message, **where)
        seen.add(path)
        above[heading.level] = heading.words.casefold()
        before = heading.level


def about_empty_links(links: Iterable[Link]) -> Iterator[Finding]:
    """Links nobody can read or follow."""
    for link in links:
        if not link.words:
            message = f"A link to {_short(link.target) or 'nowhere'} has no words"
        elif link.target.strip().lower() in NOWHERE:
            message = f"“{_short(link.words)}” is a link without an address"
        else:
            continue
        yield Finding("empty_links", f"{message}{in_line(link.place)}.", **at(link.place))


def about_leftovers(reading: Reading) -> Iterator[Finding]:
    """What another system's pages had, and text that was read in a wrong encoding."""
    for run in reading.words:
        if not run.is_prose:
            yield from _leftovers_in(run.text, run.place)
    for link in reading.links:
        yield from _leftovers_in(unquote(link.target), link.place)


def _leftovers_in(text: str, place: Place) -> Iterator[Finding]:
    found = _LEFTOVER.search(text)
    if found:
        shown = _short(found[0].strip())
        message = f"Looks like leftovers of an import: “{shown}”{in_line(place)}."
        yield Finding("leftovers", message, **at(place))
    elif not text.isascii() and (found := BADNESS_RE.search(text)):
        near = _short(text[max(0, found.start() - 10) : found.end() + 10].strip())
        message = f"Looks like garbled characters: “{near}”{in_line(place)}."
        yield Finding("leftovers", message, **at(place))


def about_code(codes: Iterable[Code]) -> Iterator[Finding]:
    for code in codes:
        length, line = code.longest
        if not code.names_language:
            message = f"Code names no language{in_line(code.place)}."
            yield Finding("code_language", message, **at(code.place))
        if length > LONGEST_LINE:
            message = (
                f"Line {line} of the code{in_line(code.place)} has {length} characters. "
                f"Over {LONGEST_LINE} readers must scroll."
            )
            yield Finding("long_lines", message, **at(code.place))


def about_length(minutes: int) -> Iterator[Finding]:
    if minutes > LONGEST_READING:
        message = f"The post takes {minutes} minutes to read. Could it be two, as a series?"
        yield Finding("length", message, field="body")


def about_plain_words(reading: Reading, *, is_english: bool) -> Iterator[Finding]:
    """For readers who do not know the subject: no code, and sentences one can follow."""
    if reading.codes:
        message = "There is code in a post for everyone. Say it in words, or tell what it shows."
        yield Finding("plain_code", message, **at(reading.codes[0].place))
    grade = grade_of(reading.words) if is_english else None
    if grade is not None and grade > HARDEST_GRADE:
        message = (
            f"The text reads at school grade {grade:.0f}. Shorter sentences and words bring it "
            f"under {HARDEST_GRADE}."
        )
        yield Finding("readability", message, field="body")


def grade_of(runs: Iterable[Words]) -> float | None:
    """The Flesch-Kincaid grade of English prose, or None where there is too little of it.

    Syllables are counted as groups of vowels, which is right for nine words in ten.
    """
    text = "\n".join(run.text for run in runs if run.is_prose)
    words = _WORD.findall(text)
    if len(words) < FEWEST_WORDS:
        return None
    sentences = sum(max(1, len(_SENTENCE_END.findall(paragraph))) for paragraph in text.split("\n"))
    syllables = sum(_syllables(word.lower()) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def _syllables(word: str) -> int:
    groups = len(_VOWELS.findall(word))
    is_silent = word.endswith("e") and not word.endswith("le") and groups > 1
    return max(1, groups - is_silent)


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= LONGEST_SHOWN else f"{words[: LONGEST_SHOWN - 1]}…"

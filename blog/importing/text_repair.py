"""Text as it was meant: from bytes of whatever encoding, through whatever was done to them."""

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import ftfy

from blog.importing.documents import UnreadableDocument

BYTE_ORDER_MARKS = [
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
CONTROL_BYTES = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
CONTROL_CHARACTERS = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff"
    "\ue000-\ue005]"  # What the readers mark places with: see documents.placeholder.
)
LONE_SURROGATES = re.compile("[\ud800-\udfff]")
CARRIAGE_RETURNS = re.compile("\r\n?")
OTHER_LINE_ENDS = re.compile("[\x0c\x85\u2028\u2029]")
NOT_ASCII = re.compile(r"[^\x00-\x7f]+")

# Repaired without straightening quotes, unpicking ligatures, or touching Markdown's entities.
FTFY = ftfy.TextFixerConfig(
    unescape_html=False,
    uncurl_quotes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    fix_line_breaks=False,
    remove_control_chars=False,
    normalization=None,
    explain=False,
)
LONGEST_LINE_FOR_FTFY = 100_000  # characters: far beyond any paragraph


@dataclass(frozen=True)
class RepairedText:
    """A text, and a sentence for each kind of thing that was done to it."""

    text: str
    notes: tuple[str, ...]


def _read_byte_as_windows_1252(error):
    byte = error.object[error.start : error.start + 1]
    try:
        return byte.decode("cp1252"), error.start + 1
    except UnicodeDecodeError:
        return byte.decode("latin-1"), error.start + 1


codecs.register_error("twotrack.windows-1252", _read_byte_as_windows_1252)


def decode(data: bytes, path: Path) -> RepairedText:
    """The text of a file's bytes; UnreadableDocument for what is not text."""
    if not data.strip():
        raise UnreadableDocument(path, None, "The file is empty. Leave it out, or restore it.")
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode_marked(data, encoding, path)
    if b"\x00" in data:
        raise UnreadableDocument(
            path,
            data[: data.index(b"\x00")].count(b"\n") + 1,
            "The file holds a NUL character, so it is damaged or not a text. Save it again as "
            "UTF-8 text.",
        )
    sample = data[:65536]
    if len(CONTROL_BYTES.findall(sample)) > len(sample) / 100:
        raise UnreadableDocument(
            path, None, "The file is not a text. Give Markdown, plain text, or an RSS feed."
        )
    try:
        return RepairedText(data.decode("utf-8"), ())
    except UnicodeDecodeError:
        text = data.decode("utf-8", "twotrack.windows-1252")
        return RepairedText(text, ("The file is not UTF-8; it was read as Windows-1252.",))


def _decode_marked(data: bytes, encoding: str, path: Path) -> RepairedText:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableDocument(
            path,
            data[: error.start].count(b"\n") + 1,
            f"The file says it is {encoding.upper()} but is not. Save it again as UTF-8 text.",
        ) from error
    if encoding == "utf-8-sig":
        return RepairedText(text, ())
    return RepairedText(text, (f"The file was read as {encoding.upper()}.",))


def repair(text: str) -> RepairedText:
    """The text with garbled characters, line ends and control characters put right."""
    notes = []
    text, found = _undo_mac_roman(CARRIAGE_RETURNS.sub("\n", text))
    if found:
        examples = ", ".join(f"{bad} → {good}" for (bad, good), _ in found.most_common(3))
        count = found.total()
        notes.append(f"Repaired {count} garbled {_plural('sequence', count)}: {examples}.")
    fixed = _undo_other_damage(text)
    if fixed != text:
        notes.append("Repaired text that had been read in a wrong encoding.")
    removed = len(CONTROL_CHARACTERS.findall(fixed))
    clean = CONTROL_CHARACTERS.sub("", OTHER_LINE_ENDS.sub("\n", fixed))
    clean = LONE_SURROGATES.sub("\ufffd", clean)
    if removed:
        notes.append(f"Removed {removed} control {_plural('character', removed)}.")
    return RepairedText(clean, tuple(notes))


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"


def _undo_other_damage(text: str) -> str:
    """What ftfy repairs, line by line; lines longer than any paragraph are left alone."""
    return "\n".join(
        line
        if line.isascii() or len(line) > LONGEST_LINE_FOR_FTFY
        else ftfy.fix_text(line, config=FTFY)
        for line in text.split("\n")
    )


# UTF-8 that was read as Mac Roman
#
# Each byte became the character that Mac Roman has for it, so the way back is to encode a run of
# such characters as Mac Roman and to decode it as UTF-8. Where a whole run cannot be decoded, as
# when a real curly quote stands beside the damage, the sequences inside it are tried.


def _mac_roman(first: int, last: int) -> str:
    return re.escape(bytes(range(first, last + 1)).decode("mac_roman"))


_TAIL = f"[{_mac_roman(0x80, 0xBF)}]"
SEQUENCE = re.compile(
    f"[{_mac_roman(0xF0, 0xF4)}]{_TAIL}{{3}}"
    f"|[{_mac_roman(0xE0, 0xEF)}]{_TAIL}{{2}}"
    f"|[{_mac_roman(0xC2, 0xDF)}]{_TAIL}"
)
SURE_TWO = "√¬ƒ≈"  # What begins é, °, č and š: characters that rarely stand before such a tail.
SIGNS_OF_MATHEMATICS = frozenset("π∞±≤≥∑∏∫Ωµ∂∆√ªº")
LONG_RUN = 4  # characters: so many in a row do not decode by chance


def _undo_mac_roman(text: str) -> tuple[str, Counter]:
    """The text with its runs repaired, and a count of each pair of garbled and meant."""
    found: Counter = Counter()
    is_certain = any(
        _meant(match[0]) and (len(match[0]) > 2 or _is_sure_pair(match, False))
        for match in SEQUENCE.finditer(text)
    )

    def repair_sequence(match):
        bad, good = match[0], _meant(match[0])
        if good is None or not (len(bad) > 2 or _is_sure_pair(match, is_certain)):
            return bad
        found[bad, good] += 1
        return good

    def repair_run(match):
        run, good = match[0], _meant(match[0])
        if good is None or len(run) < LONG_RUN or len(good) * 2 > len(run):
            return run
        found[run, good] += 1
        return good

    # A long run of pairs only is writing in Greek, Cyrillic or the like; the rest by sequence.
    return SEQUENCE.sub(repair_sequence, NOT_ASCII.sub(repair_run, text)), found


def _meant(garbled: str) -> str | None:
    try:
        return garbled.encode("mac_roman").decode("utf-8")
    except UnicodeError:
        return None


def _is_sure_pair(match: re.Match, is_certain: bool) -> bool:
    """Whether two characters are a garbled one, and not “É or √π as somebody wrote them."""
    first, second = match[0]
    if first not in SURE_TWO:
        return False
    if second not in SIGNS_OF_MATHEMATICS:
        return True
    text, start, end = match.string, match.start(), match.end()
    touches_word = text[start - 1 : start].isalpha() or text[end : end + 1].isalpha()
    return is_certain and (touches_word or first == "¬")
